"""Azure VM Image Builder: it builds in the region of the template and distributes to others.

The service keeps data within the regional boundary
(https://learn.microsoft.com/azure/reliability/reliability-image-builder), and the staging resource
group is in the region of the template
(https://learn.microsoft.com/azure/virtual-machines/linux/image-builder-json).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from checks.storage_names import at_account
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    documented,
    facet,
    items,
    observed,
    text,
    unknown,
    with_fields,
)
from residency.model import Holds, Placement, Reading, Resource, Role

TYPE = "microsoft.virtualmachineimages/imagetemplates"
RELIABILITY = "https://learn.microsoft.com/azure/reliability/reliability-image-builder"
TEMPLATE = "https://learn.microsoft.com/azure/virtual-machines/linux/image-builder-json"
TARGETS = "properties.distribute"
STAGED = "without an address the disk stays in the staging group, in the region of the template"


def locate(template: Resource, reader: Reader) -> Iterator[Placement]:
    """State where images are built, and each place that they are distributed to."""
    yield at_location(template)
    places = partial(_distributed, template, reader)
    yield from facet(Role.EXPORT, template.id, places, read_at=template.reading.read_at)


def _distributed(template: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(template, reader, TARGETS, api_version=version_of(template.id))
    targets = items(told.body, TARGETS)
    if not targets:
        yield absent(told, Role.EXPORT, TARGETS, "a template always has a target")
    for target in targets:
        yield from _to(template, told, target, reader)


def _to(template: Resource, told: Reading, target: str, reader: Reader) -> Iterator[Placement]:
    match (text(told.body, f"{target}.type") or "").lower():
        case "sharedimage":
            yield from _to_gallery(told, target)
        case "managedimage":
            image = text(told.body, f"{target}.imageId")
            yield observed(told, Role.EXPORT, f"{target}.location", target=image)
        case "vhd" if text(told.body, f"{target}.uri"):
            yield at_account(told, f"{target}.uri", reader, role=Role.EXPORT)
        case "vhd":
            region = template.location
            yield documented(told, Role.EXPORT, region, page=TEMPLATE, fact=STAGED)
        case _:
            yield unknown(told, Role.EXPORT, f"{target}.type")


def _to_gallery(told: Reading, target: str) -> Iterator[Placement]:
    """`targetRegions` supersedes the deprecated `replicationRegions`; only one of them is given."""
    image = text(told.body, f"{target}.galleryImageId")
    regions = [
        *(f"{each}.name" for each in items(told.body, f"{target}.targetRegions")),
        *items(told.body, f"{target}.replicationRegions"),
    ]
    if not regions:
        why = "it names the regions of the image version"
        yield absent(told, Role.EXPORT, f"{target}.targetRegions", why, target=image)
    for region in regions:
        yield observed(told, Role.EXPORT, region, target=image)


CHECKS: tuple[Check, ...] = (
    Check(
        id="image-template",
        title="Templates of Azure VM Image Builder, and where their images are distributed to",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.VirtualMachineImages/imageTemplates/read",),
        docs=(RELIABILITY, TEMPLATE),
        locate=locate,
        reads=True,
    ),
)
