"""Steps of moderators at their desk: look at a draft, decide, write an alert by hand. As a person does them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.emulator import Message, Person
from tests.journeys.steps import cards, is_unasked, wait_until


async def after(
    person: Person, act: Awaitable[object], what: str | Callable[[Message], bool] = ""
) -> Message:
    """Do something; the first message after it that has these words, or fits; without any, the first answer."""
    heard, start = person.chat.heard, len(person.chat.heard)

    def fits(message: Message) -> bool:
        if callable(what):
            return what(message)
        return what in message.text if what else not is_unasked(message)

    def fitting() -> list[Message]:
        return [each for each in heard[start:] if fits(each)]

    await act
    await wait_until(fitting)
    return fitting()[0]


async def asks_until(person: Person, command: str, words: str) -> Message:
    """Give a command again and again until the answer has these words; each time the bot answers first."""
    while True:
        said = await after(person, person.says(command))
        if words in said.text:
            return said


def is_sheet(message: Message) -> bool:
    """The last message of a draft that is shown: what can be decided."""
    return message.text.startswith("Draft ") and offers(message, "Record only")


async def look(moderator: Person, name: str) -> Message:
    """Open the newest card about somebody, as soon as there is one; the message with the decision."""
    await wait_until(lambda: cards(moderator, name))
    card = cards(moderator, name)[-1]
    return await after(moderator, moderator.taps("Look and decide", message=card), is_sheet)


def number_of(message: Message) -> int:
    """The number of the draft that a message is about."""
    return int(message.text.split()[1].rstrip(","))


async def write_alert(
    author: Person, name: str, *, status: str = "last visit", new_in: str = "", petition: str = ""
) -> Message:
    """The whole conversation of /alert, everything skipped that may be; the draft's decision message."""
    await after(author, author.says("/alert"), "Who is it about?")
    await after(author, author.says(name), "Which one?")
    if new_in:
        await after(author, author.taps("A new case of this name"), "In which country?")
        await after(author, author.says(new_in), "What has happened?")
    else:
        await after(author, author.taps(name), "What has happened?")
    await after(author, author.taps(status), "According to whom?")
    await after(author, author.says("Lantern Documentation Group"), "How sure")
    asked = await after(author, author.taps("one source only"), "What should readers know besides?")
    asked = await after(author, author.taps("Go on", message=asked), "Is there a petition")
    if petition:
        return await after(author, author.says(petition), is_sheet)
    return await after(author, author.taps("Skip", message=asked), is_sheet)


def offers(message: Message, label: str) -> bool:
    """Whether a message has such a button."""
    return any(label in each for each in message.labels)
