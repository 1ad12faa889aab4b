"""`POST /_control/{action}`: what a test or a demo does to the simulated Azure. No part of ARM.

The body is a JSON object with the arguments of the function that the action names.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from residency.simulator import failovers, lifecycle
from residency.simulator.answers import Answer, Refusal, answer_of
from residency.simulator.faults import Effect, Fault
from residency.simulator.floor import demand_of_scan, floor_seconds, least_pages
from residency.simulator.quotas import Quotas
from residency.simulator.simulator import Behaviour, Simulator
from residency.simulator.world import Body

Action = Callable[..., Any]


def perform(simulator: Simulator, action: str, raw: bytes) -> Answer:
    """Perform an action; give `{"done": action}` with what it answers, or ARM's error body."""
    try:
        arguments = json.loads(raw or b"{}")
        with simulator.at_rest():
            result = _action(action)(simulator, **arguments)
    except Refusal as refusal:
        return refusal.answer()
    except (KeyError, TypeError, ValueError) as error:
        return Refusal(400, "InvalidControl", f"{action}: {error}").answer()
    return answer_of({"done": action, "result": result})


def _action(name: str) -> Action:
    if name not in ACTIONS:
        known = ", ".join(sorted(ACTIONS))
        raise Refusal(404, "UnknownControl", f"'{name}' is none of {known}.")
    return ACTIONS[name]


def _put_child(simulator: Simulator, path: str, item: Body) -> None:
    simulator.tenant.put_child(path, item)


def _add_fault(simulator: Simulator, **rule: Any) -> None:  # noqa: ANN401 - JSON
    simulator.faults.add(Fault(**{**rule, "effect": Effect(rule["effect"])}))


def _behave(simulator: Simulator, **settings: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    known = {one.name for one in fields(Behaviour)}
    if unknown := settings.keys() - known:
        raise ValueError(f"unknown settings {sorted(unknown)}")
    for name, value in settings.items():
        setattr(simulator.behaviour, name, value)
    return asdict(simulator.behaviour)


def _add_health_event(simulator: Simulator, event: Body) -> None:
    simulator.health_events.append(event)


def _set_data_boundary(simulator: Simulator, boundary: str) -> None:
    simulator.data_boundary = boundary


def _journal(simulator: Simulator) -> Mapping[str, Any]:
    journal = simulator.journal
    return {
        "by_api": dict(journal.count_by_api),
        "by_kind": dict(journal.count_by_kind),
        "by_status": {str(status): n for status, n in journal.count_by_status.items()},
        "breaches": [f"{call.method} {call.path}" for call in journal.breaches],
    }


def _refill_quotas(simulator: Simulator) -> None:
    simulator.quotas = Quotas()


def _floor(simulator: Simulator) -> Mapping[str, Any]:
    """Say the least that the scan in the journal had to take and to ask."""
    bodies = [json.loads(raw) for raw in simulator.tenant.encoded()]
    subscriptions = list(simulator.tenant.subscriptions.values())
    demand = demand_of_scan(simulator.requests, bodies, subscriptions)
    return {
        "seconds": floor_seconds(demand),
        "least_resources_queries": least_pages(bodies, subscriptions),
    }


ACTIONS: Mapping[str, Action] = {
    "fail-over-storage": failovers.fail_over_storage,
    "fail-back-storage": failovers.fail_back_storage,
    "fail-over-sql-group": failovers.fail_over_sql_group,
    "change-cosmos-write-region": failovers.change_cosmos_write_region,
    "create": lifecycle.create,
    "patch": lifecycle.patch,
    "delete": lifecycle.delete,
    "put-child": _put_child,
    "set-subscription": Simulator.set_subscription,
    "deny": Simulator.deny,
    "allow": Simulator.allow,
    "add-fault": _add_fault,
    "clear-faults": lambda simulator: simulator.faults.clear(),
    "behave": _behave,
    "add-health-event": _add_health_event,
    "set-data-boundary": _set_data_boundary,
    "journal": _journal,
    "refill-quotas": _refill_quotas,
    "floor": _floor,
    "clear-journal": lambda simulator: simulator.journal.clear(),
}
