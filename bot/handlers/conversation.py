"""Where a moderator stands in a conversation of several messages; kept in the database, so a restart loses nothing."""

from __future__ import annotations

from typing import Any

from bot import store
from bot.context import Call
from bot.store import Conversation


async def begin(call: Call, matter: str, step: str, answers: dict[str, Any]) -> None:
    """Begin a matter or move to its next step; the newest one is the only one."""
    async with call.services.sessions.begin() as session:
        await store.save_conversation(session, call.user, Conversation(matter, step, call.now, answers))


async def current(call: Call) -> Conversation | None:
    """The open conversation, if any."""
    async with call.services.sessions.begin() as session:
        return await store.load_conversation(session, call.user)


async def end(call: Call) -> None:
    """Forget it."""
    async with call.services.sessions.begin() as session:
        await store.end_conversation(session, call.user)
