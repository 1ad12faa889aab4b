"""What Azure Resource Graph would refuse, and what it would take."""

import pytest

from residency.simulator.kql_gate import GateRefusal, check

JOIN = "| join (resources | project id, {0}=name) on id "
UNION = "| union (resources | where type == '{0}') "


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "InvalidQuery"),
        ("RESOURCES | project id", "InvalidTableName"),
        ("resourceContainers | project id", "InvalidTableName"),
        ("vms | project id", "InvalidTableName"),
        ("resources | union (vms)", "InvalidTableName"),
        ("resources | join kind=inner (VMS) on id", "InvalidTableName"),
        ("let x = 1; resources", "InvalidTableName"),
        ("print 1", "InvalidTableName"),
        ("datatable(a:string)['b']", "InvalidTableName"),
        (".show tables", "InvalidTableName"),
        ("resources | project Location", "InvalidColumn"),
        ("resources | project ID", "InvalidColumn"),
        ("resources | where subscriptionid == 'x'", "InvalidColumn"),
        ("resources | summarize count() by resourcegroup", "InvalidColumn"),
        ("resources | Project id", "UnsupportedOperator"),
        ("resources | project-rename a=id", "UnsupportedOperator"),
        ("resources | project-keep id", "UnsupportedOperator"),
        ("resources | sample 5", "UnsupportedOperator"),
        ("resources | lookup (resources) on id", "UnsupportedOperator"),
        ("resources | make-series count() on id", "UnsupportedOperator"),
        ("resources | mv-apply x=tags on (count)", "UnsupportedOperator"),
        ("resources | evaluate bag_unpack(tags)", "UnsupportedOperator"),
        ("resources | serialize", "UnsupportedOperator"),
        ("resources | project id |", "ParserFailure"),
        ("resources | union (resources | sample 5)", "UnsupportedOperator"),
        ("resources | project ToLower(id)", "UnknownFunction"),
        ("resources | project IFF(true, 1, 2)", "UnknownFunction"),
        ("resources | project row_number(id)", "UnknownFunction"),
        ("resources | join kind=leftsemi (resources) on id", "InvalidJoinKind"),
        ("resources | join kind=rightouter (resources) on id", "InvalidJoinKind"),
        ("resources " + "".join(JOIN.format(one) for one in "abcd"), "DisallowedLogicalPlanNode"),
        ("resources " + "".join(UNION.format(one) for one in "abcd"), "DisallowedLogicalPlanNode"),
        ("resources " + "| mv-expand a=tags " * 4, "DisallowedLogicalPlanNode"),
        ("resources | mv-expand a=tags limit 401", "DisallowedMvExpandRowLimit"),
        ("resources | project kind", "BareKind"),
        ("resources | where kind == 'app'", "BareKind"),
    ],
)
def test_refused(query: str, code: str) -> None:
    with pytest.raises(GateRefusal) as refusal:
        check(query)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "query",
    [
        "resources",
        "Resources | project id, name // every name",
        "ResourceContainers | where type =~ 'microsoft.resources/subscriptions'",
        "resources | project id, ['kind'], sku, properties | order by id asc",
        "resources | project iff(type in~ ('a/b', 'c'), properties, dynamic(null))",
        "resources | where properties.Location == 'x' and properties.KIND == 'y'",
        "resources | where name == 'Location | sample 5'",
        "resources | extend Location = location | project Location",
        "resources | join kind=leftouter (resourcecontainers | project subscriptionId) on id",
        "union resources, (resourcecontainers | project id)",
        "resources " + "".join(JOIN.format(one) for one in "abc"),
        "resources | summarize count() by type | top 5 by count_",
        "resourcechanges | where todatetime(properties.changeAttributes.timestamp) > ago(1d)",
    ],
)
def test_taken(query: str) -> None:
    assert check(query).query == query


def test_mv_expand_gets_the_row_limit_of_azure() -> None:
    passed = check("resources | mv-expand a=tags | project a")
    assert passed.query == "resources | mv-expand a=tags limit 128 | project a"
    assert check("resources | mv-expand a=tags limit 5").query.endswith("limit 5")


@pytest.mark.parametrize(
    ("query", "limited"),
    [("resources | limit 5", True), ("resources | take 5", True), ("resources | count", False)],
)
def test_a_limit_is_noticed(query: str, *, limited: bool) -> None:
    assert check(query).limited is limited
