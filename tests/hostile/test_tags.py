"""Tags without end: cut with the digest of the whole, and copied nowhere.

https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
"""

import re
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from residency.check import resource_of_body, tags_of
from residency.model import Verdict
from residency.policy import Groups, attribute
from residency.settings import Estate as Owners
from residency.testing import READ_AT

if TYPE_CHECKING:
    from tests.hostile.conftest import Server, Words

MEGABYTES = 1_000_000
BAGS = {
    "one value": {"product": "Procs", "huge": "v" * 5 * MEGABYTES},
    "one name": {"product": "Procs", "n" * 5 * MEGABYTES: ""},
    "many tags": {"product": "Procs"} | {f"t{n:06}": "v" * 40 for n in range(100_000)},
}


def owners(*products: str) -> Owners:
    named = {
        name: {"label": name, "match": {"tags": {"product": pattern}}}
        for name, pattern in zip("abc", products, strict=False)
    }
    return Owners.model_validate({"products": named})


def product_of(value: str, *products: str) -> str | None:
    body = {"id": "/subscriptions/s/x", "type": "a.b/c", "tags": {"product": value}}
    resource = resource_of_body(body, api="arm", read_at=READ_AT)
    return attribute(resource, owners(*products), Groups()).product


def test_the_largest_tags_that_azure_takes_are_kept_whole() -> None:
    tags = {f"{number:02}" + "n" * 510: "漢" * 256 for number in range(50)}
    assert tags_of({"tags": tags}) == tags


def test_a_value_that_is_too_long_is_cut_and_carries_the_digest_of_the_whole() -> None:
    long = "v" * 257
    digest = sha256(long.encode()).hexdigest()
    assert tags_of({"tags": {"a": long}}) == {"a": f"{'v' * 256}…sha256:{digest}"}


def test_values_that_begin_alike_stay_apart() -> None:
    one, other = (tags_of({"tags": {"a": "v" * 1000 + end}})["a"] for end in "xy")
    assert one != other


@pytest.mark.parametrize("pattern", ["v" * 256, "v" * 255 + "?", "*x", "*sha256:", "v" * 300])
def test_a_value_that_was_cut_matches_no_product_by_accident(pattern: str) -> None:
    assert product_of("v" * 1000, pattern) is None


def test_a_value_that_was_cut_matches_what_the_whole_does() -> None:
    assert product_of("v" * 1000, "other", "v*") == "b"


@pytest.mark.parametrize("bag", BAGS.values(), ids=list(BAGS))
def test_a_bag_of_any_size_is_small_and_keeps_the_tag_that_decides(bag: dict[str, str]) -> None:
    body = {"id": "/subscriptions/s/x", "type": "a.b/c", "tags": bag}
    resource = resource_of_body(body, api="arm", read_at=READ_AT)
    assert sum(map(len, (*resource.tags, *resource.tags.values()))) < 70_000
    assert resource.tags["product"] == "Procs"
    assert resource.reading.body["tags"] == resource.tags
    assert body["tags"] is bag


def test_a_bag_that_was_cut_carries_the_digest_of_the_whole() -> None:
    small, other = (tags_of({"tags": BAGS["many tags"] | {"x": end}}) for end in "xy")
    assert re.fullmatch("…sha256:[0-9a-f]{64}", small["…"])
    assert small["…"] != other["…"]


def test_a_body_with_ordinary_tags_is_not_copied() -> None:
    body = {"id": "/subscriptions/s/x", "type": "a.b/c", "tags": {"a": "b"}}
    assert resource_of_body(body, api="arm", read_at=READ_AT).reading.body is body


@pytest.mark.parametrize("bag", BAGS.values(), ids=list(BAGS))
def test_a_scan_keeps_no_huge_tag_and_writes_none(
    server: "Server", words: "type[Words]", bag: dict[str, str]
) -> None:
    huge = words.body(0, "a", "Contoso.Odd/things", "westeurope") | {"tags": bag}
    estate = words.estate_of(["b"])
    server.use(replace(estate, resources=[*estate.resources, huge | {"id": f"{huge['id']}-huge"}]))
    found = server.scan()
    assert len(found.judged) == 7
    assert found.complete
    assert found.verdict is Verdict.VIOLATION
    assert len(repr(found.judged)) < 200_000
    assert len(words.as_json(found)) < 50_000
    assert len(words.on_terminal(found, 80)) < 20_000


def test_a_page_of_huge_tags_is_halved_until_it_fits(
    server: "Server", words: "type[Words]"
) -> None:
    tags = {"tags": {"huge": "v" * 5 * MEGABYTES, "product": "Procs"}}
    bodies = [
        words.body(number, "a", "Contoso.Odd/things", "westeurope") | tags
        for number in range(90, 94)
    ]
    server.use(replace(words.estate_of(["b"]), resources=bodies))
    found = server.scan()
    sizes = [each["options"].get("$top") for each in server.graph_requests()]
    assert found.complete
    assert len(found.judged) == 4
    assert 500 in sizes
    assert {each.attribution.product for each in found.judged} == {"Procs"}
