"""Messages to Telegram.

A delivery's body is serialised once for all chats that get the same words; only chat, reply and loudness are
put in. Does not retry or pace, and leaves what an error means to bot/outcomes.py.
"""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    TelegramObject,
)

from alerts.render.message import Button, Entity, Keyboard, Message
from bot.outcomes import outcome_of
from bot.transport import BulkBot, Leaving
from subscribers.delivery import FAULT, Envelope, Operation, Outcome, OutcomeKind

_log = logging.getLogger(__name__)

_METHODS: Final = {
    Operation.EDIT: "editmessagetext",
    Operation.UNBUTTON: "editmessagereplymarkup",
    Operation.DELETE: "deletemessage",
}
_KEPT: Final = 1_000  # alerts, locales and variants in flight at once, and digests by what they hold
_Said = tuple[str, tuple[Entity, ...], Keyboard]


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
    """Performs claimed deliveries; never raises, always answers with an Outcome.

    `paid`: messages go out at the paid rate (delivery.md section 1), which costs the bot's owner Stars.
    """

    def __init__(self, bot: BulkBot, *, paid: bool = False) -> None:
        self._bot = bot
        self._paid = paid
        self._words = _Words(bot)

    async def perform(self, envelope: Envelope, leaving: Leaving | None = None) -> Outcome:
        """One attempt."""
        try:
            message_id = await self._act(envelope, leaving)
        except Exception as error:  # noqa: BLE001 - a fault in one message must not tear down all in flight
            outcome = outcome_of(error)
            if outcome.reason == FAULT:
                _log.exception("a delivery failed by a fault of ours")
            return outcome
        return Outcome(OutcomeKind.SENT, message_id=message_id)

    async def _act(self, envelope: Envelope, leaving: Leaving | None) -> int:
        if envelope.operation is Operation.SEND:
            body = self._words.of(envelope.message) + _to_chat(envelope, paid=self._paid)
            sent = await self._bot.call("sendmessage", body, leaving)
            return int(sent["message_id"])
        assert envelope.reply_to is not None, "edits and deletions name the message they act on"
        place = b'"chat_id":%d,"message_id":%d}' % (envelope.chat, envelope.reply_to)
        words = self._words.of(envelope.message) if envelope.operation is Operation.EDIT else b"{"
        await self._bot.call(_METHODS[envelope.operation], words + place, leaving)
        return envelope.reply_to


class _Words:
    """Messages as the beginning of a JSON body, open for more; each serialised once, the latest are kept."""

    def __init__(self, bot: BulkBot) -> None:
        self._bot = bot
        self._kept: dict[tuple[int, int, int], tuple[_Said, bytes]] = {}

    def of(self, message: Message) -> bytes:
        """Text, entities and buttons: `{…,`. Sound and protection are a matter of each chat."""
        said: _Said = (message.text, message.entities, message.keyboard)
        # By identity: comparing whole messages costs what keeping them saves. What is kept cannot be another's.
        key = (id(said[0]), id(said[1]), id(said[2]))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            found = self._kept[key] = (said, self._serialised(message))
        return found[1]

    def _serialised(self, message: Message) -> bytes:
        given = as_parameters(message, self._bot.username)
        plain = {name: _plain(value) for name, value in given.items() if value is not None}
        # What no UTF-8 can hold goes out as it is, so that Telegram refuses it: wrong content, not a fault.
        written = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        return written[:-1].encode("utf-8", "surrogatepass") + b","


def _plain(value: Any) -> Any:
    """The library's objects as JSON has them."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.to_dict() if isinstance(value, TelegramObject) else value


def _to_chat(envelope: Envelope, *, paid: bool) -> bytes:
    """The rest of a new message's body: what differs from chat to chat."""
    parts = [b'"chat_id":%d' % envelope.chat]
    if envelope.message.silent:
        parts.append(b'"disable_notification":true')
    if envelope.message.protected:
        parts.append(b'"protect_content":true')
    if envelope.reply_to is not None:
        parts.append(
            b'"reply_parameters":{"message_id":%d,"allow_sending_without_reply":true}' % envelope.reply_to
        )
    if paid:
        parts.append(b'"allow_paid_broadcast":true')
    return b",".join(parts) + b"}"
