"""Delivery: one message of one alert or digest for one subscriber; what an attempt's outcome makes of it.

The table of outcomes is delivery.md section 3; turning Telegram's errors into outcomes is bot/messenger.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.render.message import Message


class Operation(StrEnum):
    """What is done in the chat; each is budgeted and retried alike."""

    SEND = "send"
    EDIT = "edit"
    UNBUTTON = "unbutton"
    DELETE = "delete"


class DeliveryStatus(StrEnum):
    """Where a delivery stands; *sent* means that Telegram accepted it."""

    PENDING = "pending"
    DISPATCHED = "dispatched"
    SENT = "sent"
    GONE = "gone"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class OutcomeKind(StrEnum):
    """The classes of delivery.md section 3."""

    SENT = "sent"
    NOT_SENT = "not_sent"  # certainly not: nothing left, or nothing was accepted
    WAIT = "wait"  # refused for now (429)
    GONE = "gone"  # refused for good: blocked, deactivated, kicked, no such chat
    BAD_CONTENT = "bad_content"  # our message is wrong
    MOVED = "moved"  # the group has a new id
    AMBIGUOUS = "ambiguous"  # may or may not have arrived
    HALT = "halt"  # the token is refused, or somebody else polls: stop everything


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt. `message_id` when sent, `wait` (a delay) when refused for now."""

    kind: OutcomeKind
    message_id: int | None = None
    wait: timedelta | None = None
    new_chat: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A claimed delivery with all that its attempt needs."""

    delivery_id: int
    attempt: int
    operation: Operation
    subscriber_id: int
    chat: int
    message: Message
    reply_to: int | None
    action_id: int | None
    is_alert: bool


MAX_COPIES: Final = {True: 2, False: 1}
"""By `is_alert`: alerts at least once with at most two copies, digests at most once (delivery.md 2.3)."""
