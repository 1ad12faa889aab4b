"""What in Azure stands for data at a partner, and which of its fields, if any, tells where."""

from dataclasses import dataclass

from residency.model import Holds

TEMPLATES = "https://learn.microsoft.com/azure/templates/"
"""The reference of each type, below which its fields are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPartner:
    """A type whose data is at a partner.

    Attributes:
        arm_type: The type as Azure spells it, which is how rights are shown.
        partner: The partner's name, as the vendor would list it as a sub-processor.
        holds: What the partner does with the data.
        own_page: The page behind it, where there is no reference of the type.
        field: Where the resource names the partner's region.
        lists: Child lists, one below the other, whose last items name a region in `listed_field`.
        cloud: Where such an item names the cloud that the region is of.
        is_partly_listed: Whether the partner has data that no such list tells of.
        name_field: Where the resource names the partner, if that is not always the same one.
    """

    arm_type: str
    partner: str
    holds: Holds = Holds.STORES
    own_page: str = ""
    field: str = ""
    lists: tuple[str, ...] = ()
    listed_field: str = ""
    cloud: str = ""
    is_partly_listed: bool = False
    name_field: str = ""

    @property
    def type(self) -> str:
        """The type in lower case."""
        return self.arm_type.lower()

    @property
    def page(self) -> str:
        """The page of Microsoft behind it."""
        return self.own_page or f"{TEMPLATES}{self.type}"

    @property
    def actions(self) -> tuple[str, ...]:
        """The rights to read the resource and its lists."""
        steps = range(len(self.lists) + 1)
        return tuple("/".join((self.arm_type, *self.lists[:step], "read")) for step in steps)
