"""What a process does, by its role, until it is told to stop. Sends, publishes and decides nothing itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot
from telegram.error import TelegramError

from alerts import tend
from alerts.errors import ConfigError
from bot import registration
from bot.context import Services
from bot.database import departures_folder
from bot.leader import Peers, call
from bot.role import Role
from bot.schedule import Releaser, Schedule, Ticker
from bot.sender import Sender
from subscribers import recover

Inbound = Callable[[asyncio.Event, asyncio.Event], Coroutine[Any, Any, None]]
"""Takes updates until the first event is set; sets the second once it does."""
_log = logging.getLogger(__name__)


def check_role(role: Role, engine: AsyncEngine) -> None:
    """ConfigError when SQLite is to serve several processes."""
    if role is not Role.ALL and engine.dialect.name == "sqlite":
        msg = f"--role {role}: on SQLite one process does everything; for several, use PostgreSQL in [database] url."
        raise ConfigError(msg)


class Duties:
    """What one process does until it is stopped. Used once."""

    def __init__(
        self,
        role: Role,
        services: Services,
        engine: AsyncEngine,
        *,
        bot: Bot,
        schedule: Schedule,
        sender: Sender,
        inbound: Inbound,
        tick: timedelta | None = None,
    ) -> None:
        """`bot` answers moderators and sets menus; in haste with a `tick`."""
        self._role = role
        self._services = services
        self._engine = engine
        self._bot = bot
        self._schedule = schedule
        self._sender = sender
        self._inbound = inbound
        self._tick = tick
        self._stopping = asyncio.Event()
        self._peers: Peers | None = None
        if engine.dialect.name != "sqlite":
            self._peers = Peers(engine, self._hear, self._lead if role.leads else None)
        self.begun = asyncio.Event()
        """Set when a process that is alone takes updates, and at once for one among several."""

    async def run(self) -> None:
        """All that the role does, side by side, until `stop`. Raises what ends it early."""
        works: list[Coroutine[Any, Any, None]] = [
            Ticker(self._schedule.of_everyone(), self._tick).run(self._stopping)
        ]
        if self._role.sends:
            works.append(self._sender.run(self._stopping))
        if self._peers is not None:
            works.append(self._peers.run())
            self.begun.set()
        else:
            services = self._services  # whoever held a lease is gone
            await recover.lapse_all(
                services.sessions, services.clock(), departures_folder(services.settings.database.url)
            )
            works.append(self._lead())
        await _side_by_side(works)

    def stop(self) -> None:
        """Nothing more is claimed or begun; `run` ends when what is in flight has landed and is recorded."""
        self._stopping.set()
        if self._peers is not None:
            self._peers.stop()

    def _hear(self) -> None:
        """Another process says that something is due."""
        self._services.due.set()
        self._services.nudge.set()

    def _may_lead(self) -> bool:
        return self._peers is None or self._peers.leads

    async def _call(self) -> None:
        if self._peers is not None:
            await call(self._engine)

    async def _lead(self) -> None:
        """Until stopped, or cancelled when another leads."""
        services = self._services
        await tend.plant(services.sessions, services.settings.targets, services.clock())
        try:
            await registration.register(self._bot, services)
        except TelegramError as error:  # menus are no reason to be silent
            _log.warning("menus could not be set now, but will at the next start: %s", type(error).__name__)
        ticker = Ticker(self._schedule.of_the_leader(), self._tick, self._may_lead)
        releaser = Releaser(self._schedule, services, self._call, self._may_lead)
        await _side_by_side(
            [
                self._inbound(self._stopping, self.begun),
                ticker.run(self._stopping),
                releaser.run(self._stopping),
            ]
        )


async def _side_by_side(works: list[Coroutine[Any, Any, None]]) -> None:
    """All of them at once; when one fails, or this is cancelled, all are, and are waited for."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
