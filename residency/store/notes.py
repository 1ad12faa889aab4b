"""What people record: that an event was seen, why a failover was done, and tokens of the API.

A note is a transaction of its own, so that it can be recorded while another process scans into the
same store. It is never changed; a later note on the same subject stands beside it. Nobody's name
is in it: it is by a role.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, assert_never

import msgspec
from sqlalchemy import Connection, func, insert, select

from residency.errors import LedgerError, StoreError
from residency.store import tokens
from residency.store.engine import Database, path_of
from residency.store.episodes.episode import Purpose
from residency.store.episodes.kept import ANNOTATION, EPISODE, INCIDENT, Annotated
from residency.store.events import EventKind
from residency.store.failpoint import failpoint
from residency.store.ledger.canonical import canonical, parse_canonical
from residency.store.ledger.signing import Signer
from residency.store.ledger_log import LedgerLog, require_key
from residency.store.reading.tokens import tokens as tokens_of
from residency.store.schema import require_current
from residency.store.tables import EVENT, META, NOTE, VERSION
from residency.store.times import written

_ROLE = re.compile(r"\w[\w ./-]{0,39}")
_EVENT = re.compile(r"[1-9][0-9]{0,15}")
_EVENTS = re.compile(r"([a-z-]{1,40}):([1-9][0-9]{0,15})")
_LONGEST_TEXT = 200


class NoteKind(StrEnum):
    """What a note can be."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ANNOTATION = ANNOTATION
    TOKEN_MADE = tokens.MADE
    TOKEN_REVOKED = tokens.REVOKED


NOTES = frozenset(map(str, NoteKind))
"""Kinds of the ledger's entries on notes."""


class EventsUntil(NamedTuple):
    """All events of a kind, up to and with a number: the subject of one acknowledgement."""

    kind: EventKind
    number: int

    def __str__(self) -> str:
        """Write it as the subject of a note."""
        return f"{self.kind}:{self.number}"


def events_until(subject: str) -> EventsUntil | None:
    """Read the subject of a note on all events of a kind; None where it is another."""
    found = _EVENTS.fullmatch(subject)
    if found is None or found[1] not in set(EventKind):
        return None
    return EventsUntil(EventKind(found[1]), int(found[2]))


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of an acknowledgement."""

    text: str = ""


_BODIES: Mapping[NoteKind, type[msgspec.Struct]] = {
    NoteKind.ACKNOWLEDGEMENT: Acknowledged,
    NoteKind.ANNOTATION: Annotated,
    NoteKind.TOKEN_MADE: tokens.Made,
    NoteKind.TOKEN_REVOKED: tokens.Revoked,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody records.

    Attributes:
        subject: The number of an event, `EventsUntil`, or the id of an episode or incident; of an
            annotation the id of an episode, and of a token its id.
        at: When it is recorded.
        by_role: The role that records it (`on-call`, `privacy officer`), never a person.
        body: Canonical JSON: `Acknowledged`, `Annotated`, or what `tokens` says of one.
    """

    kind: NoteKind
    subject: str
    at: datetime
    by_role: str
    body: str


def acknowledgement(subject: str, at: datetime, by_role: str, text: str = "") -> Note:
    """Say that an event, episode or incident was seen."""
    body = canonical(msgspec.to_builtins(Acknowledged(text=text))).decode()
    return Note(kind=NoteKind.ACKNOWLEDGEMENT, subject=subject, at=at, by_role=by_role, body=body)


def annotation(
    episode_id: str, at: datetime, by_role: str, reason: Purpose, *, explained: bool = False
) -> Note:
    """Say why a failover was done, and whether that explains a skipped order."""
    told = msgspec.to_builtins(Annotated(reason=reason, explained=explained))
    body = canonical(told).decode()
    return Note(kind=NoteKind.ANNOTATION, subject=episode_id, at=at, by_role=by_role, body=body)


def token_made(hashed: str, name: str, at: datetime, expires: datetime, by_role: str) -> Note:
    """Say that a token was made; of its secret only the hash."""
    made = tokens.Made(name=name, sha256=hashed, expires=written(expires))
    body = canonical(msgspec.to_builtins(made)).decode()
    subject = tokens.id_of(hashed)
    return Note(kind=NoteKind.TOKEN_MADE, subject=subject, at=at, by_role=by_role, body=body)


def token_revoked(token_id: str, at: datetime, by_role: str) -> Note:
    """Say that a token counts no more."""
    body = canonical(msgspec.to_builtins(tokens.Revoked())).decode()
    return Note(kind=NoteKind.TOKEN_REVOKED, subject=token_id, at=at, by_role=by_role, body=body)


def record(url: str, note: Note, signer: Signer | None) -> int:
    """Record a note in the store that `store.url` names; gives the number of its ledger entry.

    It is on the disk when this returns. Another process may have the store open to scan: this
    waits for the commit of a scan.

    Raises:
        StoreError: Nothing was recorded: its subject is not known, what it says is not allowed, or
            the store cannot be written.
        LedgerError: Nothing was recorded: the ledger is signed, and there is no key.
    """
    _require_allowed(note)
    database = Database(path_of(url), writes=True, alone=False)
    try:
        require_current(database)
        with database.writing() as connection:
            _require_known(connection, note)
            seq = append(connection, note, signer)
            failpoint("note")
        return seq
    finally:
        database.close()


def entry_body(pk: int, subject: str, by_role: str, said: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Give the body of the ledger's entry on a note."""
    return {"note": pk, "subject": subject, "by_role": by_role, "is": said}


def append(connection: Connection, note: Note, signer: Signer | None) -> int:
    """Record a note that is allowed and known, within a transaction; gives its ledger entry."""
    require_key(connection, signer)
    pk = (connection.scalar(select(func.max(NOTE.c.pk))) or 0) + 1
    row = {
        "pk": pk,
        "kind": note.kind,
        "subject": note.subject,
        "at": written(note.at),
        "by_role": note.by_role,
        "body": note.body,
    }
    connection.execute(insert(NOTE), row)
    said = parse_canonical(note.body.encode())
    log = LedgerLog(connection)
    log.append(note.kind, note.at, entry_body(pk, note.subject, note.by_role, said))
    origin = connection.scalar(select(META.c.value).where(META.c.key == "origin")) or b""
    log.seal(origin.decode(), note.at, signer)
    return log.size


def _require_allowed(note: Note) -> None:
    if _ROLE.fullmatch(note.by_role) is None:
        raise StoreError(
            f"{note.by_role!r} is no role: give what somebody is, not who, in at most 40 letters,"
            " digits, spaces, dots, dashes or slashes, such as on-call"
        )
    if note.at.tzinfo is None:
        raise StoreError("A note needs a time with its zone")
    try:
        said = parse_canonical(note.body.encode())
        found = msgspec.convert(said, _BODIES[note.kind])
    except (LedgerError, msgspec.ValidationError) as error:
        raise StoreError(f"This is no {note.kind}: {error}") from error
    if msgspec.to_builtins(found) != said:
        raise StoreError(f"This is no {note.kind}: it says more, or less, than one does: {said}")
    match found:
        case Acknowledged():
            _require_short(found.text)
        case tokens.Made() if _ROLE.fullmatch(found.name) is None:
            raise StoreError(
                f"{found.name!r} is no name for a token: say what uses it, not who, in at most 40"
                " letters, digits, spaces, dots, dashes or slashes, such as dashboards"
            )
        case _:
            pass


def _require_short(text: str) -> None:
    if len(text) > _LONGEST_TEXT or "@" in text or not text.isprintable():
        raise StoreError(
            f"A text of a note has at most {_LONGEST_TEXT} characters on one line, and no @: it"
            " names no person"
        )


def _require_known(connection: Connection, note: Note) -> None:
    match note.kind:
        case NoteKind.TOKEN_MADE | NoteKind.TOKEN_REVOKED:
            _require_token(connection, note)
        case NoteKind.ACKNOWLEDGEMENT | NoteKind.ANNOTATION:
            _require_subject(connection, note)
        case _:
            assert_never(note.kind)


def _require_token(connection: Connection, note: Note) -> None:
    """Of tokens that count each has a name of its own, and only such a one can be revoked."""
    live = [each for each in tokens_of(connection) if each.counts(note.at)]
    if note.kind is NoteKind.TOKEN_REVOKED:
        if note.subject not in {each.id for each in live}:
            raise StoreError(
                f"No token {note.subject!r} counts; `residency token list` has those that do"
            )
        return
    name = msgspec.json.decode(note.body, type=tokens.Made).name
    if name in {each.name for each in live}:
        raise StoreError(
            f"There is a token called {name!r}: give this one another name, or revoke that one"
        )


def _require_subject(connection: Connection, note: Note) -> None:
    kinds = [EPISODE] if note.kind is NoteKind.ANNOTATION else [EPISODE, INCIDENT]
    known = VERSION.c.kind.in_(kinds) & (VERSION.c.id == note.subject)
    query = select(VERSION.c.pk).where(known)
    if note.kind is NoteKind.ACKNOWLEDGEMENT and _EVENT.fullmatch(note.subject):
        query = select(EVENT.c.seq).where(EVENT.c.seq == int(note.subject))
    many = events_until(note.subject)
    if note.kind is NoteKind.ACKNOWLEDGEMENT and many is not None:
        query = select(EVENT.c.seq).where(EVENT.c.seq == many.number, EVENT.c.kind == many.kind)
    if connection.scalar(query.limit(1)) is None:
        among = "`residency episodes` lists them"
        if note.kind is NoteKind.ACKNOWLEDGEMENT:
            among = "`residency events`, `residency episodes` and `residency incidents` list them"
        raise StoreError(f"The store knows nothing of {note.subject!r}; {among}")
