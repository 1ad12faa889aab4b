"""Episodes as people read and annotate them, and as JSON."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from residency.model import Caller, Operation
from residency.store.episodes import Purpose, Sighting, annotate, document, gather

if TYPE_CHECKING:
    from tests.store.episodes.conftest import Follower

HOME, IRELAND, GERMANY = "westeurope", "northeurope", "germanywestcentral"
See = Callable[..., Sighting]


def test_the_document_has_every_key_of_the_schema_and_no_other(
    follower: "Follower", sighting: See, operation: Callable[..., Operation]
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND), operations=[operation(7)])
    (episode,) = gather(follower.episodes).episodes
    assert document([episode]) == {
        "schema": "residency/episodes/v1",
        "episodes": [
            {
                "id": episode.id,
                "incident_id": episode.incident_id,
                "resource_id": sighting().resource_id,
                "resource_type": "microsoft.storage/storageaccounts",
                "from_region": HOME,
                "to_region": IRELAND,
                "path": [HOME, IRELAND],
                "cause": "operator",
                "cause_basis": "observed",
                "reason": "unknown",
                "open": True,
                "started_at": "2026-11-02T10:07:00.000Z",
                "started_after": "2026-11-02T10:00:00.000Z",
                "ended_at": None,
                "ended_after": None,
                "products": ["QicsMilestones"],
                "customers": ["acme"],
            }
        ],
    }
    assert json.loads(json.dumps(document([episode]))) == document([episode])


def test_one_that_returned_says_where_it_stood_last(follower: "Follower", sighting: See) -> None:
    for scan, region in enumerate((HOME, IRELAND, GERMANY, HOME)):
        follower.scan(scan * 15, sighting(region))
    (entry,) = document(follower.episodes)["episodes"]
    assert (entry["to_region"], entry["path"]) == (GERMANY, [HOME, IRELAND, GERMANY])
    assert (entry["open"], entry["ended_at"]) == (False, "2026-11-02T10:45:00.000Z")
    assert entry["ended_after"] == "2026-11-02T10:30:00.000Z"


def test_an_annotation_is_a_version_and_explains_a_skipped_order(
    follower: "Follower", sighting: See
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(GERMANY))
    noted = annotate(follower.only, Purpose.TEST, explained=True)
    assert (noted.reason, noted.revision) == (Purpose.TEST, 2)
    assert (follower.only.skipped_the_order, noted.skipped_the_order) == (True, False)
    assert annotate(noted, Purpose.TEST, explained=True) == noted


def test_what_people_recorded_outlives_the_next_scans(follower: "Follower", sighting: See) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND))
    follower.episodes = (annotate(follower.only, Purpose.DISRUPTION, explained=True),)
    follower.scan(30, sighting(GERMANY))
    assert (follower.only.reason, follower.only.revision) == (Purpose.DISRUPTION, 3)
    assert follower.kinds == ["opened", "escalated"]


def test_of_a_caller_only_the_kind_is_known(
    follower: "Follower", sighting: See, operation: Callable[..., Operation]
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND), operations=[operation(7, by=Caller.PERSON)])
    assert follower.only.caller is Caller.PERSON
    assert "person" not in json.dumps(document(follower.episodes))
