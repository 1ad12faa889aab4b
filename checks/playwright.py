"""Playwright workspaces: browsers in the cloud that run tests, near whoever starts them.

https://learn.microsoft.com/azure/app-testing/playwright-workspaces/how-to-optimize-regional-latency:
browsers run in the region nearest to the client, wherever that is, unless `regionalAffinity` is
switched off; results are gathered there and then kept in the region of the workspace.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import Check, Reader, absent, at_location, facet, text, unknown, with_fields
from residency.model import Holds, Placement, Resource, Role

TYPES = (
    "microsoft.azureplaywrightservice/accounts",
    "microsoft.loadtestservice/playwrightworkspaces",
)
PAGE = "https://learn.microsoft.com/azure/app-testing/playwright-workspaces/how-to-optimize-regional-latency"
AFFINITY = "properties.regionalAffinity"


def locate(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    """State where results are kept, and whether browsers may run elsewhere."""
    yield at_location(workspace)
    browsers = partial(_browsers, workspace, reader)
    read_at = workspace.reading.read_at
    yield from facet(Role.PROCESSING, workspace.id, browsers, read_at=read_at)


def _browsers(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    version = version_of(workspace.id)
    reading = with_fields(workspace, reader, AFFINITY, api_version=version)
    if not text(reading.body, AFFINITY):
        yield absent(reading, Role.PROCESSING, AFFINITY, "it tells whether browsers run elsewhere")
    elif (text(reading.body, AFFINITY) or "").lower() != "disabled":
        yield unknown(reading, Role.PROCESSING, AFFINITY)


CHECKS = (
    Check(
        id="playwright",
        title="Playwright workspaces: where results are kept and browsers run",
        resource_types=TYPES,
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.AzurePlaywrightService/accounts/read",
            "Microsoft.LoadTestService/playwrightWorkspaces/read",
        ),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
