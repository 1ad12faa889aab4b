"""Writes checks.md from the checks themselves; the tests refuse a page that differs."""  # noqa: INP001

from collections.abc import Iterator
from pathlib import Path

from checks import CHECKS, holds_none, own_location
from checks.type_table import shares
from residency.check import Check

PAGE = Path(__file__).with_name("checks.md")
LISTED_ELSEWHERE = {check.id for check in (*holds_none.CHECKS, *own_location.CHECKS)}

_INTRODUCTION = """# Checks

A check knows where the data of some types of Azure resource is. It states facts with their evidence
and never judges; a type that no check knows is `type-unknown`, and never compliant. This page is
generated from the checks by `python docs/generate_checks.py`.

- **Holds** says what the types do with customer data: they store it, process it, or hold none.
- **Fails over** says whether the place that is written can move to another region by a failover.
- **Asks for more** says whether the inventory alone is not enough, so that each resource costs
  further calls.
- **Rights** are the actions that Azure must allow. Reader has them all; where one is missing, what
  it would have shown is `facet-unreadable`.
"""


def render() -> str:
    """Give the whole page."""
    ordered = sorted(CHECKS, key=lambda check: check.id)
    return "\n".join([_INTRODUCTION, *_overview(ordered), *(_section(each) for each in ordered)])


def _overview(checks: list[Check]) -> Iterator[str]:
    yield "| Check | Types | Holds | Fails over | Asks for more |"
    yield "|---|---|---|---|---|"
    for check in checks:
        cells = (
            f"[{check.id}](#{check.id})",
            str(len(check.resource_types)),
            check.holds.value,
            _yes(said=check.can_fail_over),
            _yes(said=check.reads),
        )
        yield f"| {' | '.join(cells)} |"
    types = sum(len(check.resource_types) for check in checks)
    table = f"[The table](types.md) has {shares()}"
    yield f"\n{len(checks)} checks know {types} types. {table}\n"


def _section(check: Check) -> str:
    return "\n".join(
        [
            f"## {check.id}\n",
            f"{check.title}.\n",
            f"Types: {_types(check)}\n",
            f"{_facts(check)}\n",
            "Rights:\n",
            *(f"- `{action}`" for action in check.permissions),
            "\nPages:\n",
            *(f"- <{page}>" for page in check.docs),
            "",
        ]
    )


def _facts(check: Check) -> str:
    fails_over, reads = _yes(said=check.can_fail_over), _yes(said=check.reads)
    return f"Holds: {check.holds.value}. Fails over: {fails_over}. Asks for more: {reads}."


def _types(check: Check) -> str:
    if check.id in LISTED_ELSEWHERE:
        return f"[{len(check.resource_types)} types](types.md)"
    return ", ".join(f"`{name}`" for name in check.resource_types)


def _yes(*, said: bool) -> str:
    return "yes" if said else "no"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
