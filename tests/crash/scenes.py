"""What is on the way when a process dies: an urgent alert, a correction, a digest, a /forget; to how many.

Each scene fills a database as the bot itself would have left it, and says who is to hear what in the end.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from alerts import draft
from alerts.alert import AlertKind
from alerts.store import published
from bot.database import Sessions
from bot.registration import register
from subscribers.delivery import Envelope, Outcome, OutcomeKind
from subscribers.fan_out import fan_out
from subscribers.send import send
from subscribers.store import people
from subscribers.subscriber import CONSENT_VERSION, ChatKind, Mode
from subscribers.tables import SubscriberRow, SubscriptionRow
from tests.alerts import reviewing
from tests.crash.checker import Subject
from tests.subscribers import world

READERS = 25
GROUPS = 2
LOCALES = ("en", "fa", "de")
MODES = (Mode.NORMAL, Mode.SAFE, Mode.READ_ONLY)
HALF = 12
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Scene:
    """Who is to hear what; the updates Telegram brings after so many sendings; when all of it is over.

    `open` are questions to the database whether something is still to be done, beside those of every scene.
    """

    subjects: tuple[Subject, ...]
    updates: tuple[tuple[int, dict[str, Any]], ...] = ()
    open: tuple[str, ...] = ()
    has_digest: bool = False


@dataclass
class Stage:
    """What a scene is set on. `record` is where Telegram writes; what a scene sends itself goes there too."""

    sessions: Sessions
    record: Path
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


class _Silent:
    """A bot to which everything was said already: the next start says nothing again."""

    def __getattr__(self, name: str) -> Callable[..., Awaitable[bool]]:
        async def done(*arguments: Any, **named: Any) -> bool:
            return True

        return done


async def register_already(services: Any) -> None:
    """Menus and descriptions were set at an earlier start."""
    await register(_Silent(), services)  # type: ignore[arg-type]


def chats(count: int) -> list[int]:
    """The chats of so many readers, the last of them groups."""
    private = [7_000_000_000 + number for number in range(count - GROUPS)]
    return private + [-5_000_000_000 - number for number in range(GROUPS)]


async def audience(stage: Stage, count: int = READERS) -> frozenset[int]:
    """Readers of every locale and mode, and groups, who asked for everything."""
    async with stage.sessions.begin() as session:
        rows = [
            {
                "chat": people.seal_chat(session, chat),
                "kind": (ChatKind.PRIVATE if chat > 0 else ChatKind.GROUP).value,
                "locale": LOCALES[number % len(LOCALES)],
                "mode": (MODES[number // len(LOCALES) % len(MODES)] if chat > 0 else Mode.NORMAL).value,
                "active": True,
                "consent_version": CONSENT_VERSION,
                "joined_month": f"{stage.now:%Y-%m}",
            }
            for number, chat in enumerate(chats(count))
        ]
        found = await session.execute(insert(SubscriberRow).returning(SubscriberRow.id), rows)
        keys = [{"subscriber_id": id_, "key": "*/*"} for id_ in found.scalars()]
        await session.execute(insert(SubscriptionRow), keys)
    return frozenset(chats(count))


async def urgent(stage: Stage) -> Scene:
    """A list's alert was approved a moment ago: to be published, fanned out, and sent."""
    wanted = await audience(stage)
    case_id = await reviewing.add_new_case(stage.sessions)
    await draft.draft(stage.sessions, stage.now)
    alert = await reviewing.open_alert(stage.sessions, case_id)
    assert alert is not None
    await reviewing.approve(stage.sessions, alert.id, reviewing.BEN, now=stage.now)
    return Scene((Subject(alert.id, r"UA-\d\d/\d+", wanted),))


async def published_alert(stage: Stage, **named: Any) -> int:
    """An alert whose text is "17 en normal", published and not yet fanned out."""
    return await world.publish(stage.sessions, at=stage.now, locales=LOCALES, **named)


def about(alert_id: int) -> str:
    """How the texts of `published_alert` are recognised."""
    return rf"^{alert_id} [a-z]+ [a-z_]+$"


class _Earlier:
    """Messages that left before the story begins: to half of the readers, then it ends."""

    def __init__(self, record: Path, stop: asyncio.Event) -> None:
        self._record = record
        self._stop = stop
        self._left = HALF

    async def perform(self, envelope: Envelope, leaving: Callable[[], None]) -> Outcome:
        self._left -= 1
        if self._left <= 0:
            self._stop.set()
        line = {"at": time.monotonic(), "method": "sendMessage", "accepted": True, "chat": envelope.chat}
        line |= {"text": envelope.message.text, "message_id": -self._left}
        with self._record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return Outcome(OutcomeKind.SENT, message_id=-self._left)


async def correction(stage: Stage) -> Scene:
    """Half of the readers got an alert; now it is corrected, which everybody hears and nobody hears first."""
    wanted = await audience(stage)
    case = await world.open_case(stage.sessions, deadline=stage.now + timedelta(days=7))
    wrong = await published_alert(stage, case=case)
    await fan_out(stage.sessions, stage.now)
    stop = asyncio.Event()
    await send(world.sending(stage.sessions, _Earlier(stage.record, stop)), stage.now, stop=stop)
    right = await published_alert(stage, case=case, kind=AlertKind.CORRECTION)
    return Scene(
        (
            Subject(wrong, about(wrong), wanted, may_miss=wanted, place=0),
            Subject(right, about(right), wanted, place=1),
        )
    )


async def digest(stage: Stage) -> Scene:
    """The hour of the digest came a few minutes ago, and there is something to say."""
    case = await world.open_case(stage.sessions, deadline=stage.now + timedelta(days=7))
    earlier = Stage(stage.sessions, stage.record, stage.now - 60 * MINUTE)
    alert = await published_alert(earlier, case=case)
    async with stage.sessions.begin() as session:
        await published.mark_fanned_out(session, alert, earlier.now)
    wanted = await audience(stage)
    listed = "SELECT NOT EXISTS (SELECT 1 FROM digest_days WHERE listed_at IS NOT NULL)"
    return Scene((Subject(None, r".", wanted, most=1),), open=(listed,), has_digest=True)


async def forget(stage: Stage) -> Scene:
    """In the middle of a broadcast one reader says that all about them is to be deleted, and another one stops."""
    wanted = await audience(stage)
    alert = await published_alert(stage)
    leaving, stopping = chats(READERS)[HALF : HALF + 2]
    user = {"id": leaving, "is_bot": False, "first_name": "Reader"}
    chat = {"id": leaving, "type": "private", "first_name": "Reader"}
    shown = {"message_id": 1, "date": 1, "chat": chat, "text": "Delete everything?"}
    tap = {"id": "1", "from": user, "chat_instance": "1", "data": "forget:yes", "message": shown}
    command = {
        "message_id": 2,
        "date": int(stage.now.timestamp()),
        "chat": {**chat, "id": stopping},
        "from": {**user, "id": stopping},
        "text": "/stop",
        "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
    }
    answered = frozenset({stopping})
    return Scene(
        (
            Subject(alert, about(alert), wanted, may_miss=frozenset({leaving, stopping})),
            Subject(None, "/forget", answered, most=3, may_miss=answered, booked=False),
        ),
        updates=((8, {"update_id": 71, "callback_query": tap}), (8, {"update_id": 72, "message": command})),
        open=(
            f"SELECT COUNT(*) <> {READERS - 1} FROM subscribers",
            f"SELECT COUNT(*) <> {READERS - 2} FROM subscribers WHERE active",
        ),
    )


async def broadcast(stage: Stage, count: int) -> Scene:
    """One urgent alert to a great many."""
    wanted = await audience(stage, count)
    alert = await published_alert(stage)
    return Scene((Subject(alert, about(alert), wanted),))


SCENES: dict[str, Callable[[Stage], Awaitable[Scene]]] = {
    "urgent": urgent,
    "correction": correction,
    "digest": digest,
    "forget": forget,
}

OPEN = (
    "SELECT EXISTS (SELECT 1 FROM alerts WHERE status = 'approved')",
    "SELECT EXISTS (SELECT 1 FROM alerts WHERE status = 'published' AND fanned_out_at IS NULL)",
    "SELECT EXISTS (SELECT 1 FROM deliveries WHERE status = 'dispatched')",
    """SELECT EXISTS (SELECT 1 FROM deliveries d JOIN subscribers p ON p.id = d.subscriber_id
    WHERE p.active AND d.status = 'pending' AND d.operation = 'send')""",
)
"""Whether anything is still to be done, in every scene: buttons may stay for a minute, and who left is sent nothing."""
