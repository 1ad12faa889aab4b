"""The sentences and words of an answer in English. Both languages say the same."""

from typing import Final

from residency.cli.show_answer_words import Words

ENGLISH: Final = Words(
    title="Was the data of {name} moved, touched, not seen?",
    period="From {since} to {until}",
    moved={
        "yes": (
            "Data of {name} was seen to move, or a copy to come or go. Changes of place: {places};"
            " failovers: {failovers}."
        ),
        "possibly": (
            "Data was seen to move, or a copy to come or go, of which nothing says whose it is; it"
            " may be of {name}. Changes of place: {places}; failovers: {failovers}."
        ),
        "no": "No data of {name} was seen to move: every scan looked at all that is known of it.",
        "not-established": (
            "Whether data of {name} moved is not established: it was not seen all the time."
        ),
    },
    maybe_more="There may have been more: it was not seen all the time.",
    touched={
        "yes": (
            "The activity log, as far as it is known (up to {known}), names operations that concern"
            " where this data is: {count}."
        ),
        "possibly": (
            "The activity log, as far as it is known (up to {known}), names operations that concern"
            " where data is of which nothing says whose it is: {count}."
        ),
        "no": (
            "The activity log names no operation that concerns where this data is, up to {known};"
            " of the time since it tells nothing yet."
        ),
        "not-established": (
            "Whether there were operations that concern where this data is, is not established:"
            " the activity log is not known for all of this time."
        ),
    },
    touched_and_unknown=(
        "The activity log names operations that concern where this data is: {count}. It is not"
        " known for all of this time, so that there may have been more."
    ),
    whole="Scans in this time: {scans}. Nothing that is known to be of {name} was left unseen.",
    not_whole="Not everything was seen. Scans in this time: {scans}. Times of what was not seen:",
    nothing_known="No resource is known to be of {name} in this time.",
    unassigned=(
        "Resources of which nothing says whose they are: {count}. They may hold data of any"
        " customer, and are told here without their names."
    ),
    others=(
        "Other subscriptions that were not read whole: {count}. No data of {name} is known to be"
        " there."
    ),
    not_seen={
        "everything": "From {since} to {until} nothing was seen: {why}.",
        "subscription": "From {since} to {until} subscription {of} was not seen whole: {why}.",
        "resource": "From {since} to {until} it was not known where {of} was: {why}.",
        "activity-log": "From {since} to {until} the activity log of {of} is not known: {why}.",
    },
    nobodys="data of {count} of type {type}, of which nothing says whose it is,",
    more="The same {count} more times between {since} and {until}; --format json lists each.",
    limits=(
        (
            "The monitor sees where data is, how that changes, and the operations of the activity"
            " log that concern places. It does not see who read or changed data inside a resource."
        ),
        (
            "Between two scans (every {interval}) it knows only what Azure's activity log or the"
            " service itself tells later; the log may be {lag} late."
        ),
    ),
    headings={
        "moves": "Places that changed",
        "failovers": "Failovers",
        "operations": "Operations of the activity log",
        "where": "Where the data stood in this time",
        "when": "when",
        "resource": "resource",
        "what": "what",
        "evidence": "evidence, before and now",
        "cause": "cause",
        "role": "role",
        "region": "region",
        "country": "country",
        "basis": "known by",
        "resources": "resources",
        "unassigned": "of nobody",
        "between": "between {after} and {by}",
        "by": "by {by}",
        "open": "still so",
        "nobody": "(nothing says whose it is)",
        "new": "new: {came}",
        "gone": "gone: {left}",
    },
    told={
        "before-the-first-scan": "before the first scan that is remembered",
        "evidence-given-up": "the evidence of this time was given up, as configured",
        "no-scan": "no scan ran, or none was kept",
        "not-read": "it could not be read",
        "not-seen": "no scan saw it, and nothing said that it was gone",
        "unreadable": "it could not be read",
        "missing": "Azure does not list it",
        "partial": "it could only be read in part",
        "read": "what was read does not add up",
        "disabled": "it is disabled",
        "unexpected": "it was not expected",
        "not-listed": "Azure does not list it",
        "reads-refused": "Azure refused to have it read",
        "left-out-by-resource-graph": "Azure's inventory leaves it out",
        "inventory-short": "the inventory is shorter than it says",
        "inventory-truncated": "the inventory was cut off",
        "inventory-failed": "the inventory could not be read",
        "inventory-broken-off": "the inventory was broken off",
        "inventory-conflict": "the inventory contradicts itself",
        "inventory-suspect": "much of the inventory is missing at once",
        "subscription-limit-hit": "there are more subscriptions than Azure tells of",
        "rights-narrower-than-read-all": "the rights do not cover all of it",
        "rights-unreadable": "the rights could not be read",
        "deleted-unread": "what was deleted and is kept could not be read",
        "region-unknown": "its place could not be named",
        "type-unknown": "its type is not known",
        "facet-unreadable": "a part of it could not be read",
        "facet-pending": "a part of it was not read yet",
        "stale": "what is known is too old",
    },
)
