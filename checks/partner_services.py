"""Services of partners that are bought as a resource of Azure, and have the data themselves.

Such a service is software of the partner, managed by it together with Microsoft
(https://learn.microsoft.com/azure/partner-solutions/overview), and no page says where it runs. A
field that names the partner's region counts; nothing else does, and least of all `location`, where
only Azure's record of the resource is. Which fields these are: checks/partner_types.py.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from checks.api_versions import API_VERSIONS, version_of
from checks.at_partner import AtPartner
from checks.partner_types import AT_PARTNERS
from residency import regions
from residency.check import (
    Check,
    Reader,
    documented,
    facet,
    observed,
    text,
    unknown,
    with_fields,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Reading, Resource, Role

GLOBAL = "global"
IN_AZURE = "azure"
PREFIX = "azure-"
"""What some partners put before the name of a region of Azure, as in `azure-westeurope`.

https://www.elastic.co/docs/reference/cloud/cloud-hosted/ec-regions-templates-instances
"""


def _locate(entry: AtPartner, resource: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the partner has the data, and where Azure's record of the resource is.

    A record that is `global` is of what was bought, and nowhere in particular.
    """
    if resource.location and resource.location.lower() != GLOBAL:
        yield observed(resource.reading, Role.REPLICA, "location", metadata_only=True)
    places = partial(_exports, entry, resource, reader)
    yield from facet(Role.EXPORT, resource.id, places, read_at=resource.reading.read_at)


def _exports(entry: AtPartner, resource: Resource, reader: Reader) -> Iterator[Placement]:
    told = resource.reading
    found: list[Placement] = []
    if entry.field:
        version = API_VERSIONS[entry.type]
        told = with_fields(resource, reader, entry.field, api_version=version)
        found += _placed(entry, told, entry.field)
    for item in _listed(resource.id, entry.lists, reader):
        found += _placed(entry, item, entry.listed_field) or [_unsaid(entry, item)]
    yield from found
    if not found or entry.is_partly_listed:
        yield _unsaid(entry, told)


def _listed(path: str, lists: tuple[str, ...], reader: Reader) -> Iterator[Reading]:
    """List the items of the last of several lists, each below the items of the one before."""
    if not lists:
        return
    first, *further = lists
    for item in reader.list(f"{path}/{first}", api_version=version_of(f"{path}/{first}")):
        if further:
            name = (text(item.body, "id") or "").rpartition("/")[2]
            yield from _listed(f"{path}/{first}/{name}", tuple(further), reader)
        else:
            yield item


def _placed(entry: AtPartner, told: Reading, path: str) -> list[Placement]:
    """State the region that a field names; nothing where it names none."""
    raw = text(told.body, path)
    if not raw:
        return []
    cloud = text(told.body, entry.cloud) if entry.cloud else IN_AZURE
    if (cloud or "").lower() != IN_AZURE:
        return [unknown(told, Role.EXPORT, path, target=entry.partner)]
    place = observed(told, Role.EXPORT, path, target=entry.partner)
    region = regions.find(raw.lower().removeprefix(PREFIX))
    return [replace(place, region=region.name, unresolved=None) if region else place]


def _unsaid(entry: AtPartner, told: Reading) -> Placement:
    """State that data is at the partner, and that Azure does not tell where."""
    named = text(told.body, entry.name_field) if entry.name_field else None
    target = named or entry.partner
    fact = f"data is at {target}, and no field says where"
    gap = documented(told, Role.EXPORT, UNKNOWN_REGION, page=entry.page, fact=fact)
    return replace(gap, target=target)


def _check(check_id: str, title: str, holds: Holds) -> Check:
    entries = {entry.type: entry for entry in AT_PARTNERS if entry.holds is holds}

    def locate(resource: Resource, reader: Reader) -> Iterable[Placement]:
        return _locate(entries[resource.type], resource, reader)

    return Check(
        id=check_id,
        title=title,
        resource_types=tuple(entries),
        holds=holds,
        can_fail_over=False,
        permissions=tuple(sorted(action for entry in entries.values() for action in entry.actions)),
        docs=tuple(sorted({entry.page for entry in entries.values()})),
        locate=locate,
        reads=True,
    )


CHECKS = (
    _check("partner-data", "Data at a partner whose service is bought in Azure", Holds.STORES),
    _check("partner-software", "Software of a partner that is bought in Azure", Holds.PROCESSES),
)
