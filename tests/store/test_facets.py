"""What Azure answered outlives a restart, and its loss costs reads and no record."""

from pathlib import Path

import pytest

from residency.errors import StoreError
from residency.store.facets import Facet, Facets


def facet(key: str = "k", body: bytes = b"body") -> Facet:
    return Facet(
        key=key, asked_at="2026-11-01T00:00:00+00:00", failed=False, empty_at=None, body=body
    )


def reopened(path: Path, facets: Facets) -> Facets:
    facets.close()
    return Facets(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "residency.db.facets"


def test_what_is_flushed_is_there_after_a_restart(path: Path) -> None:
    facets = Facets(path)
    facets.put(facet())
    facets.flush()
    again = reopened(path, facets)
    assert again.get("k") == b"body"
    assert list(again.stamps()) == [("k", "2026-11-01T00:00:00+00:00", False, None)]


def test_what_is_not_flushed_is_seen_and_not_kept(path: Path) -> None:
    facets = Facets(path)
    facets.put(facet())
    assert facets.get("k") == b"body"
    assert len(list(facets.stamps())) == 1
    assert reopened(path, facets).get("k") is None


def test_a_newer_answer_takes_the_place_of_an_older_one(path: Path) -> None:
    facets = Facets(path)
    facets.put(facet())
    facets.flush()
    facets.put(facet(body=b"newer"))
    assert facets.get("k") == b"newer"
    assert len(list(facets.stamps())) == 1
    facets.flush()
    assert reopened(path, facets).get("k") == b"newer"


def test_what_is_forgotten_is_gone_before_and_after_a_restart(path: Path) -> None:
    facets = Facets(path)
    facets.put(facet())
    facets.flush()
    facets.forget(["k", "never"])
    assert facets.get("k") is None
    assert list(facets.stamps()) == []
    facets.flush()
    assert reopened(path, facets).get("k") is None


def test_what_is_forgotten_and_put_again_is_kept(path: Path) -> None:
    facets = Facets(path)
    facets.forget(["k"])
    facets.put(facet())
    facets.flush()
    assert reopened(path, facets).get("k") == b"body"


@pytest.mark.parametrize("content", [b"not a database" * 100, b""], ids=["damaged", "empty"])
def test_a_damaged_file_is_made_anew(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    facets = Facets(path)
    assert list(facets.stamps()) == []
    facets.put(facet())
    facets.flush()
    assert reopened(path, facets).get("k") == b"body"


def test_where_it_cannot_be_made_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="make its folder writable"):
        Facets(tmp_path / "missing" / "x.facets")
