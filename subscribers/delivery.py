"""Delivery: one message of one alert or digest for one subscriber; what an attempt's outcome makes of it.

The table of outcomes is delivery.md section 3; turning Telegram's errors into outcomes is bot/messenger.py.
"""

from __future__ import annotations

from collections.abc import Callable
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
    WAIT = "wait"  # refused, may be tried later (429)
    GONE = "gone"  # refused for good: blocked, deactivated, kicked, no such chat
    BAD_CONTENT = "bad_content"  # our message is wrong
    MOVED = "moved"  # the group has a new id
    AMBIGUOUS = "ambiguous"  # may or may not have arrived
    HALT = "halt"  # the token is refused, or somebody else polls: stop everything


FAULT: Final = "fault"
"""The reason of an outcome that neither Telegram nor the network brought about, but our own code."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt. `message_id` when sent, `wait` (a delay) when refused for now."""

    kind: OutcomeKind
    message_id: int | None = None
    wait: timedelta | None = None
    new_chat: int | None = None
    reason: str = ""


NO_WORDS: Final = Message("")
"""Of an operation that says nothing: buttons off, a message deleted."""

WORDLESS: Final = frozenset({Operation.UNBUTTON, Operation.DELETE})
"""Operations that say nothing."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A claimed delivery with all that its attempt needs.

    `reply_to`: what a new message answers; for any other operation, the message that it acts on.
    """

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

MAX_TRIES: Final = 20
"""Of what adds no message to a chat (edit, unbutton, delete): done twice, it is as if done once."""

_FIRST_BACK_OFF: Final = timedelta(seconds=2)
_LONGEST_BACK_OFF: Final = timedelta(minutes=1)
_UNSAID_WAIT: Final = timedelta(seconds=5)
_MAY_HAVE_ARRIVED: Final = frozenset({OutcomeKind.SENT, OutcomeKind.AMBIGUOUS})
_ENDS: Final = {
    OutcomeKind.SENT: DeliveryStatus.SENT,
    OutcomeKind.GONE: DeliveryStatus.GONE,
    OutcomeKind.BAD_CONTENT: DeliveryStatus.FAILED,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A row marked as dispatched. `attempt` is the fence for its result, `copies` counts this dispatch."""

    delivery_id: int
    attempt: int
    copies: int
    lane: int
    operation: Operation
    subscriber_id: int
    alert_id: int | None = None
    digest_day: str | None = None

    @property
    def is_alert(self) -> bool:
        """An alert's message; otherwise a digest."""
        return self.alert_id is not None


@dataclass(frozen=True, slots=True)
class Next:
    """What an attempt leaves: the row's next status and what else follows from it.

    `halts` stops all sending; `new_chat` is where the group went; `message_id` of a message that is to be deleted
    one day (safe mode), and is therefore kept.
    """

    status: DeliveryStatus
    copies: int
    reason: str = ""
    not_before: datetime | None = None
    new_chat: int | None = None
    halts: bool = False
    message_id: int | None = None


def back_off(attempt: int, jitter: float) -> timedelta:
    """How long to wait after the n-th attempt: 2 s doubled to a minute; `jitter` in [0, 1) spreads the upper half."""
    doublings = min(attempt - 1, 16)
    whole = min(_LONGEST_BACK_OFF, _FIRST_BACK_OFF * (1 << doublings))
    return whole * (0.5 + jitter / 2)


def wait_asked(outcome: Outcome) -> timedelta:
    """How long to wait after a refusal for now; a few seconds when it does not say."""
    return outcome.wait or _UNSAID_WAIT


def after(claim: Claim, outcome: Outcome, now: datetime, jitter: Callable[[], float]) -> Next:
    """The table of delivery.md section 3. What certainly did not arrive is no copy and may be tried for ever.

    `jitter` gives [0, 1). Whether a refusal for now concerns others than this chat is for `pace` to say.
    """
    kind = outcome.kind
    status = _status_after(claim, outcome)
    wait_until = now + wait_asked(outcome) if kind is OutcomeKind.WAIT else None
    is_retry = status is DeliveryStatus.PENDING and kind in {OutcomeKind.NOT_SENT, OutcomeKind.AMBIGUOUS}
    # Attempts count what was claimed and given back untried, too; where copies count, they alone say how often.
    tries = claim.copies if kind is OutcomeKind.AMBIGUOUS else claim.attempt
    return Next(
        status=status,
        copies=claim.copies if kind in _MAY_HAVE_ARRIVED else claim.copies - 1,
        reason=outcome.reason,
        not_before=now + back_off(tries, jitter()) if is_retry else wait_until,
        new_chat=outcome.new_chat if kind is OutcomeKind.MOVED else None,
        halts=kind is OutcomeKind.HALT,
    )


def _status_after(claim: Claim, outcome: Outcome) -> DeliveryStatus:
    if outcome.kind is OutcomeKind.AMBIGUOUS and not may_repeat(claim):
        return DeliveryStatus.UNKNOWN
    if outcome.kind is OutcomeKind.MOVED and outcome.new_chat is None:
        return DeliveryStatus.GONE
    return _ENDS.get(outcome.kind, DeliveryStatus.PENDING)


def released(claim: Claim, not_before: datetime | None = None) -> Next:
    """A claimed row that was not tried after all goes back to where it was."""
    return Next(DeliveryStatus.PENDING, claim.copies - 1, not_before=not_before)


def wordless(claim: Claim) -> Next:
    """A claimed row for which there is no text: a fault for an alert; a digest may have lost all it had to say.

    For any other operation: the message that it was to act on is not known any more.
    """
    if claim.operation is not Operation.SEND:
        return Next(DeliveryStatus.CANCELLED, claim.copies - 1, "message_forgotten")
    if claim.is_alert:
        return Next(DeliveryStatus.FAILED, claim.copies - 1, "no_text")
    return Next(DeliveryStatus.CANCELLED, claim.copies - 1, "nothing_to_say")


def may_repeat(claim: Claim) -> bool:
    """Whether what may have been done `claim.copies` times may be done once more."""
    return claim.copies < (MAX_COPIES[claim.is_alert] if claim.operation is Operation.SEND else MAX_TRIES)
