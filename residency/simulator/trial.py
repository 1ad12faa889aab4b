"""For tests and benches: a clock that stands still, and a plain HTTP client of the simulator."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from residency.simulator.simulator import Simulator
from residency.simulator.world import Body

_GRAPH = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
_TIMEOUT_SECONDS = 20


@dataclass(slots=True)
class Clock:
    """A clock that moves only when it is told to."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 2, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        """Give the time."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move the clock on."""
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer; the names of its headers are lower-cased."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:  # noqa: ANN401 - JSON
        """The body as JSON."""
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """ARM's error code."""
        return str(self.body["error"]["code"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A running simulator, its clock, and how to talk to it."""

    simulator: Simulator
    clock: Clock
    url: str

    def send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send any request, with a bearer token unless `headers` are given."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=_TIMEOUT_SECONDS)
        ours = {"Authorization": "Bearer token"} if headers is None else headers
        try:
            raw = None if body is None else json.dumps(body)
            connection.request(method, quote(path, safe="/?&=$%'"), raw, dict(ours))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(status=answer.status, headers=found, raw=answer.read())
        finally:
            connection.close()

    def get(self, path: str, api: str = "2022-09-01", **query: str) -> Reply:
        """Read a path with an api-version."""
        extra = "".join(f"&{name}={value}" for name, value in query.items())
        return self.send("GET", f"{path}?api-version={api}{extra}")

    def follow(self, path: str, api: str = "2022-09-01", **query: str) -> list[Body]:
        """Read every page of a list."""
        reply = self.get(path, api, **query)
        found: list[Body] = list(reply.body["value"])
        while link := reply.body.get("nextLink"):
            reply = self.send("GET", link.removeprefix(self.url))
            found += reply.body["value"]
        return found

    def ask(
        self, query: str, *, subscriptions: list[str] | None = None, **options: object
    ) -> Reply:
        """Ask Resource Graph; `top`, `skip` and `skipToken` get their `$`."""
        named = {f"${name}" if name != "resultFormat" else name: options[name] for name in options}
        scopes = {"subscriptions": subscriptions} if subscriptions else {}
        return self.send("POST", _GRAPH, {"query": query, **scopes, "options": named})

    def control(self, action: str, **arguments: object) -> Reply:
        """Do something to the simulated Azure."""
        return self.send("POST", f"/_control/{action}", arguments, {})
