"""Storage accounts that are named by an address or a connection string, and not by an id.

Names are unique in all of Azure
(https://learn.microsoft.com/azure/storage/common/storage-account-overview), so that one names the
account wherever it is; the forms are on
https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string.
"""

import re
from dataclasses import replace
from functools import partial

from residency.check import Reader, evidence, text, unknown, where_written
from residency.model import Placement, Reading, Reason, Resource, Role

_ACCOUNTS = "microsoft.storage/storageaccounts"
_NAME = re.compile(
    r"accountname=([a-z0-9]{3,24})(?=;|$)"
    r"|https://([a-z0-9]{3,24})\.(?:z\d+\.)?(?:blob|dfs|file|queue|table)"
    r"\.(?:core\.windows|storage\.azure)\.net(?=[:/;]|$)"
)


def at_account(reading: Reading, path: str, reader: Reader, *, role: Role) -> Placement:
    """State that data is where the account is written that the text at `path` names.

    One that nobody has seen, or a text without a name, leaves the place unknown.
    """
    name = _name(text(reading.body, path) or "")
    account = reader.once("storage accounts by their names", partial(_by_name, reader)).get(name)
    if account is None:
        gap = unknown(reading, role, path, why=Reason.FACET_UNREADABLE, target=name or None)
        # The text may hold a key or a signature: no more of it than the name is cited.
        return replace(gap, evidence=evidence(reading, path, name))
    return where_written(account, role)


def _name(raw: str) -> str:
    found = _NAME.search(raw.lower())
    return (found[1] or found[2]) if found else ""


def _by_name(reader: Reader) -> dict[str, Resource]:
    return {account.name.lower(): account for account in reader.of_type(_ACCOUNTS)}
