"""What the exit code of a scan says."""

from enum import IntEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from residency.scan import Scan


INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


class Exit(IntEnum):
    """The exit codes of every command."""

    COMPLIANT = 0
    VIOLATION = 1
    UNUSABLE = 2
    NOT_PROVEN = 3


def exit_code(scan: "Scan") -> Exit:
    """Give the exit code of a scan. Nothing readable at all is as good as no scan: 2."""
    if scan.saw_nothing:
        return Exit.UNUSABLE
    from residency.model import Verdict  # noqa: PLC0415 - late, for a quick start

    match scan.verdict:
        case Verdict.COMPLIANT:
            return Exit.COMPLIANT
        case Verdict.VIOLATION:
            return Exit.VIOLATION
        case Verdict.NOT_PROVEN:
            return Exit.NOT_PROVEN
        case _:
            assert_never(scan.verdict)
