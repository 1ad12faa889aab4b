"""The api-version of everything that checks ask Azure Resource Manager: `data/api_versions.json`.

Each was looked up in Microsoft's REST reference (https://learn.microsoft.com/rest/api/) or in the
current SDK package. Where Azure refuses one, the reader takes one from the provider's own list.
"""

import json
from collections.abc import Mapping
from importlib.resources import files

from residency.errors import CheckError

API_VERSIONS: Mapping[str, str] = json.loads(
    files("checks").joinpath("data", "api_versions.json").read_text(encoding="utf-8")
)


def version_of(path: str) -> str:
    """Give the version for what a path asks, a list or one thing; raises CheckError without one."""
    namespace, *segments = path.lower().rpartition("/providers/")[2].split("/")
    asked = "/".join([namespace, *segments[::2]])
    if asked not in API_VERSIONS:
        raise CheckError(f"checks/data/api_versions.json has no version for '{asked}'")
    return API_VERSIONS[asked]
