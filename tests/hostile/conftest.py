"""A tenant with hostile text wherever a customer can write, scanned over HTTP with the real SDK."""

import asyncio
import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from residency.check import load_catalogue
from residency.cli import json as json_output
from residency.cli import show
from residency.scan import Scan, document, scan
from residency.settings import Settings
from residency.simulator.app import create_app
from residency.simulator.server import serve_app
from residency.simulator.simulator import Simulator
from residency.simulator.world import Body, Estate, Subscription

MAIN = "aaaaaaaa-0000-4000-8000-000000000001"
MARK = "\ue000"
"""Stands in the tenant for what the server writes as raw JSON on the way out (`Server.raw`)."""

TEXTS = {
    "quotes": "\"double\" 'single' `back` \\ \\u0041 \\",
    "lines": "two\nlines\r\nthree\ttabs\u2028four\u2029five\x85six\x0b\x0c",
    "escapes": "\x1b[31mred\x1b]0;title\x07\x9b2J\x08\x08",
    "direction": "\u202egnp.exe\u202c \u2066isolate\u2069 \u200f\u061c",
    "invisible": "zero\u200bwidth\u200djoin\ufeffbom\u00adsoft\U000e0041tag",
    "emoji": "🇳🇱👨\u200d👩\u200d👧\ufe0f",
    "combining": "a" + "\u0301" * 40,
    "wide": "漢字" * 40,
    "long": "x" * 512,
    "script": "<script>alert(1)</script>",
    "formula": "=cmd|' /C calc'!A0",
    "kql": "' | union resources | project id //",
    "kql double": '" or 1==1 or "',
    "path": "../../../etc/passwd",
    "quoted path": "%2e%2e%2fx%00%0a?x=1#y;CON",
    "template": "{{7*7}} ${7*7} %s {0} {evil}",
    "markup": "[bold]b[/bold] [/closes-nothing] [link=https://example.org]x[/link] :smile:",
    "private": "\uf8ff\U0010fffd\ufffe\uffff",
}
OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
PROCS = {"label": "Procs", "match": {"tags": {"product": "Procs"}}}
_KINDS = 6


def without_slashes(text: str) -> str:
    """Give a text as a name: a slash would make it two."""
    return text.replace("/", "|")


def body(number: int, text: str, arm_type: str, location: str, **properties: Any) -> Body:
    """Give a resource whose every free text is `text`, and its id where the simulator finds it."""
    name = f"r{number}-{without_slashes(text)}"
    end = f"R{number}" if re.search(rf"[\n\r\t?#\\{MARK}]", text) else name
    group = f"/SUBSCRIPTIONS/{MAIN.upper()}/resourcegroups/Rg-{number}"
    return {
        "id": f"{group}/PROVIDERS/{arm_type}/{end}",
        "name": name,
        "type": arm_type,
        "location": location,
        "tags": {"environment": text, "product": "Procs", text: text, f"number {number}": ""},
        "properties": {**properties, "note": text, "nested": {text: [text, {"a": text}]}},
    }


def bodies(number: int, text: str) -> list[Body]:
    """Give one resource of each kind: at home, abroad, copied, unknown, in an odd place, asking."""
    storage = "Microsoft.Storage/storageAccounts"
    sku = {"sku": {"name": "Standard_LRS"}, "kind": "StorageV2"}
    first = number * _KINDS
    home = body(first, text, storage, "westeurope", primaryLocation="westeurope") | sku
    abroad = body(first + 1, text, storage, "uksouth", primaryLocation="uksouth") | sku
    odd = body(first + 4, text, storage, f"x{text}", primaryLocation=f"x{text}") | sku
    return [
        home,
        abroad,
        body(first + 2, text, "Microsoft.KeyVault/vaults", "westeurope"),
        body(first + 3, text, "Contoso.Odd/things", "westeurope"),
        odd,
        body(first + 5, text, "Microsoft.Sql/servers", "westeurope"),
    ]


def estate_of(texts: Sequence[str]) -> Estate:
    resources = [each for number, text in enumerate(texts) for each in bodies(number, text)]
    groups = [
        {
            "id": f"/subscriptions/{MAIN}/resourceGroups/rg-{number}",
            "name": f"rg-{number}",
            "location": "westeurope",
            "tags": {text: text, "customer": text},
            "managedBy": text,
        }
        for number, text in enumerate(texts)
    ]
    return Estate(
        tenant_id="99999999-0000-4000-8000-000000000009",
        management_group="mg",
        subscriptions=[Subscription(id=MAIN, name=texts[0])],
        resource_groups=groups,
        resources=resources,
    )


@dataclass
class Server:
    """A simulated Azure that writes `raw` for each mark, and remembers what it was sent.

    Attributes:
        raw: JSON as it stands within quotes: escapes, or bytes that are no UTF-8.
        heard: Method, raw path and body of each request.
        tokens: What each request was signed with.
    """

    app: ASGIApp | None = None
    url: str = ""
    raw: bytes = b"plain"
    heard: list[tuple[str, str, bytes]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def use(self, estate: Estate) -> Simulator:
        simulator = Simulator(estate)
        self.app, self.raw = create_app(simulator), b"plain"
        self.heard.clear()
        return simulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        sent = b""

        async def listening() -> Message:
            nonlocal sent
            message = await receive()
            sent += message.get("body", b"")
            return message

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":  # heard before the client can go on
                self.heard.append((scope["method"], scope["raw_path"].decode(), sent))
            await marked(message)

        marked = self._marked(send)
        self.tokens.add(dict(scope["headers"])[b"authorization"].decode().removeprefix("Bearer "))
        await self.app(scope, listening, answering)

    def _marked(self, send: Send) -> Send:
        start: Message = {}

        async def marked(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            content = message.get("body", b"").replace(MARK.encode(), self.raw)
            kept = [pair for pair in start["headers"] if pair[0] != b"content-length"]
            await send({**start, "headers": [*kept, (b"content-length", b"%d" % len(content))]})
            await send({"type": "http.response.body", "body": content})

        return marked

    def settings(self, **sections: Any) -> Settings:
        return Settings.model_validate(
            {
                "azure": {"endpoint": self.url, "credential": "none"},
                "scope": {"subscriptions": [{"id": MAIN, "name": ""}]},
                "estate": {"products": {"Procs": PROCS}},
            }
            | sections
        )

    def scan(self, **sections: Any) -> Scan:
        return asyncio.run(scan(self.settings(**sections), load_catalogue()))

    def graph_requests(self) -> list[dict[str, Any]]:
        return [json.loads(sent) for method, _, sent in self.heard if method == "POST"]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    server = Server()
    with serve_app(server) as url:
        server.url = url
        yield server


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A scan with what was asked of Resource Graph for it."""

    scan: Scan
    questions: Sequence[dict[str, Any]]


@pytest.fixture(scope="session")
def seen(server: Server) -> Callable[[Sequence[str]], Seen]:
    """Scan a tenant that holds these texts."""

    def look(texts: Sequence[str]) -> Seen:
        server.use(estate_of(texts))
        return Seen(scan=server.scan(), questions=server.graph_requests())

    return look


@pytest.fixture(scope="session")
def hostile(seen: Callable[[Sequence[str]], Seen]) -> Seen:
    return seen(list(TEXTS.values()))


@pytest.fixture(scope="session")
def plain(seen: Callable[[Sequence[str]], Seen]) -> Seen:
    return seen([f"plain{number}" for number, _ in enumerate(TEXTS)])


def facts(found: Scan) -> Mapping[str, object]:
    """Give what was found of each resource, by its number: nothing that a name could change."""
    return {
        each.resource.resource_group: (
            each.judgement.status,
            each.judgement.severity,
            each.judgement.reasons,
            [
                (one.placement.role, one.placement.region, one.zone, one.placement.basis)
                for one in each.judgement.placements
            ],
            each.attribution.product,
        )
        for each in found.judged
    }


def on_terminal(found: Scan, columns: int) -> str:
    """Give what `residency scan --all` prints."""
    out = io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        patch.dict(os.environ, {"COLUMNS": str(columns)}),
    ):
        show.show(found, everything=True)
    return out.getvalue()


def on_ascii_terminal(found: Scan) -> bytes:
    raw = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(raw, encoding="ascii")):
        show.show(found, everything=True)
        sys.stdout.flush()
        return raw.getvalue()


def as_json(found: Scan) -> bytes:
    """Give the bytes that `residency scan --all --format json` writes in a Latin-1 locale."""
    raw = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(raw, encoding="latin-1")):
        json_output.write(document(found, everything=True))
        sys.stdout.flush()
        return raw.getvalue()


class Words:
    """What the tests of this folder share."""

    texts, obeyed, mark, main = TEXTS, OBEYED, MARK, MAIN
    estate_of = staticmethod(estate_of)
    body = staticmethod(body)
    without_slashes = staticmethod(without_slashes)
    facts = staticmethod(facts)
    on_terminal = staticmethod(on_terminal)
    on_ascii_terminal = staticmethod(on_ascii_terminal)
    as_json = staticmethod(as_json)


@pytest.fixture(scope="session")
def words() -> type[Words]:
    return Words
