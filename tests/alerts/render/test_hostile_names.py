"""Ten thousand hostile names in every locale: nothing in a list can change what a message is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from alerts.alert import Alert, Companion
from alerts.case import CaseView
from alerts.locales import load
from alerts.render.alert import MOST_UNITS, render_alert
from alerts.render.message import TEXT_UNITS, Message, Variant, units
from bot.emulator.autolinks import found
from tests.alerts.render.isolates import is_balanced
from tests.alerts.render.samples import ALERTS, ARMAN

CATALOGUES = load()
NAMES = 10_000
IN_ONE_ALERT = 8  # two people with two names each, and what else a list says of the first
PIECES = (
    "@somebody", "/start", "#tag", "$USD", "evil.example.com/path?x=1", "https://t.me/joinchat/AAAA",
    "tg://resolve?domain=x", "a@b.example", "+98 912 345 6789", "4111111111111111", "192.168.0.1", "نام.ایران",
    "\u2069\u2069", "\u2068", "\u2066", "\u202e", "\u202a", "\u200f", "\u200e", "\u200c", "\u200d", "\u2060",
    "\u061c", "\n", "\r", "\0", "\t", "\ud800", "\U0001f3f4", "😀", "👩‍👩‍👧", "آرمان", "נמנה", "Ş", "ß", "ڵ", "نمونه",
    "<b>", "</b>", "&amp;", "*", "_", "`", "[x](https://evil.example)", "%(name)s", "{name}", "{{ name }}", "{%",
    " ", "-", ".", ":", "Sample", "Pat", "9", "۹", "٩", "Zoë", "﷽", "ﷺ", "̶", "ا" * 70, "W" * 500, "😀" * 200,
)  # fmt: skip


def hostile_names() -> Iterator[str]:
    draw = random.Random(2031)
    for _ in range(NAMES):
        pieces = draw.choices(PIECES, k=draw.randint(1, 9))
        yield draw.choice(("", " ")).join(pieces)


def alerts_with(names: Iterator[str]) -> Iterator[tuple[Alert, Alert]]:
    """(the alert with hostile texts, the same with ordinary ones), each kind in turn."""
    kinds = sorted(ALERTS)
    for number, batch in enumerate(zip(*[names] * IN_ONE_ALERT, strict=True)):
        usual = replace(ALERTS[kinds[number % len(kinds)]], texts={})
        first, second = batch[:6], batch[6:]
        keys = ("name_latin", "name_native", "province", "prison", "source_name", "word")
        view = replace(usual.facts.view, **dict(zip(keys, first, strict=True)))
        other = CaseView(name_latin=second[0], name_native=second[1], status=view.status, country="IR")
        both = replace(usual, facts=replace(usual.facts, also=(Companion(99, ARMAN),)))
        yield replace(usual, facts=replace(usual.facts, view=view, also=(Companion(99, other),))), both


def shape(message: Message) -> tuple[object, ...]:
    return [(entity.kind, entity.start, entity.url) for entity in message.entities], message.keyboard


@pytest.mark.timeout(600)
def test_hostile_names_change_nothing_but_the_name():
    variants = [*Variant]
    expected: dict[tuple[object, ...], object] = {}
    for number, (hostile, usual) in enumerate(alerts_with(hostile_names())):
        variant = variants[number % len(variants)]
        for catalogue in CATALOGUES.values():
            message = render_alert(hostile, catalogue, variant, number="UA-26/014.1")
            place = (number % len(ALERTS), variant, catalogue.locale)
            if place not in expected:
                expected[place] = shape(render_alert(usual, catalogue, variant, number="UA-26/014.1"))
            assert shape(message) == expected[place]
            assert found(message.text) == [], message.text
            assert is_balanced(message.text), message.text
            cover = TEXT_UNITS if variant is Variant.SAFE else MOST_UNITS  # a neutral line stands above it
            assert units(message.text) <= cover


def test_the_names_are_hostile():
    everything = "".join(hostile_names())
    assert {piece for piece in PIECES if piece not in everything} == set()
    assert len(found(" ".join(PIECES[:12]))) >= 8
