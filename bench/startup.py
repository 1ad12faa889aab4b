"""How quick the command line starts: `residency --help` against an empty interpreter.

    python bench/startup.py [RUNS]

Prints the median wall time of each, and their ratio. The bar of 0.25 s is for `residency --help`;
the help of a single command also waits for typer's own look at pydantic.
"""

import os
import statistics
import subprocess
import sys
import time

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 15
BAR_SECONDS = 0.25
AS_INSTALLED = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
"""With compiled modules, which pip makes and some machines never keep."""
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "residency --help": [sys.executable, "-m", "residency", "--help"],
    "residency scan --help": [sys.executable, "-m", "residency", "scan", "--help"],
}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=AS_INSTALLED)  # noqa: S603
    return time.perf_counter() - start


def main() -> None:
    for command in COMMANDS.values():
        seconds(command)
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    medians = {name: statistics.median(runs) for name, runs in taken.items()}
    empty = medians["python -c pass"]
    for name, median in medians.items():
        print(f"{name:<24} {median * 1000:7.0f} ms   {median / empty:5.1f} x an empty interpreter")
    found = medians["residency --help"]
    print(f"bar {BAR_SECONDS * 1000:.0f} ms: {'met' if found <= BAR_SECONDS else 'MISSED'}")


if __name__ == "__main__":
    main()
