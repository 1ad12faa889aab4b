"""`python -m residency.simulator --port N`: the example estate on loopback, until interrupted."""

import argparse
import sys

import uvicorn

from residency.simulator.estate import example_estate
from residency.simulator.growth import grow
from residency.simulator.server import configure
from residency.simulator.simulator import Simulator, utc_now


def main() -> None:
    """Serve the example estate, or a grown one."""
    parser = argparse.ArgumentParser(prog="python -m residency.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=9741)
    parser.add_argument("--resources", type=int, default=0, help="grow the estate to so many")
    parser.add_argument("--subscriptions", type=int, default=0, help="and to so many of these")
    arguments = parser.parse_args()
    estate = example_estate(utc_now())
    if arguments.resources:
        estate = grow(
            estate, resources=arguments.resources, subscriptions=arguments.subscriptions, seed=0
        )
    simulator = Simulator(estate)
    sys.stdout.write(f"Azure Resource Manager, simulated: http://127.0.0.1:{arguments.port}\n")
    sys.stdout.flush()
    uvicorn.Server(configure(simulator, arguments.port)).run()


if __name__ == "__main__":
    main()
