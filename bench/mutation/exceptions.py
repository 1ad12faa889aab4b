"""What a mutation may lead to that is wrong, and the fields that may lead to it all the same."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class Kind(StrEnum):
    """What is wrong with what a mutation led to."""

    COMPLIANT = "became compliant"
    LOST = "a place is gone and nothing is unknown"
    CRASHED = "a check failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempted:
    """A field that may hide something, and why that is right.

    Attributes:
        owner: A glob for the check of a resource, or the name of a child list.
        path: A glob for the path of the field.
        what: All of what it may do.
    """

    owner: str
    path: str
    why: str
    what: frozenset[Kind] = frozenset(Kind)


EXCEPTIONS: tuple[Exempted, ...] = (
    Exempted(
        owner="replicationprotecteditems",
        path="properties.providerSpecificDetails.protectedManagedDisks",
        why="Only this list names the disk that is the copy. One that no item names is judged as a"
        " disk of its own, where it stands: more strictly than a copy.",
        what=frozenset({Kind.LOST}),
    ),
    Exempted(
        owner="replicationprotecteditems",
        path="properties.providerSpecificDetails.protectedManagedDisks.*.recoveryReplicaDiskId",
        why="The same; Azure leaves it out while the copy is being made.",
        what=frozenset({Kind.LOST}),
    ),
    *(
        Exempted(
            owner="backupprotecteditems",
            path=path,
            why="Only this says what the item protects. The vault keeps the backup, and"
            " is judged by every place of it.",
            what=frozenset({Kind.COMPLIANT}),
        )
        for path in ("properties", "properties.sourceResourceId")
    ),
    Exempted(
        owner="*", path="tags*", why="Tags say whose a resource is, and never where its data is."
    ),
)


def is_excepted(owner: str, path: str, kind: Kind) -> bool:
    """Tell whether a field may lead to this."""
    return any(
        kind in each.what and fnmatchcase(owner, each.owner) and fnmatchcase(path, each.path)
        for each in EXCEPTIONS
    )
