"""Every page: whole HTML, links that lead somewhere, names that do no harm, and who may look."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from residency.model import Status
from residency.settings import Settings

PAGES = ["/", "/resources", "/incidents", "/events"]
PROXIED = {"X-Forwarded-For": "192.0.2.7"}
"""Sent by a proxy on this machine, so that the caller is somebody else."""

BROWSER = {"Accept": "text/html"}
BIDI = "\N{RIGHT-TO-LEFT OVERRIDE}"
HOSTILE = [
    "<script>alert(1)",
    '"><img src=x onerror=alert(1)>',
    "'onmouseover='alert(1)",
    f"a{BIDI}gpj.exe",
    "{{ 7 * 7 }}",
    "a&amp;b",
]


@pytest.fixture
def estate(shop: Any, row: Callable[..., Any]) -> Any:
    """Two scans: something broke, something moved, something is unknown."""
    shop.scan(row(name="a"), row(name="b"), row(name="gone"))
    shop.scan(
        row(name="a", status=Status.VIOLATION, regions=("uksouth", "northeurope")),
        row(name="b", status=Status.UNKNOWN),
        row(name="c", product=None, customers=()),
    )
    return shop


@pytest.mark.usefixtures("estate")
def test_every_link_leads_to_a_page_that_is_whole(pages: Any) -> None:
    todo, done = [*PAGES], set()
    while todo:
        path = todo.pop()
        if path in done or path.startswith(("https://", "#")):
            continue
        done.add(path)
        if path.startswith(("/metrics", "/api/", "/-/", "/static/")):
            continue
        todo += pages.see(path).links
    assert sum(path.startswith("/resource?") for path in done) == 4
    for path in done:
        if not path.startswith(("/-/ready", "/metrics")):  # nothing renders the metrics here
            assert pages.ask(path).status == 200


@pytest.mark.parametrize("path", PAGES)
def test_before_the_first_scan_every_page_says_so_or_is_empty(pages: Any, path: str) -> None:
    pages.see(path, 503 if path == "/resources" else 200)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_and_does_nothing(
    request: pytest.FixtureRequest, shop: Any, row: Any, name: str
) -> None:
    hurt = row(name=name, status=Status.VIOLATION, product=name, environment=name)
    estate = json.loads(shop.settings.model_dump_json(by_alias=True))
    estate["estate"]["customers"]["acme"]["name"] = name.replace(BIDI, "")
    shop.settings = Settings.model_validate(estate)
    pages = request.getfixturevalue("pages")  # reads the configuration when it begins
    shop.scan(row(name="a"))
    shop.scan(row(name="a"), hurt)
    for path in ("/", "/resources", "/events", f"/resource?id={quote(hurt.id)}"):
        body = pages.ask(path).body.decode()
        shown = pages.see(path).text
        assert BIDI not in body
        assert name.replace(BIDI, "�") in shown
    looked = pages.see(f"/resources?search={quote(name)}")
    assert looked.tags.count("script") == len(looked.sources) == 1  # our own file


@pytest.mark.usefixtures("estate")
def test_a_question_of_a_hostile_kind_is_refused_in_words(pages: Any) -> None:
    for path in ("/resources?status=%3Cscript%3E", "/resources?x=1", "/events?before=-1"):
        assert "Bad Request" in pages.see(path, 400).text


@pytest.mark.usefixtures("estate")
def test_what_is_not_there_is_a_page_with_404(pages: Any) -> None:
    for path in ("/resource", "/resource?id=x", "/incident/x"):
        assert "Not Found" in pages.see(path, 404).text
    got = pages.ask("/nowhere", BROWSER)
    assert (got.status, got.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_a_store_that_cannot_be_read_is_a_page_with_503(site: Any) -> None:
    for path in PAGES:
        got = site.ask("GET", path)
        assert got.status == 503
        assert b"The store cannot be read now" in got.body
        assert got.headers["retry-after"] == "30"


@pytest.mark.usefixtures("estate")
def test_nobody_unknown_looks_and_a_browser_is_asked_who_it_is(pages: Any) -> None:
    for path in (*PAGES, "/resource?id=x", "/incident/x"):
        got = pages.ask(path, PROXIED)
        assert got.status == 401
        assert got.headers["www-authenticate"].startswith("Basic ")
        assert b"/subscriptions/" not in got.body


def test_a_token_opens_no_page(pages: Any, estate: Any) -> None:
    shown = PROXIED | {"Authorization": f"Bearer {estate.token()}"}
    assert pages.site.ask("GET", "/api/v1/scan", shown).status == 200
    assert [pages.ask(path, shown).status for path in PAGES] == [401] * len(PAGES)


@pytest.mark.usefixtures("estate")
def test_a_user_looks_from_anywhere(
    api_behind: Any, write: Callable[[str], Path], password_hash: str
) -> None:
    site = api_behind(write(f"basic_auth_users: {{anna: {password_hash}}}")).site
    asked = PROXIED | {"Authorization": "Basic YW5uYTpjYW5hcnktcGFzc3dvcmQ="}
    assert [site.ask("GET", path, asked).status for path in PAGES] == [200] * len(PAGES)
    assert site.ask("GET", "/").headers["www-authenticate"].startswith("Basic ")


@pytest.mark.usefixtures("estate")
def test_style_script_and_icon_are_kept_by_what_is_in_them_and_a_page_is_not(pages: Any) -> None:
    seen = pages.see("/")
    style, icon = [each for each in seen.links if each.startswith("/static/")]
    (script,) = seen.sources
    kinds = {style: "text/css", script: "text/javascript", icon: "image/svg+xml"}
    for path, kind in kinds.items():
        got = pages.ask(path)
        assert got.headers["content-type"].removesuffix("; charset=utf-8") == kind
        assert "immutable" in got.headers["cache-control"]
        assert pages.ask(path.partition("?")[0] + "?v=old").headers["cache-control"] == "no-store"
        assert b"http" not in got.body.replace(b"http://www.w3.org/2000/svg", b"")
    assert pages.ask("/").headers["cache-control"] == "no-store"


def test_a_page_is_sent_again_only_if_it_is_another(pages: Any, shop: Any, row: Any) -> None:
    shop.scan(row(name="a"))
    path = f"/resource?id={row(name='a').id}"
    etag = pages.ask(path).headers["etag"]
    same = pages.ask(path, {"If-None-Match": etag})
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", etag)
    shop.scan(row(name="a", status=Status.VIOLATION))
    assert pages.ask(path, {"If-None-Match": etag}).status == 200


@pytest.mark.usefixtures("estate")
def test_the_first_page_says_what_is_wrong_and_where(pages: Any) -> None:
    text = " ".join(pages.see("/").text.split())
    assert "outside-eu: outside what the policy allows" in text
    assert "primary NL → GB (uksouth), observed ✖ outside" in text
    assert "✖ violation (critical)" in text


def test_the_first_page_lists_fifty_and_counts_the_rest(pages: Any, shop: Any, row: Any) -> None:
    shop.scan(*(row(name=f"a{number}", status=Status.VIOLATION) for number in range(60)))
    page = pages.see("/")
    assert "10 more" in page.text
    assert sum(each.startswith("/resource?") for each in page.links) == 50
    assert len(gzip.compress(pages.ask("/").body)) < 150 * 1024


def test_since_when_counts_from_the_first_scan_that_found_it_so(
    pages: Any, shop: Any, row: Any
) -> None:
    shop.at -= timedelta(hours=4)
    shop.scan(row(name="a", status=Status.UNKNOWN))
    shop.scan(row(name="a", status=Status.UNKNOWN, environment="test"), later=timedelta(hours=2))
    _, _, table = pages.see("/").text.partition("Since the scan that began")
    assert "4 h 45 min ago" in table[: table.index("Where the data is")]


def test_resources_are_narrowed_by_the_form_and_go_on_by_pages(
    pages: Any, shop: Any, row: Any
) -> None:
    shop.scan(*(row(name=f"n{number:03}") for number in range(150)), row(name="x", product=None))
    first = pages.see("/resources?status=compliant&product=Procs&type=&search=")
    (following,) = [each for each in first.links if "cursor=" in each]
    assert "n099" in first.text
    second = pages.see(following)
    assert "n100" in second.text
    assert "n099" not in second.text
    assert not [each for each in second.links if "cursor=" in each]


def test_events_go_from_the_newest_to_the_oldest(pages: Any, shop: Any, row: Any) -> None:
    wrong = [row(name=f"n{number:03}", status=Status.VIOLATION) for number in range(120)]
    shop.scan(row(name="a"))
    shop.scan(row(name="a"), *wrong)
    todo, numbers = "/events", []
    while todo:
        page = pages.see(todo)
        numbers += [int(each) for each in page.text.split("\n") if each.strip().isdecimal()]
        todo = next((each for each in page.links if "before=" in each), "")
    assert len(numbers) > 100
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 1
