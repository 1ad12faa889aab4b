"""`python -m residency.simulator --port N`: the example estate on loopback, until interrupted.

Prints its address once it listens; port 0 takes a free one.
"""

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event

from residency.simulator.estate import example_estate
from residency.simulator.growth import grow
from residency.simulator.server import serve
from residency.simulator.simulator import Simulator, utc_now
from residency.simulator.world import with_more


def main() -> None:
    """Serve the example estate, or a grown one."""
    parser = argparse.ArgumentParser(prog="python -m residency.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=9741)
    parser.add_argument("--resources", type=int, default=0, help="grow the estate to so many")
    parser.add_argument("--subscriptions", type=int, default=0, help="and to so many of these")
    parser.add_argument("--also", type=Path, help="JSON of further resources and child lists")
    parser.add_argument("--once", type=Path, help="the same, and no growth repeats them")
    arguments = parser.parse_args()
    estate = example_estate(utc_now())
    if arguments.also:
        estate = with_more(estate, json.loads(arguments.also.read_text(encoding="utf-8")))
    if arguments.resources:
        estate = grow(
            estate, resources=arguments.resources, subscriptions=arguments.subscriptions, seed=0
        )
    if arguments.once:
        estate = with_more(estate, json.loads(arguments.once.read_text(encoding="utf-8")))
    with suppress(KeyboardInterrupt), serve(Simulator(estate), arguments.port) as running:
        sys.stdout.write(f"{running.url}\n")
        sys.stdout.flush()
        Event().wait()


if __name__ == "__main__":
    main()
