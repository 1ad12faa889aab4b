"""A path that is built from an id in an answer is quoted: it stays the resource that was named."""

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from residency.model import Reason

if TYPE_CHECKING:
    from tests.hostile.conftest import Server, Words

NAMES = {
    "query": "srv?api-version=1&$expand=keys",
    "fragment": "srv#top",
    "quoted slash": "srv%2f..%2fother",
    "quoted dots": "%2e%2e",
    "line end": "srv\r\nHost: evil.example",
    "host": "@evil.example:80",
    "braces": "{endpoint}{0}",
    "backslashes": "..\\..\\other",
    "script": '<script>\' OR "1"="1',
    "not ASCII": "🇳🇱\u202e漢\u0301",
    "zero": "srv\x00end",
}


SETTINGS = "/providers/microsoft.insights/diagnosticsettings"


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_a_child_list_is_asked_of_the_named_resource_and_of_no_other(
    server: "Server", words: "type[Words]", name: str
) -> None:
    body = words.body(0, "a", "Microsoft.Sql/servers", "westeurope")
    body["id"] = f"/subscriptions/{words.main}/resourceGroups/rg/providers/{body['type']}/{name}"
    server.use(replace(words.estate_of(["b"]), resources=[body]))
    found = server.scan()
    asked = {path for _, path, _ in server.heard if "/microsoft.sql/servers/" in path.lower()}
    wanted = body["id"].lower()
    lists = {unquote(path).lower().removesuffix(SETTINGS) for path in asked}
    assert {path if path == wanted else path.rpartition("/")[0] for path in lists} == {wanted}
    assert all(path.isascii() and path.isprintable() and " " not in path for path in asked)
    (judged,) = found.judged
    assert judged.resource.id == wanted
    assert set(judged.judgement.reasons) <= {Reason.FACET_UNREADABLE}
