"""A tenant that is ten times as large costs ten times as much, and not a hundred times."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from checks import CHECKS
from residency.check import Catalogue
from residency.errors import AccessDenied, CheckError
from residency.model import Reading, Resource
from residency.testing import READ_AT, resource_of

T = TypeVar("T")
CATALOGUE = Catalogue.of(CHECKS)
SMALL, LARGE = 200, 2000
MOST = 2.0

ROOT = "/subscriptions/s/resourcegroups/g/providers"
DISKS = f"{ROOT}/microsoft.compute/disks"
VAULTS = f"{ROOT}/microsoft.recoveryservices/vaults"
SERVERS = f"{ROOT}/microsoft.dbforpostgresql/flexibleservers"
ACCOUNTS = f"{ROOT}/microsoft.storage/storageaccounts"
SQL = f"{ROOT}/microsoft.sql/servers/one"
INSTANCE = f"{ROOT}/microsoft.sql/managedinstances/one"
LOCATION = f"{ROOT}/microsoft.sql/locations/westeurope"

Body = dict[str, Any]


@dataclass(slots=True)
class Count:
    """How often something was looked at."""

    looks: int = 0


class Counted(dict[str, Any]):
    """A JSON object that counts each look at one of its fields."""

    def __init__(self, body: Body, count: Count) -> None:
        self._count = count
        super().__init__({key: counted(found, count) for key, found in body.items()})

    def get(self, key: str, default: object = None) -> Any:
        self._count.looks += 1
        return super().get(key, default)


def counted(found: Any, count: Count) -> Any:
    match found:
        case dict():
            return Counted(found, count)
        case list():
            return [counted(each, count) for each in found]
        case _:
            return found


class Listed(Sequence[T]):
    """A list that counts each of its items that is gone through."""

    def __init__(self, found: Sequence[T], count: Count) -> None:
        self._found, self._count = found, count

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, index: Any) -> Any:
        self._count.looks += 1
        return self._found[index]

    def __iter__(self) -> Iterator[T]:
        for each in self._found:
            self._count.looks += 1
            yield each


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """What there is: resources, and by path the lists of Azure: items, or an error."""

    resources: Sequence[Body]
    lists: Mapping[str, Any] = field(default_factory=dict)


class CountingReader:
    """Answers as a scan's reader does, and counts what is looked at."""

    def __init__(self, tenant: Tenant) -> None:
        self.count = Count()
        self.resources = {
            body["id"]: resource_of(Counted(body, self.count)) for body in tenant.resources
        }
        by_type: dict[str, list[Resource]] = {}
        for resource in self.resources.values():
            by_type.setdefault(resource.type, []).append(resource)
        self._by_type = {each: Listed(found, self.count) for each, found in by_type.items()}
        self._lists = {path.lower(): self._answer(found) for path, found in tenant.lists.items()}
        self._made: dict[str, Any] = {}
        self.count.looks = 0

    def _answer(self, bodies: Any) -> Sequence[Reading] | AccessDenied:
        if isinstance(bodies, AccessDenied):
            return bodies
        readings = [
            Reading(api="arm", path="i", body=Counted(body, self.count), read_at=READ_AT)
            for body in bodies
        ]
        return Listed(readings, self.count)

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        assert api_version
        assert not expand
        self.count.looks += 1
        body = self.resources[path].reading.body
        return Reading(api="arm", path=path, body=body, read_at=READ_AT)

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        assert api_version
        self.count.looks += 1
        answer = self._lists.get(path.lower(), ())
        if isinstance(answer, AccessDenied):
            raise answer
        return answer

    def find(self, resource_id: str) -> Resource | None:
        self.count.looks += 1
        return self.resources.get(resource_id)

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        self.count.looks += 1
        return self._by_type.get(resource_type, ())

    def once(self, key: str, make: Callable[[], T]) -> T:
        self.count.looks += 1
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found


def per_resource(tenant: Tenant) -> float:
    """Count looks and placements of a scan, for each resource of the tenant."""
    reader = CountingReader(tenant)
    stated = 0
    for resource in reader.resources.values():
        check = CATALOGUE.check_for(resource.type)
        assert check is not None
        try:
            stated += len(tuple(check.locate(resource, reader)))
        except CheckError:
            stated += 1
    assert stated >= len(tenant.resources)
    return (reader.count.looks + stated) / len(tenant.resources)


def body(resource_id: str, resource_type: str, **properties: Any) -> Body:
    return {
        "id": resource_id,
        "type": resource_type,
        "location": "westeurope",
        "properties": properties,
    }


def vault(number: int) -> Body:
    redundancy = {"standardTierStorageRedundancy": "ZoneRedundant"}
    vault_id, kind = f"{VAULTS}/v{number}", "microsoft.recoveryservices/vaults"
    return body(vault_id, kind, redundancySettings=redundancy)


def item(number: int, **details: Any) -> Body:
    protected = [{"diskId": f"{DISKS}/d{number}", "recoveryReplicaDiskId": f"{DISKS}/r{number}"}]
    return {
        "id": f"{VAULTS}/v0/replicationFabrics/f{number}/replicationProtectionContainers/c/i/i",
        "properties": {
            "activeLocation": "Primary",
            "recoveryFabricId": f"{VAULTS}/v0/replicationFabrics/f{number}",
            "providerSpecificDetails": {"protectedManagedDisks": protected, **details},
        },
    }


def disks(number: int) -> list[Body]:
    return [body(f"{DISKS}/d{each}", "microsoft.compute/disks") for each in range(number)]


def replicated_disks(size: int) -> Tenant:
    """A vault for every ten disks, each with an item for half of them."""
    lists = {
        f"{VAULTS}/v{each}/replicationProtectedItems": [
            item(each * 10 + disk, recoveryFabricLocation="northeurope") for disk in range(5)
        ]
        for each in range(size // 10)
    }
    vaults = [vault(each) for each in range(size // 10)]
    return Tenant(resources=[*disks(size), *vaults], lists=lists)


def disks_and_clusters(size: int) -> Tenant:
    """The same, with a cluster in each vault that cannot be read."""
    told = replicated_disks(size)
    lists: dict[str, Any] = {
        path: [item(size + number, protectionClusterId="c")]
        for number, path in enumerate(told.lists)
    }
    denied = {
        path.replace("ProtectedItems", "ProtectionClusters"): AccessDenied("no") for path in lists
    }
    return Tenant(resources=told.resources, lists={**lists, **denied})


def disks_beside_vaults_that_cannot_be_read(size: int) -> Tenant:
    told = replicated_disks(size)
    return Tenant(
        resources=told.resources, lists=dict.fromkeys(told.lists, AccessDenied("no", code="no"))
    )


def items_of_one_vault(size: int) -> Tenant:
    """Items that name no region, so that each is where its fabric is."""
    fabrics = [
        {
            "id": f"{VAULTS}/v0/replicationFabrics/f{each}",
            "properties": {"customDetails": {"instanceType": "Azure", "location": "northeurope"}},
        }
        for each in range(size)
    ]
    lists = {
        f"{VAULTS}/v0/replicationProtectedItems": [item(each) for each in range(size)],
        f"{VAULTS}/v0/replicationFabrics": fabrics,
        f"{VAULTS}/v0/backupProtectedItems": [
            {"properties": {"sourceResourceId": f"{DISKS}/d{each}"}} for each in range(size)
        ],
    }
    return Tenant(resources=[*disks(size), vault(0)], lists=lists)


def flexible_servers(size: int) -> Tenant:
    """Every other server follows the one before it."""
    servers = [
        body(
            f"{SERVERS}/s{each}",
            "microsoft.dbforpostgresql/flexibleservers",
            replicationRole="AsyncReplica" if each % 2 else "Primary",
            sourceServerResourceId=f"{SERVERS}/S{each - 1}" if each % 2 else None,
        )
        for each in range(size)
    ]
    return Tenant(resources=servers)


def flexible_servers_that_do_not_tell_their_source(size: int) -> Tenant:
    told = flexible_servers(size)
    for each in told.resources[::2]:
        each["properties"]["sourceServerResourceId"] = 42
    return told


def storage_accounts(size: int) -> Tenant:
    """Each sends on to the one after it, which is named without its id."""
    accounts = [
        {
            **body(
                f"{ACCOUNTS}/a{each}",
                "microsoft.storage/storageaccounts",
                primaryLocation="westeurope",
            ),
            "sku": {"name": "Standard_LRS"},
        }
        for each in range(size)
    ]
    lists = {
        f"{ACCOUNTS}/a{each}/objectReplicationPolicies": [
            {"properties": {"destinationAccount": f"A{(each + 1) % size}"}}
        ]
        for each in range(size)
    }
    return Tenant(resources=accounts, lists=lists)


def databases_of_one_server(size: int) -> Tenant:
    """Each has a link, and all are in groups of ten."""
    owners = [f"{SQL}/databases/d{each}" for each in range(size)]
    roles = {"role": "Primary", "partnerRole": "Secondary", "partnerLocation": "northeurope"}
    partner = {"location": "northeurope", "replicationRole": "Secondary"}
    lists = {
        f"{SQL}/replicationLinks": [
            {"id": f"{owner}/replicationLinks/l", "properties": roles} for owner in owners
        ],
        f"{SQL}/failoverGroups": [
            {
                "properties": {
                    "replicationRole": "Primary",
                    "partnerServers": [partner],
                    "databases": owners[first : first + 10],
                }
            }
            for first in range(0, size, 10)
        ],
    }
    server = body(SQL, "microsoft.sql/servers")
    databases = [body(owner, "microsoft.sql/servers/databases") for owner in owners]
    return Tenant(resources=[server, *databases], lists=lists)


def databases_beside_a_link_that_does_not_say_whose_it_is(size: int) -> Tenant:
    told = databases_of_one_server(size)
    links = [*told.lists[f"{SQL}/replicationLinks"], {"id": None}]
    return Tenant(resources=told.resources, lists={f"{SQL}/replicationLinks": links})


def databases_of_one_instance(size: int) -> Tenant:
    """Each has a link of its own, and there are groups of other instances."""
    links = [
        {
            "properties": {
                "instanceLinkRole": "Primary",
                "partnerLinkRole": "Secondary",
                "databases": [{"databaseName": f"D{each}"}],
            }
        }
        for each in range(size)
    ]
    groups = [
        {
            "properties": {
                "managedInstancePairs": [
                    {
                        "primaryManagedInstanceId": f"{INSTANCE}{each}",
                        "partnerManagedInstanceId": f"{INSTANCE}{each}-b",
                    }
                ]
            }
        }
        for each in range(size // 10)
    ]
    lists = {
        f"{INSTANCE}/distributedAvailabilityGroups": links,
        f"{LOCATION}/instanceFailoverGroups": groups,
    }
    instance = body(INSTANCE, "microsoft.sql/managedinstances")
    databases = [
        body(f"{INSTANCE}/databases/d{each}", "microsoft.sql/managedinstances/databases")
        for each in range(size)
    ]
    return Tenant(resources=[instance, *databases], lists=lists)


TENANTS = (
    replicated_disks,
    disks_and_clusters,
    disks_beside_vaults_that_cannot_be_read,
    items_of_one_vault,
    flexible_servers,
    flexible_servers_that_do_not_tell_their_source,
    storage_accounts,
    databases_of_one_server,
    databases_beside_a_link_that_does_not_say_whose_it_is,
    databases_of_one_instance,
)


@pytest.mark.parametrize("tenant", TENANTS, ids=lambda tenant: tenant.__name__)
def test_a_resource_costs_no_more_in_a_tenant_ten_times_as_large(
    tenant: Callable[[int], Tenant],
) -> None:
    assert per_resource(tenant(LARGE)) <= MOST * per_resource(tenant(SMALL))
