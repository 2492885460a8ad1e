"""Forgetting a chat in both rooms: its rows, its conversation, and what SQLite's journal still holds."""

from __future__ import annotations

from bot import store
from bot.context import Services
from subscribers import erase


async def forget_chat(services: Services, chat: int) -> None:
    """Delete everything about `chat`; the write-ahead log is emptied so that old bytes do not linger there."""
    async with services.sessions.begin() as session:
        await store.end_conversation(session, chat)
    await erase.forget(services.sessions, chat)
    await erase.truncate_journal(services.sessions)
