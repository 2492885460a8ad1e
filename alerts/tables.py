"""The tables of `alerts`. Seen by `alerts.store` and by migrations only.

Closed vocabularies are text with a CHECK, not native enums, so that both engines migrate alike.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from alerts.alert import AlertKind, AlertStatus, Disposition, Part
from alerts.columns import NAMING, Instant
from alerts.question import QuestionKind

SQLModel.metadata.naming_convention = NAMING


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """CHECK that a text column holds one of our words."""
    allowed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def instant(*, optional: bool = True) -> Any:
    """A column of an instant."""
    return Field(default=None if optional else ..., sa_type=Instant, nullable=optional)


class ListRow(SQLModel, table=True):
    """What we know of a watched list between readings."""

    __tablename__ = "lists"
    name: str = Field(primary_key=True)
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    mapping_sha256: str | None = None  # another mapping understands the same document otherwise
    ends_with_newline: bool | None = None  # None: the format itself shows whether a document is whole
    checked_at: datetime | None = instant()
    accepted_at: datetime | None = instant()
    next_due: datetime | None = instant()
    failures: int = 0
    trouble: str | None = Field(default=None, sa_type=Text)  # why the last reading was not accepted


class EditionRow(SQLModel, table=True):
    """One reading of a list that differed from the one before."""

    __tablename__ = "editions"
    __table_args__ = (CheckConstraint("outcome IN ('baseline', 'accepted', 'held')", name="outcome"),)
    id: int | None = Field(default=None, primary_key=True)
    list_name: str = Field(index=True)
    read_at: datetime = instant(optional=False)
    body_sha256: str
    row_count: int
    outcome: str
    reason: str | None = Field(default=None, sa_type=Text)


class CaseRow(SQLModel, table=True):
    """A case: the list's view (`seen`) and the view readers get (`published`, null until something is)."""

    __tablename__ = "cases"
    __table_args__ = (Unique("list_name", "list_key"),)
    id: int | None = Field(default=None, primary_key=True)
    list_name: str
    list_key: str
    seen: dict[str, Any] = Field(sa_type=JSON)
    row_digest: str | None = (
        None  # of the list's row that `seen` was read from: an equal row needs no second look
    )
    published: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    published_words: str | None = Field(default=None, sa_type=Text)  # normalised names, for search
    published_at: datetime | None = instant()
    missing_since: datetime | None = instant()
    date_seen_at: datetime | None = instant()


class ChangeRow(SQLModel, table=True):
    """One accepted difference between two editions. `alert_id` once it is in a draft."""

    __tablename__ = "changes"
    id: int | None = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="editions.id", index=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    field: str
    before: str | None = Field(default=None, sa_type=Text)
    after: str | None = Field(default=None, sa_type=Text)
    recorded_at: datetime = instant(optional=False)
    weighed: bool = Field(default=False, index=True)  # the draft station has looked at it
    alert_id: int | None = Field(default=None, foreign_key="alerts.id")


class QuestionRow(SQLModel, table=True):
    """A question to moderators; unique by list, kind and subject while open."""

    __tablename__ = "questions"
    __table_args__ = (
        one_of("kind", QuestionKind),
        Index(
            "uq_questions_open",
            "list_name",
            "kind",
            "subject",
            unique=True,
            sqlite_where=sql("closed_at IS NULL"),
            postgresql_where=sql("closed_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    list_name: str
    kind: str
    subject: str
    case_name: str = Field(sa_type=Text)
    case_id: int | None = Field(default=None, foreign_key="cases.id")
    edition_id: int | None = Field(default=None, foreign_key="editions.id")
    detail: dict[str, Any] = Field(sa_type=JSON)
    asked_at: datetime = instant(optional=False)
    told_at: datetime | None = instant()
    closed_at: datetime | None = instant()


class ActionRow(SQLModel, table=True):
    """A chain of alerts about one case: the first, its updates, their number and deadline."""

    __tablename__ = "actions"
    __table_args__ = (Unique("year", "sequence"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    year: int
    sequence: int
    updates: int = 0
    kind: str
    letters: bool
    deadline: datetime | None = instant()
    petitions: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    demands: list[str] = Field(default_factory=list, sa_type=JSON)
    goal: int | None = None
    held: bool = False  # a moderator holds its letters
    reviewed_at: datetime | None = instant()  # a moderator last said that it still stands
    opened_at: datetime = instant(optional=False)
    closed_at: datetime | None = instant()


class ActionCaseRow(SQLModel, table=True):
    """A case of a chain; one that left (its outcome is known) keeps its row."""

    __tablename__ = "action_cases"
    action_id: int = Field(sa_column=Column(Integer, ForeignKey("actions.id"), primary_key=True))
    case_id: int = Field(sa_column=Column(Integer, ForeignKey("cases.id"), primary_key=True, index=True))
    left_at: datetime | None = instant()


class LettersServedRow(SQLModel, table=True):
    """How many letters of an action were shown, by language and kind; the variants take turns. Nobody's name is here."""

    __tablename__ = "letters_served"
    action_id: int = Field(sa_column=Column(Integer, ForeignKey("actions.id"), primary_key=True))
    language: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    number: int = 0


class TargetRow(SQLModel, table=True):
    """An official to write to: as approved (`value`), and as somebody proposes it until another agrees."""

    __tablename__ = "targets"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # "ir-judiciary"
    country: str = Field(index=True)  # whose official: ISO 3166-1 alpha-2
    kind: str
    value: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    proposal: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    proposed_by: str | None = None
    verified_at: datetime | None = instant()  # a moderator last checked it
    retired_at: datetime | None = instant()


_IS_UNREPORTED = "fanned_out_at IS NOT NULL AND reported_at IS NULL"


class AlertRow(SQLModel, table=True):
    """One alert on its way through review; its core facts are frozen into `facts` at each revision."""

    __tablename__ = "alerts"
    __table_args__ = (
        one_of("status", AlertStatus),
        one_of("kind", AlertKind),
        one_of("disposition", Disposition),
        CheckConstraint("lane BETWEEN 0 AND 3", name="lane"),
        Index("ix_alerts_status_lane", "status", "lane"),
        Index(
            "ix_alerts_unreported",
            "id",
            sqlite_where=sql(_IS_UNREPORTED),
            postgresql_where=sql(_IS_UNREPORTED),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    action_id: int | None = Field(default=None, foreign_key="actions.id", index=True)
    number: str | None = None  # "UA-26/014.1", from publication on
    kind: str
    status: str
    disposition: str
    lane: int
    revision: int = 1
    author: str  # "list:NAME" or "mod:DIGEST"
    facts: dict[str, Any] = Field(sa_type=JSON)
    texts: dict[str, str] = Field(sa_type=JSON)  # free text per locale, may be empty
    backgrounds: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  # the longer story per locale
    reason: str | None = Field(default=None, sa_type=Text)  # of a return or rejection
    created_at: datetime = instant(optional=False)
    pending_at: datetime | None = instant()
    approved_at: datetime | None = instant()
    published_at: datetime | None = instant()
    fanned_out_at: datetime | None = instant()
    paused_until: datetime | None = instant()  # a moderator's pause of its broadcast
    reported_at: datetime | None = instant()  # the moderators were told how its broadcast ended
    ended_at: datetime | None = instant()
    told_revision: int = 0


class HandRow(SQLModel, table=True):
    """Whose hands were on which revision, and the hashes an approval is bound to."""

    __tablename__ = "hands"
    __table_args__ = (one_of("part", Part), Unique("alert_id", "revision", "actor", "part"))
    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alerts.id", index=True)
    revision: int
    actor: str
    part: str
    core_hash: str | None = None
    locale_hashes: dict[str, str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    at: datetime = instant(optional=False)


class AlertTopicRow(SQLModel, table=True):
    """The topic keys of a published alert, for matching in SQL."""

    __tablename__ = "alert_topics"
    alert_id: int = Field(sa_column=Column(Integer, ForeignKey("alerts.id"), primary_key=True))
    key: str = Field(sa_column=Column(String, primary_key=True))


class AlertTextRow(SQLModel, table=True):
    """The frozen message of a published alert for one locale and variant."""

    __tablename__ = "alert_texts"
    alert_id: int = Field(sa_column=Column(Integer, ForeignKey("alerts.id"), primary_key=True))
    locale: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    message: dict[str, Any] = Field(sa_type=JSON)


class AuditRow(SQLModel, table=True):
    """One line of the trail; `digest` covers the line and the digest before it."""

    __tablename__ = "audit"
    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = instant(optional=False)
    actor: str
    verb: str
    subject: str
    detail: dict[str, Any] = Field(sa_type=JSON)
    previous: str
    digest: str


class ModeratorRow(SQLModel, table=True):
    """Someone who became a moderator or administrator at run time; the configuration's are not stored."""

    __tablename__ = "moderators"
    id: int | None = Field(default=None, primary_key=True)
    chat: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))  # sealed Telegram id
    role: str
    since: datetime = instant(optional=False)
