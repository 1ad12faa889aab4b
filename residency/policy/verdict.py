"""The verdict of a whole scan: docs/policy.md, rule 10."""

from collections.abc import Iterable

from residency.model import Severity, Status, Verdict
from residency.policy.judgement import Judgement, unknown_reasons


def verdict(judgements: Iterable[Judgement], *, complete: bool) -> Verdict:
    """Say what a scan shows: violation, else not proven, else compliant.

    Any critical or major violation decides. Minor ones are listed and counted and do not. Nothing
    seen is not proven: 0 of 0 is no evidence.
    """
    seen = 0
    proven = complete
    for judgement in judgements:
        seen += 1
        if judgement.status is Status.VIOLATION and judgement.severity is not Severity.MINOR:
            return Verdict.VIOLATION
        if unknown_reasons(judgement.reasons):
            proven = False
    return Verdict.COMPLIANT if proven and seen else Verdict.NOT_PROVEN
