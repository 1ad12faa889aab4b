"""Points Cloud Custodian at a simulated Azure Resource Manager; Python loads this at its start.

Custodian takes no address of Azure Resource Manager, and azure-core lets no token go over plain
http. Both are set aside where RESIDENCY_BENCH_ARM names an address; no other work is changed.
"""

import os


def point_at(address: str) -> None:
    """Let the public cloud be at `address`, and plain http be good enough for it."""
    from azure.core.pipeline.policies import _authentication  # noqa: PLC0415 - the peer's own
    from msrestazure.azure_cloud import AZURE_PUBLIC_CLOUD  # noqa: PLC0415 - the peer's own

    AZURE_PUBLIC_CLOUD.endpoints.resource_manager = address
    AZURE_PUBLIC_CLOUD.endpoints.active_directory_resource_id = f"{address}/"
    _authentication._enforce_https = lambda _request: None  # noqa: SLF001 - it has no switch


if _ADDRESS := os.environ.get("RESIDENCY_BENCH_ARM"):
    point_at(_ADDRESS)
