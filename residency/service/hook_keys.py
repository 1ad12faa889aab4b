"""The keys that callers of hooks show: a file of their own, so that they can be changed alone."""

from pathlib import Path

from residency.errors import ConfigError

LEAST_CHARACTERS = 24
"""Of a key: 32 letters or digits at random are beyond guessing, and this is not far from it."""

_MOST_BYTES = 64 * 1024


def hook_keys(path: Path | None) -> tuple[bytes, ...]:
    """Read the keys: one a line; empty lines and those that begin with # are left out.

    No file, no keys: hooks are off.

    Raises:
        ConfigError: It cannot be read, or holds no key, or one that can be guessed.
    """
    if path is None:
        return ()
    keys = tuple(dict.fromkeys(_lines(path)))
    if not keys:
        raise ConfigError(f"web.hook_keys_file: {path} holds no key: write one a line")
    if any(len(key) < LEAST_CHARACTERS for key in keys):
        raise ConfigError(
            f"web.hook_keys_file: {path} holds a key of fewer than {LEAST_CHARACTERS} characters:"
            " make one with `openssl rand -hex 32`"
        )
    return keys


def _lines(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise ConfigError(
            f"web.hook_keys_file: {path} cannot be read ({reason}): correct the path or the rights"
        ) from None
    if len(text) > _MOST_BYTES:
        raise ConfigError(f"web.hook_keys_file: {path} is over 64 KiB: it holds something else")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith(b"#")]
