"""Messages to Telegram, and the one table of what its errors mean (delivery.md section 3)."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import httpx
from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from alerts.render.message import Button, Keyboard, Message
from subscribers.delivery import Envelope, Operation, Outcome, OutcomeKind

_log = logging.getLogger(__name__)

# The library is asked for waits as timedeltas; otherwise it warns at each 429 that they will be so one day.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_NEVER_LEFT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_GONE_TEXTS: Final = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "rights to send",  # a group that let us in and then forbade us to write
    "chat_write_forbidden",
    "need administrator rights",
    "group chat was deactivated",
)
_NOTHING_LEFT_TO_DO: Final = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message to delete not found",
    "message can't be deleted",
)
"""What a reader has removed, or what an earlier attempt did, needs no second one; it is no fault of the content."""
_BUSY: Final = "too_many_requests"
_UNCLEAR: Final = "no_clear_answer"
_NO_WAIT_GIVEN: Final = timedelta(seconds=5)


def as_parameters(message: Message, username: str) -> dict[str, Any]:
    """Keyword arguments of sending or editing `message`, sound and protection left out."""
    return {
        "text": message.text,
        "entities": [
            MessageEntity(
                type=entity.kind,
                offset=entity.offset,
                length=entity.length,
                url=f"https://t.me/{username}?start={entity.start}" if entity.start else entity.url,
            )
            for entity in message.entities
        ],
        "reply_markup": as_markup(message.keyboard, username),
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }


def as_markup(keyboard: Keyboard, username: str) -> InlineKeyboardMarkup | None:
    """An inline keyboard; None when there are no buttons."""
    if not keyboard:
        return None
    return InlineKeyboardMarkup([[_as_button(button, username) for button in row] for row in keyboard])


def _as_button(button: Button, username: str) -> InlineKeyboardButton:
    if button.start is not None:
        return InlineKeyboardButton(button.label, url=f"https://t.me/{username}?start={button.start}")
    if button.copy is not None:
        return InlineKeyboardButton(button.label, copy_text=CopyTextButton(button.copy))
    return InlineKeyboardButton(button.label, callback_data=button.data, url=button.url)


async def send(bot: Bot, chat: int, message: Message, *, reply_to: int | None = None) -> int:
    """Send one message; returns its id. Raises TelegramError."""
    reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
    sent = await bot.send_message(
        chat,
        disable_notification=message.silent,
        protect_content=message.protected,
        reply_parameters=reply,
        **as_parameters(message, bot.username),
    )
    return sent.message_id


async def put_buttons(bot: Bot, chat: int, message_id: int, keyboard: Keyboard) -> None:
    """Put buttons under a message that was sent without. Raises TelegramError."""
    await bot.edit_message_reply_markup(chat, message_id, reply_markup=as_markup(keyboard, bot.username))


class TelegramMessenger:
    """Performs claimed deliveries; never raises, always answers with an Outcome."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def perform(self, envelope: Envelope) -> Outcome:
        """One attempt."""
        try:
            message_id = await self._act(envelope)
        except TelegramError as error:
            return outcome_of(error)
        except Exception as error:  # noqa: BLE001 - a fault in one message must not tear down all in flight
            if isinstance(error, KeyError) and error.args == ("result",):
                # The library takes a 200 for a yes, whatever the answer says.
                return Outcome(OutcomeKind.AMBIGUOUS, reason=_UNCLEAR)
            _log.exception("a delivery failed by a fault of ours")
            return Outcome(OutcomeKind.AMBIGUOUS, reason="fault")
        return Outcome(OutcomeKind.SENT, message_id=message_id)

    async def _act(self, envelope: Envelope) -> int:
        if envelope.operation is Operation.SEND:
            return await send(self._bot, envelope.chat, envelope.message, reply_to=envelope.reply_to)
        assert envelope.reply_to is not None, "edits and deletions name the message they act on"
        target = envelope.reply_to
        if envelope.operation is Operation.DELETE:
            await self._bot.delete_message(envelope.chat, target)
        elif envelope.operation is Operation.UNBUTTON:
            await self._bot.edit_message_reply_markup(envelope.chat, target)
        else:
            words = as_parameters(envelope.message, self._bot.username)
            await self._bot.edit_message_text(chat_id=envelope.chat, message_id=target, **words)
        return target


def outcome_of(error: TelegramError) -> Outcome:
    """The class of delivery.md section 3 that an error falls in. `reason` is our word, never Telegram's text."""
    if isinstance(error.__cause__, TelegramError):  # no JSON: something between us and Telegram answered
        return Outcome(OutcomeKind.AMBIGUOUS, reason=_UNCLEAR)
    for kind, read in _TABLE:
        if isinstance(error, kind):
            return read(error)
    return Outcome(OutcomeKind.AMBIGUOUS, reason=_UNCLEAR)


def _wait(error: RetryAfter) -> Outcome:
    return Outcome(OutcomeKind.WAIT, wait=wait_of(error), reason=_BUSY)


def _moved(error: ChatMigrated) -> Outcome:
    return Outcome(OutcomeKind.MOVED, new_chat=error.new_chat_id, reason="migrated")


def _halt(error: TelegramError) -> Outcome:
    return Outcome(OutcomeKind.HALT, reason=type(error).__name__.lower())


def _network(error: NetworkError) -> Outcome:
    """What the library has no class for: time-outs, broken connections, 5xx, and 413 and 429 without parameters."""
    text = error.message.casefold()
    if isinstance(error.__cause__, _NEVER_LEFT):
        return Outcome(OutcomeKind.NOT_SENT, reason="not_connected")
    if "too many requests" in text:
        return Outcome(OutcomeKind.WAIT, wait=_NO_WAIT_GIVEN, reason=_BUSY)
    if "entity too large" in text:
        return Outcome(OutcomeKind.BAD_CONTENT, reason="too_large")
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
