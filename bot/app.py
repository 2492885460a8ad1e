"""The composition root: one function builds everything, one runs it. Nothing else makes clocks or clients."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Update
from telegram.error import InvalidToken, NetworkError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from alerts import locales
from alerts.errors import ConfigError, KeyFileError
from alerts.fetch import open_client, tls
from alerts.seal import Sealer, read_key_file
from bot import gate, store
from bot.commands import MENU
from bot.config import Settings
from bot.context import Clock, Context, Services
from bot.database import Sessions, migrate, one_by_one, open_engine, open_sessions
from bot.duties import Duties, check_role
from bot.handlers import errors, membership
from bot.inbox import receive
from bot.leader import only_process
from bot.messenger import TelegramMessenger
from bot.role import Role
from bot.schedule import HEARTBEAT, SENDERS_HEARTBEAT, Schedule
from bot.sender import Sender
from bot.transport import BulkBot, BulkRequest, open_bulk_bot
from bot.web.health import health_app
from bot.web.serving import serving
from subscribers.pace import Pace

UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
_LANDING_SECONDS = 6.0
_TEARING_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_KEY_MARK = "key_mark"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """What is alive while the bot runs; `duties` ends early only by a fault."""

    services: Services
    application: App
    engine: AsyncEngine
    duties: asyncio.Task[None]


class QuietBot(ExtBot[None]):
    """A bot whose `repr` does not hold its token (safety.md 13)."""

    def __repr__(self) -> str:
        return "QuietBot()"

    async def hang_up(self) -> None:
        """Close both transports; the library's own `shutdown` leaves those of a bot open that never came up."""
        for request in self._request:
            await request.shutdown()


App = Application[QuietBot, Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def build_application(services: Services, token: str) -> App:
    """python-telegram-bot's application with our gate before every handler. No persistence, no job queue."""
    base = services.settings.telegram.base_url
    bot = QuietBot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=_request(connection_pool_size=64, pool_timeout=20.0),
        # Who leads no longer is torn out of a poll; httpx's pool then loses that connection for good now and then.
        get_updates_request=BulkRequest(1),
    )
    application: App = (
        Application.builder()
        .bot(bot)
        .context_types(ContextTypes(context=Context))
        .job_queue(None)
        .updater(None)
        .build()
    )
    application.bot_data["services"] = services
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, membership.on_migration))
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, gate.on_message))
    application.add_handler(CallbackQueryHandler(gate.on_tap))
    application.add_handler(ChatMemberHandler(membership.on_my_membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(errors.on_error)
    return application


def _request(**options: Any) -> HTTPXRequest:
    return HTTPXRequest(**options, httpx_kwargs={"trust_env": False, "verify": tls()})


@asynccontextmanager
async def open_services(
    settings: Settings, clock: Clock = utc_now
) -> AsyncIterator[tuple[Services, AsyncEngine]]:
    """Database (migrated, and on SQLite nobody else's), sealer, catalogues; closed at the end."""
    sealer = read_key_file(settings.privacy.key_file)
    engine = open_engine(settings.database.url)
    with only_process(settings.database.url):
        try:
            await migrate(engine)
            sessions = open_sessions(engine, sealer)
            await _recognise_key(settings, sessions, sealer)
            yield Services(settings, sessions, sealer, locales.load(), clock, MENU), engine
        finally:
            await engine.dispose()


async def _recognise_key(settings: Settings, sessions: Sessions, sealer: Sealer) -> None:
    """Refuse a key that did not seal this database: half the readers would be lost under each of two keys."""
    mark = sealer.digest("this database", "settings.key")
    async with sessions.begin() as session:
        await one_by_one(session)
        known = await store.get_setting(session, _KEY_MARK)
        if known is None:
            await store.put_setting(session, _KEY_MARK, mark)
        elif known != mark:
            msg = f"{settings.privacy.key_file}: this is not the key that sealed the database. Restore that one."
            raise KeyFileError(msg)


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock = utc_now,
    tick: timedelta | None = None,
    role: Role = Role.ALL,
) -> AsyncIterator[Running]:
    """The whole bot: taking updates, stations ticking (in haste with a `tick`) and sending. Raises what ends it early."""
    token = settings.require_token()
    settings.require_organisation()
    async with open_services(settings, clock) as (services, engine), open_client() as client:
        check_role(role, engine)
        application = build_application(services, token)
        bulk = _open_bulk(settings, token)
        async with _reached(services, role, application, bulk):
            duties = Duties(
                role,
                services,
                engine,
                bot=application.bot,
                schedule=Schedule(application.bot, services, client),
                sender=Sender(services, TelegramMessenger(bulk, paid=settings.telegram.paid_broadcast)),
                inbound=partial(receive, services, application, UPDATES),
                tick=tick,
            )
            task = asyncio.create_task(duties.run(), name="duties")
            try:
                await first_of(task, duties.begun.wait())
                if task.done():
                    task.result()
                yield Running(services, application, engine, task)
            finally:
                await _end(duties, task)


def _open_bulk(settings: Settings, token: str) -> BulkBot:
    """The bot of the sending station."""
    telegram = settings.telegram
    lease = timedelta(seconds=settings.delivery.lease_seconds)
    return open_bulk_bot(token, telegram.base_url, Pace(telegram.rate).in_flight, lease)


@asynccontextmanager
async def _reached(services: Services, role: Role, application: App, bulk: BulkBot) -> AsyncIterator[None]:
    """The bots that the role needs, accepted by Telegram; health is told meanwhile."""
    listen = services.settings.web.health
    async with AsyncExitStack() as stack:
        if listen:
            health = health_app(services, HEARTBEAT if role.leads else SENDERS_HEARTBEAT)
            await stack.enter_async_context(serving(health, listen, "[web] health"))
        for bot in ([application] if role.leads else []) + ([bulk] if role.sends else []):
            await stack.enter_async_context(_accepted(bot))
        yield


@asynccontextmanager
async def _accepted(bot: App | BulkBot) -> AsyncIterator[None]:
    """The bot, once Telegram has accepted its token; the library's own error would print the token."""
    try:
        await _knock(bot)
    except BaseException:  # what never came up is not shut down by itself
        await (bot.bot.hang_up() if isinstance(bot, Application) else bot.request.shutdown())
        raise
    try:
        yield
    finally:
        await bot.shutdown()


async def _knock(bot: App | BulkBot) -> None:
    pause = 1.0
    while True:
        try:
            await bot.initialize()
        except InvalidToken:
            msg = "[telegram] token: Telegram refuses it. Ask @BotFather for the current one."
            raise ConfigError(msg) from None
        except NetworkError as error:
            _log.warning("Telegram cannot be reached (%s): next try in %s s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)
        else:
            return


async def first_of(task: asyncio.Task[None], other: Coroutine[Any, Any, object]) -> None:
    """Wait until one of the two is over; the second is cancelled when the first was quicker."""
    waiting = asyncio.create_task(other, name="waiting")
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


async def _end(duties: Duties, task: asyncio.Task[None]) -> None:
    """Nothing more leaves; what is in flight may land, so that nobody gets it twice. Raises what `task` failed with."""
    duties.stop()
    _, late = await asyncio.wait({task}, timeout=_LANDING_SECONDS)
    if late:
        _log.warning("not all that was in flight has landed in time; it is taken up again at the next start")
        task.cancel()
        await asyncio.wait({task}, timeout=_TEARING_SECONDS)
    if task.done() and not task.cancelled():
        task.result()
