"""The installed checks, by resource type, found through the entry point group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points

from residency.check.contract import EVERY_TYPE, Check
from residency.errors import CheckError

GROUP = "residency.checks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Which check knows which type. A type that is in no check is `type-unknown`.

    `beside` are the checks that add to what the check of any type says.
    """

    checks: tuple[Check, ...]
    by_type: Mapping[str, Check]
    beside: tuple[Check, ...] = ()

    def check_for(self, resource_type: str) -> Check | None:
        """Return the check that knows this lower-cased type, or None."""
        return self.by_type.get(resource_type)

    @classmethod
    def of(cls, checks: Iterable[Check]) -> "Catalogue":
        """Index `checks`; raises CheckError when two claim one id or one type."""
        ordered = tuple(checks)
        by_id: dict[str, Check] = {}
        by_type: dict[str, Check] = {}
        for check in ordered:
            if check.id in by_id:
                raise CheckError(f"two checks have the id '{check.id}'; uninstall one of the packs")
            by_id[check.id] = check
            if check.resource_types != EVERY_TYPE:
                for resource_type in check.resource_types:
                    _claim(by_type, resource_type, check)
        beside = tuple(check for check in ordered if check.resource_types == EVERY_TYPE)
        return cls(checks=ordered, by_type=by_type, beside=beside)


def _claim(by_type: dict[str, Check], resource_type: str, check: Check) -> None:
    if resource_type != resource_type.lower():
        raise CheckError(f"check '{check.id}': type '{resource_type}' must be lower-cased")
    if (other := by_type.get(resource_type)) is not None:
        raise CheckError(f"checks '{other.id}' and '{check.id}' both claim '{resource_type}'")
    by_type[resource_type] = check


def load_catalogue() -> Catalogue:
    """Load every installed pack of checks; raises CheckError naming the pack that is unusable."""
    found: list[Check] = []
    for point in entry_points(group=GROUP):
        source = f"{point.dist.name if point.dist else 'unknown'}:{point.name}"
        try:
            pack = point.load()
        except (ImportError, AttributeError) as error:
            raise CheckError(f"the pack of checks {source} does not load: {error}") from error
        if not all(isinstance(check, Check) for check in pack):
            raise CheckError(f"the pack {source} holds something that is not a Check")
        found.extend(pack)
    if not found:
        raise CheckError("no checks are installed; reinstall the package (pip install residency)")
    return Catalogue.of(found)
