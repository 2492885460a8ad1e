"""The tables of `subscribers`. Seen by `subscribers.store` and by migrations only.

What is here is all that is kept about a person (safety.md 25): no name, username, click or message text.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from alerts.columns import NAMING, Instant
from subscribers.act import ActChannel
from subscribers.delivery import DeliveryStatus, Operation
from subscribers.subscriber import ChatKind, Mode

SQLModel.metadata.naming_convention = NAMING


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """CHECK that a text column holds one of our words."""
    allowed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def instant(*, optional: bool = True) -> Any:
    """A column of an instant."""
    return Field(default=None if optional else ..., sa_type=Instant, nullable=optional)


def owned_by_subscriber(*, unlink: bool = False) -> Any:
    """A foreign key to the subscriber: the row goes, or is unlinked, when they are erased."""
    rule = "SET NULL" if unlink else "CASCADE"
    target = ForeignKey("subscribers.id", ondelete=rule)
    return Field(default=None, sa_column=Column(Integer, target, primary_key=not unlink, nullable=unlink))


def partial(name: str, *columns: str, where: str) -> Index:
    """An index of the few rows that a station looks for, on both engines."""
    return Index(name, *columns, sqlite_where=sql(where), postgresql_where=sql(where))


class SubscriberRow(SQLModel, table=True):
    """One chat that asked for alerts."""

    __tablename__ = "subscribers"
    __table_args__ = (
        one_of("kind", ChatKind),
        one_of("mode", Mode),
        partial("ix_subscribers_gone", "gone_at", where="gone_at IS NOT NULL"),
    )
    id: int | None = Field(default=None, primary_key=True)
    chat: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))  # sealed chat id
    kind: str
    locale: str
    mode: str
    active: bool = False  # has given consent and not said /stop
    consent_version: int = 0
    joined_month: str  # "2026-11"
    paused_until: datetime | None = instant()
    letter_warned: bool = False
    plain: bool = False  # messages for a screen reader
    country: str | None = None  # where they live, kept only if they asked for it
    gone_at: datetime | None = instant()  # refused for good by Telegram; erased unless it looks like a storm
    gone_held: bool = False  # it did look like one: a moderator decides (safety.md 33)


class SubscriptionRow(SQLModel, table=True):
    """One topic key a subscriber asked for: "*/*", "IR/*", "case:17"."""

    __tablename__ = "subscriptions"
    __table_args__ = (Index("ix_subscriptions_key", "key", "subscriber_id"),)
    subscriber_id: int = owned_by_subscriber()
    key: str = Field(sa_column=Column(String, primary_key=True))


class DeliveryRow(SQLModel, table=True):
    """One operation of one alert, or one day's digest, for one subscriber (delivery.md section 2)."""

    __tablename__ = "deliveries"
    __table_args__ = (
        one_of("operation", Operation),
        one_of("status", DeliveryStatus),
        CheckConstraint("(alert_id IS NULL) <> (digest_day IS NULL)", name="subject"),
        CheckConstraint("lane BETWEEN 0 AND 3", name="lane"),
        Unique("alert_id", "subscriber_id", "operation"),
        Unique(
            "subscriber_id", "digest_day", "operation"
        ),  # in this order it also serves erasing a subscriber
        # In the order of the claim: what may have gone out once already stands at the back of its lane, and whoever
        # is awake comes first.
        partial(
            "ix_deliveries_due", "lane", "copies", "asleep", "alert_id", "id", where="status = 'pending'"
        ),
        partial("ix_deliveries_leased", "lease_until", where="status = 'dispatched'"),
        partial("ix_deliveries_kept", "done_at", where="message IS NOT NULL"),
        partial("ix_deliveries_deletions", "subscriber_id", where="operation = 'delete'"),
    )
    id: int | None = Field(default=None, primary_key=True)
    alert_id: int | None = Field(default=None, foreign_key="alerts.id")
    digest_day: str | None = Field(default=None, foreign_key="digest_days.day")
    subscriber_id: int | None = owned_by_subscriber(unlink=True)
    operation: str
    lane: int
    asleep: bool = False  # it was night where the reader lives when the row was made
    status: str
    attempts: int = 0  # times it was dispatched; the fence for results
    copies: int = 0  # times it may have reached Telegram
    lease_until: datetime | None = instant()
    worker: str | None = None
    not_before: datetime | None = instant()
    reason: str | None = None  # why it ended as it did, in our words
    message: bytes | None = Field(
        default=None, sa_column=Column(LargeBinary)
    )  # sealed id, if it is to be deleted
    done_at: datetime | None = instant()


class TallyRow(SQLModel, table=True):
    """How many of an alert's deliveries ended in which way, once their ledger rows are deleted."""

    __tablename__ = "tallies"
    alert_id: int = Field(sa_column=Column(Integer, ForeignKey("alerts.id"), primary_key=True))
    status: str = Field(primary_key=True)
    number: int


class ChainRow(SQLModel, table=True):
    """An alert's message in one chat, its id sealed: what follows in its chain replies to the first.

    `has_buttons` until they have been taken away, which outlives the ledger's memory of having done it.
    """

    __tablename__ = "chain_rows"
    __table_args__ = (
        Index("ix_chain_rows_subscriber_id", "subscriber_id"),
        Index("ix_chain_rows_action_id", "action_id", "subscriber_id"),
        partial("ix_chain_rows_buttoned", "alert_id", where="has_buttons"),
    )
    alert_id: int = Field(sa_column=Column(Integer, ForeignKey("alerts.id"), primary_key=True))
    action_id: int = Field(foreign_key="actions.id")
    subscriber_id: int = owned_by_subscriber()
    message: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # sealed message id
    has_buttons: bool = True


class ActRow(SQLModel, table=True):
    """What a reader says they did (“I sent it”): one reader, one action, one way of acting. No time is kept.

    Unlinked from the reader 48 h after the action has closed.
    """

    __tablename__ = "acts"
    __table_args__ = (
        one_of("channel", ActChannel),
        Unique("action_id", "subscriber_id", "channel"),
        Index("ix_acts_subscriber_id", "subscriber_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    action_id: int = Field(foreign_key="actions.id")
    subscriber_id: int | None = owned_by_subscriber(unlink=True)
    channel: str
    language: str  # of the letter


class AddressFailureRow(SQLModel, table=True):
    """A reader says that an official's address failed; once per reader and address, until moderators have looked."""

    __tablename__ = "address_failures"
    __table_args__ = (Index("ix_address_failures_subscriber_id", "subscriber_id"),)
    target_id: int = Field(sa_column=Column(Integer, ForeignKey("targets.id"), primary_key=True))
    address: str = Field(primary_key=True)
    subscriber_id: int = owned_by_subscriber()


class DigestDayRow(SQLModel, table=True):
    """One day's digest: the window of published alerts it covers; written once, however often we restart.

    A day whose hour was missed by too much stays without `listed_at` and covers nothing (`since` = `until`).
    """

    __tablename__ = "digest_days"
    day: str = Field(primary_key=True)
    since: datetime = instant(optional=False)
    until: datetime = instant(optional=False)
    listed_at: datetime | None = instant()  # deliveries for all subscribers exist


class BudgetRow(SQLModel, table=True):
    """The one sending budget: when the next slot is free, and a pause that a 429 asked of everyone."""

    __tablename__ = "budget"
    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    next_slot: datetime = instant(optional=False)
    not_before: datetime = instant(optional=False)
