"""How each kind of call is read again: a table that nothing falls out of."""

import pytest

from checks.api_versions import API_VERSIONS
from residency.inventory.deleted_lists import DELETED_LISTS
from residency.scan.freshness import (
    EVERY_SCAN,
    LISTED_WHOLE,
    ROTATED,
    WHEN_CHANGED,
    Rule,
    kind_of,
    owners,
    rule_of,
    subscription_of,
    whole_list_of,
)

SUBSCRIPTION = "/subscriptions/s"
GROUP = f"{SUBSCRIPTION}/resourcegroups/g/providers"
ACCOUNT = f"{GROUP}/microsoft.storage/storageaccounts/a"
SERVER = f"{GROUP}/microsoft.sql/servers/q"
VAULT = f"{GROUP}/microsoft.recoveryservices/vaults/v"
SETTINGS = "providers/microsoft.insights/diagnosticsettings"
LONG_TERM = f"{SUBSCRIPTION}/providers/microsoft.sql/locations/westeurope/longtermretentionbackups"


def deleted_kinds() -> set[str]:
    return {
        f"{each.namespace}/{'locations/' if each.by_location else ''}{each.kind}".lower()
        for each in DELETED_LISTS
    }


def test_everything_that_checks_and_the_inventory_ask_has_a_line() -> None:
    lines = EVERY_SCAN | WHEN_CHANGED | ROTATED
    assert sorted((API_VERSIONS.keys() | deleted_kinds()) - lines) == []


def test_no_line_is_left_over() -> None:
    lines = EVERY_SCAN | WHEN_CHANGED | ROTATED
    assert sorted(lines - API_VERSIONS.keys() - deleted_kinds()) == []


def test_each_kind_is_read_in_one_way() -> None:
    assert not EVERY_SCAN & WHEN_CHANGED
    assert not EVERY_SCAN & ROTATED
    assert not WHEN_CHANGED & ROTATED


def test_what_was_deleted_is_read_in_turns() -> None:
    assert deleted_kinds() <= ROTATED


def test_one_list_does_for_many_only_of_what_is_read_in_every_scan() -> None:
    assert LISTED_WHOLE <= EVERY_SCAN


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (f"{SERVER}/failoverGroups", Rule.EVERY_SCAN),
        (f"{SERVER}/replicationLinks", Rule.EVERY_SCAN),
        (f"{GROUP}/microsoft.sql/locations/westeurope/instanceFailoverGroups", Rule.EVERY_SCAN),
        (f"{VAULT}/replicationProtectedItems", Rule.EVERY_SCAN),
        (f"{GROUP}/Microsoft.DocumentDB/databaseAccounts/c", Rule.EVERY_SCAN),
        (f"{GROUP}/microsoft.dbforpostgresql/flexibleservers/p", Rule.EVERY_SCAN),
        (f"{GROUP}/microsoft.eventhub/namespaces/n/disasterRecoveryConfigs", Rule.EVERY_SCAN),
        (f"{GROUP}/microsoft.cache/redis/r/linkedServers", Rule.EVERY_SCAN),
        (f"{GROUP}/microsoft.keyvault/managedhsms/h/regions", Rule.EVERY_SCAN),
        (ACCOUNT, Rule.EVERY_SCAN),
        (f"{ACCOUNT}/objectReplicationPolicies", Rule.WHEN_CHANGED),
        (f"{GROUP}/microsoft.cognitiveservices/accounts/o/deployments", Rule.WHEN_CHANGED),
        (f"{VAULT}/backupstorageconfig/vaultstorageconfig", Rule.WHEN_CHANGED),
        (f"{ACCOUNT}/{SETTINGS}", Rule.ROTATED),
        (f"{ACCOUNT}/blobservices/default/{SETTINGS}", Rule.ROTATED),
        (f"{VAULT}/backupProtectedItems", Rule.ROTATED),
        (LONG_TERM, Rule.ROTATED),
        (f"{SUBSCRIPTION}/providers/Microsoft.KeyVault/deletedVaults", Rule.ROTATED),
        (f"{GROUP}/contoso.pack/things/t/parts", Rule.EVERY_SCAN),
    ],
)
def test_a_failover_is_read_in_every_scan_and_a_setting_is_not(path: str, rule: Rule) -> None:
    assert rule_of(path) is rule


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (ACCOUNT, (ACCOUNT,)),
        (f"{ACCOUNT}/objectreplicationpolicies", (ACCOUNT,)),
        (f"{ACCOUNT}/{SETTINGS}", (ACCOUNT,)),
        (
            f"{ACCOUNT}/blobservices/default/{SETTINGS}",
            (f"{ACCOUNT}/blobservices/default", ACCOUNT),
        ),
        (
            f"{SERVER}/databases/d/geobackuppolicies",
            (f"{SERVER}/databases/d", SERVER),
        ),
        (f"{VAULT}/backupstorageconfig/x", (f"{VAULT}/backupstorageconfig/x", VAULT)),
        (LONG_TERM, ()),
        (f"{GROUP}/microsoft.sql/locations/westeurope/instancefailovergroups", ()),
        (f"{SUBSCRIPTION}/providers/microsoft.keyvault/deletedvaults", ()),
    ],
)
def test_an_answer_hangs_on_what_it_was_read_of_and_all_above(
    path: str, expected: tuple[str, ...]
) -> None:
    assert owners(path) == expected


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        (
            f"{GROUP}/Microsoft.DocumentDB/databaseAccounts/c",
            f"{SUBSCRIPTION}/providers/microsoft.documentdb/databaseaccounts",
        ),
        (f"{GROUP}/microsoft.documentdb/databaseaccounts/c/services", ""),
        (f"{SUBSCRIPTION}/providers/microsoft.documentdb/databaseaccounts", ""),
        (ACCOUNT, ""),
    ],
)
def test_the_list_of_a_subscription_has_what_is_in_its_groups(path: str, whole: str) -> None:
    assert whole_list_of(path) == whole


def test_a_kind_has_no_names_in_it() -> None:
    assert kind_of(f"{ACCOUNT}/blobServices/default/{SETTINGS}") == (
        "microsoft.insights/diagnosticsettings"
    )
    assert kind_of(LONG_TERM) == "microsoft.sql/locations/longtermretentionbackups"


@pytest.mark.parametrize(
    ("path", "expected"),
    [(ACCOUNT, "s"), (SUBSCRIPTION, "s"), ("/providers/microsoft.management/groups", "")],
)
def test_a_quota_is_that_of_the_subscription(path: str, expected: str) -> None:
    assert subscription_of(path) == expected
