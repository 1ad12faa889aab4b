"""Serves a subscription full of storage accounts on loopback, for programs that are compared.

    python bench/peers/server.py ACCOUNTS

Prints one line of JSON once it listens: its address, how many bytes an account has, and how many
accounts have a place outside the list of allowed countries. It is the simulator itself, which keeps
bodies as JSON: a page costs it some milliseconds, and who asks is what is measured.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import overload

from residency.simulator.answers import encode
from residency.simulator.server import serve
from residency.simulator.simulator import Simulator
from residency.simulator.world import Body, Estate, Subscription

SUBSCRIPTION = "b6000000-0000-4000-8000-000000000001"
GROUPS = 40
_ENDPOINTS = ("dfs", "web", "blob", "queue", "table", "file")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account is. `outside`: not all of it is in the allowed countries."""

    primary: str
    secondary: str
    sku: str
    kind: str = "StorageV2"
    outside: bool = False


PLACES = (
    Place("westeurope", "", "Standard_ZRS"),
    Place("westeurope", "northeurope", "Standard_RAGRS", outside=True),
    Place("germanywestcentral", "germanynorth", "Standard_GRS"),
    Place("westeurope", "", "Premium_LRS", "BlockBlobStorage"),
    Place("francecentral", "", "Standard_LRS"),
    Place("swedencentral", "swedensouth", "Standard_GZRS"),
    Place("northeurope", "westeurope", "Standard_GRS", outside=True),
    Place("westeurope", "", "Standard_LRS"),
    Place("francecentral", "francesouth", "Standard_RAGZRS"),
    Place("uksouth", "ukwest", "Standard_GRS", outside=True),
    Place("germanywestcentral", "", "Premium_ZRS", "FileStorage"),
    Place("swedencentral", "", "Standard_ZRS"),
    Place("eastus", "", "Standard_LRS", outside=True),
    Place("westeurope", "", "Standard_ZRS"),
    Place("germanywestcentral", "", "Standard_ZRS"),
    Place("westeurope", "northeurope", "Standard_GZRS", outside=True),
)


def account(number: int) -> Body:
    """Give one account, with the fields that Azure gives of an ordinary one.

    https://learn.microsoft.com/rest/api/storagerp/storage-accounts/list
    """
    place = PLACES[number % len(PLACES)]
    name = f"bench{number:08}"
    group = f"rg-bench-{number % GROUPS:02}"
    return {
        "sku": {"name": place.sku, "tier": place.sku.partition("_")[0]},
        "kind": place.kind,
        "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"
        f"/providers/Microsoft.Storage/storageAccounts/{name}",
        "name": name,
        "type": "Microsoft.Storage/storageAccounts",
        "location": place.primary,
        "tags": {"environment": "production", "owner": f"team-{number % 7}"},
        "properties": {**_settings(_made(number)), **_places(name, place)},
    }


def _made(number: int) -> str:
    """Give a moment of its own to each account, as Azure does."""
    return f"2024-03-05T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.4419213Z"


def _settings(made: str) -> Body:
    enabled = {"keyType": "Account", "enabled": True, "lastEnabledTime": made}
    return {
        "dnsEndpointType": "Standard",
        "defaultToOAuthAuthentication": False,
        "publicNetworkAccess": "Disabled",
        "keyCreationTime": {"key1": made, "key2": made},
        "allowCrossTenantReplication": False,
        "privateEndpointConnections": [],
        "minimumTlsVersion": "TLS1_2",
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "networkAcls": {
            "resourceAccessRules": [],
            "bypass": "AzureServices",
            "virtualNetworkRules": [],
            "ipRules": [],
            "defaultAction": "Deny",
        },
        "supportsHttpsTrafficOnly": True,
        "encryption": {
            "requireInfrastructureEncryption": False,
            "services": {"file": enabled, "blob": enabled},
            "keySource": "Microsoft.Storage",
        },
        "accessTier": "Hot",
        "provisioningState": "Succeeded",
        "creationTime": made,
    }


def _places(name: str, place: Place) -> Body:
    found: Body = {
        "primaryEndpoints": _endpoints(name),
        "primaryLocation": place.primary,
        "statusOfPrimary": "available",
    }
    if place.secondary:
        found |= {"secondaryLocation": place.secondary, "statusOfSecondary": "available"}
    if "_RA" in place.sku:
        found["secondaryEndpoints"] = _endpoints(f"{name}-secondary")
    return found


def _endpoints(name: str) -> Body:
    return {kind: f"https://{name}.{kind}.core.windows.net/" for kind in _ENDPOINTS}


class Accounts(Sequence[Body]):
    """So many accounts, each made when it is read."""

    def __init__(self, total: int) -> None:
        self._total = total

    def __len__(self) -> int:
        return self._total

    @overload
    def __getitem__(self, index: int) -> Body: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Body]: ...
    def __getitem__(self, index: int | slice) -> Body | Sequence[Body]:
        numbers = range(self._total)[index]
        return account(numbers) if isinstance(numbers, int) else [account(one) for one in numbers]

    def __iter__(self) -> Iterator[Body]:
        return (account(number) for number in range(self._total))


def estate(accounts: int) -> Estate:
    """Give the subscription with its resource groups and accounts."""
    groups = [
        {
            "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-bench-{number:02}",
            "name": f"rg-bench-{number:02}",
            "type": "Microsoft.Resources/resourceGroups",
            "location": "westeurope",
        }
        for number in range(GROUPS)
    ]
    return Estate(
        tenant_id="b6000000-0000-4000-8000-0000000000ff",
        management_group="bench",
        subscriptions=[Subscription(id=SUBSCRIPTION, name="bench")],
        resource_groups=groups,
        resources=Accounts(accounts),
    )


def main() -> None:
    total = int(sys.argv[1])
    with suppress(KeyboardInterrupt), serve(Simulator(estate(total))) as running:
        outside = sum(PLACES[number % len(PLACES)].outside for number in range(total))
        told = {"url": running.url, "account_bytes": len(encode(account(1))), "outside": outside}
        print(json.dumps(told), flush=True)
        Event().wait()


if __name__ == "__main__":
    main()
