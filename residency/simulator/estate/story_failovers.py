"""What runs elsewhere because of a failover, and what never was at home (docs/demo.md)."""

from datetime import datetime

from residency.simulator.estate import ai, compute, databases, recovery, sql, storage, vaults
from residency.simulator.estate.bodies import WEST, Part, before, joined
from residency.simulator.estate.groups import (
    ASSISTANTS,
    PROCS_PRODUCT,
    QICS_DASHBOARDS,
    QICS_MILESTONES,
)
from residency.simulator.estate.products import everything, sql_server
from residency.simulator.world import Body

FAILED_OVER_HOURS_AGO = 5
OVERDUE_HOURS_AGO = 12 * 24
EXCEPTIONAL = "germanywestcentral"


def failovers(now: datetime, replicated: Body) -> Part:
    """Everything that moved, and the machine that is ready to."""
    return joined(
        (
            documents_in_ireland(now),
            archive_overdue(now),
            write_region_in_germany(),
            failed_over_group(),
            replicated_machine(now, replicated),
        )
    )


def documents_in_ireland(now: datetime) -> Part:
    """An unplanned failover five hours ago: local in Ireland, while `location` stays Dutch."""
    group = QICS_MILESTONES.group("data")
    account = storage.storage_account(group, "stmilestonesdocs01", "Standard_GRS")
    since = before(now, hours=FAILED_OVER_HOURS_AGO)
    return Part(resources=(storage.failed_over(account, since=since, planned=False),))


def archive_overdue(now: datetime) -> Part:
    """A planned failover that nobody turned back: past `max_failover`."""
    group = QICS_DASHBOARDS.group("data")
    account = storage.storage_account(group, "stdashboardsarchive", "Standard_RAGRS")
    since = before(now, hours=OVERDUE_HOURS_AGO)
    return Part(resources=(storage.failed_over(account, since=since, planned=True),))


def write_region_in_germany() -> Part:
    """A Cosmos DB account that is written to in Frankfurt, with the Netherlands as a reader.

    No field says that it failed over; the activity log or an earlier scan would.
    """
    group = QICS_MILESTONES.group("data")
    regions = (EXCEPTIONAL, WEST)
    account = databases.cosmos_account(group, "cosmos-milestones-plan", regions, backup="Geo")
    return Part(resources=(account,))


def failed_over_group() -> Part:
    """A failover group whose writer is the server that stands by in Ireland."""
    names = ("procs", "procs-flows")
    west = sql_server(PROCS_PRODUCT.group("data"), "sql-procs-prod-we", names)
    north = sql_server(PROCS_PRODUCT.group("dr"), "sql-procs-dr-ne", names)
    group = sql.failover_group("fog-procs", west, north, writer=north[0])
    return joined((Part(resources=(*everything(west), *everything(north))), group))


def replicated_machine(now: datetime, machine: Body) -> Part:
    """A machine with a replica of its disk in Ireland, kept by Site Recovery: nothing wrong."""
    group = PROCS_PRODUCT.group("dr")
    vault = vaults.recovery_vault(group, "rsv-procs-asr-ne", "LocallyRedundant")
    copy = compute.attached(
        compute.disk(group, f"{machine['name']}-osdisk-ASRReplica"), vault["id"]
    )
    replicated = recovery.replicated_machine(vault, machine, copy, now)
    return joined((Part(resources=(vault, copy)), replicated))


def misplaced() -> Part:
    """What stands elsewhere in the EU without any failover."""
    group = PROCS_PRODUCT.group("data")
    server = sql.server(group, "sql-procs-reporting-frc", location="francecentral")
    database = sql.database(group, server, "procs-reporting", backup="Local")
    account = ai.account(ASSISTANTS, "ais-dashboards-sdc", location="swedencentral")
    tagged = {**account, "tags": {**account["tags"], "product": "QicsDashboards"}}
    models = {"gpt-4o": "DataZoneStandard"}
    return joined((Part(resources=(server, database, tagged)), ai.deployments(tagged, models)))
