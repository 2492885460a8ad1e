"""Texts and entities as Telegram stores them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.emulator.autolinks import found
from bot.emulator.entities import Entity, formatted, units
from bot.emulator.errors import BotApiError


def bold(offset: int, length: int) -> dict[str, Any]:
    return {"type": "bold", "offset": offset, "length": length}


def shown(entities: tuple[Entity, ...]) -> list[tuple[str, int, int]]:
    return [(entity.type, entity.offset, entity.length) for entity in entities]


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        (bold(1, 1), "entity begins in a middle of a UTF-16 symbol at byte offset 4"),
        (
            bold(0, 1),
            "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4",
        ),
        (bold(3, 6), "entity beginning at UTF-16 offset 3 ends after the end of the text at UTF-16 offset 9"),
        (bold(9, 1), "entity begins after the end of the text at UTF-16 offset 9"),
        (bold(-1, 1), "receive an entity with incorrect offset -1"),
        (bold(0, -1), "receive an entity with incorrect length -1"),
        (
            {"type": "shout", "offset": 0, "length": 1},
            "can't parse MessageEntity: Unsupported type specified",
        ),
        (
            {"type": "text_link", "offset": 0, "length": 2},
            "can't parse MessageEntity: Can't find field \"url\"",
        ),
        (
            {"type": "text_link", "offset": 0, "length": 2, "url": "not-a-url"},
            "entity URL 'not-a-url' is invalid: Wrong HTTP URL",
        ),
        (
            {"type": "text_link", "offset": 0, "length": 2, "url": ""},
            "entity URL '' is invalid: URL host is empty",
        ),
        (
            {"type": "text_link", "offset": 0, "length": 2, "url": "mailto:a@example.org"},
            "entity URL 'mailto:a@example.org' is invalid: Unsupported URL protocol",
        ),
    ],
)
def test_wrong_entities(entity: dict, reason: str) -> None:
    with pytest.raises(BotApiError) as caught:
        formatted("🕯 🕯", [entity])
    assert caught.value.description == f"Bad Request: {reason}"


def test_blank_edges_go_and_entities_move_along() -> None:
    text, entities = formatted("\n  Save 🕯 lives \n", [bold(8, 2), bold(11, 5)])
    assert text == "Save 🕯 lives"
    assert [entity.of(text) for entity in entities] == ["🕯", "lives"]


def test_an_entity_keeps_the_blanks_that_it_begins_with() -> None:
    text, entities = formatted("  Save", [bold(1, 5)])
    assert (text, shown(entities)) == (" Save", [("bold", 0, 5)])


def test_overrides_go_and_isolates_stay() -> None:
    text, entities = formatted("a\u202eb\u2028c \u2066فارسی\u2069 d\r\n\te", [bold(2, 1), bold(7, 5)])
    assert text == "abc \u2066فارسی\u2069 d\n e"
    assert [entity.of(text) for entity in entities] == ["b", "فارسی"]


def test_an_entity_of_nothing_but_removed_characters_goes() -> None:
    assert formatted("a\u202eb", [bold(1, 1)]) == ("ab", ())


def test_automatic_entities_are_found_even_when_given() -> None:
    given = [{"type": "mention", "offset": 0, "length": 4}]
    _, entities = formatted("Hello @someone", given)
    assert shown(entities) == [("mention", 6, 8)]


def test_nothing_links_inside_of_links_and_code() -> None:
    link = {"type": "text_link", "offset": 0, "length": 11, "url": "https://example.org"}
    _, entities = formatted("example.com /start", [link, {"type": "code", "offset": 12, "length": 6}])
    assert [(entity.type, entity.url) for entity in entities] == [
        ("text_link", "https://example.org/"),
        ("code", None),
    ]


def test_bold_links() -> None:
    _, entities = formatted("example.com", [bold(0, 11)])
    assert shown(entities) == [("bold", 0, 11), ("url", 0, 11)]


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("see example.org.", [("url", "example.org")]),
        ("(https://en.wikipedia.org/wiki/A_(b)), yes", [("url", "https://en.wikipedia.org/wiki/A_(b)")]),
        ("http://localhost", []),
        ("a.me and Reza.Karimi", [("url", "a.me")]),
        ("the end.In other words", []),
        ("version 1.2.3", []),
        ("1.2.3.4:80", [("url", "1.2.3.4:80")]),
        ("info@example.org", [("email", "info@example.org")]),
        ("info@example.nothing", []),
        ("سایت خبر.ایران را", [("url", "خبر.ایران")]),
        ("@ali @someone x@someone", [("mention", "@someone")]),
        ("/start /a/b x/y and/or /go@some_bot", [("bot_command", "/start"), ("bot_command", "/go@some_bot")]),
        ("#نجات #123 a#b", [("hashtag", "#نجات")]),
        ("$USD $usd", [("cashtag", "$USD")]),
        ("UA-26/014.1", []),
        ("U+2066 \u2068reza.me\u2069", [("url", "reza.me")]),
    ],
)
def test_what_links_by_itself(text: str, linked: list[tuple[str, str]]) -> None:
    assert [(kind, text[start:end]) for kind, start, end in found(text)] == linked


def test_units() -> None:
    assert [units(text) for text in ("", "a", "ی", "🕯", "👨‍👩‍👧")] == [0, 1, 1, 2, 8]


TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("🕯 \n\u202e\u2066@/#.a")), max_size=40
)


@given(TEXTS)
def test_entities_always_fit_the_text_that_comes_out(text: str) -> None:
    whole = [bold(0, units(text))] if text else []
    cleaned, entities = formatted(text, whole)
    assert all(0 <= entity.offset < entity.end <= units(cleaned) for entity in entities)
    assert all(entity.of(cleaned) in cleaned for entity in entities)
    # Blanks at the beginning stay when an entity begins with them.
    assert (cleaned, entities) == formatted(cleaned, [entity.json() for entity in entities])
