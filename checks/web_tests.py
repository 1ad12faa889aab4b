"""Availability tests of Application Insights: they run from the regions that their tags stand for.

https://learn.microsoft.com/azure/azure-monitor/app/availability has the tags. They are older than
what they stand for: `emea-se-sto-edge` is no place in Sweden but UK West, `emea-ru-msa-edge` is UK
South and `emea-gb-db3-azr` is North Europe. Of `emea-ch-zrh-edge` Microsoft's pages say both
France South and France Central, and so it is France.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from checks.api_versions import version_of
from residency import regions
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    facet,
    items,
    observed,
    text,
    value,
    with_fields,
)
from residency.model import Holds, Placement, Reading, Resource, Role

TYPE = "microsoft.insights/webtests"
PAGE = "https://learn.microsoft.com/azure/azure-monitor/app/availability"
PLACES = "properties.Locations"

TAGS = MappingProxyType(
    {
        "apac-hk-hkn-azr": "eastasia",
        "apac-jp-kaw-edge": "japaneast",
        "apac-sg-sin-azr": "southeastasia",
        "emea-au-syd-edge": "australiaeast",
        "emea-ch-zrh-edge": "france",
        "emea-fr-pra-edge": "francecentral",
        "emea-gb-db3-azr": "northeurope",
        "emea-nl-ams-azr": "westeurope",
        "emea-ru-msa-edge": "uksouth",
        "emea-se-sto-edge": "ukwest",
        "latam-br-gru-edge": "brazilsouth",
        "us-ca-sjc-azr": "westus",
        "us-fl-mia-edge": "centralus",
        "us-il-ch1-azr": "northcentralus",
        "us-tx-sn1-azr": "southcentralus",
        "us-va-ash-azr": "eastus",
    }
)
"""What each tag stands for in the public cloud, on Microsoft's page of 2025 and later."""


def locate(test: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a test is kept, and every region that it runs from."""
    yield at_location(test)
    runs = partial(_runs, test, reader)
    yield from facet(Role.PROCESSING, test.id, runs, read_at=test.reading.read_at)


def _runs(test: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(test, reader, PLACES, api_version=version_of(test.id))
    if value(reading.body, "properties.Enabled") is False:
        return
    if not items(reading.body, PLACES):
        yield absent(reading, Role.PROCESSING, PLACES, "it names where the test runs from")
    for item in items(reading.body, PLACES):
        yield _run(reading, f"{item}.Id")


def _run(reading: Reading, path: str) -> Placement:
    """A tag that the page lacks stands for a region only if it is the name of one."""
    tag = text(reading.body, path) or ""
    place = observed(reading, Role.PROCESSING, path)
    region = regions.find(TAGS.get(tag.lower()))
    return replace(place, region=region.name, unresolved=None) if region else place


CHECKS = (
    Check(
        id="web-tests",
        title="Availability tests: the regions that they run from",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.Insights/webtests/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
