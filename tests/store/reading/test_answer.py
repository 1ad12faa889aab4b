"""Whatever the estate and its past: no answer holds a word of what is another customer's alone."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from residency.model import Reason, Status
from residency.settings import Customer
from residency.store import Store
from residency.store.reading.answer import Answer, Verdict, answer
from residency.store.reading.concern import Asked
from residency.store.reading.opened import store_at

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

NAMES = {"acme": "Acme BV", "globex": "Globex Industries", "initech": "Initech"}
CUSTOMERS = {
    name: Customer(name=label, language="en", products=("procs",)) for name, label in NAMES.items()
}
OWNERS = st.sampled_from([("acme",), ("globex",), ("acme", "globex"), ("initech",), ()])
PLACES = st.sampled_from(["westeurope", "northeurope", "uksouth"])
STATES = st.sampled_from(["read", "unreadable", "partial"])
RESOURCE = st.none() | st.tuples(OWNERS, PLACES, st.booleans())
SCAN = st.tuples(STATES, st.lists(RESOURCE, min_size=5, max_size=5))


def asked(name: str, records: list[object]) -> Asked:
    first, last = records[0], records[-1]
    return Asked(
        customer=name,
        products=frozenset(CUSTOMERS[name].products),
        since=first.started_at,  # type: ignore[attr-defined]
        until=last.finished_at + timedelta(minutes=1),  # type: ignore[attr-defined]
        longest=timedelta(minutes=30),
        lag=timedelta(hours=1),
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(story=st.lists(SCAN, min_size=1, max_size=5))
def test_nothing_of_another_customer_is_in_an_answer(
    story: list[tuple[str, list[tuple[tuple[str, ...], str, bool] | None]]],
    tmp_path_factory: pytest.TempPathFactory,
    scans: "Scans",
    told: type["Told"],
) -> None:
    """Names say whose a resource is: of `canary-globex-3` nobody but Globex may hear."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'residency.db'}"
    store = Store.open(url)
    records: list[object] = []
    for state, resources in story:
        estate = []
        for number, each in enumerate(resources):
            if each is not None:
                owners, region, known = each
                estate.append(
                    told(
                        name=f"canary-{'-'.join(owners) or 'nobody'}-{number}",
                        customers=owners,
                        product="procs" if owners else None,
                        places=(("primary", region),),
                        status=Status.COMPLIANT if known else Status.UNKNOWN,
                        reasons=() if known else (Reason.FACET_UNREADABLE,),
                    )
                )
        record = scans(*estate, state=state)
        store.commit(record)
        records.append(record)
    store.close()
    with store_at(url) as database, database.reading() as connection:
        for name in CUSTOMERS:
            found = answer(connection, asked(name, records), CUSTOMERS)
            others = set(CUSTOMERS) - {name}
            said = repr(found).lower()
            assert not [other for other in others if other in said]
            assert "canary-nobody" not in said
            assert_no_more_than_was_seen(found, [state for state, _ in story])


def assert_no_more_than_was_seen(found: Answer, states: list[str]) -> None:
    """A `no` is only said where each scan read all, and all of it was known."""
    if found.was_moved is Verdict.NO:
        assert not found.not_seen or {each.what for each in found.not_seen} == {"activity-log"}
        assert found.resources
        assert set(states) == {"read"}
    assert found.was_touched is Verdict.NOT_ESTABLISHED  # these scans read no log
