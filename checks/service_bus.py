"""Service Bus namespaces: where they are written, their copies, and migrations.

Geo-replication and aliases are of the Premium tier
(https://learn.microsoft.com/azure/reliability/reliability-service-bus). A migration copies the
entities of a Standard namespace to a Premium one; the messages stay until they are drained
(https://learn.microsoft.com/azure/service-bus-messaging/service-bus-migrate-standard-premium).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from checks.messaging_namespaces import aliases, sku_of, written
from residency.check import Check, Reader, at_resource, facet
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/service-bus-messaging/"
TARGET = "properties.targetNamespace"
WITHOUT_ALIAS = frozenset({"basic", "standard"})
WITHOUT_MIGRATION = frozenset({"basic", "premium"})


def locate(namespace: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a namespace is written and where its copies are."""
    may_alias = sku_of(namespace) not in WITHOUT_ALIAS
    yield from written(namespace, reader, may_alias=may_alias)
    if may_alias:
        yield from aliases(namespace, reader)
    if sku_of(namespace) not in WITHOUT_MIGRATION:
        yield from _migrations(namespace, reader)


def _migrations(namespace: Resource, reader: Reader) -> Iterator[Placement]:
    path = f"{namespace.id}/migrationConfigurations"
    places = partial(_targets, path, reader)
    yield from facet(Role.REPLICA, path, places, read_at=namespace.reading.read_at)


def _targets(path: str, reader: Reader) -> Iterator[Placement]:
    for migration in reader.list(path, api_version=version_of(path)):
        yield at_resource(migration, TARGET, reader, role=Role.REPLICA, metadata_only=True)


CHECKS = (
    Check(
        id="service-bus",
        title="Service Bus namespace: geo-replication, aliases, migrations",
        resource_types=("microsoft.servicebus/namespaces",),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.ServiceBus/namespaces/read",
            "Microsoft.ServiceBus/namespaces/disasterRecoveryConfigs/read",
            "Microsoft.ServiceBus/namespaces/migrationConfigurations/read",
        ),
        docs=(
            "https://learn.microsoft.com/azure/reliability/reliability-service-bus",
            f"{DOCS}service-bus-geo-replication",
            f"{DOCS}service-bus-geo-dr",
            f"{DOCS}service-bus-migrate-standard-premium",
        ),
        locate=locate,
        reads=True,
    ),
)
