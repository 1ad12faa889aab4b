"""The queries of the dashboards, made from the series that the monitor has.

A query asks by job and instance, as grafana/dashboard-linter wants it. Where two services see the
same estate (a sentinel, a pod that takes over from another), the higher number counts, once.
"""

from residency.metrics import EVERY

LABELS = {each.name.removeprefix("residency_"): each.labels for each in EVERY}
"""The labels of each series, by its name without the prefix."""

SCRAPED = 'job=~"$job", instance=~"$instance"'
CHOSEN = {"subscription_id": "subscription", "product": "product", "environment": "environment"}
"""The variable that chooses among the values of a label."""

ANSWERS = f"group(residency_build_info{{{SCRAPED}}})"
"""1 while the monitor answers; nothing else tells "none" from "nobody looked"."""


def series(name: str, *matchers: str) -> str:
    """Give the series of a name as each service tells them."""
    if name not in LABELS:
        raise KeyError(name)
    return f"residency_{name}{{{', '.join((SCRAPED, *matchers))}}}"


def matched(name: str, *matchers: str) -> str:
    """Give the series of what is chosen at the top, by each label that they have."""
    labels = (label for label in LABELS[name] if label in CHOSEN)
    return series(name, *(f'{label}=~"${CHOSEN[label]}"' for label in labels), *matchers)


def whole(name: str, *matchers: str) -> str:
    """Give the series of the whole estate, whatever is chosen; each but once."""
    return _once(name, series(name, *matchers))


def chosen(name: str, *matchers: str, ago: str = "") -> str:
    """Give the series of what is chosen, each but once; those of some time `ago` if it is given."""
    return _once(name, matched(name, *matchers) + (f" offset {ago}" if ago else ""))


def _once(name: str, found: str) -> str:
    by = ", ".join(LABELS[name])
    return f"max by ({by}) ({found})" if by else f"max({found})"


def or_none(count: str) -> str:
    """Give a count that is 0 where nothing is counted, and absent where nobody counts."""
    return f"{count} or 0 * {ANSWERS}"


def age(name: str, *matchers: str) -> str:
    """Give the seconds since a time that a series tells."""
    return f"time() - {whole(name, *matchers)}"


def named(query: str) -> str:
    """Add the end of a resource's id as its name, which `residency explain` takes as well."""
    return f'label_replace({query}, "name", "$1", "resource_id", ".*/([^/]+/[^/]+)")'


def instead(query: str, label: str, text: str) -> str:
    """Give an empty label a text, so that it can be read in a table."""
    return f'label_replace({query}, "{label}", "{text}", "{label}", "")'


def joined(query: str, to: str, between: str, *labels: str) -> str:
    """Put labels together as another one."""
    quoted = ", ".join(f'"{label}"' for label in labels)
    return f'label_join({query}, "{to}", "{between}", {quoted})'


def worst(choices: tuple[tuple[int, str], ...]) -> str:
    """Give the number of the first choice that there is."""
    return "\nor ".join(f"{number} * {query}" for number, query in choices)
