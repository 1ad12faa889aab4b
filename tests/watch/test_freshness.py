"""What need not be read again is not, in the next scan and after a restart."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from residency.model import Reason, Status

if TYPE_CHECKING:
    from tests.watch.conftest import World

Make = Callable[..., "World"]
SETTINGS = "/providers/microsoft.insights/diagnosticsettings"


def asked(tenant: "World", path: str) -> int:
    return sum(path in call.path.lower() for call in tenant.simulator.requests)


def test_a_restart_asks_no_more_than_the_next_scan_would(world: Make) -> None:
    tenant = world()
    tenant.scan()
    first = asked(tenant, SETTINGS)
    assert first > 0
    tenant.restart()
    found = tenant.scan()
    assert asked(tenant, SETTINGS) - first <= 2, "what is due in each subscription"
    assert found.verdict == "compliant"


def test_without_the_answers_of_before_all_is_asked_again(world: Make) -> None:
    tenant = world()
    tenant.scan()
    first = asked(tenant, SETTINGS)
    tenant.restart()
    tenant.path.with_name(f"{tenant.path.name}.facets").unlink()
    assert tenant.scan().verdict == "compliant"
    assert asked(tenant, SETTINGS) >= 2 * first


def test_an_old_answer_is_read_again_before_it_counts(world: Make) -> None:
    tenant = world()
    tenant.scan()
    first = asked(tenant, SETTINGS)
    found = tenant.scan(hours=25)
    assert asked(tenant, SETTINGS) >= 2 * first
    reasons = {reason for each in found.judged for reason in each.judgement.reasons}
    assert Reason.STALE not in reasons
    assert {each.judgement.status for each in found.judged} == {Status.COMPLIANT}
