"""Where a Translator handles text: at the endpoint that its callers use.

https://learn.microsoft.com/azure/ai-services/translator/region-support: the endpoint decides, and
the account's region is not always where requests are handled. That of a geography stays in it, the
global one takes the nearest data centre and may leave the geography. No field shows which of them
callers use, so the place is unknown. An account that only admits chosen networks has to be called
at its own endpoint
(https://learn.microsoft.com/azure/ai-services/translator/text-translation/reference/v3/reference),
but of those the page places only the ones in Switzerland, and so that is no exception.

Accounts of several services call the same endpoints with the same key, and whether they do shows in
no field either: their place is unknown as well, until somebody declares it.
"""

from collections.abc import Iterator

from residency.check import absent, documented, text
from residency.model import UNKNOWN_REGION, Placement, Resource, Role

ENDPOINTS_PAGE = "https://learn.microsoft.com/azure/ai-services/translator/region-support"
PRIVATE_PAGE = (
    "https://learn.microsoft.com/azure/ai-services/translator/text-translation/"
    "reference/v3/reference"
)
KIND = "kind"
TRANSLATORS = frozenset({"texttranslation", "cognitiveservices", "aiservices"})
"""The kind of a Translator, and those of accounts that hold it among other services."""


def translated(account: Resource) -> Iterator[Placement]:
    """State of what can translate that the callers' endpoint decides where, which nobody knows."""
    kind = text(account.reading.body, KIND)
    if not kind:
        yield absent(account.reading, Role.PROCESSING, KIND, "it says whether texts are translated")
    elif kind.lower() in TRANSLATORS:
        fact = "the endpoint that is called decides where text is handled, not the account's region"
        yield documented(
            account.reading, Role.PROCESSING, UNKNOWN_REGION, page=ENDPOINTS_PAGE, fact=fact
        )
