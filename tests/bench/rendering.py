"""RENDERING: an alert in every locale and variant, letters as PDF, cards; and memory that stays flat over many."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from alerts.locales import load
from alerts.render.alert import render_alert
from alerts.render.message import Variant
from alerts.render.typeset import card_png, letter_pdf
from tests.alerts.render.samples import ALERTS
from tests.alerts.render.typeset.samples import card_for, letter_for
from tests.bench.figures import Figure, at_most, raw

MANY = 3000
GROWTH = 20.0
"""MB that may be a cache that filled up; a leak would go on."""
FOUR = (Variant.NORMAL, Variant.SAFE, Variant.READ_ONLY, Variant.GROUP)


def milliseconds(work: Callable[[int], object], times: int) -> list[float]:
    taken = []
    for number in range(times):
        started = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def memory() -> float:
    """Resident now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def measure(rounds: int) -> Iterator[Figure]:
    """Each piece many times; its median has the bound."""
    catalogues, alert = load(), ALERTS["first_imminent"]
    codes = catalogues.codes

    def alert_everywhere(_: int) -> None:
        for catalogue in catalogues.values():
            for variant in FOUR:
                render_alert(alert, catalogue, variant, number="UA-26/014")

    def letter(number: int) -> object:
        return letter_pdf([replace(letter_for(codes[number % len(codes)]), subject=f"{number}")])

    def card(number: int) -> object:
        return card_png(replace(card_for(codes[number % len(codes)]), number=f"UA-26/{number}"))

    alert_everywhere(0)
    taken = milliseconds(alert_everywhere, 10 * rounds)
    yield at_most(f"an alert in {len(catalogues)} locales and 4 variants", statistics.median(taken), 40, "ms")
    yield raw("the first letter", milliseconds(letter, 1), "ms")
    for name, make, bound in (("a letter as PDF", letter, 50), ("a card as PNG", card, 100)):
        milliseconds(make, 100)
        before = memory()
        yield at_most(name, statistics.median(milliseconds(make, MANY)), bound, "ms")
        yield at_most(f"{name}: growth of memory over {MANY:,}", memory() - before, GROWTH, "MB")
