"""The chapter of the demo in which readers act: a letter in two languages, on paper, a card to pass on, a count.

What the bot makes for them is saved into a folder, to be looked at.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

from bot.demo.cast import Cast
from bot.demo.narrator import Narrator
from bot.emulator import Button, Message, Person

PAPERS: Final = ("letter-fa.pdf", "letter-fa-for-greta.pdf", "letter-de.pdf", "card-de.png")
Hears = Callable[[Person, object], Awaitable[Message]]


async def take_part(cast: Cast, say: Narrator, hears: Hears, folder: Path) -> None:
    """Nasrin writes in Persian; Greta reads in German, sends the Persian letter and then one to the embassy."""
    say.chapter("Readers act: letters, paper, a card to pass on")
    made = [await _writes(cast.nasrin, "قوهٔ قضاییه", say, hears, is_foreign=False)]
    made.append(await _writes(cast.greta, "Palace of Justice", say, hears, is_foreign=True))
    made.append(await _writes_in_german(cast.greta, say, hears))
    made.append(await _card(cast.greta, say, hears))
    await _counted(cast.greta, say, hears)
    _save(folder, dict(zip(PAPERS, made, strict=True)))
    say.line(f"The letters (PDF) and the card (PNG) are in {folder}")


def _save(folder: Path, papers: dict[str, Message]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, message in papers.items():
        assert message.file is not None
        (folder / name).write_bytes(message.file.content)


async def _writes(
    reader: Person, addressee: str, say: Narrator, hears: Hears, *, is_foreign: bool
) -> Message:
    """From the alert's button to the letter on paper."""
    name = reader.user.first_name
    await _taps(reader, "letter")
    await hears(reader, _has("warned"))
    await _taps(reader, "warned")
    for what in (addressee, _is_letter):
        say.message(f"{name} asks for the letter", await hears(reader, what))
    if is_foreign:
        say.message(f"{name}, so that she knows what she sends", await hears(reader, _has("pdf")))
    await _taps(reader, "pdf")
    return await hears(reader, _is_file)


def _is_letter(message: Message) -> bool:
    """The bare letter: Persian letters ask with respect."""
    return "احترام" in message.text and "UA-" not in message.text


async def _writes_in_german(reader: Person, say: Narrator, hears: Hears) -> Message:
    """The embassy in her country reads German; she says where she lives, and nothing of it is stored."""
    await _taps(reader, "change")
    await hears(reader, _has("home"))
    await _taps(reader, "home")
    await hears(reader, _has("from"))
    await _taps(reader, "from")
    say.message(
        f"{reader.user.first_name} writes to the embassy", await hears(reader, "embassy@berlin.example")
    )
    await hears(reader, _has("pdf"))
    await _taps(reader, "pdf")
    return await hears(reader, _is_file)


async def _card(reader: Person, say: Narrator, hears: Hears) -> Message:
    await _taps(reader, "share")
    say.message(f"{reader.user.first_name} passes it on", await hears(reader, _has("card")))
    await _taps(reader, "card")
    return await hears(reader, _is_file)


async def _counted(reader: Person, say: Narrator, hears: Hears) -> None:
    await _taps(reader, "sent")
    await hears(reader, _has("did"))
    await _taps(reader, "did")
    say.message(f"{reader.user.first_name} says that she sent it", await hears(reader, _has("undo")))


async def _taps(reader: Person, verb: str) -> None:
    await reader.taps(partial(_does, verb))


def _does(verb: str, button: Button) -> bool:
    return (button.callback_data or "").partition(":")[0] == verb


def _has(verb: str) -> Callable[[Message], bool]:
    return lambda message: any(_does(verb, button) for button in message.buttons)


def _is_file(message: Message) -> bool:
    return message.file is not None
