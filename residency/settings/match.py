"""What a rule names: resources by tag, group, subscription, id or type."""

from collections.abc import Mapping
from typing import Self

from pydantic import model_validator

from residency.settings.section import Section
from residency.settings.values import Text


class Match(Section):
    """Names resources. All that is given must hold; of a list, any one.

    Texts are globs, compared without regard to case.
    """

    tags: Mapping[Text, str] = {}
    """Tag name and the value it must have."""

    resource_groups: tuple[Text, ...] = ()
    """Names of resource groups."""

    subscriptions: tuple[Text, ...] = ()
    """Ids or names of subscriptions."""

    resources: tuple[Text, ...] = ()
    """Ids of resources."""

    types: tuple[Text, ...] = ()
    """Resource types."""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (
            self.tags or self.resource_groups or self.subscriptions or self.resources or self.types
        ):
            raise ValueError(
                "names nothing: give tags, resource_groups, subscriptions, resources or types"
            )
        return self
