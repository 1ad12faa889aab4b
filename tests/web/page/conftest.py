"""The pages as the service serves them over a store that scans have filled, and their reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.web.api.conftest import api_behind, ask_from, front, row, shop, shown

__all__ = ["api_behind", "ask_from", "front", "row", "shop", "shown"]

VOID = {"meta", "link", "br", "input"}
LOUD = {"style", "script", "iframe", "object", "embed", "img"}


@dataclass
class Seen(HTMLParser):
    """What a reader of a page sees; says what is wrong with it.

    Attributes:
        links: What stands in `href`, in order.
        sources: What stands in `src`, in order.
        text: All text.
    """

    links: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    text: str = ""
    wrong: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.wrong += [f"<{tag} {name}>" for name in given if name.startswith("on")]
        if "src" in given:
            self.sources.append(given["src"] or "")
        is_own_file = tag == "script" and set(given) == {"src", "defer"}
        if (tag in LOUD and not is_own_file) or "style" in given:
            self.wrong.append(f"<{tag}> of its own: {attrs}")
        if self.tags and self.tags[-1] == "table" and tag != "caption":
            self.wrong.append("a table without a caption")
        if tag == "th" and "scope" not in given:
            self.wrong.append("a heading without a scope")
        self.links += [told for name, told in attrs if name == "href" and told]
        self.ids += [told for name, told in attrs if name == "id" and told]
        self.tags.append(tag)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text += data

    def faults(self) -> list[str]:
        """Give all that is wrong."""
        twice = {each for each in self.ids if self.ids.count(each) > 1}
        return [*self.wrong, *self._open, *twice]


class Pages:
    """Looks at pages."""

    def __init__(self, site: Any) -> None:
        self.site = site

    def ask(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        return self.site.ask("GET", path, headers)

    def see(self, path: str, status: int = 200) -> Seen:
        """Look at a page that is whole."""
        got = self.ask(path)
        assert got.status == status, got.body
        assert got.headers["content-type"] == "text/html; charset=utf-8"
        found = Seen()
        found.feed(got.body.decode())
        found.close()
        assert found.faults() == []
        return found

    def headline(self) -> str:
        """Give the state in words, without its sign."""
        text = self.see("/").text
        return text[: text.index(" \N{EN DASH} residency")].strip()


@pytest.fixture
def pages(serve: Callable[..., Any], front: Any) -> Pages:
    """The pages on loopback without a web-config file."""
    return Pages(serve(desk=front))
