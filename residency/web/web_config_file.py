"""Reads the web-config file and what it names, at the start and whenever they change."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from residency.errors import ConfigError
from residency.settings.document import read
from residency.settings.messages import sentence
from residency.settings.section import Place, Section
from residency.web.tls import tls_context
from residency.web.web_config import (
    ClientAuth,
    HttpServerConfig,
    RateLimit,
    TlsServerConfig,
    WebConfig,
)

_FILES = ("cert_file", "key_file", "client_ca_file")
_SECTIONS: dict[Place, type[Section]] = {
    (): WebConfig,
    ("tls_server_config",): TlsServerConfig,
    ("http_server_config",): HttpServerConfig,
    ("rate_limit",): RateLimit,
}
_INLINE = {"cert": "cert_file", "key": "key_file", "client_ca": "client_ca_file"}
_TLS, _USERS = "tls_server_config", "basic_auth_users"

_Seen = tuple[tuple[int, int, int, int] | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What the listener goes by: the keys, and the TLS that they make (None: plain HTTP)."""

    config: WebConfig
    tls: ssl.SSLContext | None


def load(path: Path) -> Protection:
    """Read the file and all that it names; relative paths start at its folder.

    Raises:
        ConfigError: Names the file, each wrong key, its problem and what to do.
    """
    try:
        config = WebConfig.model_validate(_document(path))
    except ValidationError as error:
        lines = [f"{path}: {_said(line)}" for line in error.errors(include_url=False)]
        raise ConfigError("\n".join(dict.fromkeys(lines))) from None
    config = _beside(path, config)
    try:
        tls = tls_context(config.tls_server_config) if config.tls_server_config else None
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    return Protection(config=config, tls=tls)


def _document(path: Path) -> dict[str, Any]:
    found = read(path)
    for key, instead in _INLINE.items():
        if isinstance(tls := found.get(_TLS), dict) and key in tls:
            raise ConfigError(f"{path}: {_TLS}.{key}: put it in a file, and name that in {instead}")
    return found


def _said(line: Any) -> str:  # noqa: ANN401 - pydantic_core.ErrorDetails, a TypedDict
    is_secret = line["loc"][:1] == (_USERS,)
    return sentence({**line, "input": None} if is_secret else line, _keys_at)


def _keys_at(place: Place) -> tuple[str, ...]:
    return tuple(_SECTIONS[place].model_fields) if place in _SECTIONS else ()


def _beside(path: Path, config: WebConfig) -> WebConfig:
    tls = config.tls_server_config
    if tls is None:
        return config
    folder = path.parent.absolute()
    found = {name: getattr(tls, name) for name in _FILES}
    absolute = {name: folder / value for name, value in found.items() if value}
    return config.model_copy(update={_TLS: tls.model_copy(update=absolute)})


class Watched:
    """The protection of now. A file that became bad is refused, and what held keeps holding."""

    def __init__(self, path: Path | None) -> None:
        """Read the file for the first time.

        Raises:
            ConfigError: It cannot be used.
        """
        self._path = path
        self.error: str | None = None
        if path is None:
            self._now = Protection(config=WebConfig(), tls=None)
            return
        self._now = load(path)
        self._seen = _seen(path, self._now.config)

    def now(self) -> Protection:
        """Give what holds; reads the files again where one changed."""
        if self._path is not None and (seen := _seen(self._path, self._now.config)) != self._seen:
            self._seen = seen
            self._again(self._path)
        return self._now

    def look(self) -> None:
        """Read again what changed, and what was refused: a file that it names may be there now."""
        self.now()
        if self._path is not None and self.error:
            self._again(self._path)

    def _again(self, path: Path) -> None:
        try:
            found = load(path)
            _require_no_less(path, self._now.config, found.config)
        except ConfigError as error:
            if str(error) != self.error:
                structlog.get_logger().error("the web-config file is refused", reason=str(error))
            self.error = str(error)
            return
        self._now, self.error = found, None
        self._seen = _seen(path, found.config)  # it may name other files than before
        structlog.get_logger().info("the web-config file was read again", file=str(path))


def _seen(path: Path, config: WebConfig) -> _Seen:
    named = [getattr(config.tls_server_config, name, None) for name in _FILES]
    return tuple(_state(file) for file in (path, *named) if file)


def _state(path: Path) -> tuple[int, int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _require_no_less(path: Path, before: WebConfig, after: WebConfig) -> None:
    """A file that was half written must not open the door: less protection needs a restart."""
    for key, had, has in (
        (_TLS, bool(before.tls_server_config), bool(after.tls_server_config)),
        (_USERS, bool(before.basic_auth_users), bool(after.basic_auth_users)),
        ("client_auth_type", _asks(before), _asks(after)),
        ("client_allowed_sans", _has_list(before), _has_list(after)),
    ):
        if had and not has:
            raise ConfigError(f"{path}: {key} was taken out: restart, if that is meant")
    if after.tls_server_config and not before.tls_server_config:
        raise ConfigError(f"{path}: {_TLS} was added: restart, so that all is served over it")


def _asks(config: WebConfig) -> bool:
    tls = config.tls_server_config
    return tls is not None and tls.client_auth_type == ClientAuth.REQUIRED


def _has_list(config: WebConfig) -> bool:
    tls = config.tls_server_config
    return tls is not None and bool(tls.client_allowed_sans)
