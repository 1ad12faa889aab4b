"""In which order resources are looked into."""

from residency.check import load_catalogue
from residency.scan.placing import in_turns
from residency.testing import resource_of

ACCOUNTS, SERVERS = "Microsoft.Storage/storageAccounts", "Microsoft.Sql/servers"


def test_what_shares_a_quota_does_not_stand_in_a_row() -> None:
    catalogue = load_catalogue()
    made = [(ACCOUNTS, "s1", f"a{number}") for number in range(3)]
    made += [(SERVERS, "s1", "q0"), (ACCOUNTS, "s2", "b0")]
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
    assert [one.name for one, _ in in_turns(deep)] == ["a0", "q0", "b0", "a1", "a2"]
