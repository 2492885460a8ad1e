"""Steps of readers who write: fictional officials to write to, and what lies before a reader after a tap."""

from __future__ import annotations

from typing import Any, Final

from bot.demo.stage import Stage
from bot.emulator import Button, Message, Person
from tests.journeys.steps import hears_about, moderators, publish, wait_until

ARMAN: Final = "Arman Sepidkuh"
NUMBER: Final = "UA-26/001"
JUDICIARY: Final = "judiciary@office.example.org"
_SOURCES: Final = ["https://lantern.example.org/officials"]

OFFICIALS: Final[dict[str, Any]] = {
    "targets": [
        {
            "key": "ir-judiciary",
            "country": "IR",
            "kind": "head_of_judiciary",
            "title": {"en": "Head of the Lantern Judiciary", "fa": "رئیس قوهٔ قضائیهٔ فانوس"},
            "emails": [JUDICIARY, "secretary@office.example.org"],
            "postal": ["1 Lantern Square", "Kuhpayeh"],
            "phone": "+98 21 5550100",
            "languages": ["fa", "en"],
            "sources": _SOURCES,
            "verified": "2026-03-01",
        },
        {
            "key": "ir-prosecutor",
            "country": "IR",
            "kind": "prosecutor",
            "emails": ["prosecutor@office.example.org"],
            "languages": ["en"],
            "sources": _SOURCES,
            "verified": "2026-03-01",
        },
        {
            "key": "ir-embassy-de",
            "country": "IR",
            "kind": "embassy_in_readers_country",
            "organisation": "Embassy in Berlin (fictional)",
            "emails": ["embassy@berlin.example.org"],
            "languages": ["en"],
            "reader_countries": ["DE"],
            "sources": _SOURCES,
            "verified": "2026-03-01",
        },
    ]
}


async def reader_of_an_alert(
    stage: Stage, locale: str = "en", mode: str = "normal", name: str = "Emma", number: int = 5001
) -> Person:
    """Somebody who has just heard that Arman is in danger."""
    reader = stage.emulator.person(number, first_name=name, language_code=locale)
    mina, _ = await moderators(stage)
    await stage.subscribe(reader, locale, mode=mode)
    await publish(stage, mina, ARMAN)
    await hears_about(reader, ARMAN)
    return reader


def verb(button: Button) -> str:
    """What a button of ours does."""
    return (button.callback_data or "").partition(":")[0]


async def taps(reader: Person, what: str, until: str = "", under: Message | None = None) -> list[Message]:
    """Tap the newest button of a verb; what the bot says next, up to the message with a button of the verb `until`.

    Without `until` one message; a file counts as one.
    """
    heard, start = reader.chat.heard, len(reader.chat.heard)
    await reader.taps(lambda button: verb(button) == what, message=under)
    return await _said(heard, start, until)


async def says(reader: Person, text: str, until: str = "", reply_to: Message | None = None) -> list[Message]:
    """Write something; what the bot says next, as `taps`."""
    heard, start = reader.chat.heard, len(reader.chat.heard)
    await reader.says(text, reply_to=reply_to)
    return await _said(heard, start, until)


async def _said(heard: list[Message], start: int, until: str) -> list[Message]:
    def is_done() -> bool:
        said = heard[start:]
        return any(until in map(verb, each.buttons) for each in said) if until else bool(said)

    await wait_until(is_done)
    return heard[start:]


async def first_letter(reader: Person) -> list[Message]:
    """The note, and then the whole letter."""
    await taps(reader, "letter", until="warned")
    return await taps(reader, "warned", until="sent-in")


def button(message: Message, what: str) -> Button:
    """The button of a verb under a message."""
    return next(each for each in message.buttons if verb(each) == what)
