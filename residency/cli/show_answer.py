"""One customer's answer: on a terminal, and as JSON. The sentences are the same in both."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.panel import Panel

from residency.cli.show_answer_dutch import DUTCH
from residency.cli.show_answer_english import ENGLISH
from residency.cli.show_answer_tables import tables
from residency.cli.show_answer_words import Words
from residency.cli.show_times import of_moment, written_length
from residency.cli.terminal import terminal
from residency.documents.times import instant
from residency.store.reading.answer import Answer, Verdict
from residency.store.reading.unseen import NotSeen, What

SCHEMA = "residency/answer/v1"
_MOST_OF_A_KIND = 10
LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "nl": DUTCH}
_SIGNS = {
    Verdict.YES: "↷",
    Verdict.POSSIBLY: "↷",
    Verdict.NO: "✔",
    Verdict.NOT_ESTABLISHED: "?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """How an answer is told: to whom, in which language, and with which zone's times beside."""

    name: str
    language: str
    zone: str
    interval: timedelta

    @property
    def words(self) -> Words:
        """The words of the language."""
        return LANGUAGES[self.language]


def document(answer: Answer, spoken: Spoken) -> dict[str, Any]:
    """Give an answer as JSON values, schema `residency/answer/v1`."""
    words, asked = spoken.words, answer.asked
    return {
        "schema": SCHEMA,
        "customer": {"id": asked.customer, "name": spoken.name},
        "language": spoken.language,
        "since": instant(asked.since),
        "until": instant(asked.until),
        "moved": answer.was_moved,
        "touched": answer.was_touched,
        "seen_whole": not answer.not_seen,
        "sentences": [text for _, text in sentences(answer, spoken)],
        "limits": list(limits(answer, spoken)),
        "places_changed": [_shown(each._asdict()) for each in answer.moved],
        "failovers": [_values(each) for each in answer.failovers],
        "operations": [_values(each) for each in answer.touched],
        "not_seen": [
            {**_values(each), "sentence": of_not_seen(each, words, spoken.zone)}
            for each in answer.not_seen
        ],
        "where": [_values(each) for each in answer.where],
        "resources": answer.resources,
        "unassigned": answer.unassigned,
        "scans": answer.scans,
        "log_known_until": instant(answer.log_known_until),
        "other_subscriptions_not_whole": answer.others_not_whole,
    }


def _values(told: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the dataclasses of an answer
    return _shown(asdict(told))


def _shown(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: instant(value) if isinstance(value, datetime) else value
        for name, value in told.items()
    }


def sentences(answer: Answer, spoken: Spoken) -> Iterator[tuple[str, str]]:
    """Give each sentence with its sign, what was not seen last."""
    words = spoken.words
    yield _SIGNS[answer.was_moved], _of_moves(answer, spoken)
    yield _SIGNS[answer.was_touched], _of_touches(answer, spoken)
    if not answer.resources:
        yield "?", words.nothing_known.format(name=spoken.name)
    if answer.unassigned:
        yield "•", words.unassigned.format(count=answer.unassigned)
    if answer.others_not_whole:
        yield "•", words.others.format(count=answer.others_not_whole, name=spoken.name)
    if answer.not_seen:
        yield "?", words.not_whole.format(scans=answer.scans)
    elif answer.resources:
        yield "✔", words.whole.format(scans=answer.scans, name=spoken.name)
    for what in What:
        found = [each for each in answer.not_seen if each.what is what]
        for each in found[:_MOST_OF_A_KIND]:
            yield "-", of_not_seen(each, words, spoken.zone)
        if more := found[_MOST_OF_A_KIND:]:
            since = of_moment(min(each.since for each in more), spoken.zone)
            until = of_moment(max(each.until for each in more), spoken.zone)
            yield "-", words.more.format(count=len(more), since=since, until=until)


def _of_moves(answer: Answer, spoken: Spoken) -> str:
    words = spoken.words
    told = words.moved[answer.was_moved].format(
        name=spoken.name, places=len(answer.moved), failovers=len(answer.failovers)
    )
    moved = bool(answer.moved or answer.failovers)
    return f"{told} {words.maybe_more}" if moved and answer.not_seen else told


def _of_touches(answer: Answer, spoken: Spoken) -> str:
    words = spoken.words
    count = len(answer.touched)
    if count and answer.log_unread:
        return words.touched_and_unknown.format(count=count)
    known = of_moment(answer.log_known_until, spoken.zone)
    return words.touched[answer.was_touched].format(known=known, count=count)


def limits(answer: Answer, spoken: Spoken) -> Iterator[str]:
    """Say what the monitor does not see."""
    interval, lag = written_length(spoken.interval), written_length(answer.asked.lag)
    for text in spoken.words.limits:
        yield text.format(interval=interval, lag=lag)


def of_not_seen(told: NotSeen, words: Words, zone: str) -> str:
    """Say from when to when something was not seen, and why."""
    of = " ".join(
        part for part in (told.subject or "", f"({told.name})" if told.name else "") if part
    )
    if told.subject is None:
        of = words.nobodys.format(count=told.count, type=told.name)
    return words.not_seen[told.what].format(
        since=of_moment(told.since, zone),
        until=of_moment(told.until, zone),
        of=of,
        why="; ".join(map(words.of, told.reasons)),
    )


def show_answer(answer: Answer, spoken: Spoken) -> None:
    """Print an answer: the sentences, then the tables that they rest on, then what is not seen."""
    console = terminal()
    words = spoken.words
    period = words.period.format(
        since=of_moment(answer.asked.since, spoken.zone),
        until=of_moment(answer.asked.until, spoken.zone),
    )
    lines = [period, "", *(f"{sign} {text}" for sign, text in sentences(answer, spoken))]
    console.print(Panel("\n".join(lines), title=words.title.format(name=spoken.name)))
    for table in tables(answer, words, spoken.zone):
        console.print(table)
    for text in limits(answer, spoken):
        console.print(text, style="dim")
