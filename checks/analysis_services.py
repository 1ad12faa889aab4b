"""Azure Analysis Services: models in the server's region, and backups where their account is.

Backups are made to the container that the server names, or not at all
(https://learn.microsoft.com/azure/analysis-services/analysis-services-backup). Replicas that share
queries are in the server's region
(https://learn.microsoft.com/azure/analysis-services/analysis-services-scale-out).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.by_name import STORAGE, at_named
from residency.check import Check, Reader, at_location, facet, text, with_fields
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/analysis-services/analysis-services-"
TYPE = "microsoft.analysisservices/servers"

CONTAINER = "properties.backupBlobContainerUri"


def locate(server: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a server's models are, and its backups."""
    yield at_location(server)
    backups = partial(_backups, server, reader)
    yield from facet(Role.BACKUP, server.id, backups, read_at=server.reading.read_at)


def _backups(server: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(server, reader, CONTAINER, api_version=API_VERSIONS[TYPE])
    if text(reading.body, CONTAINER):
        yield at_named(reading, CONTAINER, reader, STORAGE, role=Role.BACKUP)


CHECKS = (
    Check(
        id="analysis-services",
        title="Analysis Services server: its models and backups",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.AnalysisServices/servers/read",),
        docs=(f"{DOCS}backup", f"{DOCS}scale-out"),
        locate=locate,
        reads=True,
    ),
)
