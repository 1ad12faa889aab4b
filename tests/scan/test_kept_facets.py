"""What is kept beside the store, as a scan asks for it: nothing is taken for what it is not."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from residency.scan.kept import Answer, Failure, Kept, Key
from residency.scan.kept_facets import KeptFacets
from residency.store.facets import Facets

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
SOON = NOW + timedelta(seconds=3, microseconds=7)
KEY = Key("list", "/subscriptions/s/providers/microsoft.keyvault/deletedvaults", "2026-05-15")
OTHER = KEY._replace(path=f"{KEY.path}2")
NOTHING = Kept(key=KEY, asked_at=NOW, answer=Answer(bodies=(), read_at=SOON))
SOMETHING = Kept(key=KEY, asked_at=NOW, answer=Answer(bodies=({"id": "/x"},), read_at=SOON))
DENIED = NOTHING.after(SOON, Failure(kind="AccessDenied", code="AuthorizationFailed"))
NEVER = Kept(key=KEY, asked_at=NOW, failure=Failure(kind="NotFound", code="NotFound"))
ALL = pytest.mark.parametrize(
    "kept", [NOTHING, SOMETHING, DENIED, NEVER], ids=["nothing", "something", "denied", "never"]
)


@pytest.fixture
def facets(tmp_path: Path) -> Iterator[Facets]:
    with closing(Facets(tmp_path / "residency.db.facets")) as opened:
        yield opened


@ALL
def test_it_is_the_same_at_once_when_flushed_and_after_a_restart(
    facets: Facets, kept: Kept
) -> None:
    cache = KeptFacets(facets)
    cache.put(kept)
    assert (cache.get(KEY), list(cache.stamps())) == (kept, [kept.stamp])
    cache.flush()
    assert (cache.get(KEY), list(cache.stamps())) == (kept, [kept.stamp])
    again = KeptFacets(facets)
    assert (again.get(KEY), list(again.stamps())) == (kept, [kept.stamp])


@ALL
def test_it_takes_the_place_of_what_was_before(facets: Facets, kept: Kept) -> None:
    cache = KeptFacets(facets)
    for before in (NOTHING, SOMETHING, DENIED, NEVER):
        cache.put(before)
        cache.flush()
        cache.put(kept)
        assert cache.get(KEY) == kept
        assert list(cache.stamps()) == [kept.stamp]


def test_an_error_after_nothing_is_an_error_and_not_nothing(facets: Facets) -> None:
    cache = KeptFacets(facets)
    cache.put(NOTHING)
    cache.put(DENIED)
    found = cache.get(KEY)
    assert found is not None
    assert found.failure == DENIED.failure
    assert [each.failed for each in cache.stamps()] == [True]


def test_what_is_forgotten_is_not_there_now_nor_later(facets: Facets) -> None:
    cache = KeptFacets(facets)
    cache.put(NOTHING)
    cache.put(replace(SOMETHING, key=OTHER))
    cache.flush()
    cache.forget([KEY, KEY._replace(path="/never")])
    assert cache.get(KEY) is None
    assert [each.key for each in cache.stamps()] == [OTHER]
    cache.flush()
    again = KeptFacets(facets)
    assert again.get(KEY) is None
    assert [each.key for each in again.stamps()] == [OTHER]


def test_nothing_is_nothing_without_a_look_into_the_file(facets: Facets) -> None:
    cache = KeptFacets(facets)
    cache.put(NOTHING)
    cache.flush()
    assert list(cache.stamps()) == [NOTHING.stamp]
    facets.forget([f'["list","{KEY.path}","{KEY.api_version}",""]'])
    facets.flush()
    assert cache.get(KEY) == NOTHING


def test_what_the_file_has_lost_is_asked_again(facets: Facets) -> None:
    cache = KeptFacets(facets)
    cache.put(SOMETHING)
    cache.flush()
    facets.forget([f'["list","{KEY.path}","{KEY.api_version}",""]'])
    facets.flush()
    assert cache.get(KEY) is None
