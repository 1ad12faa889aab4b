"""The configuration: what is read, what is refused and in which words, and what is documented."""

import json
import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from residency.errors import ConfigError
from residency.settings import (
    ISO_3166_1,
    NEVER_EXEMPT,
    Match,
    Policy,
    Retention,
    Settings,
    format_duration,
    load,
    parse_duration,
    parse_retention,
    policy_sha256,
)

DATA = Path(__file__).parent / "data" / "config"

MISTAKES: dict[str, list[str]] = yaml.safe_load(
    (DATA.parent / "config_mistakes.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("RESIDENCY_")]:
        monkeypatch.delenv(name)


def write(folder: Path, text: str) -> Path:
    path = folder / "residency.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path | None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(("name", "sentences"), MISTAKES.items(), ids=list(MISTAKES))
def test_each_mistake_is_named_with_the_file_the_key_and_what_to_do(
    name: str, sentences: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DATA)
    file = Path(f"{name}.yaml")
    assert refusal(file) == [f"{file}: {sentence}" for sentence in sentences]


def test_every_bad_file_stands_in_the_table() -> None:
    assert {path.stem for path in DATA.glob("*.yaml")} == set(MISTAKES)


def test_no_secret_and_no_word_of_the_validator_is_in_a_message() -> None:
    for path in DATA.glob("*.yaml"):
        text = "\n".join(refusal(path))
        assert "hunter2" not in text
        assert not re.search(r"(?i)pydantic|validation|type=|input_value|Value error", text)


def test_a_file_that_is_absent_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    assert refusal(path) == [
        f"{path}: cannot be read (no such file or directory): correct the path or the rights"
    ]


def test_a_file_over_a_mebibyte_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "#" * ((1 << 20) + 1))
    assert refusal(path) == [f"{path}: is over 1 MiB: no configuration is that big"]


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "residency.yaml"
    path.write_bytes(b"policy: \xff\xfe")
    assert refusal(path) == [f"{path}: is not UTF-8 text: save it as UTF-8"]


def test_a_control_character_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "policy: \x01")
    assert refusal(path) == [f"{path}: is not YAML (a character that is not allowed): correct it"]


def test_without_a_file_the_defaults_are_those_of_the_design() -> None:
    found = load(None)
    assert found.model_dump(mode="json") == {
        "azure": {
            "endpoint": "https://management.azure.com",
            "credential": "workload-identity",
            "ca_bundle": None,
        },
        "scope": {"subscriptions": [], "management_group": None},
        "policy": {
            "primary": ["NL"],
            "failover": ["IE"],
            "exceptional": ["EU"],
            "standing_copies": ["IE"],
            "max_failover": "72h",
            "max_failover_source": "internal",
            "standby": [],
        },
        "policies": {},
        "promise": {"text": "", "version": "", "url": ""},
        "exemptions": [],
        "declarations": [],
        "estate": {
            "products": {},
            "customers": {},
            "environments": {
                "match": {"tags": "environment"},
                "production": ["production", "prod", ""],
            },
            "outside_promise": [],
            "instructed_exports": [],
            "subprocessors": [],
        },
        "store": {"url": "sqlite:///residency.db"},
        "scan": {
            "interval": "15m",
            "deadline": "10m",
            "fast_interval": "1m",
            "activity_log_lag": "1h",
            "max_age": {"default": "24h"},
        },
        "web": {"listen": "127.0.0.1:9740", "config_file": None, "hook_keys_file": None},
        "heartbeat": {"url": None},
        "ledger": {"key_file": None, "retain": "7y"},
        "report": {"timezone": "Europe/Amsterdam", "languages": ["nl", "en"], "threshold": 0.995},
    }


def test_the_example_estate_of_the_design_is_accepted(tmp_path: Path) -> None:
    text = """
estate:
  products: {QicsMilestones: {label: QicsMilestones, match: {tags: {product: QicsMilestones}}}}
  customers: {acme: {name: Acme BV, language: nl, products: [QicsMilestones],
    match: {tags: {customer: acme}}, policy: default, contract: "…", starts: null, ended: null,
    dora: false}}
"""
    estate = load(write(tmp_path, text)).estate
    assert estate.customers["acme"].match == Match(tags={"customer": "acme"})
    assert estate.products["QicsMilestones"].match.tags == {"product": "QicsMilestones"}


GOOD = (
    ("policy: {primary: [NO]}", ("policy", "primary"), ("NO",)),
    ("promise: {version: 1.10}", ("promise", "version"), "1.10"),
    ("policy: {exceptional: []}", ("policy", "exceptional"), ()),
    (
        "policy: {standby: [{tags: {dr: true}}]}",
        ("policy", "standby"),
        (Match(tags={"dr": "true"}),),
    ),
    (
        "azure: {endpoint: 'https://management.azure.com/'}",
        ("azure", "endpoint"),
        "https://management.azure.com",
    ),
    (
        "azure: {endpoint: 'http://localhost:8080', credential: none}",
        ("azure", "credential"),
        "none",
    ),
    ("azure: {endpoint: 'http://[::1]:80'}", ("azure", "endpoint"), "http://[::1]:80"),
    ("azure: {endpoint: 'http://127.9.9.9'}", ("azure", "endpoint"), "http://127.9.9.9"),
    ("ledger: {retain: 90d}", ("ledger", "retain"), Retention(90, "d")),
    ("scan: {max_age: {DEFAULT: 1h}}", ("scan", "max_age"), {"default": timedelta(hours=1)}),
    ("web: {listen: '[::]:9740'}", ("web", "listen"), "[::]:9740"),
    ("policy: {primary: &nl [NL], standing_copies: *nl}", ("policy", "standing_copies"), ("NL",)),
)


@pytest.mark.parametrize(("text", "keys", "value"), GOOD, ids=[row[0] for row in GOOD])
def test_a_value_means_what_its_key_says(
    text: str, keys: tuple[str, str], value: object, tmp_path: Path
) -> None:
    found = load(write(tmp_path, text))
    assert getattr(getattr(found, keys[0]), keys[1]) == value


def test_a_merge_key_may_be_overridden(tmp_path: Path) -> None:
    text = "policies:\n  a: &a {primary: [DE]}\n  b: &b {<<: *a, primary: [FR]}\n  c: {<<: *b}\n"
    policies = load(write(tmp_path, text)).policies
    assert [policies[name].primary for name in "abc"] == [("DE",), ("FR",), ("FR",)]


EXPIRES = (
    ("2030-06-30", datetime(2030, 6, 30, 23, 59, 59, tzinfo=UTC)),
    ("2030-06-30T12:00:00+02:00", datetime(2030, 6, 30, 10, 0, tzinfo=UTC)),
    ("2030-06-30T12:00Z", datetime(2030, 6, 30, 12, 0, tzinfo=UTC)),
)


@pytest.mark.parametrize(("text", "moment"), EXPIRES, ids=[text for text, _ in EXPIRES])
def test_an_exemption_counts_until_its_last_moment(
    text: str, moment: datetime, tmp_path: Path
) -> None:
    entry = "{id: a, reasons: [outside-eu], resources: [b], owner: c, why: d, ticket: e, expires: "
    (exemption,) = load(write(tmp_path, f"exemptions: [{entry}{text}}}]")).exemptions
    assert exemption.expires == moment
    assert exemption.is_live(moment)
    assert not exemption.is_live(moment + timedelta(seconds=1))


@pytest.mark.parametrize("reason", sorted(NEVER_EXEMPT))
def test_what_is_unknown_cannot_be_exempted(reason: str, tmp_path: Path) -> None:
    entry = "resources: [b], owner: c, why: d, ticket: e, expires: 2030-01-01"
    path = write(tmp_path, f"exemptions: [{{id: a, reasons: [{reason}], {entry}}}]")
    assert f"'{reason}' cannot be exempted, because" in refusal(path)[0]


def test_the_countries_are_the_249_of_iso_3166_1() -> None:
    assert len(ISO_3166_1) == 249
    assert not ISO_3166_1 & {"EU", "UK", "XK", "EL"}


def test_the_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load(None).policy.primary = ("US",)  # type: ignore[misc]


def test_an_address_that_may_hold_a_password_is_not_printed(tmp_path: Path) -> None:
    found = load(write(tmp_path, "heartbeat: {url: 'https://example.org/hunter2'}"))
    assert "hunter2" not in repr(found)


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "policy: {primary: [DE], max_failover: 10h, failover: [FR]}")
    monkeypatch.setenv("RESIDENCY_POLICY__MAX_FAILOVER", "20h")
    monkeypatch.setenv("RESIDENCY_POLICY__FAILOVER", '["BE"]')
    monkeypatch.setenv("RESIDENCY_AZURE__CREDENTIAL", "azure-cli")
    monkeypatch.setenv("RESIDENCY_WEB__LISTEN", "")
    found = load(path)
    assert found.policy == Policy(
        primary=("DE",), failover=("BE",), max_failover=timedelta(hours=20)
    )
    assert found.azure.credential == "azure-cli"
    assert found.web.listen == "127.0.0.1:9740"


def test_null_in_the_environment_takes_a_value_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "heartbeat: {url: 'https://example.org'}")
    monkeypatch.setenv("RESIDENCY_HEARTBEAT__URL", "null")
    assert load(path).heartbeat.url is None


def test_a_whole_section_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESIDENCY_SCAN", '{"interval": "30m", "deadline": "20m"}')
    monkeypatch.setenv("RESIDENCY_SCAN__DEADLINE", "25m")
    found = load(None).scan
    assert (found.interval, found.deadline) == (timedelta(minutes=30), timedelta(minutes=25))


def test_names_that_others_set_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RESIDENCY_CONFIG", "RESIDENCY_PORT", "RESIDENCY_SERVICE_HOST"):
        monkeypatch.setenv(name, "tcp://10.0.0.1:9740")
    assert load(None) == Settings()


VARIABLES = (
    ("RESIDENCY_AZUR__CREDENTIAL", "none", "azur: is not a key: did you mean azure?"),
    ("RESIDENCY_AZURE__CREDENTAL", "x", "azure.credental: is not a key: did you mean credential?"),
    (
        "RESIDENCY_POLICY__PRIMARY",
        '["UK"]',
        "policy.primary[0]: 'UK' is not an ISO 3166-1 code: use GB",
    ),
    ("RESIDENCY_POLICY__PRIMARY", "NL", "policy.primary: 'NL' needs a list, such as [NL]"),
    ("RESIDENCY_POLICY__PRIMARY", "[NL", "policy.primary: '[NL' needs a list: [...]"),
    (
        "RESIDENCY_SCAN",
        '{"deadline": "1h"}',
        "scan.deadline: '1h' must be less than scan.interval (15m)",
    ),
    ("RESIDENCY_SCAN", '{"interval": 15}', "scan.interval: 15 needs a unit, such as 72h"),
    (
        "RESIDENCY_HEARTBEAT__URL",
        "hunter2",
        "heartbeat.url: is not a web address, such as https://example.org",
    ),
)


@pytest.mark.parametrize(("name", "value", "sentence"), VARIABLES)
def test_a_mistake_in_the_environment_names_the_variable(
    name: str, value: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    path = write(tmp_path, "report: {threshold: 2}")
    expected = {f"{name}: {sentence}", f"{path}: report.threshold: '2' must be at most 1"}
    assert set(refusal(path)) == expected


FREE_KEYS = {("policies",), ("estate", "products"), ("estate", "customers"), ("scan", "max_age")}


def sections(found: dict[str, Any], place: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inner = [
        deeper
        for key, value in found.items()
        if isinstance(value, dict)
        for deeper in sections(value, (*place, key))
    ]
    return inner if place in FREE_KEYS else [place, *inner]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.sampled_from(sections(Settings().model_dump(mode="json"))),
    key=st.from_regex(r"\A[a-z_]{1,20}\Z"),
    value=st.one_of(st.none(), st.text("ab: #[", max_size=5), st.just([]), st.just({})),
)
def test_any_unknown_key_is_refused_wherever_it_stands(
    place: tuple[str, ...], key: str, value: object, tmp_path: Path
) -> None:
    given_file = Settings().model_dump(mode="json")
    section = given_file
    for name in place:
        section = section[name]
    if key in section:
        return
    section[key] = value
    path = write(tmp_path, json.dumps(given_file))
    (line,) = refusal(path)
    assert line.startswith(f"{path}: {'.'.join((*place, key))}: is not a key: ")


@given(st.integers(min_value=1, max_value=36_500 * 86_400))
def test_durations_are_read_back_as_written(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert parse_duration(format_duration(duration)) == duration


@given(st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.from_regex(r"\A-?\d+\Z")))
def test_a_duration_without_a_unit_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"needs a unit|more than zero"):
        parse_duration(value)


@given(st.integers(min_value=1, max_value=100), st.sampled_from(["d", "y"]))
def test_retentions_are_read_back_as_written(count: int, unit: str) -> None:
    assert str(parse_retention(f"{count}{unit}")) == f"{count}{unit}"


CUTOFFS = (
    ("7y", datetime(2032, 2, 29, tzinfo=UTC), date(2025, 2, 28)),
    ("7y", datetime(2032, 3, 1, tzinfo=UTC), date(2025, 3, 1)),
    ("90d", datetime(2032, 3, 31, tzinfo=UTC), date(2032, 1, 1)),
)


@pytest.mark.parametrize(("retention", "now", "cutoff"), CUTOFFS)
def test_a_retention_goes_by_the_calendar(retention: str, now: datetime, cutoff: date) -> None:
    assert parse_retention(retention).cutoff(now).date() == cutoff


def test_the_digest_is_of_what_judges_and_of_nothing_else(tmp_path: Path) -> None:
    usual = policy_sha256(load(None))
    same = "scan: {interval: 1h}\nweb: {listen: '127.0.0.1:1'}\npolicy: {max_failover: 3d}"
    other = (
        "policy: {max_failover: 71h}",
        "policies: {strict: {}}",
        "promise: {version: 2}",
        "estate: {environments: {production: [live]}}",
        (
            "declarations: [{types: [a], country: NL, holds: none, source: b, owner: c, "
            "expires: 2030-01-01}]"
        ),
        (
            "exemptions: [{id: a, reasons: [outside-eu], resources: [b], owner: c, why: d, "
            "ticket: e, "
            "expires: 2030-01-01}]"
        ),
    )
    digests = [policy_sha256(load(write(tmp_path, text))) for text in other]
    assert re.fullmatch(r"[0-9a-f]{64}", usual)
    assert policy_sha256(load(write(tmp_path, same))) == usual
    assert len({usual, *digests}) == len(other) + 1


def test_the_digest_changes_with_the_order_of_products_because_the_first_match_decides() -> None:
    one, two = ({"label": name, "match": {"tags": {"product": name}}} for name in ("one", "two"))
    forward = Settings.model_validate({"estate": {"products": {"one": one, "two": two}}})
    backward = Settings.model_validate({"estate": {"products": {"two": two, "one": one}}})
    assert policy_sha256(forward) != policy_sha256(backward)
