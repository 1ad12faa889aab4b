"""The independent verifier: what it proves, what it refuses, and what it says that it cannot."""

import ast
import json
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency import verify
from residency.store.ledger import merkle
from residency.store.ledger.canonical import canonical
from residency.store.ledger.signing import PAYLOAD_TYPE, SCHEMES, Signer

Entry = dict[str, Any]
Export = Callable[..., Path]
Say = pytest.CaptureFixture[str]
FIELDS = ("at", "body", "kind", "seq", "v")


def run(*arguments: object) -> int:
    return verify.main([str(each) for each in arguments])


def rewrite(file: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))


@pytest.fixture
def folder(export: Export, entries: list[Entry], signer: Signer) -> Path:
    """A signed export of fifty entries."""
    return export(entries, signer)


@pytest.fixture
def held_keys(folder: Path, tmp_path: Path) -> Path:
    """The key list as it was published."""
    file = tmp_path / "published.json"
    file.write_bytes((folder / "keys.json").read_bytes())
    return file


def kept_head(folder: Path, line: int, file: Path) -> Path:
    heads = (folder / "heads.jsonl").read_text(encoding="utf-8").splitlines()
    file.write_text(json.loads(heads[line])["checkpoint"], encoding="utf-8")
    return file


def test_a_signed_export_is_verified_and_said_so(folder: Path, signer: Signer, capsys: Say) -> None:
    assert run(folder) == 0
    said = capsys.readouterr().out
    assert "Verified: 50 entries, 2026-10-01 01:00:00+00:00 to 2026-10-03 02:00:00+00:00" in said
    assert "4 heads fit the entries" in said
    assert "the change sets of 3 scans, of 10 in all" in said
    assert f"Signed: 4 heads, by {signer.keyid}" in said
    assert "The keys came with the export" in said
    assert "Warning" not in said


def test_keys_that_the_reader_holds_need_no_comparing(
    folder: Path, held_keys: Path, capsys: Say
) -> None:
    assert run(folder, "--keys", held_keys) == 0
    assert "came with the export" not in capsys.readouterr().out


def test_without_a_key_it_says_that_nothing_is_signed(
    export: Export, entries: list[Entry], capsys: Say
) -> None:
    assert run(export(entries, None)) == 0
    said = capsys.readouterr().out
    assert "NOT SIGNED" in said
    assert "only since a head that you hold" in said


def test_a_head_that_the_reader_kept_binds_all_before_it(
    folder: Path, tmp_path: Path, capsys: Say
) -> None:
    assert run(folder, "--head", kept_head(folder, 1, tmp_path / "kept")) == 0
    assert "the first 20 entries are those of the head that you hold" in capsys.readouterr().out


def flipped(folder: Path, file: Path, held_keys: Path | None) -> list[int]:
    """Flip each byte of a file, one by one; gives the places where that was not seen."""
    whole, unseen = file.read_bytes(), []
    for place, byte in enumerate(whole):
        file.write_bytes(whole[:place] + bytes([byte ^ 1]) + whole[place + 1 :])
        try:
            verify.verify(folder, None, held_keys)
        except ValueError:
            continue
        unseen.append(place)
    file.write_bytes(whole)
    return unseen


@pytest.mark.parametrize("name", ["heads.jsonl", "keys.json", "changes/1.jsonl", "changes/6.jsonl"])
def test_each_flipped_byte_beside_the_entries_is_caught(
    export: Export, entries: list[Entry], signer: Signer, tmp_path: Path, name: str
) -> None:
    folder = export(entries, signer, sizes=(25, 50))
    published = tmp_path / "published.json"
    published.write_bytes((folder / "keys.json").read_bytes())
    assert run(folder, "--keys", published) == 0
    assert flipped(folder, folder / name, published) == []


def test_each_flipped_byte_of_the_entries_is_caught_without_any_signature(
    export: Export, entries: list[Entry]
) -> None:
    folder = export(entries, None, sizes=range(5, 51, 5))
    assert run(folder) == 0
    assert flipped(folder, folder / "entries.jsonl", None) == []


def test_of_keys_that_came_along_only_the_dates_can_be_altered_unseen(folder: Path) -> None:
    file = folder / "keys.json"
    dates = file.read_bytes().index(b'"valid_from":"') + len(b'"valid_from":"')
    unseen = flipped(folder, file, None)
    assert set(unseen) <= set(range(dates, dates + len("2026-10-01T00:00:00.000000Z")))


OTHERS: dict[str, list[object]] = {
    "at": ["2026-10-01T01:00:00.000001Z", "2026-10-01T01:00:00", "yesterday", 7, None],
    "body": [{}, [], None, {"more": 1}],
    "kind": ["exemption", "", None, 1],
    "seq": [0, 2, 51, True, "1", None],
    "v": [0, 2, True, "1", None],
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("signs", [True, False])
def test_each_changed_field_of_each_entry_is_caught(
    export: Export, entries: list[Entry], signer: Signer, field: str, *, signs: bool
) -> None:
    folder = export(entries, signer if signs else None)
    whole = (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)
    for place, entry in enumerate(entries):
        for other in OTHERS[field]:
            if canonical(entry[field]) != canonical(other):
                line = canonical({**entry, field: other}) + b"\n"
                altered = [*whole[:place], line, *whole[place + 1 :]]
                (folder / "entries.jsonl").write_bytes(b"".join(altered))
                with pytest.raises(ValueError, match=r".+"):
                    verify.verify(folder)


@pytest.mark.parametrize("place", [0, 1, 24, 49])
def test_a_dropped_entry_is_caught(folder: Path, place: int, capsys: Say) -> None:
    rewrite(folder / "entries.jsonl", lambda all_: all_[:place] + all_[place + 1 :])
    assert run(folder) == 1
    assert capsys.readouterr().err.startswith("ALTERED OR WRONG")


@pytest.mark.parametrize("place", [0, 24, 48])
def test_two_swapped_entries_are_caught(folder: Path, place: int) -> None:
    rewrite(
        folder / "entries.jsonl",
        lambda all_: [*all_[:place], all_[place + 1], all_[place], *all_[place + 2 :]],
    )
    assert run(folder) == 1


def test_a_repeated_entry_is_caught(folder: Path, capsys: Say) -> None:
    rewrite(folder / "entries.jsonl", lambda all_: [*all_[:3], all_[2], *all_[3:]])
    assert run(folder) == 1
    assert "line 4: has seq 3 where 4 comes" in capsys.readouterr().err


@pytest.mark.parametrize("left", [0, 1, 29, 30, 49])
def test_a_tail_that_was_cut_off_is_caught(folder: Path, left: int) -> None:
    rewrite(folder / "entries.jsonl", lambda all_: all_[:left])
    assert run(folder) == 1


def test_entries_that_no_head_covers_are_caught(folder: Path) -> None:
    rewrite(folder / "heads.jsonl", lambda all_: all_[:3])
    assert run(folder) == 1


def test_a_tail_cut_off_with_its_heads_is_caught_by_who_kept_a_later_head(
    folder: Path, tmp_path: Path, capsys: Say
) -> None:
    kept = kept_head(folder, 3, tmp_path / "kept")
    rewrite(folder / "heads.jsonl", lambda all_: all_[:3])
    rewrite(folder / "entries.jsonl", lambda all_: all_[:30])
    assert run(folder) == 0
    assert run(folder, "--head", kept) == 1
    assert "cut off" in capsys.readouterr().err


def forged(entries: list[Entry]) -> list[Entry]:
    altered = deepcopy(entries)
    altered[10]["body"] = {"nothing": "happened"}
    return altered


def test_all_chained_again_without_the_key_is_caught(
    export: Export, entries: list[Entry], folder: Path
) -> None:
    again = export(forged(entries), None, name="again")
    (again / "keys.json").write_bytes((folder / "keys.json").read_bytes())
    assert run(again) == 1
    rewrite(again / "heads.jsonl", lambda _: stolen(again, folder))
    assert run(again) == 1


def stolen(again: Path, folder: Path) -> list[bytes]:
    """Put the true signatures around the forged heads."""
    read = [(each / "heads.jsonl").read_bytes().splitlines() for each in (again, folder)]
    pairs = zip(*[[json.loads(line) for line in lines] for lines in read], strict=True)
    return [canonical({**new, "envelope": true["envelope"]}) + b"\n" for new, true in pairs]


def test_all_chained_again_with_another_key_is_caught_by_who_has_the_key_list(
    export: Export,
    entries: list[Entry],
    held_keys: Path,
    new_signer: Callable[[], Signer],
    capsys: Say,
) -> None:
    again = export(forged(entries), new_signer(), name="again")
    assert run(again) == 0
    assert "compare these ids" in capsys.readouterr().out
    assert run(again, "--keys", held_keys) == 1


def test_all_chained_again_is_caught_by_who_kept_a_head(
    export: Export, entries: list[Entry], folder: Path, tmp_path: Path
) -> None:
    again = export(forged(entries), None, name="again")
    assert run(again) == 0
    assert run(again, "--head", kept_head(folder, 0, tmp_path / "before")) == 0
    assert run(again, "--head", kept_head(folder, 1, tmp_path / "after")) == 1


def test_a_head_of_another_ledger_does_not_count(folder: Path, tmp_path: Path) -> None:
    kept = kept_head(folder, 1, tmp_path / "kept")
    kept.write_text(kept.read_text(encoding="utf-8").replace("example.com", "example.org"))
    assert run(folder, "--head", kept) == 1


@pytest.mark.parametrize("sizes", [(10, 10, 50), (20, 10, 50), (10, 20), (50, 10)])
def test_heads_that_do_not_grow_up_to_the_end_are_refused(
    export: Export, entries: list[Entry], signer: Signer, sizes: tuple[int, ...]
) -> None:
    assert run(export(entries, signer, sizes=sizes)) == 1


def test_a_signature_from_before_its_key_counts_is_refused(
    export: Export, entries: list[Entry], signer: Signer
) -> None:
    assert run(export(entries, signer, since=datetime(2026, 10, 2, tzinfo=UTC))) == 1


def test_a_time_that_goes_backwards_is_a_warning(
    export: Export, entries: list[Entry], signer: Signer, capsys: Say
) -> None:
    entries[7]["at"] = entries[3]["at"]
    assert run(export(entries, signer)) == 0
    assert "Warning: entries.jsonl, line 8: is of 2026-10-01 04:00" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("changes/3.jsonl", lambda all_: all_[:-1]),
        ("changes/3.jsonl", lambda all_: all_[::-1]),
        ("changes/3.jsonl", lambda all_: [*all_, all_[0]]),
        ("changes/3.jsonl", lambda _: []),
        ("changes/99.jsonl", lambda _: []),
        ("changes/notes.txt", lambda _: []),
    ],
)
def test_a_change_set_that_is_not_the_scans_is_refused(
    folder: Path, name: str, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    (folder / name).touch()
    rewrite(folder / name, change)
    assert run(folder) == 1


@pytest.mark.parametrize("name", ["entries.jsonl", "heads.jsonl"])
def test_what_is_not_there_cannot_be_verified(folder: Path, name: str, capsys: Say) -> None:
    (folder / name).unlink()
    assert run(folder) == 2
    assert capsys.readouterr().err.startswith("Cannot be verified")


def test_without_its_key_list_a_signed_export_is_refused(folder: Path) -> None:
    (folder / "keys.json").unlink()
    assert run(folder) == 1


@pytest.mark.parametrize("arguments", [[], ["--unknown"], ["a", "b"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        verify.main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("option", ["--head", "--keys"])
def test_a_file_of_the_reader_that_is_absent_ends_with_2(folder: Path, option: str) -> None:
    assert run(folder, option, folder / "absent") == 2


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_its_tree_is_that_of_the_writer(leaves: list[bytes]) -> None:
    tree = verify.Tree()
    for each in leaves:
        tree.append(each)
    assert tree.root() == merkle.root(merkle.leaf_hash(each) for each in leaves)


TEXT = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file to write over and over."""
    return tmp_path_factory.mktemp("lines") / "lines.jsonl"


@given(JSON)
def test_it_reads_the_canonical_form_of_the_writer(scratch: Path, value: object) -> None:
    scratch.write_bytes(canonical(value) + b"\n")
    assert [each for _, _, each in verify.lines(scratch)] == [value]


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":1,"a":1}\n',
        b'{"b":1,"a":1}\n',
        '{"\ufb33":1,"\U0001f600":1}\n'.encode(),
        b'{"a": 1}\n',
        b"1.0\n",
        b"1e3\n",
        b"-0\n",
        b"NaN\n",
        b"-Infinity\n",
        b"9007199254740992\n",
        b'"\\u0041"\n',
        b'"\\ud800"\n',
        b'"\xff"\n',
        b"{}\r\n",
        b"{}",
        b"\n",
        b"\xef\xbb\xbf{}\n",
        b"[" * 100_000 + b"\n",
        b"1" * 5_000 + b"\n",
    ],
)
def test_any_other_spelling_of_a_line_is_refused(scratch: Path, line: bytes) -> None:
    scratch.write_bytes(line)
    with pytest.raises(ValueError, match=r"lines\.jsonl, line 1"):
        list(verify.lines(scratch))


def test_it_means_the_same_words_as_the_writer() -> None:
    assert (verify.PAYLOAD_TYPE, verify.SCHEMES) == (PAYLOAD_TYPE, SCHEMES)


def test_it_imports_nothing_of_the_monitor_and_is_short() -> None:
    source = Path(str(verify.__file__)).read_text(encoding="utf-8")
    names = {
        name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [node.names[0].name])
    }
    roots = {str(name).split(".")[0] for name in names}
    assert roots - sys.stdlib_module_names == {"securesystemslib", "cryptography"}
    assert len(source.splitlines()) < 300
