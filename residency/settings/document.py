"""Reads the YAML of a configuration file: safely, and every plain value as text.

Plain values stay text (only `null` is read) and each key decides what its text means. So `NO` is
Norway and not false, `1.10` is not 1.1, and `72` is known to lack its unit.
"""

from pathlib import Path
from typing import Any

import yaml

from residency.errors import ConfigError

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_VALUES = 100_000

_KEPT = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
_MERGE = "tag:yaml.org,2002:merge"


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """What is wrong with the document, and where."""


class _Loader(yaml.SafeLoader):
    """Reads plain values as text and refuses a key that is given twice."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own form
        first: [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:  # noqa: ANN401 - as PyYAML
        node = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag == _MERGE:
                continue
            if not isinstance(key, yaml.ScalarNode) or key.tag in _KEPT:
                raise _Refused(_line(key.start_mark, "a key must be text"))
            if key.value in seen:
                sentence = f"the key '{key.value}' is given twice: keep one"
                raise _Refused(_line(key.start_mark, sentence))
            seen.add(key.value)
        return node


def read(path: Path) -> dict[str, Any]:
    """Read the file's mapping. Values are text, None, lists and mappings.

    Raises:
        ConfigError: The file cannot be read, is too big or too deep, is not YAML, gives a key
            twice, or is not a mapping.
    """
    try:
        found = _parse(_text(path))
    except _Refused as refused:
        raise ConfigError(f"{path}: {refused}") from None
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: must hold keys and values, such as `policy: {{primary: [NL]}}`")
    return found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise _Refused(f"cannot be read ({reason}): correct the path or the rights") from None
    if len(content) > MAX_BYTES:
        raise _Refused("is over 1 MiB: no configuration is that big")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Refused("is not UTF-8 text: save it as UTF-8") from None


def _parse(text: str) -> Any:  # noqa: ANN401 - YAML of any shape
    try:
        _Bounds().check(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        sentence = f"is not YAML ({error.problem or error.context}): correct it"
        raise _Refused(_line(error.problem_mark or error.context_mark, sentence)) from None
    except yaml.YAMLError:
        raise _Refused("is not YAML (a character that is not allowed): correct it") from None


def _line(mark: Any, sentence: str) -> str:  # noqa: ANN401 - a Mark of PyYAML or of libyaml
    return f"line {mark.line + 1}: {sentence}" if mark else sentence


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


class _Bounds:
    """Counts depth, and values with aliases written out, before anything is built."""

    def __init__(self) -> None:
        self._open: list[tuple[str | None, int]] = []
        self._sizes: dict[str, int] = {}
        self._values = 0

    def check(self, text: str) -> None:
        """Refuse a document that is too deep, or grows too big through its aliases."""
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            match event:
                case yaml.AliasEvent():
                    self._add(event, self._size(event))
                case yaml.ScalarEvent() if not _is_text(event.value):
                    raise _Refused(
                        _line(
                            event.start_mark,
                            "has half a character as an escape: write the character",
                        )
                    )
                case yaml.ScalarEvent():
                    self._add(event, 1)
                    self._remember(event.anchor, 1)
                case yaml.CollectionStartEvent():
                    self._start(event)
                case yaml.CollectionEndEvent():
                    anchor, before = self._open.pop()
                    self._remember(anchor, self._values - before)
                case _:
                    pass

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise _Refused(_line(event.start_mark, f"is nested over {MAX_DEPTH} levels deep"))
        self._open.append((event.anchor, self._values))
        self._add(event, 1)

    def _add(self, event: yaml.NodeEvent, values: int) -> None:
        if getattr(event, "tag", None) is not None:
            raise _Refused(_line(event.start_mark, "has a YAML tag (!): take it out"))
        self._values += values
        if self._values > MAX_VALUES:
            raise _Refused(_line(event.start_mark, f"holds over {MAX_VALUES} values with aliases"))

    def _remember(self, anchor: str | None, size: int) -> None:
        if anchor is not None:
            self._sizes[anchor] = size

    def _size(self, event: yaml.AliasEvent) -> int:
        if event.anchor in (anchor for anchor, _ in self._open):
            raise _Refused(_line(event.start_mark, "an alias (*) holds itself: write it out"))
        return self._sizes.get(str(event.anchor), 1)
