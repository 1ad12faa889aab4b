"""The real Prometheus and Alertmanager with the shipped rules and examples, and who is alerted.

Ports, paths and receivers are put in place of those of the examples. With `quick`, waiting times
are short as well, for a test that wants to know what arrives and not when.
"""

import json
import re
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench.programs import PATIENCE_SECONDS, program, prometheus, running, until

ROOT = Path(__file__).resolve().parents[1]
FIRING, RESOLVED = "firing", "resolved"
_TEMPLATES = Path("/usr/share/prometheus/alertmanager/default.tmpl")

_QUICK_RULES = (
    (r"keep_firing_for: \w+", "keep_firing_for: 1s"),
    (r"(?<!_)for: (5m|15m|30m|45m)\b", "for: 1s"),
    (r"interval: (2|30)s", "interval: 500ms"),
    (r"\[5m\]", "[3s]"),
)
_QUICK_SCRAPES = ((r"(interval|timeout): (3|15)s", r"\1: 500ms"),)
_QUICK_ROUTES = (
    (r"group_wait: \w+", "group_wait: 0s"),
    (r"group_interval: \w+", "group_interval: 200ms"),
)

Alert = Mapping[str, Any]


@dataclass
class Receiver:
    """Who is alerted: keeps each alert with the receiver that it came to, and when."""

    url: str = ""
    heard: list[tuple[float, str, Alert]] = field(default_factory=list)

    def alerts(
        self, name: str, status: str = FIRING, receiver: str = "", **labels: str
    ) -> list[Alert]:
        """Give what arrived of an alert, oldest first."""
        return [
            alert
            for _, to, alert in list(self.heard)
            if alert["labels"]["alertname"] == name
            and alert["status"] == status
            and receiver in {"", to}
            and labels.items() <= alert["labels"].items()
        ]

    def wait_for(
        self,
        name: str,
        status: str = FIRING,
        seconds: float = PATIENCE_SECONDS,
        *,
        receiver: str = "",
        after: float = 0.0,
        **labels: str,
    ) -> tuple[float, Alert]:
        """Wait for an alert that arrives after a time of time.monotonic(); gives when it did."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            wanted = self.alerts(name, status, receiver, **labels)
            for at, _, alert in list(self.heard):
                if at >= after and any(alert is each for each in wanted):
                    return at, alert
            time.sleep(0.02)
        heard = [(to, each["status"], each["labels"]) for _, to, each in self.heard]
        raise TimeoutError(f"no {status} {name} {labels} in {seconds} s; heard: {heard}")


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Listen as a pager, a ticket system and a heartbeat, by path."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            at = time.monotonic()
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            to = self.path.strip("/")
            found.heard.extend((at, to, alert) for alert in body["alerts"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def monitored(
    folder: Path, target: str, *, quick: bool, job: str = "residency"
) -> Iterator[Receiver]:
    """Run Prometheus and Alertmanager over a service at `host:port`; gives who is alerted.

    A sentinel is of another `job`, and the rules are told so as docs/alerts.md says.

    Raises NotInstalled.
    """
    with ExitStack() as stack:
        found = stack.enter_context(receiver())
        _write_alertmanager(folder, found.url, quick=quick)
        router = stack.enter_context(running(folder, "prometheus-alertmanager", *_ALERTMANAGER))
        _write_rules(folder, job=job, quick=quick)
        config = _config(target, router.removeprefix("http://"), job=job, quick=quick)
        address = stack.enter_context(prometheus(folder, config))
        until(lambda: _has_router(address), "an Alertmanager known to Prometheus")
        yield found


_ALERTMANAGER = (
    "--config.file=alertmanager.yml",
    "--storage.path=alertmanager",
    "--cluster.listen-address=",
    "--data.retention=240h",
)


def _quicker(text: str, changes: tuple[tuple[str, str], ...], *, quick: bool) -> str:
    for pattern, new in changes if quick else ():
        text = re.sub(pattern, new, text)
    return text


def _write_alertmanager(folder: Path, url: str, *, quick: bool) -> None:
    text = (ROOT / "dashboards/examples/alertmanager.yml").read_text(encoding="utf-8")
    for host, path in (("pager", "page"), ("tickets", "ticket"), ("heartbeat", "heartbeat")):
        text = re.sub(rf"https://{host}\.example\.org/\S+", f"{url}/{path}", text)
    text = _quicker(text, _QUICK_ROUTES, quick=quick)
    (folder / "alertmanager.yml").write_text(text, encoding="utf-8")
    if not _TEMPLATES.exists():  # Debian's build opens it whether or not it is used
        installed = Path(program("prometheus-alertmanager")).parents[1] / "share/prometheus"
        _TEMPLATES.parent.parent.mkdir(parents=True, exist_ok=True)
        _TEMPLATES.parent.symlink_to(installed / "alertmanager")


def _config(target: str, router: str, *, job: str, quick: bool) -> str:
    text = (ROOT / "dashboards/examples/prometheus.yml").read_text(encoding="utf-8")
    text = text.replace("127.0.0.1:9093", router).replace("127.0.0.1:9740", target)
    text = text.replace("../rules/", "rules/").replace("job_name: residency", f"job_name: {job}", 1)
    return _quicker(text, _QUICK_SCRAPES, quick=quick)


def _write_rules(folder: Path, *, job: str, quick: bool) -> None:
    (folder / "rules").mkdir(exist_ok=True)
    for path in (ROOT / "dashboards/rules").glob("*.yaml"):
        rules = path.read_text(encoding="utf-8").replace('job="residency"', f'job="{job}"')
        rules = _quicker(rules, _QUICK_RULES, quick=quick)
        (folder / "rules" / path.name).write_text(rules, encoding="utf-8")


def _has_router(address: str) -> bool:
    url = f"{address}/api/v1/alertmanagers"
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
        return bool(json.load(answer)["data"]["activeAlertmanagers"])
