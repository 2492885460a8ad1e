"""A broadcast by the real bot, on real sockets, that takes a few seconds: long enough for something to happen to it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy import select, update

from bot.demo.stage import Stage
from subscribers.delivery import DeliveryStatus
from subscribers.store import ledger, people
from subscribers.subscriber import CONSENT_VERSION, ChatKind
from subscribers.tables import SubscriberRow, SubscriptionRow
from tests.journeys.steps import wait_until
from tests.subscribers import world

READERS: Final = 240
RATE: Final = 80
"""Messages a second: three seconds for all."""

PATIENCE: Final = 45.0


class Broadcast:
    """One alert to everybody, and what became of it."""

    def __init__(self, stage: Stage) -> None:
        assert stage.running is not None
        self._emulator = stage.emulator
        self._sessions = stage.running.services.sessions
        self._chats = [7_000_000_000 + number for number in range(READERS)]
        self._alert = 0

    async def begin(self) -> None:
        """The alert is published; it goes out as soon as the bot looks."""
        for chat in self._chats:
            self._emulator.person(chat, started=True)
        async with self._sessions.begin() as session:
            for chat in self._chats:
                await people.insert_if_new(session, chat, ChatKind.PRIVATE, "en", "2026-11")
            await session.execute(update(SubscriberRow).values(active=True, consent_version=CONSENT_VERSION))
            readers = await session.scalars(select(SubscriberRow.id))
            session.add_all(SubscriptionRow(subscriber_id=reader, key="*/*") for reader in readers)
        self._alert = await world.publish(self._sessions)

    def copies(self) -> Counter[int]:
        """How many readers have how many copies of it."""
        words = f"{self._alert} en"
        return Counter(
            sum(message.text.startswith(words) for message in self._emulator.sent_to(chat))
            for chat in self._chats
        )

    async def has_reached(self, number: int = READERS // 4) -> None:
        """So many have it, and some have not."""
        await wait_until(lambda: self.copies()[1] >= number)
        assert self.copies()[0]

    async def ends(self) -> None:
        """Nothing is on its way any more, and everybody's books balance."""

        async def has_ended() -> bool:
            books = await self.books()
            return sum(books.values()) == READERS and not books.keys() & _ON_THE_WAY

        await until(has_ended)
        assert await self.books() == {DeliveryStatus.SENT: READERS}

    async def books(self) -> dict[DeliveryStatus, int]:
        """The ledger's word on it."""
        async with self._sessions() as session:
            return await ledger.books(session, self._alert)

    async def says_stop(self) -> int:
        """The first who got it has had enough; their chat."""
        person = self._emulator.person(self._chats[0])
        await person.says("/stop")
        return self._chats[0]

    async def has_left(self, chat: int) -> None:
        """Their /stop was heard."""

        async def is_inactive() -> bool:
            async with self._sessions() as session:
                subscriber = await people.by_chat(session, chat)
                return subscriber is None or not subscriber.active

        await until(is_inactive)


_ON_THE_WAY: Final = {DeliveryStatus.PENDING, DeliveryStatus.DISPATCHED}


async def until(holds: Callable[[], Awaitable[bool]], within: float = PATIENCE) -> None:
    """Wait until something that must be asked for holds."""
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110 - a database rings no bell
            await asyncio.sleep(0.05)
