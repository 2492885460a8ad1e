"""How long rendering takes: `make bench`. Prints figures beside their bounds; not part of the tests.

Bounds: one alert in ten locales and four variants 40 ms, a letter as PDF 50 ms after the first, a card 100 ms, and
memory flat over 3,000 of each.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from alerts.locales import load
from alerts.render.alert import render_alert
from alerts.render.message import Variant
from alerts.render.typeset import card_png, letter_pdf
from tests.alerts.render.samples import ALERTS
from tests.alerts.render.typeset.samples import card_for, letter_for

MANY = 3000
FOUR = (Variant.NORMAL, Variant.SAFE, Variant.READ_ONLY, Variant.GROUP)


def milliseconds(work: Callable[[int], object], times: int) -> list[float]:
    taken = []
    for number in range(times):
        started = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def report(name: str, taken: list[float], bound: float) -> None:
    median, worst = statistics.median(taken), max(taken)
    print(f"{name:<48} median {median:7.1f} ms  worst {worst:7.1f} ms  bound {bound:.0f} ms")


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    catalogues = load()
    alert = ALERTS["first_imminent"]

    def alert_everywhere(_: int) -> None:
        for catalogue in catalogues.values():
            for variant in FOUR:
                render_alert(alert, catalogue, variant, number="UA-26/014")

    alert_everywhere(0)
    report(f"an alert in {len(catalogues)} locales and 4 variants", milliseconds(alert_everywhere, 50), 40)
    codes = catalogues.codes

    def of(number: int) -> str:
        return codes[number % len(codes)]

    print(f"first letter {milliseconds(lambda _: letter_pdf([letter_for('en')]), 1)[0]:.1f} ms")
    for name, make, bound in (
        (
            "a letter as PDF",
            lambda n: letter_pdf([replace(letter_for(of(n)), subject=f"{n}")]),
            50,
        ),
        (
            "a card as PNG",
            lambda n: card_png(replace(card_for(of(n)), number=f"UA-26/{n}")),
            100,
        ),
    ):
        milliseconds(make, 100)
        before = memory()
        report(name, milliseconds(make, MANY), bound)
        print(f"  memory after {MANY}: {memory():.0f} MB, before {before:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
