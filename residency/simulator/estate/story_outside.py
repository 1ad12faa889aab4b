"""What has left the EU, or was let go there on purpose (docs/demo.md, "Outside the EU")."""

from residency.simulator.estate import ai, compute, databases, network, storage
from residency.simulator.estate.bodies import NORTH, WEST, Part, joined, list_path
from residency.simulator.estate.groups import (
    ASSISTANTS,
    IMAGES,
    PROCS_PRODUCT,
    QICS_DASHBOARDS,
    QICS_MILESTONES,
    SANDBOX,
    TRIAL_GROUP,
)
from residency.simulator.estate.platform import GALLERY
from residency.simulator.world import Body

BRITAIN = "uksouth"
AMERICA = "eastus"


def outside() -> Part:
    """Everything that touches a country outside the EU."""
    return joined(
        (
            reporting_replica(),
            worker_image(),
            global_model(),
            exceptional_region(),
            migration_snapshot(),
            instructed_export(),
            sandbox_disk(),
            trial(),
        )
    )


def reporting_replica() -> Part:
    """A read replica in London that somebody made for a report: critical, on both servers."""
    data = QICS_MILESTONES.group("data")
    source = databases.postgresql(data, "psql-milestones-prod-we", geo_backup=True)
    name = "psql-milestones-reporting-uks"
    replica = databases.postgresql_replica(data, name, source, location=BRITAIN)
    return joined((Part(resources=(source,)), replica))


def worker_image() -> Part:
    """A version of a gallery image that is copied to "UK South" as well."""
    disk = compute.disk(IMAGES, "disk-worker-build", size_gb=64)
    source = compute.image(IMAGES, "img-batch-worker", disk)
    name = f"{GALLERY}/batch-worker/3.4.1"
    version = compute.image_version(IMAGES, name, source, (WEST, NORTH, BRITAIN))
    return Part(resources=(disk, source, version))


def global_model() -> Part:
    """A deployment whose SKU lets any region on Earth answer, on an account in the Netherlands."""
    account = ai.account(ASSISTANTS, "oai-milestones-prod-we")
    tagged = {**account, "tags": {**account["tags"], "product": "QicsMilestones"}}
    models = {"gpt-4o-mini": "Standard", "gpt-4.1": "GlobalStandard"}
    return joined((Part(resources=(tagged,)), ai.deployments(tagged, models)))


def exceptional_region() -> Part:
    """A snapshot that stands in Frankfurt: in the EU, and not where copies may stand."""
    group = QICS_DASHBOARDS.group("backup")
    disk_id = f"{group.id}/providers/Microsoft.Compute/snapshots/snap-dashboards-audit"
    here = compute.snapshot(
        group,
        "snap-dashboards-audit",
        f"{QICS_DASHBOARDS.group('app').id}/providers/Microsoft.Compute/disks/"
        "vm-dashboards-batch-01-data01",
    )
    name = "snap-dashboards-audit-gwc"
    there = compute.snapshot(group, name, disk_id, location="germanywestcentral", across=True)
    return Part(resources=(here, there))


def migration_snapshot() -> Part:
    """A snapshot in London for a migration: exempt until the exemption ends."""
    group = PROCS_PRODUCT.group("backup")
    source = compute.snapshot(
        group,
        "snap-procs-migration",
        f"{PROCS_PRODUCT.group('app').id}/providers/Microsoft.Compute/disks/"
        "vm-procs-batch-01-data01",
    )
    name = "snap-procs-migration-uks"
    copy = compute.snapshot(group, name, source["id"], location=BRITAIN, across=True)
    return Part(resources=(source, copy))


def instructed_export() -> Part:
    """Acme has its documents copied to its own office in the United States, at its request."""
    group = PROCS_PRODUCT.group("data")
    tags = {**group.tags, "customer": "acme"}
    source = storage.storage_account(group, "stprocsacmeout01", "Standard_ZRS", tags=tags)
    target = storage.storage_account(
        group, "stprocsacmeus01", "Standard_LRS", location=AMERICA, tags=tags
    )
    return Part(resources=(source, target), children=_policy_on_both(source, target))


def _policy_on_both(source: Body, target: Body) -> dict[str, tuple[Body, ...]]:
    return {
        list_path(account["id"], "objectReplicationPolicies"): (
            storage.replication_policy(account, source["id"], target["id"], "documents"),
        )
        for account in (source, target)
    }


def sandbox_disk() -> Part:
    """Made-up data in London: outside the promise, listed and counted all the same."""
    return Part(
        resources=(
            compute.disk(SANDBOX, "disk-loadtest-uks", location=BRITAIN),
            storage.storage_account(SANDBOX, "stsandboxloadtest", "Standard_LRS"),
        )
    )


def trial() -> Part:
    """A subscription that nobody announced, with an address in the United States: minor."""
    return Part(
        resources=(
            network.public_address(TRIAL_GROUP, "pip-trial-eus", location=AMERICA),
            storage.storage_account(TRIAL_GROUP, "sttrialpilot01", "Standard_LRS"),
        )
    )
