"""The composition root: one function builds everything, one runs it. Nothing else makes clocks or clients."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Update
from telegram.error import InvalidToken, NetworkError, TelegramError
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

from alerts import locales, tend
from alerts.errors import ConfigError, KeyFileError
from alerts.fetch import open_client, tls
from alerts.seal import Sealer, read_key_file
from bot import gate, registration, store
from bot.commands import MENU
from bot.config import Settings
from bot.context import Clock, Context, Services
from bot.database import Sessions, migrate, open_engine, open_sessions
from bot.handlers import errors, membership
from bot.schedule import Engine
from subscribers import recover

UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
_LANDING_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 60.0
_KEY_MARK = "key_mark"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """What is alive while the bot runs."""

    services: Services
    application: App
    engine: AsyncEngine
    stations: Engine


class QuietBot(ExtBot[None]):
    """A bot whose `repr` does not hold its token (safety.md 13)."""

    def __repr__(self) -> str:
        return "QuietBot()"


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
        get_updates_request=_request(connection_pool_size=1),
    )
    application: App = (
        Application.builder()
        .bot(bot)
        .context_types(ContextTypes(context=Context))
        .job_queue(None)
        .concurrent_updates(False)
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
    """Database (migrated), sealer, catalogues; closed at the end."""
    sealer = read_key_file(settings.privacy.key_file)
    engine = open_engine(settings.database.url)
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
        known = await store.get_setting(session, _KEY_MARK)
        if known is None:
            await store.put_setting(session, _KEY_MARK, mark)
        elif known != mark:
            msg = f"{settings.privacy.key_file}: this is not the key that sealed the database. Restore that one."
            raise KeyFileError(msg)


@asynccontextmanager
async def running(
    settings: Settings, clock: Clock = utc_now, tick: timedelta | None = None
) -> AsyncIterator[Running]:
    """The whole bot: polling, stations ticking (in haste with a `tick`) and sending. Raises what ends it early."""
    token = settings.require_token()
    settings.require_organisation()
    async with open_services(settings, clock) as (services, engine), open_client() as client:
        application = build_application(services, token)
        async with _accepted(application):
            stations = Engine(application.bot, services, client, tick)
            await _begin(services, engine, application)
            task = asyncio.create_task(stations.run(), name="stations")
            try:
                yield Running(services, application, engine, stations)
            finally:
                await _end(application, stations, task)


@asynccontextmanager
async def _accepted(application: App) -> AsyncIterator[None]:
    """The application, once Telegram has accepted its token; the library's own error would print the token."""
    pause = 1.0
    while True:
        try:
            await application.initialize()
            break
        except InvalidToken:
            await application.bot.request.shutdown()  # what never came up is not shut down by itself
            msg = "[telegram] token: Telegram refuses it. Ask @BotFather for the current one."
            raise ConfigError(msg) from None
        except NetworkError as error:
            _log.warning("Telegram cannot be reached (%s): next try in %s s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)
    try:
        yield
    finally:
        await application.shutdown()


async def _begin(services: Services, engine: AsyncEngine, application: App) -> None:
    if engine.dialect.name == "sqlite":  # one process: whoever held a lease is gone
        await recover.lapse_all(services.sessions, services.clock())
    await tend.plant(services.sessions, services.settings.targets, services.clock())
    try:
        await registration.register(application.bot, services)
    except TelegramError as error:  # menus are no reason to be silent
        _log.warning("menus could not be set now, but will at the next start: %s", type(error).__name__)
    await application.start()
    assert application.updater is not None
    await application.updater.start_polling(allowed_updates=UPDATES, drop_pending_updates=False)


async def _end(application: App, stations: Engine, task: asyncio.Task[None]) -> None:
    """No more updates, nothing more leaves; what is in flight may land, so that nobody gets it twice."""
    assert application.updater is not None
    await application.updater.stop()
    await application.stop()
    stations.stop()
    _, late = await asyncio.wait({task}, timeout=_LANDING_SECONDS)
    if late:
        _log.warning("messages were still in flight; they are sent once more at the next start")
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()


async def run_until_stopped(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, which also end the wait for a Telegram that cannot be reached."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if settings.moderation.second_factor == "none":
        _log.warning("second_factor is none: whoever holds a moderator's phone can approve")
    up = asyncio.Event()
    life = asyncio.create_task(_live(settings, up, stop), name="life")
    stopping = asyncio.create_task(stop.wait(), name="stopping")
    await asyncio.wait({life, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not up.is_set():
        life.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await life


async def _live(settings: Settings, up: asyncio.Event, stop: asyncio.Event) -> None:
    async with running(settings):
        up.set()
        _log.info("running")
        await stop.wait()
        _log.info("stopping")
