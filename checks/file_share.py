"""File shares that are resources of their own: redundant within their region alone.

Their redundancy is `Local` or `Zone`, and both keep all copies in one region
(https://learn.microsoft.com/azure/storage/files/files-redundancy).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import Check, Reader, at_location, facet, text, unknown, with_fields
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/storage/files/files-redundancy"
REDUNDANCY = "properties.redundancy"
ONE_REGION = frozenset({"local", "zone"})


def locate(share: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a share is; a redundancy that nobody knows may have a copy anywhere."""
    yield at_location(share)
    places = partial(_copies, share, reader)
    yield from facet(Role.REPLICA, share.id, places, read_at=share.reading.read_at)


def _copies(share: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(share, reader, REDUNDANCY, api_version=version_of(share.id))
    if (text(told.body, REDUNDANCY) or "").lower() not in ONE_REGION:
        yield unknown(told, Role.REPLICA, REDUNDANCY)


CHECKS: tuple[Check, ...] = (
    Check(
        id="file-share",
        title="File shares that are resources of their own",
        resource_types=("microsoft.fileshares/fileshares",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.FileShares/fileShares/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
