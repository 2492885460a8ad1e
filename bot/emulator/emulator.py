"""The emulator as tests and the demo hold it: one bot, one world, one server on loopback.

It puts the parts together and answers questions about what happened; it has no rules of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.emulator.chats import Chat, Message, User
from bot.emulator.faults import Fault, FaultScript
from bot.emulator.groups import Group, kind_of
from bot.emulator.limits import Limits
from bot.emulator.methods.profile import scope_key
from bot.emulator.people import Person
from bot.emulator.record import Record, Refused, Request
from bot.emulator.server import Server
from bot.emulator.world import World


class Emulator:
    """A Telegram of one's own. Start it with `async with Emulator.running() as emulator`."""

    def __init__(
        self,
        token: str = "1:demo",  # noqa: S107 - no secret, nothing outside of this process knows it
        *,
        username: str = "urgent_action_demo_bot",
        name: str = "Urgent Action",
        privacy: bool = True,
        record_to: Path | None = None,
    ) -> None:
        self.token = token
        self.username = username
        self.world = World(
            User(int(token.partition(":")[0]), name, username=username, is_bot=True), privacy=privacy
        )
        self._record = Record(record_to)
        self._faults = FaultScript()
        self._server = Server(self.world, token, self._record, self._faults)
        self._people: dict[int, Person] = {}

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        token: str = "1:demo",  # noqa: S107 - as above
        *,
        port: int = 0,
        username: str = "urgent_action_demo_bot",
        privacy: bool = True,
        record_to: Path | None = None,
    ) -> AsyncIterator[Emulator]:
        """Serve on 127.0.0.1 until the block ends; polls that wait are then answered."""
        emulator = cls(token, username=username, privacy=privacy, record_to=record_to)
        await emulator.start(port)
        try:
            yield emulator
        finally:
            await emulator.stop()

    async def start(self, port: int = 0) -> None:
        """Start to serve, on a free port unless one is named."""
        await self._server.start(port)

    async def stop(self) -> None:
        """Stop serving and close the record."""
        await self._server.stop()
        self._record.close()

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Be out of reach for a while: connections are refused, nothing is forgotten, then the same address serves."""
        await self._server.stop()
        try:
            yield
        finally:
            await self._server.start(self._server.port)

    @property
    def base_url(self) -> str:
        """Where it serves: calls go to `{base_url}/bot{token}/{method}`."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def bot_id(self) -> int:
        """The id of the bot."""
        return self.world.bot.id

    @property
    def record(self) -> list[Request]:
        """Every call that was carried out, in order; `getUpdates` is left out."""
        return self._record.requests

    @property
    def refusals(self) -> list[Refused]:
        """Every call that was answered with an error in Telegram's shape, in order."""
        return self._record.refusals

    def requests(self, method: str, chat_id: int | None = None) -> list[Request]:
        """Pick the calls of one method, to one chat or to all."""
        return [each for each in self.record if each.method == method and chat_id in {None, each.chat_id}]

    def sent_to(self, chat_id: int) -> list[Message]:
        """List what the bot sent to a chat, as it stands now, with what it deleted."""
        chat = self.world.chats.get(chat_id)
        return [each for each in chat.messages.values() if each.sender == self.world.bot] if chat else []

    def commands(self, language: str = "", **scope: object) -> list[dict[str, str]] | None:
        """Read the commands registered for a language and a scope (`type="chat", chat_id=…`); None if none were."""
        return self.world.profile.commands.get((scope_key(scope or {"type": "default"}), language))

    def person(
        self,
        person_id: int,
        *,
        first_name: str = "Somebody",
        last_name: str = "",
        username: str = "",
        language_code: str = "en",
        started: bool = False,
    ) -> Person:
        """Bring a person in, who has not talked to the bot yet unless `started`; or find them again."""
        if person_id in self._people:
            return self._people[person_id]
        user = User(person_id, first_name, last_name, username, language_code)
        chat = Chat(person_id, "private", user=user, bot="member" if started else "stranger")
        self.world.users[person_id] = user
        self.world.chats[person_id] = chat
        person = self._people[person_id] = Person(self.world, user, chat)
        return person

    def group(
        self,
        chat_id: int,
        title: str = "A group",
        *,
        members: Sequence[Person] = (),
        admins: Sequence[Person] = (),
        username: str = "",
    ) -> Group:
        """Make a group without the bot, or find it again. Ids below -1000000000000 are supergroups."""
        if chat_id in self.world.chats:
            return Group(self.world, self.world.chats[chat_id])
        chat = Chat(chat_id, kind_of(chat_id), title=title, username=username)
        chat.members.update({person.id: "member" for person in members})
        chat.members.update({person.id: "administrator" for person in admins})
        self.world.chats[chat_id] = chat
        return Group(self.world, chat)

    def script(self, *faults: Fault) -> None:
        """Let coming calls meet faults."""
        for fault in faults:
            self._faults.add(fault)

    def clear_faults(self) -> None:
        """Let all calls pass again."""
        self._faults.clear()

    @property
    def faults(self) -> list[Fault]:
        """The faults that are still to come."""
        return self._faults.pending

    def enforce(self, limits: Limits | None) -> None:
        """Enforce limits on sending with 429; None lifts them."""
        self._server.limits = limits

    def expire_taps(self) -> None:
        """Let all taps be too old to answer, as after a minute."""
        for tap in self.world.taps.values():
            tap.expired = True

    def repeat_updates(self) -> None:
        """Give the bot every update once more that it has acknowledged."""
        self.world.updates.repeat()

    def give_newest_first(self) -> None:
        """From now on, updates that wait together come in the wrong order."""
        self.world.updates.newest_first = True

    def age_updates(self, seconds: int) -> None:
        """Let the messages that the bot has not seen yet have been written that much earlier."""
        self.world.updates.age(seconds)

    async def polled(self, *, within: float = 5.0) -> None:
        """Wait until the bot asks for updates for the first time.

        Raises:
            TimeoutError: when it does not in time.
        """
        async with asyncio.timeout(within):
            while not self.world.updates.polls:
                await self.world.updates.bell.rung()

    @property
    def pending_updates(self) -> int:
        """How many updates the bot has not acknowledged."""
        return self.world.updates.pending
