"""A configuration is read again when it changes; a bad one changes nothing."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from residency.errors import ConfigError
from residency.service import Configuration
from residency.service.hook_keys import hook_keys
from residency.settings import load

KEY = "k" * 32
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the file as an editor does: a new one in its place."""

    def written(**sections: Any) -> Path:
        path, beside = tmp_path / "residency.yaml", tmp_path / "new"
        beside.write_text(json.dumps(sections))  # YAML holds JSON
        beside.replace(path)
        return path

    return written


def read(path: Path) -> Configuration:
    return Configuration(path, lambda: load(path))


def test_what_is_new_is_in_force_once_it_was_read(write: Write) -> None:
    configuration = read(write(scan={"interval": "30m"}))
    assert not configuration.changed()
    write(scan={"interval": "20m"})
    assert configuration.changed()
    assert configuration.reload()
    assert configuration.settings.scan.interval.total_seconds() == 20 * 60
    assert not configuration.changed()


@pytest.mark.parametrize("bad", ["scan: {interval: never}", "scan: [", "unknown: 1", ""])
def test_a_bad_file_is_refused_with_the_reason_and_the_old_one_stays(
    write: Write, bad: str
) -> None:
    path = write(scan={"interval": "30m"})
    configuration = read(path)
    if bad:
        path.write_text(bad)
    else:
        path.unlink()
    with structlog.testing.capture_logs() as logs:
        assert configuration.changed()
        assert not configuration.reload()
    assert configuration.settings.scan.interval.total_seconds() == 30 * 60
    assert configuration.error
    assert [line["log_level"] for line in logs] == ["error"]
    assert str(path) in logs[0]["reason"]
    assert not configuration.changed(), "one mistake is told once"
    write(scan={"interval": "20m"})
    assert configuration.reload()
    assert configuration.error is None


def test_what_only_a_restart_changes_stays_and_is_named(write: Write, tmp_path: Path) -> None:
    configuration = read(write(web={"listen": "127.0.0.1:1"}))
    key, web = tmp_path / "key.pem", tmp_path / "web.yml"
    write(
        web={"listen": "127.0.0.1:2", "config_file": str(web)},
        store={"url": "sqlite:///other.db"},
        ledger={"key_file": str(key)},
        report={"threshold": 0.5},
    )
    before = configuration.settings
    with structlog.testing.capture_logs() as logs:
        assert configuration.reload()
    now = configuration.settings
    assert (now.web, now.store, now.ledger) == (before.web, before.store, before.ledger)
    assert now.report.threshold == 0.5
    assert logs[0]["needs_a_restart"] == [
        "store.url",
        "ledger.key_file",
        "web.listen",
        "web.config_file",
    ]


def test_a_file_that_says_the_same_is_no_change(write: Write) -> None:
    configuration = read(write(scan={"interval": "30m"}))
    path = write(scan={"interval": "30m"})
    os.utime(path, ns=(1, 1))
    assert configuration.changed()
    assert not configuration.reload()


def test_keys_of_hooks_are_read_again_with_their_file(write: Write, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"# of Event Grid\n{KEY}\n\n  {KEY[::-1]}2\n")
    configuration = read(write(web={"hook_keys_file": str(keys)}))
    assert list(configuration.hook_keys) == [KEY.encode(), f"{KEY[::-1]}2".encode()]
    keys.write_text("x" * 40)
    assert configuration.changed()
    assert configuration.reload()
    assert list(configuration.hook_keys) == [b"x" * 40]
    keys.write_text("short")
    assert not configuration.reload()
    assert list(configuration.hook_keys) == [b"x" * 40]
    assert configuration.error is not None
    assert "short" not in configuration.error


def test_a_file_of_keys_that_is_named_later_is_read_once_and_watched(
    write: Write, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.write_text(KEY)
    configuration = read(write())
    write(web={"hook_keys_file": str(keys)})
    assert configuration.reload()
    assert not configuration.changed()
    keys.write_text(KEY[::-1] + "2")
    assert configuration.changed()


def test_two_files_that_changed_and_one_mistake_are_told_once(write: Write, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(KEY)
    path = write(web={"hook_keys_file": str(keys)})
    configuration = read(path)
    path.write_text("scan: [")
    keys.write_text("x" * 40)
    assert not configuration.reload()
    assert not configuration.changed()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (None, "cannot be read"),
        (b"", "holds no key"),
        (b"# only a comment\n", "holds no key"),
        (b"k" * 23, "fewer than 24"),
        (b"k" * 70_000, "over 64 KiB"),
    ],
)
def test_a_file_of_keys_that_protects_nothing_is_refused(
    tmp_path: Path, text: bytes | None, wrong: str
) -> None:
    path = tmp_path / "keys"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(ConfigError, match=wrong):
        hook_keys(path)


def test_without_a_file_of_keys_there_are_none() -> None:
    assert hook_keys(None) == ()
