"""Whatever is damaged in an answer of Azure, nothing turns compliant and no place is lost."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.mutation.exceptions import Kind
from bench.mutation.laboratory import Laboratory, laboratory
from bench.mutation.leaves import VALUES, Mutation
from checks import CHECKS
from residency.check import Reader, observed, value
from residency.model import Placement, Resource, Role, Status

MUTATIONS = 1500
AFTERWARDS = 25
SEED = 20_261_120

FIRST = [
    ("storageaccounts/stmilestonesfiles01", "properties.secondaryLocation"),
    ("databaseaccounts/cosmos-dashboards-prod", "properties.readLocations.1.locationName"),
    ("flexibleservers/mysql-procs-dr-ne", "location"),
    ("servers/sql-dashboards-prod-we/replicationlinks#0", "properties.partnerLocation"),
    ("servers/sql-dashboards-prod-we/failovergroups#0", "properties.partnerServers.0.location"),
    ("locations/westeurope/instancefailovergroups#0", "properties.partnerRegions.0.location"),
    ("batch-worker/versions/3.3.0", "properties.publishingProfile.targetRegions.0.name"),
    (
        "vaults/rsv-procs-asr-ne/replicationprotecteditems#0",
        "properties.providerSpecificDetails.recoveryFabricLocation",
    ),
    ("vaults/rsv-milestones-prod-we", "location"),
    ("backupvaults/bvault-milestones-prod-we", "location"),
    ("accounts/oai-platform-prod-we", "location"),
]
"""One place of each check's, which is put outside the EU before anything else is damaged."""


def test_nothing_that_is_damaged_turns_compliant_or_loses_a_place(room: Laboratory) -> None:
    drawn = room.sample(MUTATIONS, SEED)
    every_kind = {str(mutation) for mutation in room.mutations_of_what_is_read()}
    assert len(drawn) == MUTATIONS
    assert {str(mutation) for mutation in drawn} >= every_kind
    assert {str(mutation.value) for mutation in drawn} == {str(value) for value in VALUES}
    assert [str(found) for mutation in drawn for found in room.findings(mutation)] == []


@pytest.mark.parametrize(("tail", "path"), FIRST, ids=[tail for tail, _ in FIRST])
def test_a_place_outside_the_eu_stays_seen_whatever_else_is_damaged(
    room: Laboratory, tail: str, path: str
) -> None:
    document = room.document(tail)
    first = room.mutation(document, path, "eastus")
    worse = room.after(first)
    assert any(worse.statuses(each)[0] is Status.VIOLATION for each in room.world.resources)
    others = [each for each in worse.mutations_of(document) if not overlaps(each, first)]
    dice = random.Random(SEED)  # noqa: S311 - nothing secret
    drawn = dice.sample(others, min(AFTERWARDS, len(others)))
    found = [finding for second in drawn for finding in worse.findings(second)]
    assert [str(each) for each in found if each.kind is Kind.COMPLIANT] == []


def overlaps(one: Mutation, other: Mutation) -> bool:
    shorter, longer = sorted((one.steps, other.steps), key=len)
    return longer[: len(shorter)] == shorter


def careless(account: Resource, reader: Reader) -> Iterator[Placement]:
    """What a check must not be: a second region that is not named is taken for none."""
    del reader
    yield observed(account.reading, Role.PRIMARY, "properties.primaryLocation")
    if value(account.reading.body, "properties.secondaryLocation"):
        yield observed(account.reading, Role.REPLICA, "properties.secondaryLocation")


def test_a_check_that_takes_a_missing_field_for_good_news_is_found_out() -> None:
    room = laboratory(
        replace(check, locate=careless) if check.id == "storage-accounts" else check
        for check in CHECKS
    )
    document = room.document("storageaccounts/stmilestonesfiles01")
    mutation = room.mutation(document, "properties.secondaryLocation", None)
    assert Kind.LOST in {found.kind for found in room.findings(mutation)}


def test_a_policy_that_names_its_own_account_as_the_destination_has_no_destination_elsewhere(
    room: Laboratory,
) -> None:
    document = room.document("storageaccounts/stmilestonesshare01/objectreplicationpolicies#0")
    account = document[0].rsplit("/", 1)[0]
    assert room.statuses(account)[0] is Status.UNKNOWN
    name = account.rsplit("/", 1)[-1]
    mutation = room.mutation(document, "properties.destinationAccount", name)
    assert [found.kind for found in room.findings(mutation)] == [Kind.COMPLIANT]


def test_a_check_looks_at_properties_only_if_it_says_so(room: Laboratory) -> None:
    """Else the inventory leaves them out, and the check would take that for an answer."""
    looked = {
        check.id
        for (key, number), fields in room.seen().items()
        if number is None
        if any(steps[0] == "properties" for steps in fields)
        if (check := room.catalogue.check_for(room.world.resources[key].type))
    }
    assert len(looked) > 5
    assert looked <= {check.id for check in CHECKS if check.uses_properties}
