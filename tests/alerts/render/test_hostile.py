"""Whatever a list holds, a message keeps its shape: the template's entities, no links, within the limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import letter as letters
from alerts.locales import load
from alerts.render.action import render_actions
from alerts.render.alert import MOST_UNITS, render_alert
from alerts.render.builder import neutral, neutral_line
from alerts.render.case import render_case, render_cases
from alerts.render.changes import render_draft
from alerts.render.letter import render_letter
from alerts.render.message import TEXT_UNITS, Variant, units
from bot.emulator.autolinks import found
from tests.alerts.render.isolates import is_balanced
from tests.alerts.render.samples import ALERTS, ARMAN, NOW, PUBLISHED_ARMAN, UPHELD_ARMAN, action, alert

CATALOGUES = load()
HOSTILE = st.one_of(
    st.text(max_size=300),
    st.text(
        alphabet="@/#$.+:_-aZ9 آ\u2066\u2067\u2068\u2069\u202e\u200c\u200d\u200f\u2060\n\r\0😀<>&*[]()",
        max_size=120,
    ),
    st.sampled_from(
        [
            "@somebody",
            "/start now",
            "#tag $USD",
            "evil.example.com/path?x=1",
            "https://t.me/joinchat/AAAA",
            "tg://resolve?domain=x",
            "a@b.org",
            "+98 912 345 6789",
            "4111111111111111",
            "192.168.0.1",
            "نام.ایران",
            "\u2069\u2069\u202eeman",
            "x" * 5000,
            "😀" * 3000,
            "%(name)s %s {name} {{ name }}",
        ]
    ),
)
LOCALES = st.sampled_from(CATALOGUES.codes)
VARIANTS = st.sampled_from(list(Variant))


def kinds(message):
    return [entity.kind for entity in message.entities]


def hostile_view(view, texts):
    keys = ("name_latin", "name_native", "province", "prison", "source_name", "detail", "word")
    return replace(view, **dict(zip(keys, texts, strict=True)), charges=tuple(texts[:4]))


def check(message, like) -> None:
    assert kinds(message) == kinds(like)
    assert found(message.text) == []
    assert units(message.text) <= TEXT_UNITS
    assert is_balanced(message.text)
    assert not set(message.text) & set("\u202a\u202b\u202c\u202d\u202e\0\r")
    for entity in message.entities:
        assert 0 <= entity.offset < entity.offset + entity.length <= units(message.text)
    assert message.keyboard == like.keyboard


@settings(max_examples=300, deadline=None)
@given(st.lists(HOSTILE, min_size=7, max_size=7), LOCALES, VARIANTS, st.sampled_from(sorted(ALERTS)))
def test_an_alert_keeps_its_shape(texts, locale, variant, name):
    catalogue = CATALOGUES[locale]
    usual = replace(ALERTS[name], texts={})
    view = hostile_view(usual.facts.view, texts)
    hostile = replace(usual, facts=replace(usual.facts, view=view))
    message = render_alert(hostile, catalogue, variant, number="UA-26/014.1")
    check(message, render_alert(usual, catalogue, variant, number="UA-26/014.1"))
    cover = units(neutral_line(catalogue)) + 2 if variant is Variant.SAFE else 0
    assert units(message.text) - cover <= MOST_UNITS


@settings(max_examples=200, deadline=None)
@given(st.lists(HOSTILE, min_size=7, max_size=7), LOCALES, VARIANTS)
def test_lists_of_cases_keep_their_shape(texts, locale, variant):
    catalogue = CATALOGUES[locale]
    case = replace(PUBLISHED_ARMAN, view=hostile_view(ARMAN, texts))
    check(render_case(catalogue, case, (), variant), render_case(catalogue, PUBLISHED_ARMAN, (), variant))
    check(render_cases(catalogue, [case], variant), render_cases(catalogue, [PUBLISHED_ARMAN], variant))
    check(
        render_actions(catalogue, [(action(), case)], NOW, variant),
        render_actions(catalogue, [(action(), PUBLISHED_ARMAN)], NOW, variant),
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(HOSTILE, min_size=7, max_size=7), LOCALES)
def test_a_moderators_sheet_keeps_its_shape(texts, locale):
    catalogue = CATALOGUES[locale]
    sheet = render_draft(catalogue, alert(hostile_view(ARMAN, texts), UPHELD_ARMAN))
    check(sheet, render_draft(catalogue, alert(ARMAN, UPHELD_ARMAN)))


@settings(max_examples=200, deadline=None)
@given(st.lists(HOSTILE, min_size=7, max_size=7), LOCALES, st.sampled_from([Variant.NORMAL, Variant.SAFE]))
def test_a_letter_keeps_its_shape(texts, locale, variant):
    catalogue = CATALOGUES[locale]
    kind, judge = letters.LetterKind.MINOR, letters.Addressee("head_of_judiciary")
    filled, usual = (
        letters.fill([view], action(), judge, catalogue, kind, variant=1, subject=1)
        for view in (hostile_view(ARMAN, texts), ARMAN)
    )
    assert "\n" not in filled.subject
    pairs = zip(
        render_letter(filled, catalogue, variant),
        render_letter(usual, catalogue, variant),
        strict=True,
    )
    for message, like in pairs:
        check(replace(message, keyboard=like.keyboard), like)


@pytest.mark.parametrize(
    "text", ["@somebody", "/start now", "#tag", "evil.example.com", "a@b.org", "192.168.0.1"]
)
def test_the_finder_of_links_finds(text):
    assert len(found(text)) == 1


@given(HOSTILE)
def test_neutral_text_is_one_short_line_without_links(text):
    shown = neutral(text)
    assert found(shown) == []
    assert units(shown) <= 100
    assert shown == " ".join(shown.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Arman Nemuneh", "Arman Nemuneh"),
        ("می‌رود", "می‌رود"),
        ("J. Sample", "J. Sample"),
        ("@example", "@\u2060example"),
        ("see example.org", "see example.\u2060org"),
        ("a\nb\t c", "a b c"),
        ("12345678", "1234\u20605678"),
        ("\u202eabc\u2069", "abc"),
    ],
)
def test_neutral_changes_only_what_would_link(text, expected):
    assert neutral(text) == expected


def test_moderators_words_become_no_links():
    words = "Write to @someone or see evil.example/x and https://evil.example\nin two lines"
    made = alert(ARMAN, UPHELD_ARMAN, texts={"en": words})
    text = render_alert(made, CATALOGUES["en"], Variant.NORMAL, number="UA-26/014").text
    assert "someone" in text
    assert found(text) == found("")
