"""What an examination found: which facets an identity can read, and whether it could write."""

from collections.abc import Mapping
from dataclasses import dataclass

from residency.check import Check
from residency.errors import AzureError
from residency.inventory import Coverage
from residency.inventory.permissions import Grant
from residency.model import SubscriptionState
from residency.scan.trials import Trial

_BLIND = frozenset({SubscriptionState.MISSING, SubscriptionState.UNREADABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the permissions API answers for one subscription.

    Attributes:
        everything: `*/read`, less reads of content only: as a scan judges it.
        beyond_reading: Granted actions that are not reads.
        data_actions: Granted actions on content.
    """

    grants: tuple[Grant, ...]
    everything: bool
    beyond_reading: tuple[str, ...]
    data_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """What one check can read in one subscription.

    Attributes:
        missing: Actions that the check needs and that are not granted; None: not known.
        hidden_types: Types of the check whose own read is not granted, so that they do not show.
        resources: How many of its types were seen.
    """

    check: Check
    missing: tuple[str, ...] | None
    hidden_types: tuple[str, ...]
    resources: int
    trials: tuple[Trial, ...]

    @property
    def readable(self) -> bool:
        """Whether nothing is missing and nothing that was tried failed."""
        denied = self.missing is None or self.missing or self.hidden_types
        return not denied and not any(trial.is_bad for trial in self.trials)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One subscription. `rights` is None where it is not listed, so that nothing was asked.

    Attributes:
        left_out: Types that ARM lists and the inventory lacks, with counts; or why not compared.
    """

    coverage: Coverage
    rights: Rights | AzureError | None
    facets: tuple[Facet, ...]
    left_out: Mapping[str, int] | AzureError

    @property
    def could_write(self) -> bool:
        """Whether anything but reads is granted, or any right to content."""
        match self.rights:
            case Rights() as rights:
                return bool(rights.beyond_reading or rights.data_actions)
            case _:
                return False

    @property
    def readable(self) -> bool:
        """Whether nothing is known to be out of reach, and everything was compared."""
        return (
            self.coverage.seen_whole
            and isinstance(self.rights, Rights)
            and self.rights.everything
            and not self.left_out
            and all(facet.readable for facet in self.facets)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """All subscriptions; without a manifest one that is not listed cannot be missed."""

    subscriptions: tuple[Examined, ...]
    has_manifest: bool

    @property
    def could_write(self) -> bool:
        """Whether the identity could do more than read in any subscription."""
        return any(each.could_write for each in self.subscriptions)

    @property
    def readable(self) -> bool:
        """Whether every facet of every subscription can be read."""
        return all(each.readable for each in self.subscriptions)

    @property
    def saw_nothing(self) -> bool:
        """Whether no subscription could be read."""
        return all(each.coverage.state in _BLIND for each in self.subscriptions)
