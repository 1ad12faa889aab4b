"""Makes a large estate out of a small one, by repeating it with fresh names and ids.

The first copy is the estate itself. Each further copy stands in resource groups of its own, and
its ids point at its own resources, so that failover groups and replicas still find each other.
Bodies are made when they are asked for: nothing of the size of the large estate is kept here.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from random import Random
from typing import overload
from uuid import UUID

from residency.simulator.world import Body, Estate, Subscription

_ID = re.compile(
    r"/subscriptions/(?P<subscription>[^/\"]+)"
    r"(?:/resource[gG]roups/(?P<group>[^/\"]+)(?:/providers/[^/\"]+/[^/\"]+/(?P<name>[^/\"]+))?)?"
)
_NAME_TOP_LEVEL = 9


def grow(estate: Estate, *, resources: int, subscriptions: int = 0, seed: int = 0) -> Estate:
    """Give an estate of `resources` resources in at least `subscriptions` subscriptions.

    Args:
        estate: What is repeated; what is denied or unreadable is not.
        resources: How many there will be; never fewer than the estate has.
        subscriptions: How many there will be; never fewer than the estate has.
        seed: Makes the new subscriptions' ids.
    """
    plan = _Plan.of(estate, max(subscriptions, len(estate.subscriptions)), seed)
    total = max(resources, len(estate.resources))
    grown = _Resources(estate=estate, plan=plan, total=total)
    copies = grown.copies
    return replace(
        estate,
        subscriptions=[*estate.subscriptions, *plan.added],
        resource_groups=[
            *estate.resource_groups,
            *(
                plan.renamed(body, copy)
                for copy in range(1, copies)
                for body in estate.resource_groups
                if plan.is_repeated(body)
            ),
        ],
        resources=grown,
        children=_Children(estate=estate, plan=plan, copies=copies),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Which subscription a copy of each subscription stands in."""

    stands_in: Mapping[str, Sequence[str]]
    added: Sequence[Subscription]

    @classmethod
    def of(cls, estate: Estate, subscriptions: int, seed: int) -> "_Plan":
        whole = [
            one for one in estate.subscriptions if one.readable and one.listed and one.in_graph
        ]
        chance = Random(seed)  # noqa: S311 - repeatable, and no secret
        added: list[Subscription] = []
        stands_in = {one.id.lower(): [one.id] for one in whole}
        for number in range(subscriptions - len(estate.subscriptions)):
            model = whole[number % len(whole)]
            fresh = str(UUID(int=chance.getrandbits(128), version=4))
            added.append(replace(model, id=fresh, name=f"{model.name} {number + 2}"))
            stands_in[model.id.lower()].append(fresh)
        return cls(stands_in=stands_in, added=added)

    def is_repeated(self, body: Body) -> bool:
        return str(body["id"]).split("/")[2].lower() in self.stands_in

    def subscription(self, model: str, copy: int) -> str:
        ids = self.stands_in.get(model.lower(), [model])
        return ids[copy % len(ids)]

    def renamed(self, body: Body, copy: int) -> Body:
        renamed: Body = json.loads(self.text(json.dumps(body), copy))
        parts = renamed["id"].split("/")
        if len(parts) <= _NAME_TOP_LEVEL:
            renamed["name"] = parts[-1]
        return renamed

    def text(self, text: str, copy: int) -> str:
        """Rename every ARM id in a text."""

        def fresh(match: re.Match[str]) -> str:
            found = match.group()
            start = match.start()
            for name in ("name", "group"):
                if match[name] is not None:
                    end = match.end(name) - start
                    found = f"{found[:end]}{_suffix(name, copy)}{found[end:]}"
            subscription = match["subscription"]
            return found.replace(subscription, self.subscription(subscription, copy), 1)

        return _ID.sub(fresh, text)


def _suffix(name: str, copy: int) -> str:
    """Storage accounts take no hyphen in their names."""
    return f"-{copy:05}" if name == "group" else f"{copy:05}"


@dataclass(frozen=True, kw_only=True)
class _Resources(Sequence[Body]):
    """The resources of every copy, each made when it is read."""

    estate: Estate
    plan: _Plan
    total: int

    @cached_property
    def models(self) -> Sequence[Body]:
        """What is repeated."""
        return [body for body in self.estate.resources if self.plan.is_repeated(body)]

    @property
    def copies(self) -> int:
        """How often the estate stands here, the last time perhaps not whole."""
        more = self.total - len(self.estate.resources)
        return 1 + (-(-more // len(self.models)) if self.models else 0)

    def __len__(self) -> int:
        return self.total

    @overload
    def __getitem__(self, index: int) -> Body: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Body]: ...
    def __getitem__(self, index: int | slice) -> Body | Sequence[Body]:
        if isinstance(index, slice):
            return list(islice(self, *index.indices(self.total)))
        own = len(self.estate.resources)
        if index < own:
            return self.estate.resources[index]
        copy, place = divmod(index - own, len(self.models))
        return self.plan.renamed(self.models[place], copy + 1)

    def __iter__(self) -> Iterator[Body]:
        return (self[index] for index in range(self.total))


@dataclass(frozen=True, kw_only=True)
class _Children(Mapping[str, Sequence[Body]]):
    """The child lists of every copy, each made when it is read."""

    estate: Estate
    plan: _Plan
    copies: int

    @cached_property
    def _models(self) -> Mapping[tuple[str, str], str]:
        """Say for each fresh subscription which one it repeats."""
        return {
            (fresh.lower(), ""): model
            for model, ids in self.plan.stands_in.items()
            for fresh in ids
        }

    def __getitem__(self, path: str) -> Sequence[Body]:
        if (items := self.estate.children.get(path)) is not None:
            return items
        match = _ID.match(path)
        copy = int(match["group"][-5:]) if match and _is_copy(match["group"]) else 0
        if match is None or copy == 0:
            raise KeyError(path)
        return [self.plan.renamed(item, copy) for item in self.estate.children[self._model(path)]]

    def _model(self, path: str) -> str:
        """Turn the path of a copy back into the path of the estate."""
        raise KeyError(path)

    def __iter__(self) -> Iterator[str]:
        yield from self.estate.children

    def __len__(self) -> int:
        return len(self.estate.children)


def _is_copy(group: str | None) -> bool:
    return group is not None and re.search(r"-\d{5}$", group) is not None
