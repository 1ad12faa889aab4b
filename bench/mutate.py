"""Damages the example estate one JSON value at a time, and looks for a check that hides it.

Each mutation takes one value of one answer of Azure (a leaf, or a whole object or list) and removes
it, or puts null, "", 42, a region outside the EU or a region that nobody knows in its place. Then:

- no resource that was not compliant may be compliant, under the demo's policy and under its
  strictest one;
- no place that was stated may be gone without something unknown, or something worse, in its stead;
- no check may fail with anything but an error of the product's own.

What is excepted stands in `EXCEPTIONS` of bench/mutation/exceptions.py, each with its reason.

    python bench/mutate.py 10000 [seed]
"""

import sys
import time
from collections import Counter

from bench.mutation.laboratory import laboratory


def main(number: int, seed: int) -> int:
    room = laboratory()
    drawn = room.sample(number, seed)
    began = time.perf_counter()
    found = [finding for mutation in drawn for finding in room.findings(mutation)]
    seconds = time.perf_counter() - began
    counted = Counter((finding.kind, str(finding.mutation)) for finding in found)
    examples = {(finding.kind, str(finding.mutation)): finding for finding in found}
    for key, times in sorted(counted.items()):
        print(f"{times} x {examples[key]}")
    print(f"{len(drawn)} mutations in {seconds:.1f} s: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:3]]
    sys.exit(main(*(arguments + [10_000, 0][len(arguments) :])))
