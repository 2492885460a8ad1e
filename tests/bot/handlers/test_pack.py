from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from alerts.locales import load
from alerts.target import Target, TargetKind, generic
from bot.context import Call
from bot.handlers import addressees, pack
from bot.handlers.act import Standing
from bot.handlers.letter import Composed

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
CALL = cast("Call", SimpleNamespace(now=NOW))


def official(number: int, *postal: str) -> Target:
    return Target.model_construct(
        id=number,
        key=f"office-{number}",
        country="IR",
        kind=TargetKind.PROSECUTOR,
        emails=(f"office{number}@example.org",),
        postal=postal,
    )


def standing(days: float | None) -> Standing:
    deadline = None if days is None else NOW + timedelta(days=days)
    return cast("Standing", SimpleNamespace(action=SimpleNamespace(deadline=deadline)))


@pytest.mark.parametrize(
    ("days", "targets", "chosen"),
    [
        (8, [official(1), official(2, "2 Lantern Square"), official(3, "3 Lantern Square")], 2),
        (None, [official(1), official(2, "2 Lantern Square")], 2),
        (6.9, [official(1, "1 Lantern Square")], None),
        (8, [official(1)], None),
        (8, [generic("IR")], 0),
        (6.9, [generic("IR")], None),
    ],
)
def test_who_is_written_to_on_paper(days: float | None, targets: list[Target], chosen: int | None) -> None:
    target = addressees.for_paper(CALL, standing(days), targets)
    assert (target.id if target else None) == chosen


@pytest.mark.parametrize(
    ("target", "lines"),
    [
        (generic("IR"), ["Head of the Judiciary", "Iran", "By way of the embassy"]),
        (official(1, "1 Lantern Square"), ["Prosecutor", "1 Lantern Square"]),
    ],
)
def test_an_office_without_address_is_reached_by_way_of_the_embassy(target: Target, lines: list[str]) -> None:
    written_in = load()["en"]
    letter = SimpleNamespace(
        language="en", addressee=target.to_addressee(written_in), subject="A life", unsigned="Please."
    )
    composed: Any = SimpleNamespace(target=target, letter=letter, written_in=written_in)
    paper = pack._on_paper(CALL, cast("Composed", composed))
    assert [line.strip("\u2068\u2069") for line in paper.addressee] == lines
