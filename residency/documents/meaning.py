"""What each reason means, in a few words that the terminal and the pages share."""

from residency.model import Reason

MEANING = {
    Reason.OUTSIDE_EU: "outside what the policy allows",
    Reason.PRIMARY_MISPLACED: "not at home, and no failover explains it",
    Reason.FAILOVER_ACTIVE: "failed over",
    Reason.FAILOVER_OVERDUE: "failed over for longer than allowed",
    Reason.ORDER_SKIPPED: "went past the first failover countries",
    Reason.EXCEPTIONAL_REGION: "stands where copies should not stand",
    Reason.REGION_UNKNOWN: "its place could not be named",
    Reason.TYPE_UNKNOWN: "no check knows this type",
    Reason.FACET_UNREADABLE: "a facet could not be read",
    Reason.FACET_PENDING: "a facet was not read yet",
    Reason.STALE: "what is known is too old",
    Reason.RETENTION_OVERDUE: "still here 60 days after the contract",
    Reason.DELETED_EARLY: "gone before 60 days after the contract",
}
