"""Episodes, incidents and operations as the versions that the store keeps."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from residency.model import Operation
from residency.store.episodes.episode import Episode, Purpose, annotate
from residency.store.episodes.incidents import Incident
from residency.store.tables import NOTE, VERSION
from residency.store.versions import Version

EPISODE, INCIDENT, OPERATION = "episode", "incident", "operation"
ANNOTATION = "annotation"
"""Kind of the note that says why a failover was done; its subject is the episode."""

Kept = TypeVar("Kept", Episode, Incident, Operation)

_ENCODER = msgspec.json.Encoder(order="sorted")


class Annotated(msgspec.Struct, frozen=True, kw_only=True):
    """The body of an annotation."""

    reason: Purpose
    explained: bool = False


def versions_of(kept: Iterable[Episode | Incident | Operation]) -> tuple[Version, ...]:
    """Give each as the version that the store keeps."""
    return tuple(_version(each) for each in kept)


def _version(kept: Episode | Incident | Operation) -> Version:
    body = _ENCODER.encode(kept).decode()
    match kept:
        case Episode():
            return Version(kind=EPISODE, id=kept.id, body=body)
        case Incident():
            return Version(kind=INCIDENT, id=kept.id, body=body)
        case Operation():
            return Version(kind=OPERATION, id=_operation_id(kept), body=body)


def _operation_id(operation: Operation) -> str:
    """Name one call: its events share all of this, and all that is told of it later does."""
    facts = (operation.correlation_id, operation.resource_id, operation.name)
    return sha256("|".join(facts).encode()).hexdigest()


def read_back(connection: Connection, kind: type[Kept], at: int | None = None) -> tuple[Kept, ...]:
    """Read what stands of a kind, or stood by the scan `at`, with what people recorded since."""
    name = kind.__name__.lower()
    holds: ColumnElement[bool] = VERSION.c.to_scan.is_(None)
    if at is not None:
        holds = (VERSION.c.from_scan <= at) & (holds | (VERSION.c.to_scan > at))
    standing = (VERSION.c.kind == name) & holds
    query = select(VERSION.c.body).where(standing).order_by(VERSION.c.pk)
    found = tuple(msgspec.json.decode(body, type=kind) for body in connection.scalars(query))
    if kind is not Episode:
        return found
    notes = annotations(connection)
    return tuple(_annotated(each, notes) for each in found)


def annotations(connection: Connection) -> Mapping[str, Annotated]:
    """Read the newest annotation of each episode that has one."""
    query = select(NOTE.c.subject, NOTE.c.body).where(NOTE.c.kind == ANNOTATION)
    return {
        subject: msgspec.json.decode(body, type=Annotated)
        for subject, body in connection.execute(query.order_by(NOTE.c.pk))
    }


def _annotated(episode: Episode, notes: Mapping[str, Annotated]) -> Episode:
    note = notes.get(episode.id)
    return annotate(episode, note.reason, explained=note.explained) if note else episode
