"""What happened between two scans, told once."""

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Reason, Status
from residency.store import EventKind, Store, Version

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

HERE, THERE, FAR = "westeurope", "northeurope", "germanywestcentral"


def events(path: Path, scan: int) -> list[tuple[str, str]]:
    query = """
        SELECT kind, coalesce(resource.id, subject) FROM event
        LEFT JOIN resource ON resource.pk = event.resource WHERE scan = ? ORDER BY seq
    """
    with sqlite3.connect(path) as connection:
        found = connection.execute(query, (scan,)).fetchall()
    return [(kind, subject.rpartition("/")[2]) for kind, subject in found]


def place(role: str, region: str) -> tuple[tuple[str, str], ...]:
    return ((role, region),)


BAD: dict[str, Any] = {"status": Status.VIOLATION, "reasons": (Reason.OUTSIDE_EU,)}
DARK: dict[str, Any] = {"status": Status.UNKNOWN, "reasons": (Reason.REGION_UNKNOWN,)}
TABLE: tuple[tuple[str, dict[str, Any] | None, dict[str, Any] | None, list[str]], ...] = (
    ("nothing changes", {}, {}, []),
    ("a violation opens", {}, BAD, ["violation-opened"]),
    ("a violation closes", BAD, {}, ["violation-closed"]),
    ("a violation goes on", BAD, BAD, []),
    ("a violation is deleted", BAD, None, ["violation-closed", "placement-removed"]),
    ("it becomes unknown", {}, DARK, ["became-unknown"]),
    ("a violation becomes unknown", BAD, DARK, ["violation-closed", "became-unknown"]),
    ("it is known again", DARK, {}, []),
    (
        "a copy moves",
        {"places": place("replica", HERE)},
        {"places": place("replica", THERE)},
        ["placement-moved"],
    ),
    (
        "a copy comes",
        {"places": place("primary", HERE)},
        {"places": (*place("primary", HERE), *place("replica", THERE))},
        ["placement-added"],
    ),
    (
        "a copy goes",
        {"places": (*place("primary", HERE), *place("replica", THERE))},
        {"places": place("primary", HERE)},
        ["placement-removed"],
    ),
    (
        "a primary fails over and its copy is lost",
        {"places": (*place("primary", HERE), *place("replica", THERE))},
        {"places": place("primary", THERE)},
        ["placement-moved", "placement-removed"],
    ),
    (
        "a copy becomes two others",
        {"places": place("replica", HERE)},
        {"places": (*place("replica", THERE), *place("replica", FAR))},
        ["placement-removed", "placement-added", "placement-added"],
    ),
    ("a new resource", None, {}, ["placement-added"]),
    ("a new resource outside", None, BAD, ["violation-opened", "placement-added"]),
    ("the sources disagree", {}, {"against": "eastus"}, ["sources-disagree"]),
    ("the sources agree again", {"against": "eastus"}, {}, []),
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_events_of_a_resource(
    store: Store, path: Path, scans: "Scans", told: type["Told"], row: tuple[Any, ...]
) -> None:
    _, before, after, wanted = row
    store.commit(scans(told(name="other"), *([] if before is None else [told(name="a", **before)])))
    gone = ("a",) if after is None else ()
    left = [] if after is None else [told(name="a", **after)]
    store.commit(scans(told(name="other"), *left, gone=gone))
    assert events(path, 2) == [(kind, "a") for kind in wanted]


def test_a_first_scan_opens_violations_and_moves_nothing(
    store: Store, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="a"), told(name="b", **BAD)))
    assert events(path, 1) == [("violation-opened", "b")]


def test_a_type_is_new_once(store: Store, path: Path, scans: "Scans", told: type["Told"]) -> None:
    store.commit(scans(told(name="a")))
    for _ in range(2):
        store.commit(scans(told(name="a"), told(name="b", type="microsoft.sql/servers")))
    assert ("type-first-seen", "servers") in events(path, 2)
    assert events(path, 3) == []


SUBSCRIPTIONS: tuple[tuple[str, str, list[str]], ...] = (
    ("read", "unreadable", ["subscription-lost"]),
    ("read", "missing", ["subscription-lost"]),
    ("partial", "missing", ["subscription-lost"]),
    ("unreadable", "missing", []),
    ("missing", "read", ["subscription-back"]),
    ("unreadable", "partial", ["subscription-back"]),
    ("read", "partial", []),
    ("read", "unexpected", ["subscription-unexpected"]),
    ("unexpected", "unexpected", []),
)


@pytest.mark.parametrize(("before", "after", "wanted"), SUBSCRIPTIONS)
def test_events_of_a_subscription(
    store: Store, path: Path, scans: "Scans", before: str, after: str, wanted: list[str]
) -> None:
    store.commit(scans(state=before))
    store.commit(scans(state=after))
    assert [kind for kind, _ in events(path, 2)] == wanted


def test_an_exemption_starts_and_expires_and_an_edit_is_no_new_start(
    store: Store, path: Path, scans: "Scans"
) -> None:
    def live(why: str) -> tuple[Version, ...]:
        return (Version(kind="exemption", id="e1", body=json.dumps({"why": why})),)

    store.commit(scans(versions=live("one")))
    store.commit(scans(versions=live("two")))
    store.commit(scans())
    assert events(path, 1) == [("exemption-started", "e1")]
    assert events(path, 2) == []
    assert events(path, 3) == [("exemption-expired", "e1")]


def test_a_pair_of_regions_that_azure_changed_is_told_once(
    store: Store, path: Path, scans: "Scans"
) -> None:
    reasons = ("region-pair: westeurope: northeurope became francecentral",)
    store.commit(scans())
    store.commit(scans(reasons=reasons))
    store.commit(scans(reasons=reasons))
    assert [kind for kind, _ in events(path, 2)] == ["region-pair-changed"]
    assert events(path, 3) == []


@pytest.mark.parametrize("restarts", [False, True])
def test_a_pair_of_regions_is_not_told_again_because_it_could_not_be_read_in_between(
    store: Store, path: Path, scans: "Scans", *, restarts: bool
) -> None:
    changed = ("region-pair: westeurope: northeurope became francecentral",)
    for reasons in (changed, ("regions-unread: ServerError",), ("regions-unread: Timeout",)):
        store.commit(scans(reasons=reasons))
    if restarts:
        store.close()
        store = Store.open(f"sqlite:///{path}")
    store.commit(scans(reasons=changed))
    assert events(path, 4) == []
    store.commit(scans())
    store.commit(scans(reasons=changed))
    store.close()
    assert [kind for kind, _ in events(path, 6)] == ["region-pair-changed"], "it was undone"


def test_an_event_names_the_rows_that_prove_it(
    store: Store, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="a", places=place("primary", HERE))))
    store.commit(scans(told(name="a", places=place("primary", THERE))))
    with sqlite3.connect(path) as connection:
        before, after = connection.execute("SELECT before, after FROM event").fetchone()
        regions = dict(connection.execute("SELECT pk, region FROM fact").fetchall())
    assert [regions[row] for row in json.loads(before)["facts"]] == [HERE]
    assert [regions[row] for row in json.loads(after)["facts"]] == [THERE]


def test_every_kind_of_event_has_a_name_of_its_own() -> None:
    assert len({kind.value for kind in EventKind}) == len(EventKind)
