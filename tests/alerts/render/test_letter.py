from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.letter import Addressee, Letter, LetterKind
from alerts.locales import Catalogue, Catalogues
from alerts.render.letter import Cover, Way, render_letter, render_points, render_translation
from alerts.render.message import TEXT_UNITS, Entity, Message, Variant, units
from tests.alerts.render.samples import DEADLINE

LETTER = Letter(
    "UA-26/014",
    "en",
    LetterKind.SENTENCED,
    1,
    "About a letter",
    "Dear Sir,\n\n- one;\n- two.\n\nYours,\n\n[name]",
    Addressee("prosecutor", ("The Prosecutor", "1 Square")),
    "[name]",
)
COVER = Cover(
    to=("The Prosecutor",),
    ways=(
        Way("email", "office@example.org"),
        Way("post", "The Prosecutor\n1 Square"),
        Way("phone", "+98 21 555"),
    ),
    country="Iran",
)


@pytest.fixture
def en(catalogues: Catalogues) -> Catalogue:
    return catalogues["en"]


@pytest.fixture
def fa(catalogues: Catalogues) -> Catalogue:
    return catalogues["fa"]


def stretch(message: Message, entity: Entity) -> str:
    encoded = message.text.encode("utf-16-le")
    return encoded[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


def test_the_bare_letter_stands_alone_to_the_letter(en: Catalogue) -> None:
    _, bare = render_letter(LETTER, en, cover=COVER)
    assert bare == Message(LETTER.body)


def test_an_address_is_copied_in_one_tap_and_without_marks(en: Catalogue, fa: Catalogue) -> None:
    for catalogue in (en, fa):
        head, _ = render_letter(LETTER, catalogue, cover=COVER, deadline=DEADLINE)
        codes = [stretch(head, entity) for entity in head.entities if entity.kind == "code"]
        assert [code for code in codes if "\n" not in code] == ["office@example.org", "+98 21 555"]


def test_an_english_letter_keeps_its_direction_in_a_persian_chat(en: Catalogue, fa: Catalogue) -> None:
    _, bare = render_letter(LETTER, fa, cover=COVER, written_in=en)
    assert bare.text == LETTER.body


def test_in_safe_mode_all_of_it_is_veiled_and_may_be_copied(en: Catalogue) -> None:
    messages = [
        *render_letter(LETTER, en, Variant.SAFE, cover=COVER, deadline=DEADLINE),
        *render_translation(LETTER, en, Variant.SAFE),
    ]
    for message in messages:
        assert not message.protected
        veils = [stretch(message, entity) for entity in message.entities if entity.kind == "spoiler"]
        assert len(veils) == 1
        assert message.text.removesuffix(veils[0]).strip() in {"", "New message"}
        assert all(entity.kind in {"spoiler", "bold"} for entity in message.entities)


def test_without_an_address_it_goes_by_way_of_the_embassy(en: Catalogue) -> None:
    head, _ = render_letter(LETTER, en, cover=replace(COVER, ways=()))
    assert "Send it to the embassy of Iran and ask that it be passed on." in head.text
    assert "embassy" not in render_letter(LETTER, en, cover=COVER)[0].text


def test_a_long_letter_is_divided_between_paragraphs(en: Catalogue) -> None:
    paragraphs = [f"{number}. " + "word " * 150 for number in range(12)]
    long = replace(LETTER, body="\n\n".join(paragraphs).strip())
    _, *parts = render_letter(long, en)
    assert len(parts) > 1
    assert "\n\n".join(part.text for part in parts).split() == long.body.split()
    assert all(part.text.split(".")[0].isdecimal() for part in parts)


def test_even_one_giant_paragraph_fits(en: Catalogue) -> None:
    giant = replace(LETTER, body="🕯" * 9000)
    for message in [*render_letter(giant, en)[1:], *render_translation(giant, en)]:
        assert units(message.text) <= TEXT_UNITS
    assert "".join(part.text for part in render_letter(giant, en)[1:]) == giant.body


def test_three_lines_for_the_telephone_only_with_a_number(en: Catalogue) -> None:
    points, call = ["Say who.", "Say what."], ["Good day.", "It is said.", "Please stop."]
    assert render_points(en, points, call, None).text == "In your own words\n\n– Say who.\n– Say what."
    assert render_points(en, points, call, "+98 21 555").text.endswith(
        "By phone, three lines +98 21 555\n1. Good day.\n2. It is said.\n3. Please stop."
    )
