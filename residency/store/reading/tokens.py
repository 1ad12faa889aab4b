"""The tokens of the API that were made, with those that were revoked."""

import msgspec
from sqlalchemy import select

from residency.store.reading.standing import Reader
from residency.store.tables import NOTE
from residency.store.times import moment_of
from residency.store.tokens import MADE, REVOKED, Made, Token


def tokens(reader: Reader) -> tuple[Token, ...]:
    """Read all tokens that were ever made, the oldest first."""
    columns = NOTE.c.kind, NOTE.c.subject, NOTE.c.at, NOTE.c.body
    query = select(*columns).where(NOTE.c.kind.in_([MADE, REVOKED])).order_by(NOTE.c.pk)
    found: dict[str, Token] = {}
    for kind, subject, at, body in reader.execute(query):
        if kind == REVOKED:
            found[subject] = found[subject]._replace(revoked_at=moment_of(at))
            continue
        made = msgspec.json.decode(body, type=Made)
        found[subject] = Token(
            id=subject,
            name=made.name,
            sha256=made.sha256,
            made_at=moment_of(at),
            expires=moment_of(made.expires),
            revoked_at=None,
        )
    return tuple(found.values())
