"""What `init` proposes of tags, and that the file says the same, whatever the names are."""

import dataclasses
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.cli.proposal import Proposal, TagNames, propose
from residency.cli.proposal_yaml import text_of
from residency.inventory import Coverage, Inventory
from residency.model import SubscriptionState
from residency.policy import Groups, attribute
from residency.settings import AzureSettings, Settings, load
from residency.testing import resource_of

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NAMES = TagNames(product="product", customer="customer", environment="environment")
ID = "aaaaaaaa-0000-4000-8000-00000000000{}"


def an_inventory(
    *tags: Mapping[str, str],
    groups: Mapping[str, Mapping[str, str]] | None = None,
    subscriptions: tuple[Coverage, ...] = (),
    group: str = "rg",
) -> Inventory:
    every = [
        resource_of(
            {
                "id": f"/subscriptions/s/resourceGroups/{group}/providers/a.b/c/{number}",
                "type": "a.b/c",
                "tags": dict(each),
            },
            read_at=NOW,
        )
        for number, each in enumerate(tags)
    ]
    resources = {each.id: each for each in every}
    return Inventory(
        coverage=subscriptions,
        resources=resources,
        groups=Groups(tags=groups or {}, resources=resources),
        incomplete=(),
        doubts=(),
        notices=(),
        unread={},
    )


def a_subscription(
    number: int, name: str = "", state: SubscriptionState = SubscriptionState.READ
) -> Coverage:
    reasons = () if state is not SubscriptionState.UNREADABLE else ("reads-refused",)
    return Coverage(id=ID.format(number), name=name, state=state, reasons=reasons, resources=0)


def loaded(proposal: Proposal) -> Settings:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "residency.yaml"
        path.write_text(text_of(proposal, AzureSettings(), NOW), encoding="utf-8")
        return load(path)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for section in ("SCOPE__MANAGEMENT_GROUP", "AZURE__ENDPOINT", "AZURE__CREDENTIAL"):
        monkeypatch.delenv(f"RESIDENCY_{section}", raising=False)


VALUES = st.lists(
    st.text(max_size=30)
    | st.sampled_from(
        ["no", "1e3", "null", "a*", "[x]", "?", 'q"', "a: b", "x\ny", "\x1b[0m", "Ünï", "公司", " "]
    ),
    max_size=5,
)


@settings(deadline=None, max_examples=60)
@given(products=VALUES, customers=VALUES, environments=VALUES, subscriptions=VALUES)
def test_the_file_says_what_is_proposed_whatever_the_names_are(
    products: list[str], customers: list[str], environments: list[str], subscriptions: list[str]
) -> None:
    tags = [
        *({"Product": value} for value in products),
        *({"customer": value, "product": "shared"} for value in customers),
        *({"environment": value} for value in environments),
    ]
    seen = tuple(a_subscription(number, name) for number, name in enumerate(subscriptions))
    inventory = an_inventory(*tags, subscriptions=seen)
    proposal = propose(inventory, NAMES)
    found = loaded(proposal)
    assert found.estate == proposal.estate
    assert [(str(each.id), each.name) for each in found.scope.subscriptions] == [
        (each.id, each.name) for each in seen
    ]
    for resource in inventory.resources.values():
        value = resource.tags.get("Product", "")
        if value.strip():
            given_to = attribute(resource, found.estate, inventory.groups).product
            assert given_to is not None
            assert found.estate.products[given_to].label.lower() == value.lower()


def test_a_value_in_several_spellings_is_one_product_named_as_most_have_it() -> None:
    found = propose(
        an_inventory(*[{"product": each} for each in ("procs", "Procs", "Procs")]), NAMES
    )
    assert {name: product.label for name, product in found.estate.products.items()} == {
        "Procs": "Procs"
    }
    assert found.owned == {"product Procs": 3}


def test_names_that_become_the_same_id_are_numbered() -> None:
    values = ("Acme B.V.", "Acme B-V", "ACME_B_V", "公司", "株式")
    found = propose(an_inventory(*[{"customer": each} for each in values]), NAMES)
    assert sorted(found.estate.customers) == [
        "acme-b-v",
        "acme-b-v-2",
        "acme-b-v-3",
        "customer",
        "customer-2",
    ]
    assert {customer.name for customer in found.estate.customers.values()} == set(values)
    assert {customer.language for customer in found.estate.customers.values()} == {"nl"}


def test_a_customers_products_are_those_of_its_own_resources() -> None:
    found = propose(
        an_inventory({"customer": "acme", "product": "Procs"}, {"product": "Other"}), NAMES
    )
    assert found.estate.customers["acme"].products == ("Procs",)


def test_the_tags_of_a_group_count_for_what_is_in_it() -> None:
    found = propose(an_inventory({}, {}, groups={"s/rg": {"product": "Procs"}}), NAMES)
    assert found.owned == {"product Procs": 2}
    assert found.unassigned == 0


def test_what_has_no_tag_is_counted_as_unassigned() -> None:
    found = propose(an_inventory({"product": ""}, {"product": "Procs"}, {}), NAMES)
    assert found.unassigned == 2
    assert "# Unassigned, as it is below: 2 resources." in text_of(found, AzureSettings(), NOW)


def test_other_tags_can_be_named() -> None:
    names = TagNames(product="App: name", customer="Klant", environment="Omgeving")
    inventory = an_inventory({"app: NAME": "Procs", "klant": "acme", "omgeving": "prd"})
    found = loaded(propose(inventory, names)).estate
    (resource,) = inventory.resources.values()
    whose = attribute(resource, found, inventory.groups)
    assert (whose.product, whose.customers, whose.environment) == ("Procs", ("acme",), "production")


def test_where_no_tag_is_seen_the_file_names_the_tags_that_are_used() -> None:
    text = text_of(propose(an_inventory({"app": "x"}, {"App": "y"}), NAMES), AzureSettings(), NOW)
    assert 'No resource and no group has a tag "product", so no products are proposed.' in text
    assert 'Tags that are used: "app" (2).' in text
    assert "\n  products: {}\n" in text


def test_environments_are_listed_with_what_they_mean() -> None:
    tags = [{"environment": each} for each in ("Prod", "prd", "test")]
    found = propose(an_inventory(*tags, {}), NAMES)
    text = text_of(found, AzureSettings(), NOW)
    for line in (
        '"": 1 resource, production',
        '"Prod": 1 resource, production',
        '"prd": 1 resource, production',
        '"test": 1 resource, not production',
    ):
        assert f"#   {line}\n" in text
    assert found.estate.environments.production == ("production", "prod", "", "prd")


def test_a_disabled_or_left_out_subscription_stays_in_the_file_as_a_comment() -> None:
    seen = (
        a_subscription(1, "one"),
        a_subscription(2, "two", SubscriptionState.DISABLED),
        a_subscription(3, "three"),
    )
    inventory = an_inventory(subscriptions=seen)
    proposal = propose(inventory, NAMES, left_out=frozenset({ID.format(3)}))
    text = text_of(proposal, AzureSettings(), NOW)
    assert [each.name for each in loaded(proposal).scope.subscriptions] == ["one"]
    assert f'# - {{id: {ID.format(2)}, name: "two"}}   # disabled' in text
    assert f'# - {{id: {ID.format(3)}, name: "three"}}   # left out' in text


def test_a_subscription_that_cannot_be_read_is_in_the_manifest_all_the_same() -> None:
    seen = (a_subscription(1, "shut", SubscriptionState.UNREADABLE),)
    proposal = propose(an_inventory(subscriptions=seen), NAMES)
    assert [each.name for each in loaded(proposal).scope.subscriptions] == ["shut"]
    assert '#   "shut": unreadable, reads-refused' in text_of(proposal, AzureSettings(), NOW)


def test_with_a_management_group_its_subscriptions_are_not_named_again() -> None:
    inventory = an_inventory(subscriptions=(a_subscription(1, "one"),))
    found = loaded(propose(inventory, NAMES, management_group="mg-all")).scope
    assert (found.management_group, found.subscriptions) == ("mg-all", ())


@pytest.mark.parametrize(
    ("group", "tags", "line"),
    [
        ("rg-procs-dr", {}, 'resource_groups: ["*-dr"]'),
        ("rg", {"role": "standby"}, 'tags: {role: "standby"}'),
    ],
)
def test_what_looks_like_standby_is_suggested_and_not_decided(
    group: str, tags: dict[str, str], line: str
) -> None:
    proposal = propose(an_inventory(tags, group=group), NAMES)
    text = text_of(proposal, AzureSettings(), NOW)
    assert f"  #   - {{{line}}}   # 1 resource\n" in text
    assert loaded(proposal).policy.standby == ()
    uncommented = text.replace("  standby: []\n", "").replace("  # standby:", "  standby:")
    uncommented = uncommented.replace("  #   - {", "    - {")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "residency.yaml"
        path.write_text(uncommented, encoding="utf-8")
        assert load(path).policy.standby == tuple(match for match, _ in proposal.standby)


def test_the_policy_of_the_file_is_the_default_spelled_out() -> None:
    assert loaded(propose(an_inventory(), NAMES)).policy == Settings().policy


def test_a_proposal_counts_what_it_saw() -> None:
    seen = dataclasses.replace(a_subscription(1, "one"), resources=7)
    assert propose(an_inventory(subscriptions=(seen,)), NAMES).resources == 7
