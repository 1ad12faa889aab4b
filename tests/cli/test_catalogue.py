"""`checks`, `regions` and `config`: what the monitor knows before it looks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from residency.check import load_catalogue
from residency.regions import all_regions

Run = Callable[..., Any]


def test_checks_lists_every_check(run: Run) -> None:
    ran = run("checks")
    assert (ran.code, ran.err) == (0, "")
    for check in load_catalogue().checks:
        assert check.id in ran.out


def test_checks_gives_json_with_the_rights_that_each_needs(run: Run) -> None:
    found = json.loads(run("checks", "--format", "json").out)
    assert found["schema"] == "residency/checks/v1"
    by_id = {check["id"]: check for check in found["checks"]}
    assert list(by_id) == [check.id for check in load_catalogue().checks]
    assert all(set(check) == set(found["checks"][0]) for check in found["checks"])
    assert any(check["permissions"] for check in by_id.values())


def test_regions_lists_every_region_with_its_zone(run: Run) -> None:
    ran = run("regions")
    found = json.loads(run("regions", "--format", "json").out)
    assert ran.code == 0
    assert found["schema"] == "residency/regions/v1"
    zones = {region["region"]: region["zone"] for region in found["regions"]}
    assert zones.keys() == {region.name for region in all_regions()}
    assert [zones[name] for name in ("westeurope", "northeurope", "francecentral", "uksouth")] == [
        "home",
        "failover",
        "exceptional",
        "outside",
    ]
    assert all(name in ran.out for name in zones)


@pytest.mark.parametrize("spelling", ["West Europe", "westeurope", "WESTEUROPE", "west-europe"])
def test_one_region_is_found_by_its_spellings(run: Run, spelling: str) -> None:
    ran = run("regions", spelling, "--format", "json")
    (found,) = json.loads(ran.out)["regions"]
    assert (ran.code, found["region"], found["country"]) == (0, "westeurope", "NL")


def test_a_region_that_is_not_known_ends_with_2(run: Run) -> None:
    ran = run("regions", "marsnorth1")
    assert (ran.code, ran.out) == (2, "")
    assert "'marsnorth1' is no region that is known" in ran.err


def test_config_check_says_that_a_file_is_correct(run: Run, manifest: Path) -> None:
    ran = run("config", "check", "--config", str(manifest))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{manifest}: correct\nsubscriptions: 1\n")


def test_config_check_gives_json(run: Run, manifest: Path) -> None:
    ran = run("config", "check", "--config", str(manifest), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["schema"]) == (0, "residency/config-check/v1")
    assert (found["file"], found["subscriptions"]) == (str(manifest), 1)


def test_config_check_names_every_mistake_of_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("scope: {subscriptions: [{id: one}]}\npolicy: {primary: [UK]}\nstor: {}\n")
    ran = run("config", "check", "--config", str(path))
    assert (ran.code, ran.out) == (2, "")
    for named in ("scope.subscriptions[0].id", "use GB", "stor"):
        assert named in ran.err


def test_config_schema_is_a_schema(run: Run) -> None:
    ran = run("config", "schema")
    found = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert {"azure", "scope", "policy", "estate"} <= found["properties"].keys()


def test_help_names_every_command(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    for name in ("init", "demo", "scan", "explain", "checks", "regions", "config"):
        assert f" {name} " in ran.out
