"""Prometheus itself reads what a scrape gets: both formats, compressed, hostile names and all."""

import json
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.programs import prometheus
from residency.metrics.labels import label

if TYPE_CHECKING:
    from residency.metrics import Exposition
    from tests.metrics.conftest import Estate, Told

SECONDS = 30
HOSTILE = 'x"} 1\n\\residency_ledger_ok 0 # EOF \u202e\x00 {{ . }}'

pytestmark = pytest.mark.tool


@contextmanager
def served(exposed: "Exposition", told: list[str]) -> Iterator[int]:
    """Answer scrapes; `told` gets the type and encoding of each answer."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers
            found = exposed.answer(asked.get("Accept", ""), asked.get("Accept-Encoding", ""))
            told.append(" ".join(found.headers.values()))
            self.send_response(200)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def config_of(target: int) -> str:
    """Give a configuration that scrapes one port; YAML holds JSON."""
    scrape = {
        "job_name": "residency",
        "scrape_interval": "1s",
        "static_configs": [{"targets": [f"127.0.0.1:{target}"]}],
    }
    return json.dumps({"scrape_configs": [scrape]})


def asked(prometheus_at: str, query: str) -> list[dict[str, Any]]:
    """Ask until there is an answer, or for too long."""
    address = f"{prometheus_at}/api/v1/query?query={urllib.parse.quote(query)}"
    until = time.monotonic() + SECONDS
    found: list[dict[str, Any]] = []
    while not found and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - loopback
                found = json.load(answer)["data"]["result"]
        except OSError:
            found = []
        time.sleep(0.1)
    return found


def test_prometheus_reads_every_sample(
    estate: "Estate", in_violation: Callable[..., "Told"], tmp_path: Path
) -> None:
    estate.scan(in_violation("a", product=HOSTILE), in_violation("b"))
    told: list[str] = []
    exposed = estate.exposed(requests={"x 200": 7})
    with served(exposed, told) as target, prometheus(tmp_path, config_of(target)) as at:
        (found,) = asked(at, 'residency_resources{product!="Procs"}')
        assert found["metric"]["product"] == label(HOSTILE)
        (up,) = asked(at, "up == 1")
        (scraped,) = asked(at, "scrape_samples_scraped")
        (requests,) = asked(at, 'residency_azure_requests_total{api="x",code="200"}')
        (memory,) = asked(at, "process_resident_memory_bytes > 0")
    lines = exposed.answer("", "").body.splitlines()
    assert int(scraped["value"][1]) == len([line for line in lines if not line.startswith(b"#")])
    assert requests["value"][1] == "7"
    assert (len(up), len(memory)) == (2, 2)  # a metric and a value each
    assert all("openmetrics" in each and "gzip" in each for each in told)
