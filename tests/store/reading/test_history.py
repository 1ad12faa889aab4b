"""What stood of a resource at any time is what the last scan before it found: against a model."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from residency.errors import StoreError
from residency.model import Reason, Status
from residency.store import Store
from residency.store.reading.history import history_of, resource_named
from residency.store.reading.opened import store_at
from residency.store.reading.scans import last_scan, last_scan_before, scans_between

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

Connected = Callable[[], Connection]
REGIONS = ("westeurope", "northeurope", "uksouth")
SEEN = st.tuples(st.sampled_from(REGIONS), st.sampled_from(Status))
QUARTER = timedelta(minutes=15)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(story=st.lists(st.none() | SEEN, min_size=1, max_size=7))
def test_any_history_is_read_back_scan_by_scan(
    story: list[tuple[str, Status] | None],
    tmp_path_factory: pytest.TempPathFactory,
    scans: "Scans",
    told: type["Told"],
) -> None:
    """A resource is there or not, in some region with some status; another is always there."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'residency.db'}"
    store = Store.open(url)
    scans.number = 0
    records = []
    for each in story:
        places = ((("primary", each[0]),)) if each else ()
        mine = [told(name="a", places=places, status=each[1])] if each else []
        records.append(scans(told(name="b"), *mine, gone=() if each else ("a",)))
        store.commit(records[-1])
    store.close()
    if not any(story):
        return
    with store_at(url) as database, database.reading() as connection:
        found = history_of(connection, resource_named(connection, "a"))
    for record, each in zip(records, story, strict=True):
        for moment in (record.finished_at, record.finished_at + QUARTER - timedelta(seconds=1)):
            then = found.at(moment)
            regions = [one.placement.region for one in then.places]
            assert regions == ([each[0]] if each else [])
            assert [one.judged.status for one in then.states] == ([each[1]] if each else [])
        assert found.at(records[0].finished_at - timedelta(seconds=1)).states == ()


def test_a_resource_goes_by_its_id_or_by_an_end_that_no_other_has(
    store: Store, scans: "Scans", told: type["Told"], connected: Connected
) -> None:
    store.commit(scans(told(name="a"), told(name="aa")))
    connection = connected()
    found = resource_named(connection, "storageAccounts/A/")
    assert found.name == "a"
    assert resource_named(connection, found.id.upper()) == found
    with pytest.raises(StoreError, match="was never seen"):
        resource_named(connection, "storage_ccounts/a")


def test_whose_it_was_and_why_is_read_back(
    store: Store, scans: "Scans", told: type["Told"], connected: Connected
) -> None:
    reasons = (Reason.FACET_UNREADABLE,)
    store.commit(scans(told(name="a", status=Status.UNKNOWN, reasons=reasons)))
    connection = connected()
    (stood,) = history_of(connection, resource_named(connection, "a")).states
    assert stood.judged.attribution.customers == ("acme",)
    assert (stood.judged.attribution.product, stood.judged.reasons) == ("procs", reasons)


def test_scans_are_found_by_their_ends(
    store: Store, scans: "Scans", told: type["Told"], connected: Connected
) -> None:
    records = [scans(told(name="a")) for _ in range(3)]
    for each in records:
        store.commit(each)
    connection = connected()
    first, second, third = (each.finished_at for each in records)
    assert [each.seq for each in scans_between(connection, first, third)] == [2, 3]
    before = last_scan_before(connection, second)
    assert before is not None
    assert before.seq == 2
    assert last_scan_before(connection, first - timedelta(seconds=1)) is None
    last = last_scan(connection)
    assert last is not None
    assert last.seq == 3


def test_a_reader_sees_one_state_while_the_writer_goes_on(
    store: Store, scans: "Scans", told: type["Told"], connected: Connected
) -> None:
    store.commit(scans(told(name="a")))
    connection = connected()
    before = last_scan(connection)
    store.commit(scans(told(name="a", status=Status.VIOLATION)))
    assert last_scan(connection) == before
    assert len(history_of(connection, resource_named(connection, "a")).states) == 1


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "nothing.db"
    with pytest.raises(StoreError, match="residency scan"), store_at(f"sqlite:///{path}"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_store(tmp_path: Path) -> None:
    path: Any = tmp_path / "empty.db"
    path.touch()
    with pytest.raises(StoreError, match="is empty"), store_at(f"sqlite:///{path}"):
        pass
