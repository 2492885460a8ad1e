"""What a joint alert says is true of everybody whom it names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alerts.alert import Alert, Companion
from alerts.case import CaseStatus, CaseView, Certainty
from alerts.day import Day
from alerts.locales import load
from alerts.render import person
from alerts.render.alert import render_alert
from alerts.render.message import Variant
from tests.alerts.render.samples import ARMAN, alert

ENGLISH = load()["en"]
DARA = replace(ARMAN, name_latin="Dara Sample", name_native=None)


def joint(other: CaseView = DARA, **leading: Any) -> Alert:
    view = replace(ARMAN, **leading)
    made = alert(view, replace(view, status=CaseStatus.UPHELD))
    return replace(made, facts=replace(made.facts, also=(Companion(18, other),)))


def lines(of: Alert) -> list[str]:
    """As an English reader sees them, without the marks that isolate what came from a list."""
    text = render_alert(of, ENGLISH, Variant.PLAIN, number="UA-26/014").text
    return text.translate({0x2068: None, 0x2069: None}).split("\n")


def test_every_source_is_named_and_the_least_sure_says_how_sure():
    other = replace(DARA, source_name="Quay Watch", certainty=Certainty.UNCONFIRMED)
    assert "According to Example Watch and Quay Watch (not confirmed)." in lines(joint(other))
    assert "According to Example Watch (one source only)." in lines(joint())


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("official", "corroborated", "corroborated"),
        ("unconfirmed", "single_source", "unconfirmed"),
        ("official", None, None),
        (None, "single_source", "single_source"),
    ],
)
def test_nobody_is_said_to_be_surer_than_the_least_sure(one: str, other: str, least: str | None):
    sure, less, both = (
        replace(ARMAN, certainty=Certainty(name) if name else None) for name in (one, other, least)
    )
    assert person.says_who(ENGLISH, sure, less) == person.says_who(ENGLISH, both)
    assert person.says_who(ENGLISH, less, sure) == person.says_who(ENGLISH, both)


def test_the_authorities_announced_it_only_if_they_announced_all_of_it():
    announced = replace(DARA, announced="official")
    line = "The authorities have announced it."
    assert any(line in each for each in lines(joint(announced, announced="official")))
    assert not any(line in each for each in lines(joint(DARA, announced="official")))


def test_what_is_known_of_the_leading_one_alone_is_not_said_of_both():
    said = lines(joint())
    assert "Status: Execution imminent, since 19 March 2026" in said
    assert not any("Changed from" in line for line in said)
    later = lines(joint(replace(DARA, status_since=Day(2026, 3, 20), detail=None)))
    assert "Status: Execution imminent" in later
    assert not any(line.startswith("Circumstances") for line in later)


def test_where_they_stand_apart_neither_is_said():
    dated = joint(replace(DARA, execution_date=Day(2026, 4, 2)), execution_date=Day(2026, 4, 1))
    assert not any(line.startswith(("Status", "Date of execution")) for line in lines(dated))
