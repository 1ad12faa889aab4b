"""Azure Bot Service: global or regional bots, and the channels on which they talk.

A global bot is served by every region. The regional service of the European Union is active in two
regions there, of which a field names only West Europe
(https://learn.microsoft.com/azure/reliability/reliability-bot). It keeps and processes personal
data within those boundaries, but a channel of another company may take it out of them
(https://learn.microsoft.com/azure/bot-service/bot-builder-concept-regionalization).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import Check, Reader, documented, facet, observed, text, unknown
from residency.model import UNKNOWN_REGION, Holds, Placement, Reading, Resource, Role

PAGE = "https://learn.microsoft.com/azure/reliability/reliability-bot"
CHANNELS = "https://learn.microsoft.com/azure/bot-service/bot-builder-concept-regionalization"
TYPE = "microsoft.botservice/botservices"
NAME = "properties.channelName"

OWN_CHANNELS = frozenset({"webchatchannel", "directlinechannel"})
"""Channels that are part of the service itself, and that every bot has or can have."""

OTHERS = {"global": None, "westeurope": "eu"}
"""The further place of a bot, by its region: a global one has none that is not global."""


def locate(bot: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a bot is, its second region, and the channels it talks on."""
    own = observed(bot.reading, Role.PRIMARY, "location")
    yield own
    other = OTHERS.get(own.region, UNKNOWN_REGION)
    if other is not None:
        fact = "a regional bot is active in two regions of its geography"
        yield documented(bot.reading, Role.REPLICA, other, page=PAGE, fact=fact)
    path = f"{bot.id}/channels"
    places = partial(_channels, path, reader)
    yield from facet(Role.EXPORT, path, places, read_at=bot.reading.read_at)


def _channels(path: str, reader: Reader) -> Iterator[Placement]:
    for channel in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/channels"]):
        yield from _sent(channel)


def _sent(channel: Reading) -> Iterator[Placement]:
    name = text(channel.body, NAME) or ""
    if name.lower() not in OWN_CHANNELS:
        yield unknown(channel, Role.EXPORT, NAME, target=name.lower() or None)


CHECKS = (
    Check(
        id="bot-service",
        title="Bots, their second region and their channels",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.BotService/botServices/read",
            "Microsoft.BotService/botServices/channels/read",
        ),
        docs=(PAGE, CHANNELS),
        locate=locate,
        reads=True,
    ),
)
