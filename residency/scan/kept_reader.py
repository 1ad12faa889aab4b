"""The reader that checks are given where there is a memory: what is still fresh is not asked.

Of what is read in every scan, one list of a subscription does for all its resources of a type.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from residency.errors import AzureError
from residency.inventory import Answers
from residency.model import Reading, Resource
from residency.scan.freshness import Rule, kind_of, rule_of, whole_list_of
from residency.scan.kept import Answer, Key
from residency.scan.kept_arm import KeptArm
from residency.scan.reader import LiveReader

_WORTH_A_LIST = 2


class KeptReader(LiveReader):
    """Reads through a memory. Each reading tells when it was really read."""

    def __init__(
        self, kept: KeptArm, resources: Mapping[str, Resource], answers: Answers | None = None
    ) -> None:
        """Read through `kept`, from the running event loop; look up in `resources`."""
        super().__init__(kept.arm, resources, answers)
        self._kept = kept

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        """Read one resource by its path, or among all of its type. Raises AzureError."""
        listed = None if expand else self._among_all(path, api_version)
        if listed is not None:
            return listed

        key = Key("get", path.lower(), api_version, expand)
        fresh = self._kept.fresh(key)
        if fresh is not None:
            return self._reading(path, fresh)

        async def read() -> Reading:
            return self._reading(path, await self._kept.read(key, path))

        return self._once(key, read)

    def _reading(self, path: str, answer: Answer) -> Reading:
        return Reading(
            api="arm",
            path=path,
            body=answer.bodies[0],
            read_at=answer.read_at,
            shown=self._shown(path),
        )

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        """Read a whole child list. Raises AzureError; never gives a part."""
        key = Key("list", path.lower(), api_version)
        listed = self._answers.get(key[:3])
        if listed is None:
            fresh = self._kept.fresh(key)
            listed = None if fresh is None else _readings(path, fresh)
        if listed is not None:
            found: tuple[Reading, ...] = listed
            return found

        async def read() -> tuple[Reading, ...]:
            return _readings(path, await self._kept.read(key, path))

        return self._once(key[:3], read)

    def _must_keep(self, key: tuple[str, ...]) -> bool:
        """Keep what is read in every scan; of the rest there is more, and it is kept anyway."""
        return rule_of(key[1]) is Rule.EVERY_SCAN

    def _among_all(self, path: str, api_version: str) -> Reading | None:
        """Find a resource in the list of its subscription, where that saves a call.

        Nothing where the list cannot be read or lacks it: then it is asked for by itself.
        """
        whole = whole_list_of(path)
        if not whole or self._like(whole)[whole] < _WORTH_A_LIST:
            return None
        try:
            readings = self.list(whole, api_version=api_version)
        except AzureError:
            return None
        found = self.once(f"by id: {whole}", partial(_by_id, readings)).get(path.lower())
        return found and replace(found, path=path, shown=self._shown(path))

    def _like(self, whole: str) -> Counter[str]:
        """Count the resources of a type by the list that has them."""
        kind = kind_of(whole)
        lists = (whole_list_of(found.id) for found in self.of_type(kind))
        return self.once(f"lists of {kind}", partial(Counter, lists))


def _readings(path: str, answer: Answer) -> tuple[Reading, ...]:
    if not answer.bodies:  # as of most lists
        return ()
    return tuple(
        Reading(api="arm", path=str(body.get("id", path)), body=body, read_at=answer.read_at)
        for body in answer.bodies
    )


def _by_id(readings: Sequence[Reading]) -> Mapping[str, Reading]:
    return {reading.path.lower(): reading for reading in readings}
