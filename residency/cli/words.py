"""How statuses and places are put into words and colours. A sign stands beside every colour."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import assert_never

from residency.documents.meaning import MEANING
from residency.model import (
    Evidence,
    Reason,
    Resource,
    Role,
    Severity,
    Status,
    SubscriptionState,
    Verdict,
    Zone,
)
from residency.policy import Attribution, JudgedPlacement


def of_verdict(verdict: Verdict) -> tuple[str, str]:
    """Give the words for a verdict and their style."""
    match verdict:
        case Verdict.COMPLIANT:
            return (
                "✔ COMPLIANT: everything was seen, and all is where the promise allows",
                "bold green",
            )
        case Verdict.VIOLATION:
            return "✖ VIOLATION: data is where it should not be", "bold red"
        case Verdict.NOT_PROVEN:
            return "? NOT PROVEN: not everything could be seen", "bold yellow"
        case _:
            assert_never(verdict)


def of_status(status: Status, severity: Severity | None = None) -> tuple[str, str]:
    """Give the sign and word for a status, and their style."""
    match status:
        case Status.VIOLATION:
            return f"✖ {severity or 'violation'}", "red" if severity != "minor" else "magenta"
        case Status.UNKNOWN:
            return "? unknown", "yellow"
        case Status.FALLBACK:
            return "↷ fallback", "cyan"
        case Status.EXEMPT:
            return "- exempt", "blue"
        case Status.COMPLIANT:
            return "✔ compliant", "green"
        case _:
            assert_never(status)


def of_state(state: SubscriptionState, *, whole: bool) -> tuple[str, str]:
    """Give the sign and word for a subscription's state, and their style."""
    if state is SubscriptionState.UNEXPECTED:
        return "! unexpected", "yellow"
    return (f"✔ {state}", "green") if whole else (f"? {state}", "yellow")


def of_place(judged: JudgedPlacement) -> str:
    """Give a placement in a few words: role, region, country, and how it is known."""
    place = judged.placement
    country = f" ({judged.country})" if judged.country else ""
    basis = "" if place.basis == "observed" else f", {place.basis}"
    return f"{place.role} {place.region}{country}{basis}"


def of_resource(resource: Resource) -> str:
    """Give the name by which people know a resource: for a child, its parents' before it."""
    _, _, below = resource.id.rpartition("/providers/")
    return "/".join(below.split("/")[2::2]) or resource.name


def of_owner(attribution: Attribution) -> str:
    """Say whose a resource is, in one line."""
    if attribution.unassigned:
        return f"unassigned · {attribution.environment}"
    parts = (attribution.product, ", ".join(attribution.customers), attribution.environment)
    return " · ".join(part for part in parts if part)


def of_time(moment: datetime) -> str:
    """Give a time in UTC, and the local time beside it where that is another."""
    local = moment.astimezone()
    beside = "" if local.utcoffset() == timedelta(0) else f" ({local:%H:%M:%S %Z})"
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC{beside}"


def of_type(resource_type: str) -> str:
    """Give a resource type without the prefix that nearly all share."""
    return resource_type.removeprefix("microsoft.")


def where_wrong(placements: Iterable[JudgedPlacement]) -> tuple[str, ...]:
    """Give the places that stand out, each once: those that are wrong, else away, else all."""
    every = tuple(placements)
    wrong = tuple(each for each in every if _stands_out(each))
    away = tuple(each for each in every if each.zone is not Zone.HOME)
    return tuple(dict.fromkeys(of_place(each) for each in wrong or away or every))


def exports(placements: Iterable[JudgedPlacement]) -> tuple[str, ...]:
    """Give where a resource sends data."""
    sent = (each for each in placements if each.placement.role is Role.EXPORT)
    return tuple(dict.fromkeys(of_place(each) for each in sent))


def _stands_out(judged: JudgedPlacement) -> bool:
    misplaced = judged.placement.role is Role.PRIMARY and judged.zone is not Zone.HOME
    return misplaced or judged.zone in {Zone.EXCEPTIONAL, Zone.OUTSIDE, Zone.UNKNOWN}


def of_evidence(evidence: Evidence) -> str:
    """Give evidence in short: a long id only from its provider on."""
    before, marker, path = evidence.path.rpartition("/providers/")
    short = f"…/{path}" if before and marker else evidence.path
    return f"{short} = '{evidence.value}'"


def why(reasons: Iterable[Reason]) -> str:
    """Give reasons with their meaning, a line each."""
    return "\n".join(f"{reason}: {MEANING[reason]}" for reason in reasons)
