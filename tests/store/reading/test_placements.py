"""A fact that is read back is the place that was remembered, but for when it was read."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.errors import StoreError
from residency.model import Basis, Evidence, Failover, Placement, Reason, Role
from residency.store.facts import fact
from residency.store.reading.placements import evidence_of, placement_of

READ_AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1))  # noqa: DTZ001 - hypothesis wants it so
TEXTS = st.text(max_size=12)
WORDS = st.text(alphabet="abc-", max_size=8)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    return Evidence(
        api=draw(WORDS),
        path=draw(TEXTS),
        value=draw(TEXTS),
        read_at=READ_AT,
        against=draw(TEXTS),
    )


@st.composite
def placements(draw: st.DrawFn) -> Placement:
    failovers = st.builds(
        Failover,
        path=st.lists(WORDS, max_size=3).map(tuple),
        since=st.none() | MOMENTS,
        evidence=evidences(),
        explained=st.booleans(),
    )
    return Placement(
        role=draw(st.sampled_from(Role)),
        region=draw(WORDS),
        basis=draw(st.sampled_from(Basis)),
        evidence=draw(evidences()),
        country=draw(st.none() | st.sampled_from(["NL", "IE"])),
        unresolved=draw(st.none() | st.sampled_from(Reason)),
        decides_primary=draw(st.booleans()),
        writer=draw(st.booleans()),
        metadata_only=draw(st.booleans()),
        failover=draw(st.none() | failovers),
        target=draw(st.none() | st.text(min_size=1, max_size=5)),
    )


@given(placements())
def test_every_place_survives_the_way_there_and_back(place: Placement) -> None:
    kept = fact(place)
    back = placement_of(kept.row, READ_AT)
    assert fact(back) == kept
    for name in ("role", "region", "basis", "country", "unresolved", "writer", "target"):
        assert getattr(back, name) == getattr(place, name)
    assert back.evidence == place.evidence
    assert (back.failover is None) == (place.failover is None)
    if place.failover and back.failover:
        assert back.failover.path == place.failover.path
        assert back.failover.since == place.failover.since
        assert str(back.failover.evidence) == str(place.failover.evidence)


def test_evidence_is_taken_apart_as_it_was_put_together() -> None:
    told = Evidence(api="arm", path="a = 'b", value="c'", read_at=READ_AT, against="d")
    assert str(evidence_of(str(told), READ_AT)) == str(told)
    with pytest.raises(ValueError, match="is no evidence"):
        evidence_of("nothing of the kind", READ_AT)


@pytest.mark.parametrize(
    "wrong",
    [{"role": "owner"}, {"basis": "hearsay"}, {"more": "{"}, {"more": '{"failover": {}}'}],
)
def test_a_row_that_the_store_never_wrote_is_refused(wrong: dict[str, Any]) -> None:
    row = {
        "pk": 7,
        "role": "primary",
        "region": "westeurope",
        "country": None,
        "basis": "observed",
        "api": "arm",
        "path": "location",
        "value": "westeurope",
        "more": "{}",
    }
    assert placement_of(row, READ_AT).region == "westeurope"
    with pytest.raises(StoreError, match="fact 7 cannot be read"):
        placement_of({**row, **wrong}, READ_AT)
