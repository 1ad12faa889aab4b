"""Automation accounts: runbooks in the account's region alone, and the machines that run them.

An account is in one region and has no copy elsewhere
(https://learn.microsoft.com/azure/reliability/reliability-automation). Hybrid workers run its
runbooks on machines anywhere
(https://learn.microsoft.com/azure/automation/automation-hybrid-runbook-worker): the location of a
machine of Azure Arc is not where the machine is. A linked workspace gets what updates and
inventories tell.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    facet,
    text,
    unknown,
)
from residency.errors import NotFound
from residency.model import Holds, Placement, Reading, Resource, Role

TYPE = "microsoft.automation/automationaccounts"
DOCS = "https://learn.microsoft.com/azure/"
MACHINE = "properties.vmResourceId"
ARC = "/providers/microsoft.hybridcompute/"


def locate(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State the account's region, its workers' and its workspace's."""
    read_at = account.reading.read_at
    yield at_location(account)
    groups, linked = f"{account.id}/hybridRunbookWorkerGroups", f"{account.id}/linkedWorkspace"
    workers = partial(_workers, groups, reader)
    yield from facet(Role.PROCESSING, groups, workers, read_at=read_at)
    workspace = partial(_workspace, linked, reader)
    yield from facet(Role.EXPORT, linked, workspace, read_at=read_at)


def _workers(groups: str, reader: Reader) -> Iterator[Placement]:
    for group in reader.list(groups, api_version=version_of(groups)):
        path = f"{groups}/{text(group.body, 'name')}/hybridRunbookWorkers"
        for worker in reader.list(path, api_version=version_of(path)):
            yield _worker(worker, reader)


def _worker(worker: Reading, reader: Reader) -> Placement:
    machine = (text(worker.body, MACHINE) or "").lower()
    if not machine:
        why = "the worker does not say which machine it is"
        return absent(worker, Role.PROCESSING, MACHINE, why)
    if ARC in machine:
        return unknown(worker, Role.PROCESSING, MACHINE)
    return at_resource(worker, MACHINE, reader, role=Role.PROCESSING)


def _workspace(path: str, reader: Reader) -> Iterator[Placement]:
    try:
        linked = reader.get(path, api_version=version_of(path))
    except NotFound:
        return
    if text(linked.body, "id"):
        yield at_resource(linked, "id", reader)


CHECKS = (
    Check(
        id="automation",
        title="Automation accounts: runbooks, hybrid workers and the linked workspace",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Automation/automationAccounts/read",
            "Microsoft.Automation/automationAccounts/hybridRunbookWorkerGroups/read",
            "Microsoft.Automation/automationAccounts/hybridRunbookWorkerGroups/hybridRunbookWorkers/read",
            "Microsoft.Automation/automationAccounts/linkedWorkspace/read",
        ),
        docs=(
            f"{DOCS}reliability/reliability-automation",
            f"{DOCS}automation/automation-hybrid-runbook-worker",
        ),
        locate=locate,
        reads=True,
        uses_properties=False,
    ),
)
