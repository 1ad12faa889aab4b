"""An audit is believed for what it says; a program that fails says nothing of the ledger."""

import asyncio
import contextlib
from pathlib import Path

import pytest
import structlog

from residency.service.audits import Audits


def audited(file: Path) -> tuple[list[str], bool | None]:
    """Audit once; gives what was logged, and what is known of the ledger then."""

    async def once() -> bool | None:
        audits = Audits(file, lambda _: None)
        audits.begin.set()
        keeping = asyncio.create_task(audits.keep())
        while not logs:  # noqa: ASYNC110 - what is unchanged is told to nobody
            await asyncio.sleep(0.05)
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        return audits.ledger_ok

    with structlog.testing.capture_logs() as logs:
        found = asyncio.run(asyncio.wait_for(once(), 60))
    return [line["event"] for line in logs], found


def test_without_a_store_nothing_is_known(tmp_path: Path) -> None:
    config = tmp_path / "residency.yaml"
    config.write_text("{}")
    assert audited(config) == (["ledger not verified"], None)


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(0)",
        "raise SystemExit(1)",
        "print('{}')",
        'print(\'{"schema": "residency/other/v1", "whole": true}\')',
        "print('not JSON'); raise SystemExit(1)",
    ],
)
def test_a_program_that_ends_like_an_audit_and_is_none_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    (tmp_path / "residency.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert audited(tmp_path / "residency.yaml") == (["ledger not verified"], None)
