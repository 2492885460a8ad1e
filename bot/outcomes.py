"""What Telegram's errors mean for a delivery: the one table (delivery.md section 3).

Reads what the library raises over either transport: its own (httpx) and that of bot/transport.py.
Does not know what an outcome does to a row (subscribers/delivery.py).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.transport import NeverLeft
from subscribers.delivery import FAULT, Outcome, OutcomeKind

# The library is asked for waits as timedeltas; otherwise it warns at each 429 that they will be so one day.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_NEVER_LEFT: Final = (NeverLeft, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_GONE_TEXTS: Final = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "rights to send",  # a group that let us in and then forbade us to write
    "chat_write_forbidden",
    "need administrator rights",
    "chat_admin_required",
    "chat_restricted",
    "topic_closed",
    "group chat was deactivated",
)
_NOTHING_LEFT_TO_DO: Final = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message to delete not found",
    "message can't be deleted",
    "message_id_invalid",
)
"""What a reader has removed, or what an earlier attempt did, needs no second one; it is no fault of the content."""
_BUSY: Final = "too_many_requests"
_UNCLEAR: Final = "no_clear_answer"
_TOO_LARGE: Final = ("request entity too large", "content too large")
"""What the library calls a 413, before and from Python 3.13 on."""
_NO_WAIT_GIVEN: Final = timedelta(seconds=5)


def outcome_of(error: Exception) -> Outcome:
    """The class of delivery.md section 3 that an error falls in. `reason` is our word, never Telegram's text."""
    if isinstance(error, EndPointNotFound | InvalidToken) and isinstance(error.__cause__, InvalidToken):
        error = error.__cause__  # of a call by name the library says that the method is unknown: it is not
    if not isinstance(error, TelegramError):
        # The library takes a 200 for a yes, whatever the answer says.
        denied = isinstance(error, KeyError) and error.args == ("result",)
        return Outcome(OutcomeKind.AMBIGUOUS, reason=_UNCLEAR if denied else FAULT)
    refused = _refused(error)
    if refused is not None:
        return refused
    if isinstance(error.__cause__, TelegramError):  # no JSON: something between us and Telegram answered
        return Outcome(OutcomeKind.AMBIGUOUS, reason=_UNCLEAR)
    for kind, read in _TABLE:
        if isinstance(error, kind):
            return read(error)
    return Outcome(OutcomeKind.AMBIGUOUS, reason=_UNCLEAR)


def _refused(error: TelegramError) -> Outcome | None:
    """A 429 without parameters or a 413, in JSON or not: whoever refuses has not let it through."""
    text = error.message.casefold() if type(error) is NetworkError else ""
    if text.startswith("too many requests"):
        return Outcome(OutcomeKind.WAIT, wait=_NO_WAIT_GIVEN, reason=_BUSY)
    if text.startswith(_TOO_LARGE):
        return Outcome(OutcomeKind.BAD_CONTENT, reason="too_large")
    return None


def _wait(error: RetryAfter) -> Outcome:
    return Outcome(OutcomeKind.WAIT, wait=wait_of(error), reason=_BUSY)


def _moved(error: ChatMigrated) -> Outcome:
    return Outcome(OutcomeKind.MOVED, new_chat=error.new_chat_id, reason="migrated")


def _halt(error: TelegramError) -> Outcome:
    return Outcome(OutcomeKind.HALT, reason=type(error).__name__.lower())


def _network(error: NetworkError) -> Outcome:
    """What the library has no class for: time-outs, broken connections, 5xx."""
    if isinstance(error.__cause__, _NEVER_LEFT):
        return Outcome(OutcomeKind.NOT_SENT, reason="not_connected")
    return Outcome(OutcomeKind.AMBIGUOUS, reason="timed_out" if isinstance(error, TimedOut) else _UNCLEAR)


def wait_of(error: RetryAfter) -> timedelta:
    """How long Telegram asks us to wait."""
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _gone(error: Forbidden) -> Outcome:
    text = error.message.casefold()
    words = ("blocked", "deactivated", "kicked", "initiate")
    return Outcome(OutcomeKind.GONE, reason=next((word for word in words if word in text), "forbidden"))


def _bad_request(error: BadRequest) -> Outcome:
    text = error.message.casefold()
    if any(words in text for words in _GONE_TEXTS):
        return Outcome(OutcomeKind.GONE, reason="chat_not_found")
    if any(words in text for words in _NOTHING_LEFT_TO_DO):
        return Outcome(OutcomeKind.SENT, reason="already_so")
    return Outcome(OutcomeKind.BAD_CONTENT, reason="bad_request")


_TABLE: Final[
    tuple[tuple[type[TelegramError] | tuple[type[TelegramError], ...], Callable[[Any], Outcome]], ...]
] = (
    # The order matters: BadRequest and TimedOut are NetworkErrors to the library.
    (RetryAfter, _wait),
    (ChatMigrated, _moved),
    ((InvalidToken, Conflict), _halt),
    (Forbidden, _gone),
    (BadRequest, _bad_request),
    (NetworkError, _network),
)
