"""A stage: an emulated Telegram, a list on loopback, and the real bot between them, in a folder of its own.

The demo plays its story on it and the journeys theirs. The bot can be stopped and started again on the same data.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from alerts.seal import new_key, write_key_file
from bot.app import Running, running, utc_now
from bot.config import Settings
from bot.context import Clock
from bot.demo import people
from bot.demo.list_server import ListServer, Row
from bot.emulator import Button, Emulator, Group, Message, Person

TOKEN = "1234567:demo-token-of-the-emulated-telegram-0"  # noqa: S105 - opens nothing but our own emulator
MODERATORS = (9001, 9002)


class Stage:
    """Everything a story needs to hold."""

    def __init__(
        self, emulator: Emulator, lists: ListServer, settings: Settings, clock: Clock, tick: timedelta | None
    ) -> None:
        self.emulator = emulator
        self.lists = lists
        self.settings = settings
        self._clock = clock
        self._tick = tick
        self._bot: AsyncExitStack | None = None
        self.running: Running | None = None

    async def start_bot(self) -> None:
        """Start the real bot; it polls the emulator and reads the list."""
        self._bot = AsyncExitStack()
        self.running = await self._bot.enter_async_context(running(self.settings, self._clock, self._tick))

    async def stop_bot(self) -> None:
        """Stop it; its data stay."""
        if self._bot is not None:
            stack, self._bot, self.running = self._bot, None, None
            await stack.aclose()

    async def subscribe(
        self,
        person: Person,
        locale: str,
        mode: str = "normal",
        topic: str = "*/*",
        group: Group | None = None,
    ) -> None:
        """/start and the taps of an ordinary subscription (two in a group), each on the answer to the one before."""
        await person.says("/start", chat=group)
        steps = [f"lang:{locale}:s", f"mode:{mode}:{locale}", f"topic:{topic}:s"]
        if group is not None:
            steps = [f"lang:{locale}:s", f"topic:{topic}:{locale}"]
        for step in steps:
            await person.hears(partial(_offers, step), chat=group)
            await person.taps(partial(_is_for, step), chat=group)
        await person.hears(lambda message: not message.buttons, chat=group)


def _is_for(data: str, button: Button) -> bool:
    return button.callback_data == data


def _offers(data: str, message: Message) -> bool:
    return any(_is_for(data, button) for button in message.buttons)


@asynccontextmanager
async def set_up(
    folder: Path,
    rows: list[Row] | None = None,
    *,
    clock: Clock = utc_now,
    tick: timedelta | None = None,
    **sections: Any,
) -> AsyncIterator[Stage]:
    """A stage with the bot running; `sections` of the configuration add to what the stage needs, key by key. `tick` makes haste."""
    lists = ListServer(people.rows() if rows is None else rows)
    async with Emulator.running(TOKEN) as emulator, lists.serving():
        key_file = folder / "seal.key"
        write_key_file(key_file, new_key())
        chosen: dict[str, Any] = {
            "organisation": {"name": "Lantern (demo)", "contact": "desk@lantern.example"},
            "telegram": {
                "token": TOKEN,
                "base_url": emulator.base_url,
                "rate": 1000,
                "paid_broadcast": True,
            },
            "database": {"url": f"sqlite+aiosqlite:///{folder / 'demo.db'}"},
            "privacy": {"key_file": key_file},
            "moderation": {"moderators": MODERATORS},
            "lists": [people.watched(lists.url, tick or timedelta(seconds=1))],
        }
        for name, section in sections.items():
            chosen[name] = {**chosen.get(name, {}), **section} if isinstance(section, dict) else section
        stage = Stage(emulator, lists, Settings(**chosen), clock, tick)
        await stage.start_bot()
        try:
            yield stage
        finally:
            await stage.stop_bot()
