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
from random import Random
from typing import overload
from uuid import UUID

from residency.simulator.world import Body, Estate, Subscription

_ID = re.compile(
    r"/subscriptions/(?P<subscription>[^/\"]+)(?P<between>/resourcegroups/)(?P<group>[^/\"]+)"
    r"(?:(?P<kind>/providers/[^/\"]+/[^/\"]+/)(?P<name>[^/\"]+))?"
    r"|(?P<key>\"partnerServer\": \")(?P<partner>[^\"]+)",
    re.IGNORECASE,
)
_COPY = re.compile(r"-(\d{5,})$")


def grow(estate: Estate, *, resources: int, subscriptions: int = 0, seed: int = 0) -> Estate:
    """Give an estate of `resources` resources in `subscriptions` subscriptions.

    Args:
        estate: What is repeated. What stands in a subscription that is unreadable, unlisted or
            left out of Resource Graph, or in no resource group, is there once.
        resources: How many there will be; never fewer than the estate has.
        subscriptions: How many there will be; never fewer than the estate has.
        seed: Makes the ids of the new subscriptions.
    """
    plan = _Plan.of(estate, subscriptions, seed)
    grown = _Resources(estate, plan, max(resources, len(estate.resources)))
    copies = range(1, grown.copies)
    models = [_Template.of(body, plan) for body in estate.resource_groups if plan.repeats(body)]
    groups = (json.loads(model.copy(copy)) for copy in copies for model in models)
    return replace(
        estate,
        subscriptions=[*estate.subscriptions, *plan.added],
        resource_groups=[*estate.resource_groups, *groups],
        resources=grown,
        children=_Children(estate, plan, copies),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Which subscriptions a copy of each subscription may stand in, by its lower-cased id."""

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

    def repeats(self, body: Body) -> bool:
        """Whether a copy of it is another one: the group is what tells copies apart."""
        parts = str(body["id"]).lower().split("/")
        return parts[2] in self.stands_in and parts[3:4] == ["resourcegroups"]

    def subscription(self, model: str, copy: int) -> str:
        ids = self.stands_in[model.lower()]
        return ids[copy % len(ids)]

    def models(self) -> Mapping[str, str]:
        """Say for every subscription, lower-cased, which one it repeats."""
        return {one.lower(): model for model, ids in self.stands_in.items() for one in ids}


@dataclass(frozen=True, slots=True)
class _Template:
    """A text cut where a copy differs: constants, and between them what is put in.

    A piece is a constant, or the name of a subscription after `@`, or a suffix's form after `#`.
    """

    pieces: Sequence[str]
    plan: _Plan

    @classmethod
    def of(cls, body: Body, plan: _Plan) -> "_Template":
        parts = str(body["id"]).split("/")
        is_top_level = len(parts) in {5, 9}
        shown = {**body, "name": _marked(parts)} if is_top_level and "name" in body else body
        return cls.cut(json.dumps(shown), plan)

    @classmethod
    def cut(cls, text: str, plan: _Plan) -> "_Template":
        pieces: list[str] = []
        at = 0
        for match in _ID.finditer(text):
            pieces += ["=" + text[at : match.start()], *_pieces(match, plan)]
            at = match.end()
        return cls([*pieces, "=" + text[at:]], plan)

    def copy(self, copy: int) -> str:
        """Give the text as a copy has it."""
        long, short = f"-{copy:05}", f"{copy:05}"
        texts = (self._piece(piece, copy, long, short) for piece in self.pieces)
        return "".join(texts).replace("\\u0001", long).replace("\\u0002", short)

    def _piece(self, piece: str, copy: int, long: str, short: str) -> str:
        match piece[0]:
            case "=":
                return piece[1:]
            case "@":
                return self.plan.subscription(piece[1:], copy)
            case _:
                return long if piece == "#group" else short


def _marked(parts: Sequence[str]) -> str:
    """Mark where the suffix goes in a name that stands apart from its id."""
    is_group = len(parts) == 5  # noqa: PLR2004
    return parts[-1] + ("\u0001" if is_group else "\u0002")


def _pieces(match: re.Match[str], plan: _Plan) -> list[str]:
    if match["partner"]:
        return ["=" + match["key"] + match["partner"], "#name"]
    if match["subscription"].lower() not in plan.stands_in:
        return ["=" + match.group()]
    found = ["=/subscriptions/", "@" + match["subscription"], "=" + match["between"]]
    found += ["=" + match["group"], "#group"]
    return [*found, "=" + match["kind"] + match["name"], "#name"] if match["kind"] else found


class _Resources(Sequence[Body]):
    """The resources of every copy, each made when it is read."""

    def __init__(self, estate: Estate, plan: _Plan, total: int) -> None:
        self._own = estate.resources
        self._models = [_Template.of(body, plan) for body in estate.resources if plan.repeats(body)]
        self._total = total

    @property
    def copies(self) -> int:
        """How often the estate stands here, the last time perhaps not whole."""
        more = self._total - len(self._own)
        return 1 + (-(-more // len(self._models)) if more else 0)

    def __len__(self) -> int:
        return self._total

    @overload
    def __getitem__(self, index: int) -> Body: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Body]: ...
    def __getitem__(self, index: int | slice) -> Body | Sequence[Body]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(self._total))]
        if not -self._total <= index < self._total:
            raise IndexError(index)
        return self._at(index % self._total)

    def _at(self, index: int) -> Body:
        if index < len(self._own):
            return self._own[index]
        copy, place = divmod(index - len(self._own), len(self._models))
        body: Body = json.loads(self._models[place].copy(copy + 1))
        return body

    def __iter__(self) -> Iterator[Body]:
        return (self._at(index) for index in range(self._total))


class _Children(Mapping[str, Sequence[Body]]):
    """The child lists of every copy, each made when it is read."""

    def __init__(self, estate: Estate, plan: _Plan, copies: range) -> None:
        self._own = estate.children
        self._plan = plan
        self._copies = copies
        self._model_of = plan.models()

    @cached_property
    def _paths(self) -> Mapping[str, _Template]:
        """The lists that are repeated: those inside a resource group of a repeated subscription."""
        cut = {path: _Template.cut(path, self._plan) for path in self._own}
        return {path: template for path, template in cut.items() if len(template.pieces) > 2}  # noqa: PLR2004

    def __getitem__(self, path: str) -> Sequence[Body]:
        if path in self._own:
            return self._own[path]
        match = _ID.match(path)
        mark = _COPY.search(match["group"]) if match and match["group"] else None
        if match is None or mark is None or int(mark[1]) not in self._copies:
            raise KeyError(path)
        items = self._own[self._model_path(path, match, mark)]
        copy = int(mark[1])
        return [json.loads(_Template.of(item, self._plan).copy(copy)) for item in items]

    def _model_path(self, path: str, match: re.Match[str], mark: re.Match[str]) -> str:
        """Turn the path of a copy back into the path of the estate."""
        model = self._model_of.get(match["subscription"].lower())
        if model is None:
            raise KeyError(path)
        group = match["group"].removesuffix(mark.group())
        name = (match["kind"] or "") + (match["name"] or "").removesuffix(mark[1])
        rest = path[match.end() :]
        return f"/subscriptions/{model}{match['between']}{group}{name}{rest}"

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        for copy in self._copies:
            for template in self._paths.values():
                yield template.copy(copy).lower()

    def __len__(self) -> int:
        return len(self._own) + len(self._copies) * len(self._paths)
