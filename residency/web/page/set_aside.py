"""Exemptions and declarations: what each says, who answers for it, and until when."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from residency.store.reading.lives import EXEMPTION, Life, Lived
from residency.web.page.known import Known
from residency.web.page.words import When, when


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeRow:
    """An exemption or declaration.

    Attributes:
        covers: For how many resources it counted in the last scan; None: that is not counted here.
    """

    id: str
    life: str
    says: str
    why: str
    owner: str
    resources: tuple[str, ...]
    expires: When
    covers: int | None


def covers_of(known: Known) -> Mapping[str, int]:
    """Count the resources for which each exemption counted in the last scan."""
    found: Counter[str] = Counter()
    for sort, count in known.sorts.items():
        for name in sort.exemptions:
            found[name] += count
    return found


def life_row(lived: Lived, covers: Mapping[str, int], now: datetime) -> LifeRow:
    """Tell of one; `covers` counts resources by exemption."""
    body = lived.body
    is_exemption = lived.kind == EXEMPTION
    return LifeRow(
        id=lived.id if is_exemption else f"declaration {lived.id}",
        life=Life.EXPIRED if now > lived.expires else lived.life,
        says=", ".join(body["reasons"]) if is_exemption else f"data is in {body['country']}",
        why=f"{body['why']} ({body['ticket']})" if is_exemption else str(body["source"]),
        owner=str(body["owner"]),
        resources=tuple(map(str, (*body["resources"], *body.get("types", ())))),
        expires=when(lived.expires, now),
        covers=covers.get(lived.id, 0) if is_exemption else None,
    )
