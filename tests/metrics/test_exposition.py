"""What a scrape gets: the format and encoding that it asks for, and what Prometheus accepts."""

import gzip
import time
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest
from prometheus_client import Metric, generate_latest
from prometheus_client.openmetrics import parser
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import Collector

from residency.metrics import Caps, Running
from residency.metrics.families import families
from residency.metrics.negotiation import Format, format_of, takes_gzip
from residency.metrics.rendering import metric_of, rendered

if TYPE_CHECKING:
    from tests.metrics.conftest import Estate, Told

Program = Callable[..., CompletedProcess[str]]

PROMETHEUS_2_42 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROMETHEUS_3_TEXT = (
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.4"
)
TEXT, OPENMETRICS = Format.TEXT, Format.OPENMETRICS

ACCEPTED = [
    (PROMETHEUS_2_42, OPENMETRICS),
    (PROMETHEUS_3, OPENMETRICS),
    (PROMETHEUS_3_TEXT, TEXT),
    ("", TEXT),
    ("*/*", TEXT),
    ("text/html,application/xhtml+xml,*/*;q=0.8", TEXT),
    ("text/plain", TEXT),
    ("application/openmetrics-text", OPENMETRICS),
    ("Application/OpenMetrics-Text; Version=1.0.0", OPENMETRICS),
    ('application/openmetrics-text; version="1.0.0"', OPENMETRICS),
    ("application/openmetrics-text;version=2.0.0", TEXT),
    ("application/openmetrics-text;q=0.4,text/plain;q=0.5", TEXT),
    ("application/openmetrics-text;q=0,*/*", TEXT),
    ("text/plain;q=0,*/*", OPENMETRICS),
    ("application/*,text/*;q=0.9", OPENMETRICS),
    ("application/json", TEXT),
    ("application/openmetrics-text;q=nonsense,text/plain;q=0.1", TEXT),
    (";;,,q=", TEXT),
]


@pytest.mark.parametrize(("accept", "expected"), ACCEPTED)
def test_the_format_is_the_one_that_is_asked_for(accept: str, expected: Format) -> None:
    assert format_of(accept) is expected


ENCODINGS = [
    ("gzip", True),
    ("gzip, deflate, br", True),
    ("GZIP;q=0.5", True),
    ("*", True),
    ("", False),
    ("identity", False),
    ("gzip;q=0", False),
    ("gzip;q=0, *", False),
    ("br", False),
]


@pytest.mark.parametrize(("accepted", "expected"), ENCODINGS)
def test_it_is_compressed_only_where_that_is_accepted(accepted: str, *, expected: bool) -> None:
    assert takes_gzip(accepted) is expected


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text"])
def test_what_is_compressed_is_what_is_plain(estate: "Estate", accept: str) -> None:
    exposed = estate.exposed()
    plain, packed = exposed.answer(accept, ""), exposed.answer(accept, "gzip")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    unpacked = gzip.decompress(packed.body)
    made = exposed.plain[format_of(accept)]
    assert unpacked.startswith(made)
    assert plain.body.startswith(made)
    assert unpacked.count(b"\nprocess_cpu_seconds_total ") == 1


TYPES = {
    "text/plain": "text/plain; version=0.0.4; charset=utf-8",
    "application/openmetrics-text": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}


@pytest.mark.parametrize(("accept", "expected"), TYPES.items())
def test_the_answer_names_its_format(estate: "Estate", accept: str, expected: str) -> None:
    assert estate.exposed().answer(accept, "").headers["Content-Type"] == expected


def test_openmetrics_ends_once(estate: "Estate", in_violation: Callable[..., "Told"]) -> None:
    estate.scan(in_violation("a"))
    body = estate.exposed(requests={"x 200": 1}).answer("application/openmetrics-text", "").body
    assert body.endswith(b"\n# EOF\n")
    assert body.count(b"# EOF") == 1
    found = parser.text_string_to_metric_families(body.decode())  # type: ignore[no-untyped-call]
    names = {each.name for each in found}
    assert {"residency_events", "residency_violation_info", "process_cpu_seconds"} <= names


def test_both_formats_are_those_of_the_library(
    estate: "Estate", in_violation: Callable[..., "Told"]
) -> None:
    estate.scan(in_violation("a"))
    found = families(estate.state(), Running(requests={"x 200": 1}), Caps())

    class Made(Collector):
        def collect(self) -> list[Metric]:
            return [metric_of(each) for each in found]

    told = rendered(found)
    assert sorted(told[TEXT].splitlines()) == sorted(generate_latest(Made()).splitlines())
    whole = generate_openmetrics(Made()).splitlines()  # type: ignore[no-untyped-call]
    assert sorted([*told[OPENMETRICS].splitlines(), b"# EOF"]) == sorted(whole)


@pytest.mark.tool
def test_promtool_finds_nothing_wrong(
    estate: "Estate", in_violation: Callable[..., "Told"], promtool: Program
) -> None:
    estate.scan(in_violation("a"))
    exposed = estate.exposed(requests={"x 200": 1, "x 429": 1}, ledger_ok=True)
    run = promtool("check", "metrics", text=exposed.answer("", "").body.decode())
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.tool
def test_promtool_sees_a_name_that_is_wrong(estate: "Estate", promtool: Program) -> None:
    body = estate.exposed().answer("", "").body.decode()
    run = promtool("check", "metrics", text=body + "# TYPE bad_total gauge\nbad_total 1\n")
    assert run.returncode != 0


def test_the_numbers_of_the_process_are_those_of_the_scrape(estate: "Estate") -> None:
    exposed = estate.exposed()
    before = exposed.answer("", "").body
    used = time.process_time()
    while time.process_time() - used < 0.05:
        pass
    assert exposed.answer("", "").body != before


def test_no_sample_has_a_time_of_its_own(
    estate: "Estate", in_violation: Callable[..., "Told"]
) -> None:
    estate.scan(in_violation("a"))
    samples = estate.series().samples
    assert samples
    assert [each for each in samples if each.timestamp is not None] == []
