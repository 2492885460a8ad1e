"""Where a moderator stands in a conversation of several messages; kept in the database, so a restart loses nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from bot import store
from bot.buttons import LASTS
from bot.context import Call
from bot.store import Conversation

_WAITS: Final = timedelta(days=1)
_WAITS_SHORTER: Final = {"turn_down": LASTS}
"""What is typed hours later was not meant as the reason for turning a draft down."""
HEARD: Final = "heard"
"""The answer last taken, by its message: Telegram may hand it over twice."""


async def begin(call: Call, matter: str, step: str, answers: dict[str, Any]) -> None:
    """Begin a matter or move to its next step; the newest one is the only one."""
    answers = {**answers, HEARD: call.message_id}
    async with call.services.sessions.begin() as session:
        await store.save_conversation(session, call.user, Conversation(matter, step, call.now, answers))


async def current(call: Call) -> Conversation | None:
    """The open conversation, if any; one left alone for too long is over."""
    async with call.services.sessions.begin() as session:
        standing = await store.load_conversation(session, call.user)
    if standing is None or call.now - standing.at > _WAITS_SHORTER.get(standing.matter, _WAITS):
        return None
    return standing


async def end(call: Call) -> None:
    """Forget it."""
    async with call.services.sessions.begin() as session:
        await store.end_conversation(session, call.user)
