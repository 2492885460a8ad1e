"""Text and entities: units, limits, spoilers, marks at line starts."""

from __future__ import annotations

import pytest

from alerts.render.builder import TextBuilder, plain, shortened
from alerts.render.message import Entity, Message, Variant, units


@pytest.fixture
def en(catalogues):
    return catalogues["en"]


@pytest.fixture
def fa(catalogues):
    return catalogues["fa"]


def test_offsets_count_utf16_units(en):
    message = TextBuilder(en).add("😀 ").bold("bold").add(" ").spoiler("site").build()
    assert message == Message(
        "😀 bold site",
        (Entity("bold", 3, 4), Entity("spoiler", 8, 4)),
    )


def test_space_at_the_end_goes_and_takes_no_entity_with_it(en):
    assert TextBuilder(en).bold("bold  ").line().line().build() == Message("bold", (Entity("bold", 0, 4),))


def test_nothing_gives_an_empty_text(en):
    assert TextBuilder(en).line().build() == Message("")


def test_safe_hides_everything_below_a_neutral_line(en):
    message = TextBuilder(en, Variant.SAFE).add("Arman ").bold("now").build()
    hidden = Entity("spoiler", 13, 9)
    assert message == Message("New message\n\nArman now", (hidden, Entity("bold", 19, 3)), protected=True)


def test_the_neutral_line_is_short_in_every_language(catalogue):
    first = TextBuilder(catalogue, Variant.SAFE).add("Arman").build().text.split("\n")[0]
    assert 0 < len(first) <= 40


def test_protection_can_be_left_off_in_safe(en):
    assert not TextBuilder(en, Variant.SAFE).add("to copy").build(protected=False).protected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("نام", "نام"),
        ("۱۲ نفر", "\u200f۱۲ نفر"),
        ("12", "\u200f12"),
        ("Latin نام", "\u200fLatin نام"),
        ("\u2068Latin\u2069", "\u200f\u2068Latin\u2069"),
        ("1 Example Square", "1 Example Square"),
        ("A line of mine.", "A line of mine."),
        ("😀", "\u200f😀"),
        ("• نام", "\u200f• نام"),
    ],
)
def test_right_to_left_lines_begin_right_to_left(fa, line, expected):
    assert TextBuilder(fa).line("الف").line(line).build().text == f"الف\n{expected}"


def test_only_starts_of_lines_are_marked(fa):
    assert TextBuilder(fa).add("نام ").bold("Latin").build().text == "نام Latin"


def test_left_to_right_lines_are_not_marked(en):
    assert TextBuilder(en).line("a").line("12").build().text == "a\n12"


def test_too_long_a_text_ends_in_a_visible_ellipsis(en):
    message = TextBuilder(en).add("a" * 4000).add("b" * 4000).build()
    assert message.text == "a" * 4000 + "b" * 95 + "…"
    assert units(message.text) == 4096


def test_an_entity_that_does_not_fit_is_left_out_whole(en):
    message = TextBuilder(en).bold("title ").add("a" * 4000).spoiler("b" * 100).build()
    assert message == Message("title " + "a" * 4000 + "…", (Entity("bold", 0, 6),))


def test_a_text_of_just_the_limit_is_whole(en):
    assert TextBuilder(en).add("a" * 4095).bold("b").build().text == "a" * 4095 + "b"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("😀😀😀", 5, "😀😀…"),
        ("\u2068abcdef\u2069", 6, "\u2068abc…\u2069"),
        ("\u2068ab\u2069cdef", 6, "\u2068ab\u2069c…"),
    ],
)
def test_shortened_counts_units_and_closes_isolates(text, limit, expected):
    assert shortened(text, limit) == expected
    assert units(expected) <= limit


def test_plain_keeps_lines_and_zwnj_and_drops_direction():
    assert plain(" a\nمی‌رود\u202e\u2069 \0") == "a\nمی‌رود"
