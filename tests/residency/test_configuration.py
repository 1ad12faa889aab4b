"""The pages about the configuration are what the code says, and `residency config` works."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from residency.cli import config
from residency.errors import ConfigError
from residency.settings import Match, Settings, json_schema, load, policy_sha256

DATA = Path(__file__).parent / "data" / "config"
DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE = DOCS / "residency.example.yaml"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("RESIDENCY_")]:
        monkeypatch.delenv(name)


def write(folder: Path, text: str) -> Path:
    path = folder / "residency.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def generator() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "generate_configuration.py"))


def test_the_reference_is_what_the_code_says(generator: dict[str, Any]) -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert page == generator["page"](), "run python docs/generate_configuration.py"


def test_the_schema_is_what_the_code_says() -> None:
    schema = json.loads((DOCS / "residency.schema.json").read_text(encoding="utf-8"))
    assert schema == json_schema(), "run python docs/generate_configuration.py"


def example() -> Any:
    found = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    return json.loads(json.dumps(found, default=lambda moment: moment.isoformat()))


def stands_in(found: object, keys: list[str]) -> bool:
    if not keys:
        return True
    first, *rest = keys
    entries: list[object]
    if first == "<name>":
        entries = list(found.values()) if isinstance(found, dict) else []
        return any(stands_in(entry, rest) for entry in entries)
    name = first.removesuffix("[]")
    if not isinstance(found, dict) or name not in found:
        return False
    entries = found[name] if first.endswith("[]") else [found[name]]
    return any(stands_in(entry, rest) for entry in entries)


def test_the_example_loads_and_has_every_key(generator: dict[str, Any]) -> None:
    found = example()
    load(EXAMPLE)
    assert [key for key in generator["keys"]() if not stands_in(found, key.split("."))] == []
    match = found["estate"]["products"]["QicsMilestones"]["match"]
    assert set(match) == set(Match.model_fields)


def test_the_example_and_the_defaults_meet_the_schema() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(example(), schema)
    jsonschema.validate(Settings().model_dump(mode="json"), schema)


def test_the_schema_refuses_an_unknown_key_too() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"azure": {"password": "x"}}, json_schema())


def run(*arguments: str) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(config.app, arguments)
    return result.exit_code, result.stdout, result.exception


def test_check_says_in_words_what_the_file_holds(tmp_path: Path) -> None:
    late = "why: d, ticket: e, expires: 2020-01-01"
    path = write(
        tmp_path,
        "scope: {subscriptions: [{id: 11111111-1111-1111-1111-111111111111}]}\n"
        f"exemptions: [{{id: old, reasons: [outside-eu], resources: [b], owner: c, {late}}}]\n",
    )
    code, output, _ = run("check", "--config", str(path))
    assert code == 0
    assert output.splitlines()[:-1] == [
        f"{path}: correct",
        "subscriptions: 1",
        "products: 0",
        "customers: 0",
        "policies: 1",
        "exemptions: 0 live, 1 expired: old",
        "declarations: 0 live, 0 expired",
    ]


def test_check_warns_that_without_a_manifest_nothing_is_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, output, _ = run("check")
    assert code == 0
    assert output.startswith(
        "defaults and environment: correct\nsubscriptions: none, so that a scan"
    )


def test_check_takes_the_file_of_this_folder_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.config_file(None) is None
    write(tmp_path, "{}")
    assert config.config_file(None) == Path("residency.yaml")
    monkeypatch.setenv("RESIDENCY_CONFIG", "other.yaml")
    assert config.config_file(None) == Path("other.yaml")
    assert config.config_file(Path("third.yaml")) == Path("third.yaml")


def test_check_gives_the_same_as_json() -> None:
    code, output, _ = run("check", "--config", str(EXAMPLE), "--format", "json")
    found = json.loads(output)
    assert code == 0
    assert found["schema"] == "residency/config-check/v1"
    assert (found["subscriptions"], found["products"], found["policies"]) == (2, 1, 2)
    assert found["policy_sha256"] == policy_sha256(load(EXAMPLE))


def test_check_lets_the_mistakes_through_for_the_command_line_to_print() -> None:
    _, _, exception = run("check", "--config", str(DATA / "country-uk.yaml"))
    assert isinstance(exception, ConfigError)


def test_schema_prints_the_schema() -> None:
    code, output, _ = run("schema")
    assert code == 0
    assert json.loads(output) == json_schema()


def test_the_command_starts_without_loading_the_validator() -> None:
    code = "import sys, residency.cli.config; print('pydantic' in sys.modules)"
    done = subprocess.run(  # noqa: S603 - this Python, on a text of this test
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
