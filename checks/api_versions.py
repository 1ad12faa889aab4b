"""The api-version of everything that checks ask Azure Resource Manager, one line a type.

Each was looked up in Microsoft's REST reference (https://learn.microsoft.com/rest/api/) or in the
current SDK package. Where Azure refuses one, the reader takes one from the provider's own list.
"""

from collections.abc import Mapping

API_VERSIONS: Mapping[str, str] = {
    "microsoft.storage/storageaccounts": "2026-09-01",
    "microsoft.storage/storageaccounts/objectreplicationpolicies": "2026-09-01",
}
