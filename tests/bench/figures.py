"""Figures of the bench: what was measured, its bound, whether it holds; and the table they are printed as."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `holds` is None for what has no bound and is there to compare with."""

    name: str
    measured: str
    bound: str = ""
    holds: bool | None = None


def at_most(name: str, value: float, most: float, unit: str) -> Figure:
    """A figure that must not be above `most`."""
    return Figure(name, spoken(value, unit), f"≤ {spoken(most, unit)}", value <= most)


def at_least(name: str, value: float, least: float, unit: str) -> Figure:
    """A figure that must not be below `least`."""
    return Figure(name, spoken(value, unit), f"≥ {spoken(least, unit)}", value >= least)


def exactly(name: str, value: int, wanted: int) -> Figure:
    """A count that must be just that."""
    return Figure(name, f"{value:,}", f"= {wanted:,}", value == wanted)


def raw(name: str, values: Sequence[float], unit: str) -> Figure:
    """A measurement of several rounds: its median and every round."""
    every = f"  [{' '.join(spoken(one, '') for one in values)}]" if len(values) > 1 else ""
    return Figure(name, spoken(statistics.median(values), unit) + every)


def spoken(value: float, unit: str) -> str:
    """ "2,184 /s", "1.53 ×"."""
    digits = 0 if abs(value) >= 100 or float(value).is_integer() else 1 if abs(value) >= 20 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """The median of the ratios within each round: what slows one round slows both that are compared in it."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def print_figures(line: str, figures: Iterable[Figure]) -> None:
    """A line's part of the table."""
    print(f"\n{line}")
    for one in figures:
        verdict = {None: "", True: "ok", False: "MISSED"}[one.holds]
        print(f"  {one.name:<68} {one.measured:<16} {one.bound:<16} {verdict}".rstrip(), flush=True)


def print_verdict(measured: Mapping[str, Sequence[Figure]]) -> bool:
    """Whether every bound holds, said at the end."""
    missed = [
        f"{line}: {one.name}" for line, several in measured.items() for one in several if one.holds is False
    ]
    bounds = sum(one.holds is not None for several in measured.values() for one in several)
    print(f"\n{bounds - len(missed)} of {bounds} bounds hold.")
    for one in missed:
        print(f"  missed: {one}")
    return not missed
