"""What the bench sends to and about: many readers, and alerts whose texts are rendered as they are for publication.

All people are invented. Readers are put in by plain statements, since enrolling a million one by one is no part of
what is measured; alerts, fan-out and digests go the bot's own way.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alerts import locales
from alerts.alert import Alert
from alerts.render.alert import render_alert
from alerts.render.message import Message, Variant
from alerts.seal import Sealer
from alerts.store import published
from alerts.tables import AlertTextRow
from bot.database import Sessions, migrate, open_engine, open_sessions
from bot.messenger import as_parameters
from subscribers import fan_out as fanning
from subscribers.daily import daily
from subscribers.store import people
from subscribers.subscriber import CONSENT_VERSION, ChatKind, Mode
from tests.alerts.render.samples import ALERTS
from tests.subscribers import world

SEALER = Sealer(bytes(range(64)))
FIRST_CHAT = 7_000_000_000
NUMBER, URGENT = "UA-26/014", "UA-26/999"
"""What stands in a text, by which the server can tell one alert from another."""
_BATCH = 20_000
_READER = (
    "id", "chat", "locale", "mode", "kind", "consent_version", "joined_month", "active",
    "letter_warned", "plain", "gone_held",
)  # fmt: skip
_NO = (False, False, False)
_MODES = (Mode.NORMAL,) * 7 + (Mode.SAFE,) * 2 + (Mode.READ_ONLY,)
_TOPICS = (("*/*",),) * 5 + (("IR/*",), ("IR/*", "US/*"), ("IR/minor",), ("US/*",), ("IQ/*",))
"""Eight readers of ten hear of an alert about a minor in Iran."""


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Sessions]:
    """Sessions on a migrated database."""
    engine = open_engine(url)
    try:
        await migrate(engine)
        yield open_sessions(engine, SEALER)
    finally:
        await engine.dispose()


async def settle(sessions: Sessions, count: int, *, everything: bool = True) -> None:
    """So many readers in ten languages and three modes; they hear everything, or have asked for some topics."""
    codes = locales.load().codes
    for start in range(1, count + 1, _BATCH):
        numbers = range(start, min(start + _BATCH, count + 1))
        async with sessions.begin() as session:
            readers = [(n, people.seal_chat(session, FIRST_CHAT + n), *_manner(n, codes)) for n in numbers]
            await _insert(session, "subscribers", _READER, readers)
            wishes = [(n, key) for n in numbers for key in (("*/*",) if everything else _wishes(n))]
            await _insert(session, "subscriptions", ("subscriber_id", "key"), wishes)


async def _insert(session: AsyncSession, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
    """Past the compiler of statements, which takes longer than the database."""
    connection = await session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    places = ", ".join("?" if is_sqlite else f"${n}" for n in range(1, len(columns) + 1))
    await connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)


def _manner(number: int, codes: Sequence[str]) -> tuple[Any, ...]:
    mode = _MODES[number // 10 % 10]
    return (
        codes[number % len(codes)],
        mode.value,
        ChatKind.PRIVATE.value,
        CONSENT_VERSION,
        "2026-11",
        True,
        *_NO,
    )


def _wishes(number: int) -> tuple[str, ...]:
    return _TOPICS[number // 100 % 10]


async def publish(sessions: Sessions, at: datetime, *, lane: int = 1, number: str = NUMBER) -> int:
    """A published alert about an invented minor in Iran, its texts frozen in all locales. Its id."""
    topics = ("*/*", "IR/*", "IR/minor")
    alert_id = await world.publish(sessions, lane=lane, locales=(), topics=topics, at=at)
    rows = [
        {"alert_id": alert_id, "locale": code, "variant": variant.value, "message": text.to_json()}
        for code, variant, text in _texts(ALERTS["first_imminent"], number)
    ]
    async with sessions.begin() as session:
        await session.execute(insert(AlertTextRow), rows)
    return alert_id


def _texts(alert: Alert, number: str) -> Iterator[tuple[str, Variant, Message]]:
    catalogues = locales.load()
    for code, variant in itertools.product(catalogues.codes, Variant):
        yield code, variant, render_alert(alert, catalogues[code], variant, number=number)


async def fan_out(sessions: Sessions, now: datetime) -> None:
    """The station that gives everybody who asked a delivery."""
    await fanning.fan_out(sessions, now)


async def list_digest(sessions: Sessions, now: datetime) -> int:
    """A day's digest that tells of one alert, listed for everybody; how many will get it."""
    alert_id = await publish(sessions, now - timedelta(minutes=1))
    async with sessions.begin() as session:
        await published.mark_fanned_out(session, alert_id, now)
    listed = await daily(sessions, now, now.time(), ZoneInfo("UTC"))
    return listed.deliveries


def write_message(path: Path) -> None:
    """The same alert in English as a body for the peers: JSON with text, entities and reply_markup."""
    message = render_alert(ALERTS["first_imminent"], locales.load()["en"], Variant.NORMAL, number=NUMBER)
    parameters = as_parameters(message, "bench_bot")
    path.write_text(
        json.dumps(
            {
                "text": parameters["text"],
                "entities": [entity.to_dict() for entity in parameters["entities"]],
                "reply_markup": parameters["reply_markup"].to_dict(),
                "link_preview_options": parameters["link_preview_options"].to_dict(),
                "disable_notification": False,
            }
        )
    )
