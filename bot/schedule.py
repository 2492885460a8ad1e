"""The one list of periodic work, by who does it, and what runs it.

APScheduler only ticks: what is due is computed from our own tables, so a tick missed, doubled or late does no
harm. Approved alerts leave at once when somebody nudges; correctness never depends on that. Sends no delivery.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram import Bot

from alerts import draft, expire, publish, tend, watch
from bot import store
from bot.announce import announce
from bot.context import Services, woken
from bot.database import departures_folder
from bot.handlers import progress
from bot.tell import tell
from bot.warn import warn
from subscribers import daily, erase, fan_out, recover, retire
from subscribers.store import failures

HEARTBEAT: Final = "heartbeat"
SENDERS_HEARTBEAT: Final = "heartbeat.sender"
"""Another than the leader's, so that senders do not hide that nobody leads."""
_IDLE_SECONDS: Final = 1.0
_LONGEST_SILENCE: Final = timedelta(minutes=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """One periodic job: its name, how often, and what it does."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[object]]


class Schedule:
    """The stations, wired: what is done when, on which sessions, with which bot."""

    def __init__(self, bot: Bot, services: Services, client: httpx.AsyncClient) -> None:
        self._bot = bot
        self._services = services
        self._client = client
        self._unheard = 0
        self._tell_again = services.clock()

    def of_the_leader(self) -> tuple[Work, ...]:
        """What one process does for all."""
        second, minute = timedelta(seconds=1), timedelta(minutes=1)
        return (
            Work("read lists", second, self.read_lists),
            Work("draft and tell", second, self.draft_and_tell),
            Work("expire", minute, self.expire),
            Work("daily digest", minute, self.daily),
            Work("retire", minute, self.retire),
            Work("warn", minute, self.warn),
            Work("announce", 5 * second, self.announce),
            Work("live messages", second, self.show_live),
            Work("heartbeat", minute, self.beat),
        )

    def of_everyone(self) -> tuple[Work, ...]:
        """What every process does, so that it is done whoever dies."""
        often = timedelta(seconds=min(5, self._services.settings.delivery.lease_seconds))
        return (
            Work("recover", often, self.recover),
            Work("heartbeat of a sender", timedelta(minutes=1), self.beat_as_sender),
        )

    async def read_lists(self) -> None:
        """Due lists, politely."""
        services = self._services
        await watch.watch(services.sessions, services.settings.lists, self._client, services.clock())

    async def draft_and_tell(self) -> None:
        """Changes become drafts; moderators hear of drafts and questions."""
        await draft.draft(self._services.sessions, self._services.clock())
        now = self._services.clock()
        if now < self._tell_again:
            return
        self._unheard = 0 if await tell(self._bot, self._services) else self._unheard + 1
        # Nobody listens: Telegram is not asked every second whether a moderator has pressed Start by now.
        self._tell_again = now + min(_LONGEST_SILENCE, timedelta(seconds=2**self._unheard - 1))

    async def release(self, ready: Callable[[], Awaitable[None]]) -> None:
        """Approved alerts are published and fanned out; `ready` is called whenever something is due by that."""
        services, now = self._services, self._services.clock()
        needed = services.settings.moderation.approvals
        await publish.publish(services.sessions, services.catalogues, needed, now)
        await fan_out.fan_out(services.sessions, now, services.settings.digest.zone, ready)

    async def warn(self) -> None:
        """Trouble with sending, told to moderators."""
        await warn(self._bot, self._services)

    async def announce(self) -> None:
        """Pauses and ends of broadcasts, told to moderators."""
        await announce(self._bot, self._services)

    async def show_live(self) -> None:
        """What moderators watch says what is true now."""
        await progress.refresh(self._bot, self._services)

    async def expire(self) -> None:
        """Deadlines and dates that pass, and officials to be checked again."""
        services = self._services
        await expire.ask_about_passed_dates(services.sessions, services.clock())
        await expire.ask_about_actions(services.sessions, services.clock())
        await expire.hold_unreviewed(services.sessions, services.clock())
        await expire.close_past_deadline(services.sessions, services.clock())
        await tend.ask_about_due(services.sessions, services.clock())
        async with services.sessions() as session:
            failed = [(one.target_id, one.address) for one in await failures.failures(session)]
        await tend.ask_about_failures(services.sessions, failed, services.clock())

    async def daily(self) -> None:
        """The digest, once a local day."""
        services, digest = self._services, self._services.settings.digest
        await daily.daily(services.sessions, services.clock(), digest.daily_at, digest.zone)

    async def recover(self) -> None:
        """Leases that lapsed."""
        services = self._services
        await recover.recover(
            services.sessions, services.clock(), departures_folder(services.settings.database.url)
        )

    async def retire(self) -> None:
        """What is overtaken, closed or old; and chats that refused us for good."""
        services, now = self._services, self._services.clock()
        keep = timedelta(hours=services.settings.privacy.retention_hours)
        await retire.retire(services.sessions, now, keep)
        await erase.erase_gone(services.sessions, now)

    async def beat(self) -> None:
        """Show `python -m bot health` that the leader is alive."""
        await self._beat(HEARTBEAT)

    async def beat_as_sender(self) -> None:
        """Show `python -m bot health --role sender` that somebody sends."""
        await self._beat(SENDERS_HEARTBEAT)

    async def _beat(self, key: str) -> None:
        async with self._services.sessions.begin() as session:
            await store.put_setting(session, key, self._services.clock().isoformat())


class Ticker:
    """Does works at their times, until told to stop. Used once."""

    def __init__(
        self, works: tuple[Work, ...], tick: timedelta | None = None, may: Callable[[], bool] = lambda: True
    ) -> None:
        """In haste with a `tick`; `may` is asked before each time."""
        self._works = works
        self._tick = tick
        self._may = may
        self._busy: dict[str, asyncio.Task[object]] = {}
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None}
        )

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set, and what has begun by then has ended; cancelled, it takes that along."""
        for work in self._works:
            self._scheduler.add_job(
                self._guarded(work),
                "interval",
                seconds=self._period(work).total_seconds(),
                id=work.name,
                name=work.name,
                next_run_time=datetime.now(self._scheduler.timezone),
            )
        self._scheduler.start()
        try:
            await stopping.wait()
            self._scheduler.pause()
            await asyncio.sleep(0)  # what was handed to the loop a moment ago begins now
            await self._until_idle()
        finally:
            self._scheduler.shutdown(wait=False)  # cancels what is still at it
            await self._until_idle()

    async def _until_idle(self) -> None:
        if self._busy:
            await asyncio.wait(set(self._busy.values()))

    def _period(self, work: Work) -> timedelta:
        """How often; in haste what is done each second comes each tick, and the rest each fifth."""
        if self._tick is None:
            return work.every
        return self._tick if work.every <= timedelta(seconds=1) else 5 * self._tick

    def _guarded(self, work: Work) -> Callable[[], Awaitable[None]]:
        """One failing job must not end the others; the next tick tries again, and the log says so.

        Work that is still at it when its next tick comes (a slow list) misses that tick, which is nothing to warn of.
        """

        async def run() -> None:
            if work.name in self._busy or not self._may():
                return
            task = asyncio.current_task()
            assert task is not None
            self._busy[work.name] = task
            try:
                await work.run()
            except Exception:  # noqa: BLE001 - a fault of one job must not end the others
                _log.exception("%s failed; it is tried again at the next tick", work.name)
            finally:
                del self._busy[work.name]

        return run


class Releaser:
    """The loop that lets approved alerts out: every second, and at once when somebody nudges."""

    def __init__(
        self,
        schedule: Schedule,
        services: Services,
        call: Callable[[], Awaitable[None]],
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        """`call` tells all who send that something is due; `may` is asked before each time."""
        self._schedule = schedule
        self._services = services
        self._call = call
        self._may = may

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set."""
        nudge = self._services.nudge
        while not stopping.is_set():
            nudge.clear()
            try:
                if self._may():
                    await self._schedule.release(self._tell)
            except Exception:  # noqa: BLE001 - whatever it was, the next alert must go out
                _log.exception("publishing failed; it is tried again in %s s", _IDLE_SECONDS)
            await woken(_IDLE_SECONDS, nudge, stopping)

    async def _tell(self) -> None:
        self._services.due.set()
        await self._call()
