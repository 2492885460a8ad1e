"""What every handler is given: the services the composition root built, and one call, typed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from telegram import Bot, ForceReply
from telegram.error import BadRequest, RetryAfter
from telegram.ext import CallbackContext, ExtBot

from alerts.locales import Catalogue, Catalogues
from alerts.moderators import Role
from alerts.render.builder import TextBuilder
from alerts.render.message import Keyboard, Message, Variant
from alerts.seal import Sealer
from bot.buttons import Binding
from bot.config import Settings
from bot.database import Sessions
from bot.live import LiveMessages
from bot.messenger import as_parameters, put_buttons, send
from bot.outcomes import wait_of
from subscribers.subscriber import ChatKind, Mode, Subscriber

_PATIENCE_SECONDS: Final = 3.0
_T = TypeVar("_T")
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class MenuLine:
    """A command as menus and /help show it. `summary` is a message id."""

    name: str
    summary: str
    for_moderators: bool
    in_groups: bool


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that outlives a call. `nudge` lets out at once what was approved, `due` sends at once what is due.

    `live`: the messages that moderators watch.
    """

    settings: Settings
    sessions: Sessions
    sealer: Sealer
    catalogues: Catalogues
    clock: Clock
    menu: tuple[MenuLine, ...] = ()
    nudge: asyncio.Event = field(default_factory=asyncio.Event)
    due: asyncio.Event = field(default_factory=asyncio.Event)
    live: LiveMessages = field(default_factory=LiveMessages)


class Context(CallbackContext[ExtBot[None], dict[str, Any], dict[str, Any], dict[str, Any]]):
    """python-telegram-bot's context with our services in it."""

    @property
    def services(self) -> Services:
        """Put there by bot/app.py."""
        return cast("Services", self.bot_data["services"])


@dataclass(frozen=True, slots=True)
class Call:
    """One command, tap or message that passed the gate: who, where, what, and in which language to answer.

    `message_id` is the person's message (commands) or ours that holds the button (taps); `in_reply_to` the text of the
    message of ours that the person answers.
    """

    bot: Bot
    services: Services
    user: int
    chat: int
    kind: ChatKind
    message_id: int
    words: str
    catalogue: Catalogue
    subscriber: Subscriber | None
    role: Role | None
    in_reply_to: str = ""

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.services.clock()

    @property
    def mode(self) -> Mode:
        """How this reader reads; normal for somebody we do not know."""
        return self.subscriber.mode if self.subscriber else Mode.NORMAL

    @property
    def binding(self) -> Binding:
        """For a moderator's buttons that decide nothing."""
        return Binding(self.services.sealer, self.user, self.now)

    def bound_to(self, message_id: int) -> Binding:
        """For buttons that decide, under that message of ours only."""
        return replace(self.binding, message=message_id)

    async def reply(self, message: Message) -> int:
        """Answer in the same chat; returns the new message's id. Told to wait a little, it waits and tries once more."""
        return await patiently(lambda: send(self.bot, self.chat, message))

    async def ask(self, message: Message) -> None:
        """As `reply`, with the field for a reply to it opened at once. It has no buttons of its own."""
        words = as_parameters(message, self.bot.username) | {"reply_markup": ForceReply()}
        await patiently(lambda: self.bot.send_message(self.chat, protect_content=message.protected, **words))

    async def offer(self, message: Message, buttons: Callable[[Binding], Keyboard]) -> int:
        """Answer, then put buttons under the answer that count only there; returns the answer's id."""
        sent = await self.reply(message)
        if keyboard := buttons(self.bound_to(sent)):
            await patiently(lambda: put_buttons(self.bot, self.chat, sent, keyboard))
        return sent

    async def say(self, msgid: str, **values: object) -> int:
        """Answer with one translated sentence."""
        return await self.reply(self.plain(msgid, (), **values))

    def plain(self, msgid: str, keyboard: Keyboard = (), **values: object) -> Message:
        """One translated text; veiled and protected where the reader's phone is not safe."""
        return self.written(self.catalogue.t(msgid, **values), keyboard)

    def written(self, text: str, keyboard: Keyboard = ()) -> Message:
        """A text that is translated already, as a message for this reader."""
        return written(self.catalogue, self.mode, text, keyboard)

    async def replace(self, message: Message) -> None:
        """Put `message` in the place of the one whose button was tapped, or below it when that one cannot change."""
        words = as_parameters(message, self.bot.username)
        try:
            await self.bot.edit_message_text(chat_id=self.chat, message_id=self.message_id, **words)
        except BadRequest as error:
            # Two quick taps on one button: the first has done it. Otherwise the old message is gone or too old.
            if "not modified" not in error.message:
                await self.reply(message)


def written(catalogue: Catalogue, mode: Mode, text: str, keyboard: Keyboard = ()) -> Message:
    """A translated text as this reader reads: in safe mode all of it lies under a spoiler (safety.md 29)."""
    if mode is Mode.SAFE:
        return TextBuilder(catalogue, Variant.SAFE).add(text).build(keyboard)
    return Message(text, keyboard=keyboard)


async def patiently(attempt: Callable[[], Awaitable[_T]]) -> _T:
    """Once more, after the wait that Telegram asks for, when it is short; RetryAfter when it is not."""
    try:
        return await attempt()
    except RetryAfter as refused:
        wait = wait_of(refused).total_seconds()
        if wait > _PATIENCE_SECONDS:
            raise
        await asyncio.sleep(wait)
        return await attempt()


async def woken(seconds: float, *events: asyncio.Event) -> None:
    """Sleep for so long, or until one of the events is set."""
    waiting = {asyncio.create_task(event.wait(), name="waiting") for event in events}
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
