"""`residency serve` as its users run it: a process, over a simulated Azure that is here."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from residency.simulator.app import create_app
from residency.simulator.server import serve_app
from residency.simulator.simulator import Simulator
from residency.simulator.world import Estate, Subscription

DATA = "aaaaaaaa-0000-4000-8000-000000000001"
APPS = "bbbbbbbb-0000-4000-8000-000000000002"
NAMES = {DATA: "data", APPS: "apps"}
PATIENCE_SECONDS = 60.0
OK = 200

Body = dict[str, Any]


def account(name: str, subscription: str = DATA, **tags: str) -> Body:
    group = f"/subscriptions/{subscription}/resourceGroups/rg"
    return {
        "id": f"{group}/providers/Microsoft.Storage/storageAccounts/{name}",
        "name": name,
        "type": "Microsoft.Storage/storageAccounts",
        "location": "westeurope",
        "kind": "StorageV2",
        "sku": {"name": "Standard_GRS"},
        "tags": tags,
        "properties": {"primaryLocation": "westeurope", "secondaryLocation": "northeurope"},
    }


def estate(*more: Body) -> Estate:
    return Estate(
        tenant_id="99999999-0000-4000-8000-000000000009",
        management_group="mg-root",
        subscriptions=[Subscription(id=one, name=name) for one, name in NAMES.items()],
        resource_groups=[
            {
                "id": f"/subscriptions/{one}/resourceGroups/rg",
                "name": "rg",
                "location": "westeurope",
            }
            for one in NAMES
        ],
        resources=[account("stdata", product="Procs"), account("stapps", APPS), *more],
    )


def environment(**variables: str) -> dict[str, str]:
    """Give this environment without settings of ours."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RESIDENCY_")}
    return kept | variables


@dataclass
class Service:
    """A running `residency serve`, and what it logs."""

    process: subprocess.Popen[bytes]
    log: Path
    url: str = ""

    def lines(self) -> list[dict[str, Any]]:
        text = self.log.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines()]

    def wait_for(self, event: str, times: int = 1, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until it has logged an event so often."""
        self.until(lambda: self.events().count(event) >= times, f"{times} x {event!r}", seconds)

    def until(
        self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS
    ) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            text = self.log.read_text(encoding="utf-8")
            if self.process.poll() is not None:
                raise RuntimeError(f"it ended before {what}:\n{text}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {what} in {seconds} s:\n{text}")
            time.sleep(0.05)

    def get(self, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        """Ask for a path; with a body it is posted."""
        data = None if body is None else json.dumps(body).encode()
        headers |= {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(self.url + path, data, headers)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metrics(self) -> dict[str, float]:
        """Give every series with its labels as they are written."""
        code, text = self.get("/metrics")
        if code != OK:
            raise RuntimeError(text)
        rows = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        return {series: float(value) for series, _, value in rows}

    def stop(self, number: int = signal.SIGTERM) -> float:
        """End it as a supervisor does; gives the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(PATIENCE_SECONDS)
        return time.monotonic() - began


@dataclass
class Tenant:
    """A simulated tenant in this process, a folder with the configuration, and services over it."""

    folder: Path
    url: str
    simulator: Simulator
    sections: dict[str, Any] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)

    def configure(self, **sections: Any) -> None:  # noqa: ANN401 - YAML of any shape
        """Write the configuration, in place of what was there, in one step."""
        self.sections = sections
        document = {
            "azure": {"endpoint": self.url, "credential": "none"},
            "scope": {"subscriptions": [{"id": one, "name": n} for one, n in NAMES.items()]},
            "web": {"listen": "127.0.0.1:0", **sections.pop("web", {})},
            **sections,
        }
        beside = self.folder / "new"
        beside.write_text(json.dumps(document))  # YAML holds JSON
        beside.replace(self.folder / "residency.yaml")

    def begin(self, *options: str, **variables: str) -> Service:
        """Start the service without waiting for it."""
        log = self.folder / f"log{len(self.services)}"
        with log.open("wb") as stderr:
            process = subprocess.Popen(  # noqa: S603 - ours
                [sys.executable, "-m", "residency", "serve", *options],
                cwd=self.folder,
                env=environment(**variables),
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        service = Service(process=process, log=log)
        self.services.append(service)
        return service

    def serve(self, *options: str, **variables: str) -> Service:
        """Start the service, and wait until it listens and has a state."""
        service = self.begin(*options, **variables)
        service.wait_for("serving")
        service.url = next(line["url"] for line in service.lines() if line["event"] == "serving")
        service.until(lambda: service.get("/-/ready")[0] == OK, "readiness")
        return service

    def id_of(self, name: str) -> str:
        everything: Iterator[Mapping[str, Any]] = map(json.loads, self.simulator.tenant.encoded())
        return next(str(each["id"]) for each in everything if each["name"] == name)


@contextmanager
def serving(folder: Path, *more: Body) -> Iterator[Tenant]:
    """Give a tenant of two storage accounts and more, and end every service over it."""
    simulator = Simulator(estate(*more))
    with serve_app(create_app(simulator)) as url:
        made = Tenant(folder=folder, url=url, simulator=simulator)
        made.configure()
        try:
            yield made
        finally:
            for service in made.services:
                with suppress(ProcessLookupError):
                    service.process.kill()
                service.process.wait(PATIENCE_SECONDS)
