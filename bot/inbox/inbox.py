"""Updates are stored sealed before they are acknowledged, handed to the handlers, and deleted once handled.

    keep()  ->  updates (sealed)  ->  Turns: whose turn  ->  the handlers  ->  handled (its id, for 48 hours)

An update acts once by its id, whatever Telegram repeats. A tap that asks again for what is still unanswered is not
stored at all; that a decision is taken once otherwise follows from state and revision. After a kill, what had begun
begins again: handlers must bear that. One that fails is tried three times more and then told to the log; a database
that is away counts as no failure, it is waited for. Does not poll and does not serve: bot/inbox/polling.py and bot/web
call `keep`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from telegram import Update
from telegram.error import Forbidden
from telegram.ext import Application

from alerts.moderators import all_moderators
from bot.context import Services
from bot.inbox.incoming import Incoming, read
from bot.inbox.turns import MOST, Turns
from bot.store import updates

App = Application[Any, Any, Any, Any, Any, Any]

HANDLED_KEPT: Final = timedelta(hours=48)
"""Telegram keeps an update for 24 hours and repeats it as long (core.telegram.org/bots/api#getting-updates)."""
MOST_STARTS: Final = 20
"""An update that was there at so many starts may be what ends the bot each time."""
PAUSES: Final = (0.5, 2.0, 8.0)
"""Seconds before a handler that failed is tried again."""
_LONGEST: Final = 60.0
_STORE_PAUSE: Final = 2.0
_LANDING: Final = 5.0
_LOOK_ROUND: Final = timedelta(seconds=10)
_MOST_WAITS: Final = 500
"""How often a database is waited for, half a minute at a time: four hours."""
_WAIT_LONGEST: Final = 30.0
_AWAY: Final = (OperationalError, InterfaceError, PoolTimeoutError, OSError)
_AWAY_CODES: Final = ("08", "53", "57", "58")
"""PostgreSQL: no connection, no room, shutting down or starting, a fault of the system (its manual, appendix A)."""
_log = logging.getLogger(__name__)


class Inbox:
    """One process's updates: `keep` takes them in, `run` has them handled."""

    def __init__(self, services: Services, application: App) -> None:
        self._services = services
        self._application = application
        self._turns = Turns()
        self._failures: Counter[int] = Counter()
        self._waits: Counter[int] = Counter()
        self._known: set[int] = set()
        self._taking = asyncio.Lock()
        self._finished: set[int] = set()
        self._finishing = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()
        self._moderators: Collection[int] = ()
        self._looked_round: datetime | None = None
        self._woken = asyncio.Event()
        self._room = asyncio.Event()
        self._stopping = False

    @property
    def is_full(self) -> bool:
        """Whether so many wait that the rest should wait at Telegram."""
        return self._turns.waiting >= MOST

    async def room(self) -> None:
        """Return as soon as there is room for more."""
        while self.is_full:
            self._room.clear()
            await self._room.wait()

    async def keep(self, bodies: Sequence[dict[str, Any]]) -> None:
        """Store updates, as Telegram's JSON has them; only then may they be acknowledged.

        Raises:
            SQLAlchemyError: when they cannot be stored now.
            ValueError: when one of them is no update at all; then none is stored.
        """
        await self._look_round()
        incoming = (read(body, self._moderators) for body in bodies)
        in_order = sorted(incoming, key=lambda one: one.update_id)
        async with self._taking:
            chosen = self._turns.admitted(in_order)
            if chosen:
                await self._line_up(await self._stored(chosen))

    async def _stored(self, chosen: Sequence[Incoming]) -> list[Incoming]:
        """Store what is new; those that were."""
        once = {one.update_id: one for one in chosen}
        now = self._services.clock()
        async with self._services.sessions.begin() as session:
            wanted = [(one.body, one.is_urgent) for one in once.values()]
            new = await updates.insert_new(session, wanted, now)
        return [one for one in once.values() if one.update_id in new]

    async def run(self) -> None:
        """Have handled what waits and what comes, until stopped; what is being handled then may end."""
        try:
            await self._until_it_works(self._take_up)
            while not self._stopping:
                loop = asyncio.get_running_loop()
                for one in self._turns.begin(loop.time()):
                    task = asyncio.create_task(self._handle(one), name=f"update {one.update_id}")
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)
                await self._sleep(loop.time())
            if self._running:
                await asyncio.wait(self._running, timeout=_LANDING)
        finally:
            await self._give_up()

    def stop(self) -> None:
        """Begin nothing more; `run` ends when what has begun has ended, or after five seconds."""
        self._stopping = True
        self._woken.set()

    async def _give_up(self) -> None:
        """What is still running is ended; being stored, it begins anew at the next start."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)

    async def _sleep(self, now: float) -> None:
        """Until something comes, ends, or may be tried again."""
        at = self._turns.next_at()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), None if at is None else max(0.0, at - now))
        self._woken.clear()

    async def _take_up(self) -> None:
        """What an earlier run of the bot has left."""
        await self._look_round()
        async with self._taking:
            async with self._services.sessions.begin() as session:
                found = await updates.found_at_start(session)
            bad = [one.update_id for one in found if one.tries > MOST_STARTS and not one.is_urgent]
            if bad:
                _log.error(
                    "%s updates were there at each of %s starts and are given up", len(bad), MOST_STARTS
                )
                await self._finish(bad)
            left = [one.body for one in found if one.update_id not in {*bad, *self._known}]
            in_order = sorted((read(body, self._moderators) for body in left), key=lambda one: one.update_id)
            await self._line_up(in_order)

    async def _line_up(self, chosen: Sequence[Incoming]) -> None:
        now = asyncio.get_running_loop().time()
        self._known.update(one.update_id for one in chosen)
        dropped = [each.update_id for one in chosen for each in self._turns.add(one, now)]
        self._woken.set()
        if dropped:
            await self._finish(dropped)

    async def _look_round(self) -> None:
        """Now and then: who goes first, and what need no longer be remembered."""
        now = self._services.clock()
        if self._looked_round is not None and now < self._looked_round + _LOOK_ROUND:
            return
        everyone = await all_moderators(self._services.sessions, self._services.settings.moderation)
        self._moderators = frozenset(one.chat for one in everyone)
        async with self._services.sessions.begin() as session:
            await updates.forget_handled(session, now - HANDLED_KEPT)
        self._looked_round = now

    async def _handle(self, one: Incoming) -> None:
        loop = asyncio.get_running_loop()
        try:
            pause = await self._attempt(one)
            if pause is None:
                await self._until_it_works(lambda: self._finish([one.update_id]))
                del self._failures[one.update_id], self._waits[one.update_id]
                self._turns.end(one)
            else:
                self._turns.again(one, loop.time() + pause)
        finally:
            self._woken.set()
            self._room.set()

    async def _attempt(self, one: Incoming) -> float | None:
        """Have it handled; seconds after which to try again, or None when it is over."""
        try:
            async with asyncio.timeout(_LONGEST):
                await self._act(one)
        except Forbidden:
            _log.info("a chat no longer listens")
        except Exception as error:  # noqa: BLE001 - whatever it was, it must not stop the others
            if _is_away(error) and self._waits[one.update_id] < _MOST_WAITS:
                return self._wait(one, error)
            return await self._failed(one, error)
        return None

    def _wait(self, one: Incoming, error: Exception) -> float:
        self._waits[one.update_id] += 1
        _log.warning("the database is away (%s): an update waits", type(error).__name__)
        return min(_WAIT_LONGEST, _STORE_PAUSE * self._waits[one.update_id])

    async def _act(self, one: Incoming) -> None:
        """What the library's own `process_update` does, but a fault comes back here."""
        application = self._application
        update = Update.de_json(one.body, application.bot)
        for handlers in application.handlers.values():
            for handler in handlers:
                check = handler.check_update(update)
                if check is not None and check is not False:
                    context = application.context_types.context.from_update(update, application)
                    await handler.handle_update(update, application, check, context)
                    break

    async def _failed(self, one: Incoming, error: Exception) -> float | None:
        failures = self._failures[one.update_id]
        if failures < len(PAUSES):
            self._failures[one.update_id] += 1
            pause = PAUSES[failures]
            _log.warning("a handler failed; it is tried again in %s s", pause, exc_info=error)
            return pause
        await self._application.process_error(_as_update(one, self._application), error)
        return None

    async def _finish(self, ids: Collection[int]) -> None:
        """Delete them from what waits; those that end while others are being deleted go together."""
        self._finished.update(ids)
        async with self._finishing:
            batch = frozenset(self._finished)
            if not batch:
                return
            async with self._services.sessions.begin() as session:
                await updates.finish(session, batch, self._services.clock())
            self._finished -= batch
            self._known -= batch

    async def _until_it_works(self, attempt: Callable[[], Awaitable[None]]) -> None:
        """A database that is away comes back."""
        while True:
            try:
                await attempt()
            except (SQLAlchemyError, OSError) as error:
                _log.warning("updates cannot be read or written now: %s", type(error).__name__)
                await asyncio.sleep(_STORE_PAUSE)
            else:
                return


def _is_away(error: Exception) -> bool:
    """Whether it is the database that failed, and not what was asked of it."""
    if isinstance(error, DBAPIError):
        code = str(getattr(error.orig, "sqlstate", None) or "")
        return error.connection_invalidated or isinstance(error, _AWAY) or code.startswith(_AWAY_CODES)
    return isinstance(error, _AWAY) and not isinstance(error, TimeoutError)


def _as_update(one: Incoming, application: App) -> Update | None:
    """The update as the library reads it; None when it cannot."""
    try:
        return Update.de_json(one.body, application.bot)
    except Exception:  # noqa: BLE001 - Telegram's newest kinds fail in many ways
        _log.warning("the library cannot read an update")
        return None
