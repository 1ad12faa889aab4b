"""The state in words: `compliant` only where all was seen, lately, by the rules in force."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from residency.model import Status, SubscriptionState, Verdict
from residency.settings import Settings, policy_sha256
from residency.store import SubscriptionRecord, Version
from residency.web.page.known import Kept
from tests.web.api.conftest import found

ONE = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def scan(shop: Any) -> Callable[..., None]:
    """Commit a scan that judged by what is configured."""

    def commit(*rows: Any, **more: Any) -> None:
        told = {"policy_sha256": policy_sha256(shop.settings), "reasons": ()} | more
        shop.scan(*rows, **told)

    return commit


def covered(state: SubscriptionState, *reasons: str) -> tuple[SubscriptionRecord, ...]:
    one = SubscriptionRecord(id=ONE, name="one", state=state, reasons=reasons, resources=1)
    return (one,)


def test_before_the_first_scan_nothing_is_known(pages: Any) -> None:
    assert pages.headline() == "Not proven: there is no scan yet, so nothing is known"


def test_compliant_is_said_where_everything_was_seen(pages: Any, scan: Any, row: Any) -> None:
    scan(row(name="a"))
    assert pages.headline() == (
        "Compliant: everything was seen, and all is where the promise allows"
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"reasons": ("no-manifest",)}, "no manifest says which subscriptions must be seen"),
        ({"policy_sha256": "0" * 64}, "the configuration was changed since the last scan"),
        ({"complete": False}, "the last scan was not complete"),
        ({"verdict": Verdict.NOT_PROVEN}, "the last scan by itself proved less than all"),
        ({"verdict": Verdict.VIOLATION}, "the last scan by itself proved less than all"),
        (
            {"subscriptions": covered(SubscriptionState.UNREADABLE, "reads-refused")},
            "1 of 1 subscription could not be read",
        ),
        (
            {"subscriptions": covered(SubscriptionState.PARTIAL, "rights")},
            "1 of 1 subscription could not be read",
        ),
        ({"later": -timedelta(days=9)}, "ago, too long ago to say where data is now (stale)"),
    ],
)
def test_what_was_not_seen_is_not_proven(
    pages: Any, scan: Any, row: Any, more: Any, said: str
) -> None:
    scan(row(name="a"), **more)
    told = pages.headline()
    assert told.startswith("Not proven: ")
    assert said in told
    assert "ompliant" not in told


def test_an_unknown_resource_is_not_proven(pages: Any, scan: Any, row: Any) -> None:
    scan(row(name="a"), row(name="b", status=Status.UNKNOWN))
    assert pages.headline() == "Not proven: of 1 resource it is unknown where the data is"


def test_no_resource_is_not_proven(pages: Any, scan: Any) -> None:
    scan()
    assert pages.headline() == "Not proven: no resource was seen"


def test_a_violation_comes_before_what_is_not_proven(pages: Any, scan: Any, row: Any) -> None:
    scan(row(name="a", status=Status.VIOLATION), row(name="b", status=Status.UNKNOWN))
    assert pages.headline().startswith("Violation: data of 1 resource ")
    assert "And not all is proven: of 1 resource it is unknown" in pages.see("/").text


def test_what_is_stale_counts_as_unknown_on_every_page(pages: Any, scan: Any, row: Any) -> None:
    scan(row(name="a"), later=-timedelta(days=9))
    for path in ("/", "/resources", f"/resource?id={row(name='a').id}"):
        assert "? unknown" in pages.see(path).text
    assert "✔ compliant 0" in " ".join(pages.see("/").text.split())


def test_the_age_of_the_scan_stands_beside_its_time(pages: Any, scan: Any, row: Any) -> None:
    scan(row(name="a"), later=timedelta())
    text = pages.see("/").text
    assert "The last scan (number 1) ended " in text
    assert "(59 min ago)" in text


def test_a_new_scan_is_shown_at_once(pages: Any, scan: Any, row: Any) -> None:
    scan(row(name="a"))
    assert pages.headline().startswith("Compliant")
    scan(row(name="a", status=Status.VIOLATION))
    assert pages.headline().startswith("Violation")


def test_what_the_metrics_have_counted_is_not_counted_again(
    front: Any, shown: Any, shop: Any, scan: Any, row: Any
) -> None:
    scan(row(name="a"))
    asyncio.run(shown.render())
    kept = Kept(front.standing)
    known = asyncio.run(front.read(lambda reader: kept.of(reader, shop.settings)))
    assert known.standing is shown.standing


def test_a_scan_that_the_metrics_do_not_know_yet_is_shown(
    pages: Any, shown: Any, scan: Any, row: Any
) -> None:
    scan(row(name="a"))
    asyncio.run(shown.render())
    scan(row(name="a", status=Status.VIOLATION))
    assert pages.headline().startswith("Violation")


def test_an_exemption_that_expired_since_the_scan_is_not_proven(
    request: pytest.FixtureRequest, shop: Any, row: Any
) -> None:
    told = {"id": "ex-1", "resources": ["*"], "reasons": ["outside-eu"], "why": "a move"}
    ends = shop.at + timedelta(minutes=30)
    body = told | {"owner": "team", "ticket": "T-1", "expires": ends.isoformat()}
    configured = json.loads(shop.settings.model_dump_json(by_alias=True)) | {"exemptions": [body]}
    shop.settings = Settings.model_validate(configured)
    kept = json.dumps(shop.settings.exemptions[0].model_dump(mode="json"))
    judged_by = policy_sha256(shop.settings)
    version = Version(kind="exemption", id="ex-1", body=kept)
    seen = replace(found([row(name="a")], 1, shop.at), policy_sha256=judged_by, reasons=())
    shop.store.commit(replace(seen, versions=(version,)))
    pages = request.getfixturevalue("pages")  # reads the configuration when it begins
    assert pages.headline() == (
        "Not proven: 1 exemption or declaration expired since the last scan"
    )
    assert "ex-1" in pages.see("/").text
