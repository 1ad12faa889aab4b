"""Measures how long it takes from a failover in Azure to the receiver behind Alertmanager.

    python bench/alerting.py --runs 3

The real service, Prometheus and Alertmanager, with the shipped rules and examples as they are but
for ports and receivers; the simulator tells at once, so that Azure's own lag comes on top. Each run
is a tenant of its own: one by polling, where only the look each minute can find it, and one by an
event that names the account. Prints a line each, and ends with 1 if a bar is missed: 120 s by
polling, 10 s by event.
"""

import argparse
import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.serving import OK, Service, Tenant, serving
from bench.stack import monitored
from residency.simulator.failovers import fail_over_storage

KEY = "k" * 40
BARS: Mapping[str, float] = {"polling": 120.0, "event": 10.0}
REST_SECONDS = 16.0
"""Scans before their time rest for 15 s after the last one; a failover seldom comes in those."""


def event_of(name: str) -> list[Mapping[str, object]]:
    """Give what Event Grid posts when an account was failed over."""
    return [
        {
            "id": "1",
            "topic": "/".join(name.split("/")[:3]),
            "subject": name,
            "eventType": "Microsoft.Resources.ResourceActionSuccess",
            "eventTime": "2026-11-01T00:00:00Z",
            "data": {"resourceUri": name},
            "dataVersion": "2",
            "metadataVersion": "1",
        }
    ]


def start(tenant: Tenant) -> Service:
    keys = tenant.folder / "keys"
    keys.write_text(KEY)
    tenant.configure(web={"hook_keys_file": str(keys)})
    service = tenant.serve()
    service.wait_for("scan committed")
    return service


def seconds_until_told(way: str) -> float:
    """Give the seconds from a failover to the page."""
    with TemporaryDirectory() as folder, serving(Path(folder)) as tenant:
        service = start(tenant)
        stack = Path(folder) / "stack"
        stack.mkdir()
        with monitored(stack, urlsplit(service.url).netloc, quick=False) as pager:
            pager.wait_for("Watchdog", receiver="heartbeat")
            wait = REST_SECONDS + (random.uniform(0, 60) if way == "polling" else 0)  # noqa: S311
            time.sleep(wait)  # at any time between two looks
            name = tenant.id_of("stdata")
            began = time.monotonic()
            fail_over_storage(tenant.simulator, name)
            if way == "event":
                code, text = service.get(f"/api/v1/hooks/azure?code={KEY}", event_of(name))
                if code != OK:
                    raise RuntimeError(text)
            at, _ = pager.wait_for(
                "ResidencyFailoverActive", receiver="page", seconds=2 * BARS[way] + 30
            )
            return at - began


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=3)
    asked = arguments.parse_args()
    missed = False
    for way, bar in BARS.items():
        for _ in range(asked.runs):
            found = seconds_until_told(way)
            print(f"by {way}: {found:.1f} s    (the bar is {bar:g} s)", flush=True)
            missed |= found > bar
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
