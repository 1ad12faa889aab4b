"""Who may tell: the keys that a hook's caller shows, compared in constant time.

Event Grid and action groups can keep a key in the query of the address that they call
(https://learn.microsoft.com/azure/event-grid/security-authentication). Event Grid can also send it
as a bearer token, in a header that begins with no `aeg-`
(https://learn.microsoft.com/azure/event-grid/delivery-properties).
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

_IN_QUERY = b"code"
_BEARER = "bearer "


def shows_key(request: Request, keys: Iterable[bytes]) -> bool:
    """Tell whether the caller shows one of `keys`; looks at all of them, whichever fits."""
    known = [hashlib.sha256(key).digest() for key in keys if key]
    found = False
    for shown in _shown(request):
        digest = hashlib.sha256(shown).digest()
        for key in known:
            found |= hmac.compare_digest(digest, key)
    return found


def _shown(request: Request) -> Iterator[bytes]:
    for part in request.scope["query_string"].split(b"&"):
        name, _, value = part.partition(b"=")
        if name == _IN_QUERY:
            yield unquote_to_bytes(value)  # a + is a + here: keys are often base64
    authorization = request.headers.get("authorization", "")
    if authorization[: len(_BEARER)].lower() == _BEARER:
        yield authorization[len(_BEARER) :].strip().encode("latin-1")
