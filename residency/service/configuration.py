"""The configuration in force, and the files that it comes from: read again when they change."""

from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from residency.errors import ConfigError
from residency.service.hook_keys import hook_keys
from residency.settings import Settings

Fingerprint = tuple[int, int, int] | None
"""What tells one version of a file from the next; None: it is not there."""

_NEEDS_A_RESTART = {
    "store.url": ("store", "url"),
    "ledger.key_file": ("ledger", "key_file"),
    "web.listen": ("web", "listen"),
    "web.config_file": ("web", "config_file"),
}


class Configuration:
    """Holds what was last read without a mistake; a bad file changes nothing.

    Attributes:
        settings: What is in force.
        hook_keys: What callers of hooks may show.
        error: Why what stands in the files now is not in force; None where it is.
    """

    def __init__(self, file: Path | None, load: Callable[[], Settings]) -> None:
        """Read it. Raises ConfigError."""
        self.file = file
        self._load = load
        self._seen: dict[Path, Fingerprint] = {}
        self.settings, self.hook_keys = self._read()
        self.error: str | None = None

    def changed(self) -> bool:
        """Whether a file is another one than when it was last read."""
        return any(_fingerprint(path) != seen for path, seen in self._seen.items())

    def reload(self) -> bool:
        """Read it again; gives whether something else is in force now."""
        log = structlog.get_logger()
        before = self.settings, self.hook_keys
        try:
            settings, self.hook_keys = self._read()
        except ConfigError as error:
            self.error = str(error)
            log.error(  # noqa: TRY400 - foreseen, so without a trace
                "configuration refused, the old one stays", reason=self.error
            )
            return False
        self.settings, waiting = _pinned(settings, self.settings)
        self.error = None
        log.info("configuration read", needs_a_restart=waiting)
        return before != (self.settings, self.hook_keys)

    def _read(self) -> tuple[Settings, tuple[bytes, ...]]:
        """Read the files; each is looked at before, so that no change in between is missed."""
        known = {*self._seen, *([self.file] if self.file else [])}
        self._seen = {path: _fingerprint(path) for path in known}
        settings = self._load()
        keys = settings.web.hook_keys_file
        if keys is not None:
            self._seen.setdefault(keys, _fingerprint(keys))
        return settings, hook_keys(keys)


def _fingerprint(path: Path) -> Fingerprint:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _pinned(new: Settings, old: Settings) -> tuple[Settings, Iterable[str]]:
    """Give the new settings with the old values of what only a restart changes, and its names."""
    waiting = []
    for name, (part, key) in _NEEDS_A_RESTART.items():
        kept = getattr(getattr(old, part), key)
        if getattr(getattr(new, part), key) != kept:
            waiting.append(name)
            section = getattr(new, part).model_copy(update={key: kept})
            new = new.model_copy(update={part: section})
    return new, waiting
