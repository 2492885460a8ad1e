"""`python -m tests.bench [LINE …]`: what has a bound, measured side by side, as a table. Exit 1 when a bound is missed.

Bounds: delivery.md section 6. Without a LINE all are measured; figures come with the raw numbers of every round.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from tests.bench import approval, fanning_out, growth, list_edition, overtaking, pacing, rendering, station
from tests.bench.figures import Figure, print_figures, print_verdict

LINES: dict[str, Callable[[int], Iterator[Figure]]] = {
    "STATION": station.measure,
    "PACING": pacing.measure,
    "WORKERS": pacing.measure_workers,
    "FAN-OUT": fanning_out.measure,
    "APPROVAL": approval.measure,
    "OVERTAKING": overtaking.measure,
    "GROWTH": growth.measure,
    "LIST": list_edition.measure,
    "RENDERING": rendering.measure,
}


def main() -> int:
    """Line by line, printed as they are done."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("lines", nargs="*", metavar="LINE", help=f"of {', '.join(LINES)}; default: all")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each comparison (default: 5)")
    asked = parser.parse_args()
    if unknown := set(asked.lines) - set(LINES):
        parser.error(f"no such line: {', '.join(sorted(unknown))}; there are {', '.join(LINES)}")
    measured = {}
    for line in asked.lines or LINES:
        measured[line] = list(LINES[line](asked.rounds))
        print_figures(line, measured[line])
    return 0 if print_verdict(measured) else 1


if __name__ == "__main__":
    sys.exit(main())
