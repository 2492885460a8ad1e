"""Steps that several journeys share: a clock to move, moderators who approve, a list that changes. No peeking.

Every step acts through the emulator as a person would, or changes the list as its editors would.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.demo import people
from bot.demo.stage import MODERATORS, Stage
from bot.emulator import Group, Message, Person

PATIENCE = 30.0
"""How long to wait for what must come; a busy machine may need it, a quick one does not notice."""
TICK = timedelta(seconds=0.2)
"""Every station has its turn at least that often, so that nobody waits for a minute to end."""

MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
"""When journeys begin: a Tuesday, hours away from the digest and from midnight."""

NATIVE = {person[1]: person[2] for person in (*people.PEOPLE, people.NEWCOMER)}
_NUMBER = re.compile(r"Draft (\d+)")


class Clock:
    """Runs like the real one from `MORNING` on, and can be moved; the bot of a stage asks it what time it is."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._start = start
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    def forward(self, by: timedelta) -> None:
        """Let time pass."""
        self._start += by

    def to(self, hour: int, minute: int = 0) -> datetime:
        """Let it be the next hh:mm UTC; returns that moment."""
        now = self()
        moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if moment <= now:
            moment += timedelta(days=1)
        self.forward(moment - now)
        return moment


async def wait_until(predicate: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait until something holds; TimeoutError when it does not in time."""
    try:
        async with asyncio.timeout(within):
            while not predicate():  # noqa: ASYNC110 - what people see rings no bell of ours
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise TimeoutError(f"within {within} s this did not come true: {predicate}") from None


async def moderators(stage: Stage) -> tuple[Person, Person]:
    """Mina and Omid, who have /start-ed the bot and subscribe to nothing."""
    mina = stage.emulator.person(MODERATORS[0], first_name="Mina")
    omid = stage.emulator.person(MODERATORS[1], first_name="Omid")
    for moderator in (mina, omid):
        await moderator.says("/start")
        await moderator.hears(lambda message: bool(message.buttons))
    return mina, omid


async def first_reading(stage: Stage) -> None:
    """Wait until the list has become the baseline: it is asked for again only after that."""
    await wait_until(lambda: stage.lists.asked > 1)


async def list_says(stage: Stage, key: str, status: str, **more: str) -> None:
    """Let the list change one row, after its first reading has become the baseline."""
    await first_reading(stage)
    stage.lists.row(key).update(status=status, **more)


def key_of(name: str) -> str:
    """The list's key of one of its people, by Latin name."""
    return next(person[0] for person in (*people.PEOPLE, people.NEWCOMER) if person[1] == name)


def cards(moderator: Person, name: str) -> list[Message]:
    """Drafts about somebody that this moderator was told of and has not approved, oldest first."""
    mine = moderator.messages
    decided = {_NUMBER.findall(each.text)[0] for each in mine if "is approved" in each.text}
    told = [each for each in mine if name in each.text and "Look and decide" in each.labels]
    return [each for each in told if _NUMBER.findall(each.text)[0] not in decided]


async def approve(moderator: Person, name: str) -> None:
    """Look at the newest waiting draft about `name` (as soon as there is one) and approve it."""
    await wait_until(lambda: cards(moderator, name))
    await moderator.taps("Look and decide", message=cards(moderator, name)[-1])
    await moderator.hears(lambda message: any("Approve" in label for label in message.labels))
    await moderator.taps(f"Approve: {name}")
    await moderator.hears("is approved")


async def publish(stage: Stage, moderator: Person, name: str, status: str = "Solitary") -> None:
    """The list changes somebody's status, the moderator is told and approves: it goes out."""
    known = len(cards(moderator, name))
    await list_says(stage, key_of(name), status)
    await wait_until(lambda: len(cards(moderator, name)) > known)
    await approve(moderator, name)


def about(person: Person, name: str) -> list[Message]:
    """What a person has before them that names somebody, in either script."""
    words = [word for word in (name, NATIVE.get(name)) if word]
    return [each for each in person.messages if any(word in each.text for word in words)]


_UNASKED = ("Sending has ended", "Question about an official’s address")


def is_unasked(message: Message) -> bool:
    """Whether moderators are told it at its own time: when a broadcast is over, when an address is to be checked."""
    return any(words in message.text for words in _UNASKED)


async def hears_about(person: Person, name: str, within: float = PATIENCE) -> Message:
    """Wait for a new message that names somebody, in either script."""
    words = [word for word in (name, NATIVE.get(name)) if word]
    return await person.hears(lambda message: any(word in message.text for word in words), within=within)


async def answer(person: Person, text: str, group: Group | None = None) -> Message:
    """Write to the bot; what it says next in that chat."""
    after = _from_now(person, group)
    await person.says(text, chat=group)
    return await person.hears(after, within=PATIENCE, chat=group)


async def tap(person: Person, data: str, group: Group | None = None) -> Message:
    """Tap the newest button that holds this data, whatever its label's language; what comes of it."""
    after = _from_now(person, group)
    await person.taps(lambda button: button.callback_data == data, chat=group)
    return await person.hears(after, within=PATIENCE, chat=group)


def _from_now(person: Person, group: Group | None) -> Callable[[Message], bool]:
    """Matches what the bot says in that chat from this moment on; not what moderators are told unasked."""
    place = (group or person).chat
    before = len(place.heard)
    return lambda message: not is_unasked(message) and any(message is each for each in place.heard[before:])
