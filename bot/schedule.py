"""The one list of periodic work, and the loop that sends.

APScheduler only ticks: what is due is computed from our own tables, so a tick missed, doubled or late does no
harm. The sender is woken at once after an approval; correctness never depends on that.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram import Bot

from alerts import draft, expire, publish, tend, watch
from bot import store
from bot.context import Services
from bot.messenger import TelegramMessenger
from bot.tell import tell
from bot.warn import warn
from subscribers import daily, erase, fan_out, recover, retire, send
from subscribers.pace import Pace
from subscribers.store import failures

HEARTBEAT: Final = "heartbeat"
_IDLE_SECONDS: Final = 1.0
_HALT_SECONDS: Final = 60.0
_LONGEST_SILENCE: Final = timedelta(minutes=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """One periodic job: its name, how often, and what it does."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[object]]


class Engine:
    """The stations, wired: what runs when, on which sessions, with which bot."""

    def __init__(
        self, bot: Bot, services: Services, client: httpx.AsyncClient, tick: timedelta | None = None
    ) -> None:
        self._bot = bot
        self._services = services
        self._client = client
        self._tick = tick
        self._unheard = 0
        self._tell_again = services.clock()
        self._stopping = asyncio.Event()
        self._busy: dict[str, asyncio.Task[object]] = {}
        self._sending = send.Sending(
            sessions=services.sessions,
            messenger=TelegramMessenger(bot),
            catalogues=services.catalogues,
            pace=Pace(services.settings.telegram.rate),
            worker=secrets.token_hex(4),
            lease=timedelta(seconds=services.settings.delivery.lease_seconds),
        )
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None}
        )

    def work(self) -> tuple[Work, ...]:
        """The whole list."""
        second, minute = timedelta(seconds=1), timedelta(minutes=1)
        return (
            Work("read lists", second, self.read_lists),
            Work("draft and tell", second, self.draft_and_tell),
            Work("expire", minute, self.expire),
            Work("daily digest", minute, self.daily),
            Work("recover", second * min(5, self._services.settings.delivery.lease_seconds), self.recover),
            Work("retire", minute, self.retire),
            Work("warn", minute, self.warn),
            Work("heartbeat", minute, self.beat),
        )

    async def run(self) -> None:
        """Tick until stopped; sends in this task."""
        await self.beat()
        for work in self.work():
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
            await self._send_until_stopped()
            await self._let_finish()
        finally:
            self._scheduler.shutdown(wait=False)

    def _period(self, work: Work) -> timedelta:
        """How often; in haste (with a `tick`) what is done each second comes each tick, and the rest each fifth."""
        if self._tick is None:
            return work.every
        return self._tick if work.every <= timedelta(seconds=1) else 5 * self._tick

    def stop(self) -> None:
        """Let nothing more leave; `run` ends when what is in flight has landed and is recorded."""
        self._stopping.set()
        self._services.nudge.set()

    async def _let_finish(self) -> None:
        """No new work begins; what has begun ends, rather than being torn out of a transaction."""
        self._scheduler.pause()
        await asyncio.sleep(0)  # what was handed to the loop a moment ago begins now
        if self._busy:
            await asyncio.wait(self._busy.values())

    def _guarded(self, work: Work) -> Callable[[], Awaitable[None]]:
        """One failing job must not end the others; the next tick tries again, and the log says so.

        Work that is still at it when its next tick comes (a slow list) misses that tick, which is nothing to warn of.
        """

        async def run() -> None:
            if work.name in self._busy:
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

    async def release(self) -> send.Report:
        """Approved alerts go out: publish, fan out, send one round; an approval during the round ends it early."""
        self._services.nudge.clear()
        services, now = self._services, self._services.clock()
        needed = services.settings.moderation.approvals
        await publish.publish(services.sessions, services.catalogues, needed, now)
        await fan_out.fan_out(services.sessions, now)
        return await send.send(self._sending, services.clock(), stop=services.nudge)

    async def _send_until_stopped(self) -> None:
        while not self._stopping.is_set():
            pause = _IDLE_SECONDS
            try:
                report = await self.release()
            except Exception:  # noqa: BLE001 - whatever it was, the rest must go out
                _log.exception("sending failed; it is tried again in %s s", pause)
            else:
                if report.halted:
                    _log.critical(
                        "Telegram refuses the token, or another process polls with it: nothing is sent"
                    )
                    pause = _HALT_SECONDS
                elif report.more:
                    continue
            await self._sleep(pause)

    async def _sleep(self, seconds: float) -> None:
        """Until the time is over or somebody nudges."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._services.nudge.wait(), seconds)

    async def warn(self) -> None:
        """Trouble with sending, told to moderators."""
        await warn(self._bot, self._services)

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
        await recover.recover(self._services.sessions, self._services.clock())

    async def retire(self) -> None:
        """What is overtaken, closed or old; and chats that refused us for good."""
        services, now = self._services, self._services.clock()
        keep = timedelta(hours=services.settings.privacy.retention_hours)
        await retire.retire(services.sessions, now, keep)
        await erase.erase_gone(services.sessions, now)

    async def beat(self) -> None:
        """Show `python -m bot health` that the loop is alive."""
        async with self._services.sessions.begin() as session:
            await store.put_setting(session, HEARTBEAT, self._services.clock().isoformat())
