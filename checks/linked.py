"""A service that names the accounts and workspaces that its data goes to."""

from dataclasses import dataclass

from residency.model import Holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A type whose own place is `location`, with the paths that name where else its data is.

    Attributes:
        ids: Fields with the id of a resource; `[]` stands for each item of a list.
        accounts: Fields with the name of a storage account.
        workspaces: Fields with the GUID of a workspace.
        unsaid: What Azure itself keeps where none of these names a place, and no page says where.
    """

    check_id: str
    title: str
    type: str
    holds: Holds
    permission: str
    page: str
    ids: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    workspaces: tuple[str, ...] = ()
    unsaid: str = ""
