"""The canonical form: RFC 8785, no floats, and nothing but its own spelling is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.errors import LedgerError
from residency.store.ledger.canonical import canonical, parse_canonical

TEXT = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(JSON)
def test_what_is_written_is_read_back(value: object) -> None:
    assert parse_canonical(canonical(value)) == value


def test_keys_are_ordered_by_utf_16_as_rfc_8785_shows() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(parse_canonical(canonical(dict.fromkeys(keys)))) == ordered


def test_text_is_escaped_as_rfc_8785_shows() -> None:
    assert canonical('\u20ac$\x0f\nA\'B"\\\\"/') == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [1, {"b": 0.5}]}, "$.a[1].b"),
        (1.0, "$"),
        ({"a": float("nan")}, "$.a"),
        ([2**53], "$[0]"),
        ([-(2**53)], "$[0]"),
        ({"a": "\ud800"}, "$.a"),
        ({"\udc00": 1}, "$"),
        ({1: "a"}, "$"),
        ({"a": b"bytes"}, "$.a"),
        ({"a": {1, 2}}, "$.a"),
    ],
)
def test_what_is_not_the_same_everywhere_is_refused_with_its_path(value: object, path: str) -> None:
    with pytest.raises(LedgerError) as refused:
        canonical(value)
    assert str(refused.value).startswith(f"{path}: ")


def test_what_is_nested_without_end_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(LedgerError, match="too deeply"):
        canonical(endless)


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u000A"',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"9007199254740992",
        b'"\\ud800"',
        b"\xef\xbb\xbf{}",
        b'"\xff"',
        '"a"'.encode("utf-16"),
        b"",
        b"{",
        b"[" * 100_000,
        b"1" * 5_000,
    ],
)
def test_any_other_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(LedgerError):
        parse_canonical(data)
