"""Azure SQL Database: the same topology from both ends, and backups that a field decides."""

from typing import Any

import pytest

from checks.sql_database import DATABASE, SERVER
from residency.errors import AccessDenied, CheckError
from residency.model import Holds, Placement, Reason, Role
from residency.testing import JsonReader, run_check

SERVERS = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Sql/servers"
HERE = f"{SERVERS}/here"
DATABASE_ID = f"{HERE}/databases/Orders"
LOCATIONS = "/subscriptions/s1/providers/Microsoft.Sql/locations"
REGIONS = ("westeurope", "northeurope", "uksouth", "italynorth")
DENIED = AccessDenied("not allowed", code="AuthorizationFailed")
LOCAL = {"currentBackupStorageRedundancy": "Local", "requestedBackupStorageRedundancy": "Local"}
NONE: dict[str, Any] = {"value": []}
LIVE = {Role.PRIMARY, Role.REPLICA}
HOME_COPY, PAIR_COPY = ("westeurope", "observed"), ("northeurope", "documented")


def database(location: str = "westeurope", **properties: Any) -> dict[str, Any]:
    return {
        "id": DATABASE_ID,
        "name": "Orders",
        "type": "Microsoft.Sql/servers/databases",
        "location": location,
        "sku": {"name": "GP_Gen5", "tier": "GeneralPurpose"},
        "properties": {**LOCAL, **properties},
    }


def link(
    role: str | None, partner: str | None, location: str | None, **more: Any
) -> dict[str, Any]:
    owner = more.pop("of", DATABASE_ID)
    known = {"role": role, "partnerRole": partner, "partnerLocation": location, **more}
    return {
        "id": f"{owner}/replicationLinks/{location}",
        "properties": {"linkType": "GEO", **known},
    }


def group(
    role: str, *partners: tuple[str, str], members: tuple[str, ...] = (DATABASE_ID,)
) -> dict[str, Any]:
    servers = [
        {"id": f"{SERVERS}/there", "location": location, "replicationRole": other}
        for location, other in partners
    ]
    properties = {"replicationRole": role, "partnerServers": servers, "databases": list(members)}
    return {"id": f"{HERE}/failoverGroups/fog", "properties": properties}


def reader(links: Any = (), groups: Any = (), **more: Any) -> JsonReader:
    def answer(found: Any) -> Any:
        return found if isinstance(found, Exception) else {"value": list(found)}

    answers = {
        f"{HERE}/replicationLinks": answer(links),
        f"{HERE}/failoverGroups": answer(groups),
        f"{HERE}/recoverableDatabases": answer(()),
        f"{HERE}/restorableDroppedDatabases": answer(()),
    }
    for region in REGIONS:
        answers[f"{LOCATIONS}/{region}/longTermRetentionBackups"] = answer(())
        answers[f"{LOCATIONS}/{region}/syncDatabaseIds"] = answer(())
    return JsonReader(answers={**answers, **more.get("answers", {})})


def placements(body: dict[str, Any], links: Any = (), groups: Any = ()) -> list[Placement]:
    found = run_check(DATABASE, body, reader(links, groups))
    return [place for place in found if place.role in LIVE]


def live(body: dict[str, Any], links: Any = (), groups: Any = ()) -> list[tuple[str, str]]:
    return sorted((p.role, p.region) for p in placements(body, links, groups))


def story(found: list[Placement]) -> tuple[str, bool, tuple[str, ...] | None]:
    (place,) = [place for place in found if place.role is Role.PRIMARY]
    return place.region, place.writer, place.failover.path if place.failover else None


WEST_WRITES = [("primary", "westeurope"), ("replica", "northeurope")]
NORTH_WRITES = [("primary", "northeurope"), ("replica", "westeurope")]
BOTH_ENDS = [
    ("westeurope", "Primary", "Secondary", "North Europe", WEST_WRITES),
    ("northeurope", "Secondary", "Primary", "West Europe", WEST_WRITES),
    ("northeurope", "Primary", "Secondary", "West Europe", NORTH_WRITES),
    ("westeurope", "Secondary", "Primary", "North Europe", NORTH_WRITES),
    ("westeurope", "NonReadableSecondary", "Primary", "North Europe", NORTH_WRITES),
]


@pytest.mark.parametrize(("here", "role", "other", "there", "expected"), BOTH_ENDS)
def test_a_link_and_a_group_tell_the_same_from_both_ends(
    here: str, role: str, other: str, there: str, expected: list[tuple[str, str]]
) -> None:
    body = database(here)
    told = link(role, other, there)
    member = group(role, (there, other))
    assert live(body, links=[told]) == expected
    assert live(body, groups=[member]) == expected
    assert live(body, links=[told], groups=[member]) == expected


@pytest.mark.parametrize(
    ("here", "role", "other", "there", "expected"),
    [
        ("northeurope", "Primary", "Secondary", "West Europe", ("westeurope",)),
        ("westeurope", "Secondary", "Primary", "North Europe", ("westeurope",)),
        ("westeurope", "Primary", "Secondary", "North Europe", ("northeurope",)),
    ],
)
def test_the_written_copy_names_the_region_that_it_may_have_come_from(
    here: str, role: str, other: str, there: str, expected: tuple[str, ...]
) -> None:
    region = here if role == "Primary" else "northeurope"
    by_link = placements(database(here), links=[link(role, other, there)])
    by_group = placements(database(here), groups=[group(role, (there, other))])
    assert story(by_link) == (region, True, expected)
    assert story(by_group) == (region, True, expected)
    (written,) = [place for place in by_link if place.role is Role.PRIMARY]
    assert written.failover is not None
    assert written.failover.since is None
    assert "ole = 'Primary'" in str(written.failover.evidence)


def test_a_partner_on_a_server_that_cannot_be_read_still_has_the_region_of_the_link() -> None:
    body = database()
    (copy,) = [
        p
        for p in placements(body, links=[link("Primary", "Secondary", "UK South")])
        if p.role is Role.REPLICA
    ]
    assert copy.region == "uksouth"
    assert "properties.partnerLocation = 'UK South'" in str(copy.evidence)


def test_several_partners_are_several_replicas_and_no_single_former_primary() -> None:
    links = [
        link("Primary", "Secondary", "North Europe"),
        link("Primary", "Secondary", "Sweden Central"),
    ]
    found = placements(database(), links=links)
    assert sorted(p.region for p in found if p.role is Role.REPLICA) == [
        "northeurope",
        "swedencentral",
    ]
    assert story(found) == ("westeurope", True, None)


def test_the_partner_of_the_failover_group_is_the_one_that_swaps() -> None:
    links = [
        link("Primary", "Secondary", "Sweden Central"),
        link("Primary", "Secondary", "West Europe"),
    ]
    groups = [group("Primary", ("West Europe", "Secondary"))]
    found = placements(database("northeurope"), links=links, groups=groups)
    assert story(found) == ("northeurope", True, ("westeurope",))


def test_where_a_link_and_a_group_do_not_agree_on_the_writer_it_stays_open() -> None:
    links = [link("Primary", "Secondary", "North Europe")]
    groups = [group("Secondary", ("North Europe", "Primary"))]
    found = placements(database(), links=links, groups=groups)
    assert {(p.role, p.region) for p in found} == {*WEST_WRITES, ("primary", "unknown")}
    assert [p.decides_primary for p in found if p.unresolved] == [True]


@pytest.mark.parametrize("odd", [None, "", "orders", 42])
def test_a_link_that_does_not_say_whose_it_is_is_no_link_of_somebody_else(odd: Any) -> None:
    nameless = {**link("Primary", "Secondary", "UK South"), "id": odd}
    with pytest.raises(CheckError):
        placements(database(), links=[nameless])


@pytest.mark.parametrize("members", [None, "", 42, [""], ["orders"], [42], [None]])
def test_a_group_that_does_not_say_which_databases_are_in_it_may_hold_any(members: Any) -> None:
    odd = group("Primary", ("UK South", "Secondary"))
    odd["properties"]["databases"] = members
    with pytest.raises(CheckError):
        placements(database(), groups=[odd])


def test_a_group_that_names_a_database_holds_it_whatever_else_it_names() -> None:
    members = (DATABASE_ID, "orders")
    odd = group("Primary", ("North Europe", "Secondary"), members=members)
    assert live(database(), groups=[odd]) == WEST_WRITES


@pytest.mark.parametrize("partners", [None, []])
def test_a_group_without_a_partner_has_one_that_nobody_knows(partners: Any) -> None:
    odd = group("Primary")
    odd["properties"]["partnerServers"] = partners
    assert live(database(), groups=[odd]) == [("primary", "westeurope"), ("replica", "unknown")]


@pytest.mark.parametrize("kind", [None, "", "Brand new", "NAMED"])
def test_only_a_link_that_can_swap_its_ends_explains_a_primary_elsewhere(kind: str | None) -> None:
    told = link("Primary", "Secondary", "West Europe", linkType=kind)
    assert story(placements(database("northeurope"), links=[told]))[2] is None


def test_a_region_that_only_the_group_names_counts_too() -> None:
    links = [link("Primary", "Secondary", "North Europe")]
    groups = [group("Primary", ("North Europe", "Secondary"), ("Sweden Central", "Secondary"))]
    assert ("replica", "swedencentral") in live(database(), links=links, groups=groups)


def test_a_secondary_of_a_secondary_is_no_primary() -> None:
    links = [
        link("Secondary", "Primary", "North Europe"),
        link("Primary", "Secondary", "Sweden Central"),
    ]
    assert live(database(), links=links) == [
        ("primary", "northeurope"),
        ("replica", "swedencentral"),
        ("replica", "westeurope"),
    ]


def test_a_standby_replica_is_a_replica() -> None:
    links = [link("Primary", "Secondary", "North Europe", linkType="STANDBY")]
    assert live(database(), links=links) == WEST_WRITES


@pytest.mark.parametrize("there", ["West Europe", "North Europe"])
def test_a_named_replica_is_where_its_link_says_and_never_takes_over(there: str) -> None:
    found = placements(database(), links=[link("Primary", "Secondary", there, linkType="NAMED")])
    assert [p.region for p in found if p.role is Role.REPLICA] == [there.lower().replace(" ", "")]
    assert story(found) == ("westeurope", True, None)


def test_a_named_replica_itself_follows_its_primary() -> None:
    links = [link("Secondary", "Primary", "West Europe", linkType="NAMED")]
    found = placements(database(secondaryType="Named"), links=links)
    assert [(p.role, p.region) for p in found] == [
        ("replica", "westeurope"),
        ("primary", "westeurope"),
    ]
    assert story(found) == ("westeurope", True, None)


def test_a_copy_being_made_is_a_replica_and_no_failover() -> None:
    found = placements(database(), links=[link("Source", "Copy", "UK South")])
    assert sorted((p.role, p.region) for p in found) == [
        ("primary", "westeurope"),
        ("replica", "uksouth"),
    ]
    assert story(found) == ("westeurope", False, None)


def test_a_copy_that_is_being_filled_has_its_primary_at_the_source() -> None:
    found = placements(database("uksouth"), links=[link("Copy", "Source", "West Europe")])
    assert sorted((p.role, p.region) for p in found) == [
        ("primary", "westeurope"),
        ("replica", "uksouth"),
    ]
    assert story(found) == ("westeurope", False, None)


@pytest.mark.parametrize("role", [None, "Arbiter"])
def test_a_role_that_nobody_knows_leaves_the_primary_open(role: str | None) -> None:
    found = placements(database(), links=[link(role, "Secondary", "North Europe")])
    assert sorted((p.role, p.region) for p in found) == [
        ("primary", "unknown"),
        ("replica", "northeurope"),
        ("replica", "westeurope"),
    ]
    assert [p.decides_primary for p in found if p.role is Role.PRIMARY] == [True]


def test_a_secondary_whose_partner_tells_no_role_leaves_the_primary_open() -> None:
    found = placements(database(), links=[link("Secondary", None, "North Europe")])
    assert ("primary", "unknown") in [(p.role, p.region) for p in found]
    assert ("replica", "northeurope") in [(p.role, p.region) for p in found]


def test_a_link_that_names_no_region_is_an_unknown_replica() -> None:
    assert ("replica", "unknown") in live(database(), links=[link("Primary", "Secondary", None)])


def test_the_links_of_other_databases_say_nothing_of_this_one() -> None:
    links = [link("Primary", "Secondary", "UK South", of=f"{HERE}/databases/Orders2")]
    assert live(database(), links=links) == [("primary", "westeurope")]


def test_a_group_that_does_not_hold_the_database_says_nothing_of_it() -> None:
    groups = [
        group("Primary", ("UK South", "Secondary"), members=(f"{HERE}/databases/Orders2",)),
        group("Primary", ("UK South", "Secondary"), members=()),
    ]
    assert live(database(), groups=groups) == [("primary", "westeurope")]


def test_a_group_that_lists_its_members_on_the_partner_holds_them_here_too() -> None:
    members = (f"{SERVERS}/there/databases/orders",)
    groups = [group("Secondary", ("North Europe", "Primary"), members=members)]
    assert live(database(), groups=groups) == NORTH_WRITES


@pytest.mark.parametrize("kind", ["Geo", "Named", "Standby"])
def test_a_database_that_calls_itself_a_secondary_is_no_primary(kind: str) -> None:
    found = placements(database(secondaryType=kind), links=DENIED)
    assert ("replica", "westeurope") in [(p.role, p.region) for p in found]
    hidden = [p for p in found if p.role is Role.PRIMARY]
    assert [(p.region, p.decides_primary) for p in hidden] == [("unknown", True)]


def test_links_that_may_not_be_read_leave_open_which_copy_is_written() -> None:
    found = run_check(DATABASE, database(), reader(DENIED, [group("Primary")]))
    (gap,) = [place for place in found if place.unresolved is Reason.FACET_UNREADABLE]
    assert gap.decides_primary
    assert gap.evidence.value == "AuthorizationFailed"
    assert ("primary", "westeurope") in [(p.role, p.region) for p in found]


def test_groups_still_tell_when_links_may_not_be_read() -> None:
    groups = [group("Secondary", ("North Europe", "Primary"))]
    found = placements(database(), links=DENIED, groups=groups)
    assert story([p for p in found if not p.unresolved]) == ("northeurope", True, ("westeurope",))


def test_high_availability_in_the_region_is_no_failover_and_no_copy_elsewhere() -> None:
    body = database(
        zoneRedundant=True,
        readScale="Enabled",
        highAvailabilityReplicaCount=2,
        defaultSecondaryLocation="North Europe",
    )
    found = placements(body)
    assert [(p.role, p.region) for p in found] == [("primary", "westeurope")]
    assert story(found) == ("westeurope", False, None)


def test_the_system_database_holds_no_customer_data() -> None:
    body = database() | {"id": f"{HERE}/databases/master", "name": "master"}
    (found,) = run_check(DATABASE, body)
    assert (found.role, found.region, found.metadata_only) == (
        Role.PROCESSING,
        "westeurope",
        True,
    )


def backed_up(
    current: str | None, requested: str | None = None, location: str = "westeurope"
) -> list[tuple[str, str]]:
    body = database(
        location,
        currentBackupStorageRedundancy=current,
        requestedBackupStorageRedundancy=requested or current,
    )
    found = run_check(DATABASE, body, reader())
    return sorted((p.region, p.basis) for p in found if p.role is Role.BACKUP)


@pytest.mark.parametrize(
    ("redundancy", "expected"),
    [
        ("Local", [HOME_COPY]),
        ("Zone", [HOME_COPY]),
        ("Geo", [PAIR_COPY, HOME_COPY]),
        ("GeoZone", [PAIR_COPY, HOME_COPY]),
    ],
)
def test_backups_are_where_the_redundancy_of_their_storage_puts_them(
    redundancy: str, expected: list[tuple[str, str]]
) -> None:
    assert backed_up(redundancy) == expected


@pytest.mark.parametrize(("current", "requested"), [("Geo", "Local"), ("Local", "Geo")])
def test_the_current_and_the_requested_redundancy_both_count(current: str, requested: str) -> None:
    assert backed_up(current, requested) == [PAIR_COPY, HOME_COPY]


def test_backups_in_the_region_itself_cite_the_redundancy_that_says_so() -> None:
    found = run_check(DATABASE, database(), reader())
    cited = [p.evidence.path for p in found if p.role is Role.BACKUP]
    assert cited == ["properties.currentBackupStorageRedundancy"]


def test_a_redundancy_that_is_requested_and_not_stated_is_unknown() -> None:
    body = database(requestedBackupStorageRedundancy=None)
    told = reader(answers={DATABASE_ID: body})
    found = [p.region for p in run_check(DATABASE, body, told) if p.role is Role.BACKUP]
    assert sorted(found) == ["unknown", "westeurope"]


def test_a_provider_that_may_not_be_asked_for_a_redundancy_leaves_what_is_known_standing() -> None:
    body = database(requestedBackupStorageRedundancy=None)
    told = reader(answers={DATABASE_ID: DENIED})
    found = [p for p in run_check(DATABASE, body, told) if p.role is Role.BACKUP]
    assert sorted(p.region for p in found) == ["unknown", "unknown", "westeurope"]
    assert found[0].unresolved is Reason.FACET_UNREADABLE


def kept(**lists: Any) -> list[Placement]:
    answers = {f"{HERE}/{path}": {"value": found} for path, found in lists.items()}
    long_term = answers.pop(f"{HERE}/long_term", {"value": []})
    path = f"{LOCATIONS}/westeurope/longTermRetentionBackups"
    found = run_check(DATABASE, database(), reader(answers={**answers, path: long_term}))
    return [p for p in found if p.role is Role.BACKUP]


def long_term(redundancy: str | None, **more: Any) -> dict[str, Any]:
    named = {"serverName": "HERE", "databaseName": "orders", **more}
    return {"id": "ltr", "properties": {**named, "backupStorageRedundancy": redundancy}}


@pytest.mark.parametrize(
    ("redundancy", "expected"),
    [
        ("Local", ["westeurope"]),
        ("Zone", ["westeurope"]),
        ("Geo", ["northeurope", "westeurope"]),
        ("GeoZone", ["northeurope", "westeurope"]),
        ("Lunar", ["unknown", "westeurope"]),
        (None, ["unknown", "westeurope"]),
    ],
)
def test_a_long_term_backup_is_where_its_own_redundancy_puts_it(
    redundancy: str | None, expected: list[str]
) -> None:
    found = kept(long_term=[long_term(redundancy), long_term(redundancy)])
    assert sorted(p.region for p in found) == expected


@pytest.mark.parametrize("odd", [{"serverName": None}, {"databaseName": ""}, {"serverName": 42}])
def test_a_long_term_backup_that_does_not_say_whose_it_is_may_be_of_any(
    odd: dict[str, Any],
) -> None:
    found = kept(long_term=[long_term("Local", **odd)])
    assert [p.unresolved for p in found] == [None, Reason.FACET_UNREADABLE]


def test_the_long_term_backups_of_another_server_say_nothing_of_this_one() -> None:
    found = kept(
        long_term=[long_term("Lunar", serverName="here2"), long_term("Geo", databaseName="x")]
    )
    assert [p.region for p in found] == ["westeurope"]


def test_a_recoverable_database_without_a_name_may_be_any() -> None:
    assert [p.region for p in kept(recoverableDatabases=[{}])] == ["westeurope", "unknown"]


def test_the_pair_is_the_databases_own_and_may_be_outside_the_union() -> None:
    assert ("ukwest", "documented") in backed_up("Geo", location="uksouth")


def test_a_geo_copy_of_a_region_without_a_pair_is_somewhere_nobody_knows() -> None:
    expected = {("italynorth", "observed"), ("unknown", "observed")}
    assert set(backed_up("Geo", location="italynorth")) == expected


def test_a_missing_redundancy_is_unknown_and_never_the_default() -> None:
    assert set(backed_up(None)) == {("unknown", "observed")}


def test_a_redundancy_that_nobody_knows_is_unknown() -> None:
    assert ("unknown", "observed") in backed_up("Lunar")


POOL = {"sku": {"name": "DW100c", "tier": "DataWarehouse"}, "kind": "v12.0,user,datawarehouse"}


def pool_backups(answer: Any, **properties: str) -> list[str]:
    body = database() | POOL | {"properties": properties}
    answers = {f"{DATABASE_ID}/geoBackupPolicies": answer}
    found = run_check(DATABASE, body, reader(answers=answers))
    return sorted(p.region for p in found if p.role is Role.BACKUP)


def state(found: str | None) -> dict[str, Any]:
    return {
        "value": [
            {"id": f"{DATABASE_ID}/geoBackupPolicies/Default", "properties": {"state": found}}
        ]
    }


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (state("Enabled"), ["northeurope", "westeurope"]),
        (state("Disabled"), ["westeurope"]),
        (state(None), ["unknown", "westeurope"]),
        (state("Perhaps"), ["unknown", "westeurope"]),
        ({"value": []}, ["unknown", "westeurope"]),
        (DENIED, ["unknown", "westeurope"]),
    ],
)
def test_a_dedicated_pool_is_backed_up_as_its_geo_backup_policy_says(
    answer: Any, expected: list[str]
) -> None:
    assert pool_backups(answer) == expected


def test_a_dedicated_pool_that_states_a_redundancy_is_taken_at_its_word() -> None:
    found = pool_backups(state("Disabled"), currentBackupStorageRedundancy="Geo")
    assert found == ["northeurope", "westeurope"]


@pytest.mark.parametrize(
    "mark",
    [{"sku": {"name": "DW200c"}}, {"sku": {"tier": "DataWarehouse"}}, {"kind": "datawarehouse"}],
)
def test_a_dedicated_pool_is_known_by_its_sku_or_its_kind(mark: dict[str, Any]) -> None:
    body = database() | mark
    found = run_check(DATABASE, body, reader())
    assert "geoBackupPolicies" in " ".join(str(place.evidence) for place in found)


def server(groups: Any, dropped: Any = NONE) -> list[tuple[str, str]]:
    body = {"id": HERE, "name": "here", "type": "Microsoft.Sql/servers", "location": "westeurope"}
    known = reader(groups=groups, answers={f"{HERE}/restorableDroppedDatabases": dropped})
    return sorted((p.role, p.region) for p in run_check(SERVER, body, known))


def test_a_server_is_a_container_at_its_location() -> None:
    assert server([]) == [("primary", "westeurope")]


@pytest.mark.parametrize(
    ("redundancy", "location", "expected"),
    [
        ("Local", "westeurope", ["westeurope"]),
        ("Geo", "westeurope", ["northeurope", "westeurope"]),
        ("Lunar", "westeurope", ["unknown"]),
        (None, "westeurope", ["unknown"]),
        ("Local", None, ["unknown"]),
    ],
)
def test_what_was_dropped_from_a_server_keeps_its_backups_there(
    redundancy: str | None, location: str | None, expected: list[str]
) -> None:
    gone = {"location": location, "properties": {"backupStorageRedundancy": redundancy}}
    found = server([], {"value": [gone]})
    assert [region for role, region in found if role == "backup"] == expected


def test_dropped_databases_that_may_not_be_read_are_unknown_on_the_server() -> None:
    assert server([], DENIED) == [("backup", "unknown"), ("primary", "westeurope")]


def test_a_group_without_databases_is_stated_on_its_server() -> None:
    empty = group("Primary", ("UK South", "Secondary"), members=())
    assert server([empty]) == [("primary", "westeurope"), ("replica", "uksouth")]


def test_a_group_with_databases_is_stated_on_them_and_not_on_the_server() -> None:
    assert server([group("Primary", ("UK South", "Secondary"))]) == [("primary", "westeurope")]


def test_groups_that_may_not_be_read_are_unknown_on_the_server() -> None:
    assert server(DENIED) == [("primary", "westeurope"), ("replica", "unknown")]


def test_a_database_can_fail_over_and_a_server_cannot() -> None:
    assert (DATABASE.can_fail_over, DATABASE.holds) == (True, Holds.STORES)
    assert (SERVER.can_fail_over, SERVER.holds) == (False, Holds.NONE)
    assert all(check.reads and check.uses_properties for check in (DATABASE, SERVER))
