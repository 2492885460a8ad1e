"""The tables of `bot`: what it remembers, updates not yet handled, where a conversation stands. Seen by `bot.store` only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from alerts.columns import NAMING, Instant

SQLModel.metadata.naming_convention = NAMING


class SettingRow(SQLModel, table=True):
    """One remembered value: the heartbeat, the hash of what was registered with Telegram."""

    __tablename__ = "settings"
    key: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


class FileRow(SQLModel, table=True):
    """A picture or PDF that Telegram has: the hash of what it was made from, and its file_id."""

    __tablename__ = "files"
    key: str = Field(primary_key=True)
    file_id: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant, index=True)


class UpdateRow(SQLModel, table=True):
    """What Telegram gave us and we have not handled yet: stored before it is acknowledged (safety.md 21)."""

    __tablename__ = "updates"
    __table_args__ = (Index("ix_updates_turn", "urgent", "update_id"),)
    update_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # the sealed JSON
    urgent: bool = False  # a moderator's, or /stop and its kin
    tries: int = 0  # how many starts of the bot found it waiting
    at: datetime = Field(sa_type=Instant)


class HandledRow(SQLModel, table=True):
    """An update that was handled a while ago, so that Telegram's repeats do nothing."""

    __tablename__ = "handled"
    __table_args__ = (Index("ix_handled_at", "at"),)
    update_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_type=Instant)


class ConversationRow(SQLModel, table=True):
    """Where one person stands in a conversation of several messages; survives a restart."""

    __tablename__ = "conversations"
    chat: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))  # sealed user id
    matter: str
    step: str
    answers: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Instant)
