"""The pictures of the first page show what its tables show."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from residency.model import Role, Zone
from residency.store.reading.coverage import Silence, Why
from residency.web.page.pictures import map_of, timeline_of
from residency.web.page.where import PlaceRow

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def place(zone: Zone, country: str, total: int = 1, *regions: str) -> PlaceRow:
    counts = (total, *(0 for _ in list(Role)[1:]))
    return PlaceRow(zone=zone, country=country, regions=regions, counts=counts, total=total)


def test_what_is_unknown_at_home_does_not_paint_home_and_is_not_lost() -> None:
    drawn = map_of((place(Zone.UNKNOWN, "NL", 3), place(Zone.HOME, "NL", 900)))
    assert "NL: home, 900" in drawn
    assert "NL: unknown, 3" in drawn


def test_a_country_of_which_all_is_unknown_is_painted_so() -> None:
    assert "NL: unknown, 3" in map_of((place(Zone.UNKNOWN, "NL", 3),))


def test_places_of_no_country_are_beside_the_map_by_their_region() -> None:
    drawn = map_of((place(Zone.OUTSIDE, "", 2, "global"), place(Zone.UNKNOWN, "", 1, "x", "y")))
    assert "global: outside the EU, 2" in drawn
    assert "x, y: unknown, 1" in drawn


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(Zone), st.sampled_from(["NL", "IE", "GB", "US", "MT", ""])),
        st.integers(min_value=1, max_value=10**6),
    )
)
@settings(max_examples=25, deadline=None)
def test_every_place_of_the_table_is_in_the_map(found: dict[tuple[Zone, str], int]) -> None:
    countries = {country for _, country in found if country}
    known = {
        (zone, country): count
        for (zone, country), count in found.items()
        # a policy puts a country in one zone; only what is unknown may stand beside it
        if zone is Zone.UNKNOWN
        or not country
        or zone == next(each for each, name in found if name == country and each != Zone.UNKNOWN)
    }
    drawn = map_of(tuple(place(*key, count) for key, count in known.items()))
    assert countries <= {country for _, country in known}
    for count in known.values():
        assert f", {count}<" in drawn


def test_a_time_in_which_nobody_looked_is_on_the_timeline() -> None:
    silence = Silence(since=NOW - timedelta(days=2), until=NOW - timedelta(days=1), why=Why.NO_SCAN)
    assert "nobody looked" in timeline_of((), (silence,), NOW)
    assert "nobody looked, 20" not in timeline_of((), (), NOW)
