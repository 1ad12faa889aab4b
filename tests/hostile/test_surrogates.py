"""Half a character, which JSON can spell and Unicode lacks: one odd tag hides no other resource."""

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from residency.azure.failures import decoded, failure
from residency.errors import AccessDenied, BadAnswer, PayloadTooLarge
from residency.model import Verdict

if TYPE_CHECKING:
    from tests.hostile.conftest import Server, Words

RAW = {
    "high": rb"\ud800",
    "low": rb"\uDFFF",
    "two high": rb"\ud83d\ud83d",
    "turned round": rb"\ude00\ud83d",
    "as bytes": b"\xed\xa0\x80",
    "before a character": rb"\ud800\ud83d\ude00",
    "zero": rb"\u0000",
}


@pytest.fixture(scope="module")
def marked(server: "Server", words: "type[Words]") -> "Server":
    """A tenant with the mark in every name, tag and nested text."""
    server.use(words.estate_of([f"a{words.mark}b"]))
    return server


@pytest.mark.parametrize("raw", RAW.values(), ids=list(RAW))
def test_a_tenant_with_half_a_character_everywhere_is_scanned_whole(
    marked: "Server", words: "type[Words]", raw: bytes
) -> None:
    marked.raw = b"plain"
    expected = marked.scan()
    marked.raw = raw
    found = marked.scan()
    assert found.complete
    assert found.verdict is expected.verdict is Verdict.VIOLATION
    assert words.facts(found) == words.facts(expected)
    assert words.obeyed.search(words.on_terminal(found, 80)) is None
    names = {each["name"] for each in json.loads(words.as_json(found))["resources"]}
    assert all(("\x00" if raw == RAW["zero"] else "\ufffd") in name for name in names)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(codec=None, categories=None), max_size=30))
def test_whatever_a_tenant_is_named_the_outputs_are_sound(
    marked: "Server", words: "type[Words]", text: str
) -> None:
    marked.raw = json.dumps(text)[1:-1].encode()
    found = marked.scan()
    assert found.complete
    assert found.verdict is Verdict.VIOLATION
    json.loads(words.as_json(found).decode("utf-8"))
    assert words.obeyed.search(words.on_terminal(found, 80)) is None


@given(st.text(st.characters(codec=None, categories=None)))
def test_text_is_decoded_as_it_is_but_for_halves_of_characters(text: str) -> None:
    (found,) = decoded(json.dumps([text]).encode(), list[str], "it")
    is_whole = all(not 0xD800 <= ord(each) <= 0xDFFF for each in text)
    halves_replaced = "".join(
        "\ufffd" if 0xD800 <= ord(each) <= 0xDFFF else each
        for each in json.loads(json.dumps(text))  # two halves in order are one character
    )
    assert found == (text if is_whole else halves_replaced)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\xff"}',
        b'{"a": "b',
        rb'{"a": "\ud800',
        rb'{"a": "\ud8zz"}',
        b"[" * 100_000,
        b"<html>",
        b"",
    ],
)
def test_what_is_no_json_stays_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        decoded(body, dict[str, str], "it")


def test_a_backslash_before_letters_is_no_half_character() -> None:
    assert decoded(rb'["\\ud800 \ud800"]', list[str], "it") == ["\\ud800 \ufffd"]


def test_an_error_with_half_a_character_still_names_its_code_and_action() -> None:
    body = rb"""{"error": {"code": "AuthorizationFailed",
        "message": "\ud800 may not perform action 'Microsoft.Sql/servers/read' over it"}}"""
    found = failure(403, body, "it")
    assert isinstance(found, AccessDenied)
    assert (found.code, found.action) == ("AuthorizationFailed", "Microsoft.Sql/servers/read")


def test_a_page_too_large_is_known_with_half_a_character() -> None:
    body = rb'{"error": {"code": "ResponsePayloadTooLarge", "message": "\udc00"}}'
    assert isinstance(failure(400, body, "it"), PayloadTooLarge)


def test_what_azure_says_is_one_short_line() -> None:
    error = {"code": "Odd\ncode", "message": "no\nresidency: all is well\x85" + "x" * 100_000}
    said = str(failure(403, json.dumps({"error": error}).encode(), "it"))
    assert len(said) < 1200
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("action", ["$(reboot)", "a b", "x" * 201, "a\u202eb", "a;b"])
def test_what_is_no_action_is_not_advised_to_be_granted(action: str) -> None:
    message = f"may not perform action '{action}' over scope"
    found = failure(403, json.dumps({"error": {"message": message}}).encode(), "it")
    assert isinstance(found, AccessDenied)
    assert found.action == ""
