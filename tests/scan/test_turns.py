"""In which order resources are looked into."""

from collections.abc import Iterable

from residency.check import load_catalogue
from residency.scan.placing import in_turns
from residency.testing import resource_of

ACCOUNTS, SERVERS = "Microsoft.Storage/storageAccounts", "Microsoft.Sql/servers"
A_WINDOW = 100


def turns(made: Iterable[tuple[str, str, str]]) -> list[str]:
    catalogue = load_catalogue()
    resources = [
        resource_of(
            {
                "id": f"/subscriptions/{subscription}/resourceGroups/g/providers/{kind}/{name}",
                "type": kind,
                "name": name,
                "location": "westeurope",
            }
        )
        for kind, subscription, name in made
    ]
    checks = [catalogue.check_for(resource.type) for resource in resources]
    deep = [(one, check) for one, check in zip(resources, checks, strict=True) if check]
    return [one.name for one, _ in in_turns(deep)]


def test_what_shares_a_quota_does_not_stand_in_a_row() -> None:
    made = [(ACCOUNTS, "s1", f"a{number}") for number in range(3)]
    made += [(ACCOUNTS, "s2", "b0")]
    assert turns(made) == ["a0", "b0", "a1", "a2"]


def test_the_rarest_type_stands_first_because_other_checks_look_into_it() -> None:
    made = [(ACCOUNTS, "s1", "a0"), (ACCOUNTS, "s1", "a1"), (SERVERS, "s1", "q0")]
    assert turns(made) == ["q0", "a0", "a1"]


def test_those_that_have_to_wait_for_a_window_stand_last_and_those_before_them_first() -> None:
    made = [(SERVERS, "s1", "q0"), (ACCOUNTS, "s2", "b0")]
    made += [(ACCOUNTS, "s1", f"a{number}") for number in range(A_WINDOW + 2)]
    order = turns(made)
    assert order[:2] == ["a0", "a1"]
    assert order[2] == "q0"
    assert order[-2:] == [f"a{A_WINDOW}", f"a{A_WINDOW + 1}"]
    assert set(order[3:-2]) == {"b0", *(f"a{number}" for number in range(2, A_WINDOW))}


def test_servers_wait_for_no_window_of_storage() -> None:
    made = [(SERVERS, "s1", f"q{number}") for number in range(A_WINDOW + 1)]
    made += [(ACCOUNTS, "s1", f"a{number}") for number in range(A_WINDOW + 1)]
    assert turns(made)[-1] == f"a{A_WINDOW}"
