"""Queries of what the bot itself remembers: settings, files, and where conversations stand. Never commits.

A person's Telegram id is sealed here and opened nowhere: a conversation is only ever looked up by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.columns import sealer_of
from bot.tables import ConversationRow, FileRow, SettingRow

FILES_KEPT: Final = timedelta(days=30)
"""How long an id is remembered that Telegram gave a file; after that it is made again."""

# Several processes may remember the same thing in the same moment.
_PUT: Final = text(
    "INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where one person stands: in which matter, at which step, what they answered so far (JSON), since when."""

    matter: str
    step: str
    at: datetime
    answers: dict[str, Any] = field(default_factory=dict)


async def get_setting(session: AsyncSession, key: str) -> str | None:
    """A remembered value."""
    row = await session.get(SettingRow, key)
    return row.value if row else None


async def get_settings(session: AsyncSession, prefix: str) -> dict[str, str]:
    """All remembered values whose key begins so."""
    found = await session.execute(
        select(SettingRow).where(col(SettingRow.key).startswith(prefix, autoescape=True))
    )
    return {row.key: row.value for row in found.scalars()}


async def put_setting(session: AsyncSession, key: str, value: str) -> None:
    """Remember a value in place of the one before."""
    await session.execute(_PUT, {"key": key, "value": value})


async def file_id(session: AsyncSession, key: str) -> str | None:
    """Telegram's id of a file that was made from the same."""
    row = await session.get(FileRow, key)
    return row.file_id if row else None


async def keep_file(session: AsyncSession, key: str, file_id: str, now: datetime) -> None:
    """Remember the id of a file; those of long ago are forgotten with it."""
    await session.execute(delete(FileRow).where(col(FileRow.at) < now - FILES_KEPT))
    await session.merge(FileRow(key=key, file_id=file_id, at=now))


def language_key(actor: str) -> str:
    """Under which the language is remembered that a moderator, who need not subscribe, writes to us in."""
    return f"language.{actor}"


async def load_conversation(session: AsyncSession, user_id: int) -> Conversation | None:
    """The conversation that this person is in."""
    row = await session.get(ConversationRow, _sealed(session, user_id))
    return Conversation(row.matter, row.step, row.at, row.answers) if row else None


async def save_conversation(session: AsyncSession, user_id: int, conversation: Conversation) -> None:
    """Remember where this person stands now; whatever conversation they were in is over."""
    await session.merge(
        ConversationRow(
            chat=_sealed(session, user_id),
            matter=conversation.matter,
            step=conversation.step,
            answers=conversation.answers,
            at=conversation.at,
        )
    )


async def end_conversation(session: AsyncSession, user_id: int) -> None:
    """Forget it, if there is one."""
    sealed = _sealed(session, user_id)
    await session.execute(delete(ConversationRow).where(col(ConversationRow.chat) == sealed))


def _sealed(session: AsyncSession, user_id: int) -> bytes:
    return sealer_of(session).seal(str(user_id), "conversations.chat")
