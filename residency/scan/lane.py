"""The fast lane: cheap looks between the scans of one tenant, at what flips on a failover."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from residency import clock
from residency.azure import Arm, open_session
from residency.check import Catalogue
from residency.inventory import Inventory
from residency.scan.glance import Glance, Glancer
from residency.scan.news import News
from residency.scan.watch import Watch
from residency.settings import Settings

_LONGEST = timedelta(minutes=1)


class Lane:
    """Looks at what a watch knows; it never writes, and says what is worth a scan."""

    def __init__(self, watch: Watch, catalogue: Catalogue) -> None:
        """Look between the scans of `watch`."""
        self._watch = watch
        self._news = News(catalogue)
        self._glancer = Glancer(catalogue)

    async def look(self, settings: Settings, told: Collection[str] = ()) -> Glance:
        """Look at what is told of or, if nothing is, at what the logs and providers name.

        Before the first scan there is nothing to compare with: what is told of is then worth one.

        Raises:
            AzureError: Nothing could be asked.
            ConfigError: The credential does not fit the endpoint.
        """
        inventory = self._watch.inventory
        if inventory is None:
            return Glance(elsewhere=frozenset(told))
        deadline = min(_LONGEST, settings.scan.deadline)
        async with open_session(settings.azure, deadline) as arm:
            memory = self._watch.store.memory
            named = frozenset(told) or await self._news.of_late(arm, memory)
            found = await self._looked(arm, settings, inventory, named)
            unread = Counter(found.unread) + (Counter() if told else self._news.unread)
            return replace(found, unread=unread, requests=dict(arm.answers))

    async def _looked(
        self, arm: Arm, settings: Settings, inventory: Inventory, named: frozenset[str]
    ) -> Glance:
        if not named:
            return Glance()
        kept = self._watch.kept(arm, settings, dict.fromkeys(named, clock.now()))
        return await self._glancer.look(kept, inventory, self._watch.store.memory, named)
