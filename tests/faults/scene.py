"""A broadcast of every kind, with readers whom a fault meets in every way, on a real connection.

For each kind of delivery there is a reader whom the fault meets once before and once after Telegram has carried out
the call, one whom it meets each time before and one each time after, one whom it leaves alone, and a group. All of it
is seeded once; a scene is a copy with an emulated Telegram that knows the messages sent so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import product
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.alert import AlertKind, AlertStatus, Disposition
from alerts.render.message import Message
from alerts.tables import AlertTextRow
from bot.database import Sessions
from bot.emulator import Button, Emulator, Fault, Keyboard
from bot.emulator import Message as Shown
from bot.messenger import TelegramMessenger
from bot.transport import BulkBot
from subscribers.daily import daily
from subscribers.delivery import Envelope, Outcome, OutcomeKind
from subscribers.fan_out import fan_out
from subscribers.send import Messenger, Report, send
from subscribers.store import chains, people
from subscribers.subscriber import ChatKind, Mode
from subscribers.tables import DeliveryRow, SubscriberRow
from tests.subscribers import world
from tests.subscribers.world import NOW, FakeMessenger


class Kind(StrEnum):
    """What is delivered; `country` keeps them apart: each is wanted by its own readers only."""

    ALERT = "alert"
    CORRECTION = "correction"
    DIGEST = "digest"
    EDIT = "edit"
    UNBUTTON = "unbutton"
    DELETE = "delete"

    @property
    def country(self) -> str:
        return {"alert": "IR", "correction": "SA", "digest": "EG", "edit": "PK", "unbutton": "US"}.get(
            self, "JP"
        )

    @property
    def is_new(self) -> bool:
        """A message of its own; the others change one that is there."""
        return self in {Kind.ALERT, Kind.CORRECTION, Kind.DIGEST}


class Way(StrEnum):
    """How a fault meets a reader."""

    ONCE_BEFORE = "once, before"
    ONCE_AFTER = "once, after"
    ALWAYS_BEFORE = "always, before"
    ALWAYS_AFTER = "always, after"
    NEVER = "never"
    GROUP = "never, a group"


TROUBLED: Final = (Way.ONCE_BEFORE, Way.ONCE_AFTER, Way.ALWAYS_BEFORE, Way.ALWAYS_AFTER)
BETWEEN_ROUNDS: Final = timedelta(hours=2)
"""Longer than any back-off, and than the longest wait that is asked for here."""

MOVED_BY: Final = -1_000_000_000_000
"""What is added to a group's id when it becomes a supergroup."""

MOST_ROUNDS: Final = 12
EVENING: Final = NOW.replace(hour=17)
"""When the digest is due in the zone used here."""

_FIRST_PLANTED: Final = 1000
_CHANGED: Final = "as it is now"
_BUTTONS: Final = Keyboard("inline_keyboard", ((Button("Act", "callback_data", "act"),),))
_LISTED: Final = {
    Kind.ALERT: ("send", False),
    Kind.CORRECTION: ("send", False),
    Kind.DIGEST: ("send", True),
    Kind.UNBUTTON: ("unbutton", False),
}
_WAYS: Final = tuple(Way)


def chat_of(kind: Kind, way: Way) -> int:
    """The chat of a reader, below zero for groups."""
    number = 6000 + 10 * tuple(Kind).index(kind) + _WAYS.index(way)
    return -number if way is Way.GROUP else number


@dataclass(frozen=True, slots=True)
class Planted:
    """A message that was in a chat before the scene began."""

    chat: int
    message_id: int
    text: str


async def seed(sessions: Sessions) -> list[Planted]:
    """Everything up to the moment at which the deliveries wait; the messages that were sent for it."""
    for kind in Kind:
        for way in Way:
            is_group = way is Way.GROUP
            mode = Mode.SAFE if kind is Kind.DELETE and not is_group else Mode.NORMAL
            chat_kind = ChatKind.GROUP if is_group else ChatKind.PRIVATE
            await world.join(sessions, chat_of(kind, way), f"{kind.country}/*", mode=mode, kind=chat_kind)
    originals = {
        kind: await _original(sessions, kind) for kind in Kind if kind not in {Kind.ALERT, Kind.DIGEST}
    }
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(lambda sent: Outcome(OutcomeKind.SENT, message_id=1000 + sent.delivery_id))
    await send(world.sending(sessions, messenger), NOW)
    assert len(messenger.sent) == len(originals) * len(Way)
    await _follow_up(sessions, originals)
    return [Planted(sent.chat, 1000 + sent.delivery_id, sent.message.text) for sent in messenger.sent]


async def _original(sessions: Sessions, kind: Kind) -> tuple[tuple[int, int], int]:
    view = replace(world.VIEW, country=kind.country)
    case = await world.open_case(sessions, view)
    return case, await world.publish(sessions, case, view=view, lane=1, topics=(f"{kind.country}/*",))


async def _follow_up(sessions: Sessions, originals: dict[Kind, tuple[tuple[int, int], int]]) -> None:
    """One pending delivery for each reader, of the kind that the reader is here for."""
    view = replace(world.VIEW, country=Kind.DIGEST.country)
    await world.publish(sessions, view=view, disposition=Disposition.DIGEST, topics=("EG/*",))
    await daily(sessions, EVENING, time(18), ZoneInfo("Europe/Brussels"))
    await world.publish(sessions, topics=("IR/*",))
    case, _ = originals[Kind.CORRECTION]
    await world.publish(sessions, case, kind=AlertKind.CORRECTION, topics=("SA/*",))
    await world.end_alert(sessions, originals[Kind.UNBUTTON][1], AlertStatus.STOPPED)
    await fan_out(sessions, EVENING)
    async with sessions.begin() as session:
        await chains.take_buttons(session)
        here_for = await _readers(session)
        for row in (await session.scalars(select(DeliveryRow).where(DeliveryRow.status == "pending"))).all():
            if (row.operation, row.digest_day is not None) != _LISTED.get(here_for[row.subscriber_id][0]):
                await session.delete(row)
        for kind in (Kind.EDIT, Kind.DELETE):
            whose = [reader for reader, (for_what, _) in here_for.items() if for_what is kind]
            session.add_all(_row(originals[kind][1], reader, kind) for reader in whose)
        changed = update(AlertTextRow).where(AlertTextRow.alert_id == originals[Kind.EDIT][1])
        await session.execute(changed.values(message=Message(_CHANGED).to_json()))


def _row(alert: int, reader: int, kind: Kind) -> DeliveryRow:
    return DeliveryRow(alert_id=alert, subscriber_id=reader, operation=kind.value, lane=3, status="pending")


async def _readers(session: AsyncSession) -> dict[int, tuple[Kind, Way]]:
    """Who each subscriber is, by the row's id."""
    known = {chat_of(kind, way): (kind, way) for kind, way in product(Kind, Way)}
    known |= {chat + MOVED_BY: who for chat, who in known.items() if who[1] is Way.GROUP}
    found = await session.scalars(select(SubscriberRow))
    return {row.id: known[people.open_chat(session, bytes(row.chat))] for row in found}


@dataclass
class Witness:
    """A messenger that remembers what became of each attempt."""

    messenger: Messenger
    saw: list[tuple[int, OutcomeKind]] = field(default_factory=list)

    async def perform(self, envelope: Envelope, leaving: Callable[[], None]) -> Outcome:
        outcome = await self.messenger.perform(envelope, leaving)
        self.saw.append((envelope.chat, outcome.kind))
        return outcome

    def of(self, chat: int) -> list[OutcomeKind]:
        """What each attempt at a chat came to."""
        return [kind for whom, kind in self.saw if whom == chat]


class Left(NamedTuple):
    """How it ended for one reader: the row's status and copies, and how many times it can be seen in the chat.

    Copies of what only changes a message are not counted here: done twice, it is as if done once.
    """

    status: str
    copies: int | None
    seen: int


def left(kind: Kind, status: str, copies: int, seen: int) -> Left:
    """How it is to end for a reader of that kind."""
    return Left(status, copies if kind.is_new else None, seen)


EVERYBODY: Final = {(kind, way): left(kind, "sent", 1, 1) for kind, way in product(Kind, Way)}
"""All is well."""


class Scene:
    """One copy, about to be sent."""

    def __init__(
        self, sessions: Sessions, emulator: Emulator, bot: BulkBot, planted: Iterable[Planted]
    ) -> None:
        self.sessions = sessions
        self.emulator = emulator
        self.bot = bot
        self.witness = Witness(TelegramMessenger(bot))
        self.reports: list[Report] = []
        self._now = EVENING
        for chat in (chat_of(kind, way) for kind in Kind for way in Way):
            if chat > 0:
                emulator.person(chat, started=True)
            else:
                emulator.group(chat).chat.bot = "member"
        for one in planted:
            now = datetime.now(UTC)
            shown = Shown(one.chat, one.message_id, emulator.world.bot, now, 0.0, one.text, keyboard=_BUTTONS)
            emulator.world.chat(one.chat).put(shown)

    def trouble(self, fault: Fault, ways: Iterable[Way] = TROUBLED) -> None:
        """Let a fault meet readers of every kind, each in the reader's way."""
        for kind, way in product(Kind, ways):
            times = 1 if way in {Way.ONCE_BEFORE, Way.ONCE_AFTER} else None
            accepted = way in {Way.ONCE_AFTER, Way.ALWAYS_AFTER}
            self.emulator.script(replace(fault, chat_id=chat_of(kind, way), times=times, accepted=accepted))

    async def round(self, pause: timedelta = BETWEEN_ROUNDS) -> Counter[str]:
        """One round of a worker that has just come, hours before the next; where the deliveries then stand."""
        sending = world.sending(self.sessions, self.witness)
        self.reports.append(await send(sending, self._now))
        self._now += pause
        return await world.statuses(self.sessions)

    async def settle(self) -> None:
        """Round after round until nothing is pending."""
        for _ in range(MOST_ROUNDS):
            if not (await self.round())["pending"]:
                return
        raise AssertionError(f"some are still pending after {MOST_ROUNDS} rounds: {self.reports}")

    async def left(self) -> dict[tuple[Kind, Way], Left]:
        """How it stands with everybody."""
        async with self.sessions() as session:
            here_for = await _readers(session)
            newest = select(func.max(DeliveryRow.id)).group_by(DeliveryRow.subscriber_id)
            rows = (await session.scalars(select(DeliveryRow).where(DeliveryRow.id.in_(newest)))).all()
        found = {here_for[row.subscriber_id]: row for row in rows}
        return {
            (kind, way): left(kind, row.status, row.copies, self._seen(kind, way))
            for (kind, way), row in found.items()
        }

    def _seen(self, kind: Kind, way: Way) -> int:
        chat = self.emulator.world.chat(chat_of(kind, way))
        while chat.moved_to is not None:
            chat = self.emulator.world.chat(chat.moved_to)
        if kind.is_new:
            ours = self.emulator.sent_to(chat.id)
            return sum(message.message_id < _FIRST_PLANTED for message in ours)
        planted = [message for number, message in chat.messages.items() if number > _FIRST_PLANTED]
        return sum(_DONE[kind](message) for message in planted)


_DONE: Final[dict[Kind, Callable[[Shown], bool]]] = {
    Kind.EDIT: lambda message: message.text == _CHANGED,
    Kind.UNBUTTON: lambda message: message.keyboard is None,
    Kind.DELETE: lambda message: message.deleted,
}
