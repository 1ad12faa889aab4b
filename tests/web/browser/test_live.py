"""A page that is looked at renews itself, loses nothing of its reader's, and says if it cannot."""

from collections.abc import Callable
from typing import Any

import pytest

from residency.model import Status
from residency.settings import policy_sha256

pytestmark = pytest.mark.tool

UNTIL_RENEWED = "00:31"


@pytest.fixture
def scan(shop: Any) -> Callable[..., None]:
    """Commit a scan that judged by what is configured."""

    def commit(*rows: Any, **more: Any) -> None:
        shop.scan(*rows, policy_sha256=policy_sha256(shop.settings), reasons=(), **more)

    return commit


@pytest.fixture
def watched(look: Callable[..., Any], scan: Any, row: Any) -> Any:
    """A page over a store with one scan, whose clock stands until a test moves it on."""
    scan(row(name="a"))
    looking = look()
    looking.page.clock.install()
    return looking


def renewed(page: Any) -> None:
    """Let the time pass until the page asks, and wait for the answer."""
    with page.expect_response(lambda answer: "/static/" not in answer.url):
        page.clock.fast_forward(UNTIL_RENEWED)


def test_a_violation_is_shown_without_a_reload(watched: Any, scan: Any, row: Any) -> None:
    page = watched.at("/")
    assert watched.headline().startswith("✔ Compliant")
    scan(row(name="a", status=Status.VIOLATION))
    renewed(page)
    page.get_by_role("heading", name="Violation").wait_for()
    assert page.title().startswith("Violation")
    assert page.locator("#news").inner_text() == watched.headline()
    assert watched.faults == []


def test_what_is_the_same_is_neither_sent_nor_shown_again(watched: Any) -> None:
    page = watched.at(f"/resource?id=/none{'x' * 10}")
    page.goto(f"{watched.url}/incidents")
    page.evaluate("document.querySelector('h1').dataset.kept = 'yes'")
    renewed(page)
    with page.expect_response(lambda answer: answer.status == 304):
        page.clock.fast_forward(UNTIL_RENEWED)
    assert page.locator("h1").get_attribute("data-kept") == "yes"


def test_what_is_typed_and_where_one_is_stays(watched: Any, scan: Any, row: Any) -> None:
    page = watched.at("/resources")
    page.get_by_label("part of the id").fill("half a wo")
    scan(row(name="a"), row(name="new"))
    renewed(page)
    page.get_by_role("link", name="new").wait_for()
    assert page.get_by_label("part of the id").input_value() == "half a wo"
    assert page.locator(":focus").get_attribute("id") == "search"


def test_the_focus_stays_on_a_link_that_is_shown_anew(watched: Any, scan: Any, row: Any) -> None:
    page = watched.at("/resources")
    link = page.locator("tbody th a")
    link.focus()
    scan(row(name="a", status=Status.VIOLATION))
    renewed(page)
    page.get_by_text("violation (critical)").wait_for()
    assert page.locator(":focus").inner_text() == "a"


def test_a_page_that_cannot_be_renewed_says_no_more_how_things_are(
    watched: Any, scan: Any, row: Any
) -> None:
    page = watched.at("/")
    page.context.set_offline(True)
    page.clock.run_for("00:31")
    page.get_by_text("Not renewed since").wait_for()
    assert watched.headline().startswith("✔ Compliant")
    page.clock.run_for("03:00")
    page.get_by_role("heading", name="Not known any more").wait_for()
    assert "not-proven" in (page.locator("section.headline").get_attribute("class") or "")
    assert page.title().startswith("? Not known any more")
    page.context.set_offline(False)
    scan(row(name="a", status=Status.VIOLATION))
    page.clock.run_for("06:00")
    page.get_by_role("heading", name="Violation").wait_for()
    assert "Not renewed" not in page.locator("header").inner_text()


def test_a_caller_who_is_known_no_more_is_told_so(watched: Any) -> None:
    page = watched.at("/")
    page.route("**/*", lambda route: route.fulfill(status=401, body="no"))
    page.clock.run_for("00:31")
    page.get_by_text("you are not known to the service").wait_for()


def test_times_are_told_in_utc_and_as_the_reader_s_clock_has_them(watched: Any) -> None:
    age = watched.at("/").locator("section.headline .age").inner_text()
    assert age.startswith("(")
    assert age.endswith(" here)")
