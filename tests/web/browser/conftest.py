"""A real browser before the pages of the service."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from bench.programs import program
from residency.model import Status
from residency.store.episodes.kept import versions_of
from tests.metrics.test_failovers import an_episode, an_incident
from tests.web.api.conftest import api_behind, ask_from, front, row, shop, shown

__all__ = ["api_behind", "ask_from", "front", "row", "shop", "shown"]

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LAPTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; skips where it is not installed."""
    return program("chromium")


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    """A browser for one test: its driver has an event loop, which others may not run beside."""
    options = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*QUIET]
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=options)
        yield started
        started.close()


@dataclass
class Looking:
    """A page that a person looks at, and what the browser says of it.

    Attributes:
        foreign: Requests to anything but the service.
        faults: What it writes to its console, and errors of scripts.
    """

    page: Page
    url: str
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda told: self.faults.append(f"{told.type}: {told.text}"))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:")):
            self.foreign.append(request.url)

    def at(self, path: str) -> Page:
        """Go to a page, and wait until all of it is there."""
        self.page.goto(self.url + path, wait_until="networkidle")
        return self.page

    def headline(self) -> str:
        """Give what the first page says first."""
        return " ".join(self.page.locator("h1").inner_text().split())


@pytest.fixture
def look(browser: Browser, serve: Callable[..., Any], front: Any) -> Callable[..., Looking]:
    """Open a page in a window of its own; the service is on loopback without a web-config file."""
    url: str = serve(desk=front).listening.url

    def open_it(**more: Any) -> Looking:
        told: dict[str, Any] = {"viewport": LAPTOP, "timezone_id": "Europe/Amsterdam"} | more
        return Looking(page=browser.new_context(**told).new_page(), url=url)

    return open_it


@pytest.fixture
def estate(shop: Any, row: Callable[..., Any]) -> Any:
    """Something broke, something is unknown, something failed over."""
    began = datetime.now(UTC) - timedelta(hours=2)
    episode = an_episode("a", started_at=began)
    incident = an_incident(episode, started_at=began)
    shop.scan(row(name="a"), row(name="b"), row(name="gone"))
    shop.scan(
        row(name="a", status=Status.VIOLATION, regions=("uksouth", "northeurope")),
        row(name="b", status=Status.UNKNOWN),
        row(name="c", product=None, customers=()),
        versions=versions_of([episode, incident]),
    )
    return shop
