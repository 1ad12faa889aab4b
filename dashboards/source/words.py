"""What numbers and names mean, in words: a colour is never the only thing that tells."""

from typing import Any

Json = dict[str, Any]
Words = dict[str, tuple[str, str]]
"""By the value: the text, and a colour beside it."""

GOOD, ALLOWED, EXCEPTION, BROKEN, UNKNOWN = "green", "blue", "orange", "red", "purple"
PLAIN = "text"

UNSEEN = "Nothing is listed. That means none only while the monitor answers."

VERDICT: Words = {
    "0": ("✔ PROVEN: all data is where it should be", GOOD),
    "1": ("↷ PROVEN, with data at a fallback place", ALLOWED),
    "2": ("? NOT PROVEN: not everything was seen", UNKNOWN),
    "3": ("✖ VIOLATION: data is where it should not be", BROKEN),
    "4": ("? NOT KNOWN: no recent scan", UNKNOWN),
}
NO_VERDICT = "? NOT KNOWN: the monitor does not answer"
NO_ANSWER = "? no answer"

FARTHEST: Words = {
    "0": ("✔ at home", GOOD),
    "1": ("↷ first fallback country", ALLOWED),
    "2": ("! elsewhere in the EU", EXCEPTION),
    "3": ("? place not known", UNKNOWN),
    "4": ("✖ outside the EU", BROKEN),
}
ZONE: Words = {
    "home": ("✔ at home", GOOD),
    "failover": ("↷ first fallback country: allowed", ALLOWED),
    "exceptional": ("! elsewhere in the EU: in exceptional cases only", EXCEPTION),
    "unknown": ("? place not known", UNKNOWN),
    "outside": ("✖ outside the EU: never allowed", BROKEN),
}
ZONE_CODES = (("outside", 4), ("unknown", 3), ("exceptional", 2), ("failover", 1))

NONE: Words = {"0": ("✔ none", GOOD)}
NEVER: Words = {"-1": ("? never", UNKNOWN)}
NEVER_WHOLE: Words = {"-1": ("✖ never as a whole", BROKEN)}
ANSWERING: Words = {"0": ("✖ does not answer", BROKEN), "1": ("✔ answers", GOOD)}
COMPLETE: Words = {"0": ("✖ saw not everything", UNKNOWN), "1": ("✔ saw everything", GOOD)}
READABLE: Words = {"0": ("✖ cannot be read", BROKEN), "1": ("✔ read", GOOD)}
SUSPECT: Words = {
    "-1": ("? not compared", UNKNOWN),
    "0": ("✔ as Azure lists it", GOOD),
    "1": ("✖ much is missing", BROKEN),
}
ACCEPTED: Words = {"0": ("✖ refused, the old one counts", EXCEPTION), "1": ("✔ accepted", GOOD)}
LEDGER: Words = {
    "-1": ("? none, or not verified yet", UNKNOWN),
    "0": ("✖ BROKEN", BROKEN),
    "1": ("✔ whole", GOOD),
}
SEEN: Words = {"0": ("! nobody yet", EXCEPTION), "1": ("✔ yes", GOOD)}
ORDER: Words = {"0": ("✔ kept", GOOD), "1": ("✖ skipped", BROKEN)}
OVERDUE: Words = {"0": ("✔ none", GOOD)}

BASIS: Words = {
    "observed": ("observed: a field says so", PLAIN),
    "documented": ("documented: no field shows it", PLAIN),
    "declared": ("declared: the vendor states it", PLAIN),
}
SEVERITY: Words = {
    "critical": ("✖ critical", BROKEN),
    "major": ("! major", EXCEPTION),
    "minor": ("minor", PLAIN),
}
REASON: Words = {
    "outside-eu": ("outside the EU", BROKEN),
    "primary-misplaced": ("away from home, no failover explains it", EXCEPTION),
    "failover-overdue": ("failover longer than allowed", EXCEPTION),
    "retention-overdue": ("kept too long after its contract", EXCEPTION),
    "deleted-early": ("deleted too early", EXCEPTION),
    "failover-active": ("failed over", ALLOWED),
    "order-skipped": ("went past the first fallback country", EXCEPTION),
    "exceptional-region": ("standing copy elsewhere in the EU", EXCEPTION),
}
CAUSE: Words = {
    "facet-unreadable": ("? a part could not be read", UNKNOWN),
    "type-unknown": ("? no check knows the type", UNKNOWN),
    "region-unknown": ("? the place has no known name", UNKNOWN),
    "facet-pending": ("? not read yet", UNKNOWN),
    "stale": ("? the fact is too old", UNKNOWN),
}
FIX: Words = {
    "facet-unreadable": ("Grant the right that `residency doctor` names", PLAIN),
    "type-unknown": ("Add a check, or declare it with a source", PLAIN),
    "region-unknown": ("Declare where the customer's site is", PLAIN),
    "facet-pending": ("Wait for the next scan; else lengthen scan.deadline", PLAIN),
    "stale": ("Wait for the next scan; else lengthen scan.deadline", PLAIN),
}
EVENT: Words = {
    "violation-opened": ("✖ went into violation", BROKEN),
    "violation-closed": ("✔ left violation", GOOD),
    "placement-added": ("a place was added", PLAIN),
    "placement-removed": ("a place is gone", PLAIN),
    "placement-moved": ("a place moved", PLAIN),
    "became-unknown": ("? became unknown", UNKNOWN),
    "sources-disagree": ("? two sources disagree", UNKNOWN),
    "type-first-seen": ("a type seen for the first time", PLAIN),
    "subscription-lost": ("? a subscription cannot be read any more", UNKNOWN),
    "subscription-back": ("✔ a subscription can be read again", GOOD),
    "subscription-unexpected": ("! a subscription that the manifest lacks", EXCEPTION),
    "exemption-started": ("an exemption began", PLAIN),
    "exemption-expired": ("! an exemption expired", EXCEPTION),
    "inventory-dropped": ("! more than a fifth is gone at once", EXCEPTION),
    "region-pair-changed": ("! a region has another pair", EXCEPTION),
    "failover-opened": ("↷ failed over", ALLOWED),
    "failover-extended": ("↷ failed over again, no farther", ALLOWED),
    "failover-escalated": ("! failed over, farther from home", EXCEPTION),
    "failover-order-skipped": ("✖ past the first fallback country", BROKEN),
    "failover-returned": ("✔ back at home", GOOD),
    "failover-closed": ("✔ a failover ended", GOOD),
    "failover-untraced": ("? a failover that names no resource", UNKNOWN),
}


def mapping(words: Words) -> Json:
    """Give words as a value mapping of Grafana."""
    options = {
        value: {"text": text, "color": colour, "index": index}
        for index, (value, (text, colour)) in enumerate(words.items())
    }
    return {"type": "value", "options": options}
