"""The tables of `bot`: settings it remembers and where a conversation stands. Seen by `bot.store` only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, Text
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


class ConversationRow(SQLModel, table=True):
    """Where one person stands in a conversation of several messages; survives a restart."""

    __tablename__ = "conversations"
    chat: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))  # sealed user id
    matter: str
    step: str
    answers: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Instant)
