"""Holds the store against its ledger, at the start and once a day, in a process of its own.

An audit of a year takes minutes of a processor, and would be felt in every scrape otherwise.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import structlog

_SCHEMA = "residency/ledger-verify/v1"
_EVERY_SECONDS = 86_400.0
_AGAIN_SECONDS = 900.0
"""After an audit that could not be made."""

_LONGEST_SECONDS = 3_600.0
_NICENESS = 10


class Audits:
    """Keeps what the last audit found.

    Attributes:
        begin: Set when there is something to audit.
        ledger_ok: Whether the store matched its ledger; None: that is not known.
    """

    def __init__(self, file: Path | None, told: Callable[[bool | None], None]) -> None:
        """Audit the store of the configuration in `file`; `told` hears that something changed."""
        self._file = file
        self._told = told
        self.begin = asyncio.Event()
        self.ledger_ok: bool | None = None

    async def keep(self) -> None:
        """Audit once there is something to audit, and then daily, until cancelled."""
        await self.begin.wait()
        while True:
            found = await self._audit()
            if found != self.ledger_ok:
                self.ledger_ok = found
                self._told(found)
            await asyncio.sleep(_AGAIN_SECONDS if found is None else _EVERY_SECONDS)

    async def _audit(self) -> bool | None:
        """Believe only what an audit itself says: a program that fails ends with 1 as well."""
        log = structlog.get_logger()
        match _parsed(await self._told_by_audit()):
            case {"schema": schema, "whole": True} if schema == _SCHEMA:
                log.info("ledger verified")
                return True
            case {"schema": schema, "whole": False} if schema == _SCHEMA:
                log.error("ledger broken", next_step="residency ledger verify shows what differs")
                return False
            case _:
                log.error("ledger not verified", next_step="run residency ledger verify")
                return None

    async def _told_by_audit(self) -> bytes:
        """Run the command; nothing where it took too long. Its process never outlasts this one."""
        config = ("--config", str(self._file)) if self._file else ()
        command = ("-m", "residency", "ledger", "verify", "--format", "json", *config)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
            said, _ = await asyncio.wait_for(process.communicate(), _LONGEST_SECONDS)
        except TimeoutError:
            return b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return said


def _parsed(said: bytes) -> object:
    try:
        return json.loads(said)
    except ValueError:
        return None
