"""People who use the bot: tests and the demo act through them as a person acts in Telegram's apps.

A person writes, taps, blocks and waits for what the bot says; they see only what Telegram would show them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from bot.emulator.chats import Chat, Message, User
from bot.emulator.entities import with_automatic
from bot.emulator.errors import ImpossibleError
from bot.emulator.inbound import check_present, sees, writes
from bot.emulator.keyboards import Button
from bot.emulator.methods.membership import membership_update
from bot.emulator.parameters import Upload
from bot.emulator.world import Matcher, Toast, World

if TYPE_CHECKING:
    from bot.emulator.groups import Group

PATIENCE = 30.0
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
ButtonMatcher = str | Callable[[Button], bool]


class Person:
    """One user of Telegram and the private chat with the bot."""

    def __init__(self, world: World, user: User, chat: Chat) -> None:
        self.user = user
        self.chat = chat
        self.clipboard = ""
        self._world = world
        self._heard: dict[int, int] = {}

    @property
    def id(self) -> int:
        """The id of the user, which is the id of the private chat too."""
        return self.user.id

    @property
    def messages(self) -> list[Message]:
        """What the bot wrote in the private chat and has not deleted, as it stands now."""
        return self._visible(self.chat)

    @property
    def toasts(self) -> list[Toast]:
        """The answers to this person's taps, in order of the taps."""
        taps = self._world.taps.values()
        return [tap.answer for tap in taps if tap.user_id == self.id and tap.answer is not None]

    def _visible(self, chat: Chat) -> list[Message]:
        return [
            each for each in chat.messages.values() if each.sender == self._world.bot and not each.deleted
        ]

    def _place(self, chat: Group | None) -> Chat:
        return self.chat if chat is None else chat.chat

    async def says(
        self,
        text: str,
        *,
        chat: Group | None = None,
        reply_to: Message | None = None,
        anonymously: bool = False,
        thread: int | None = None,
    ) -> Message:
        """Write a text, in private or in a group."""
        return writes(
            self._world,
            self._place(chat),
            self.user,
            text,
            reply_to=reply_to.message_id if reply_to else None,
            anonymous=anonymously,
            thread_id=thread,
        )

    async def forwards(self, text: str, origin: User | None = None) -> Message:
        """Forward a text of another user, or of one who hides their account, to the bot."""
        kind = {"type": "user", "sender_user": origin.json()} if origin else None
        hidden = {"type": "hidden_user", "sender_user_name": "A friend"}
        extra = {"forward_origin": {**(kind or hidden), "date": self._world.now()}}
        return writes(self._world, self.chat, self.user, text, extra=extra)

    async def edits(self, message: Message, text: str) -> Message:
        """Change a message that this person wrote."""
        chat = self._world.chat(message.chat_id)
        check_present(chat, self.user)
        if message.sender != self.user:
            raise ImpossibleError("only one's own messages can be edited")
        changed = chat.change(
            message.message_id, text=text, entities=with_automatic(text, ()), edited=datetime.now(UTC)
        )
        if sees(self._world, chat, changed):
            self._world.updates.add("edited_message", self._world.json(changed))
        return changed

    async def sends_document(
        self, content: bytes, name: str, *, caption: str = "", chat: Group | None = None
    ) -> Message:
        """Send a file."""
        return self._sends_file("document", Upload(name, "", content), caption, self._place(chat))

    async def sends_photo(self, content: bytes, *, caption: str = "", chat: Group | None = None) -> Message:
        """Send a picture."""
        return self._sends_file(
            "photo", Upload("photo.jpg", "image/jpeg", content), caption, self._place(chat)
        )

    async def sends_sticker(self, *, chat: Group | None = None) -> Message:
        """Send a sticker."""
        sticker = Upload("sticker.webp", "image/webp", b"RIFF")
        return self._sends_file("sticker", sticker, "", self._place(chat))

    def _sends_file(self, kind: str, upload: Upload, caption: str, chat: Chat) -> Message:
        return writes(self._world, chat, self.user, caption, file=self._world.files.keep(kind, upload))

    async def blocks(self) -> None:
        """Block the bot: it hears of it, and nothing reaches this person any more."""
        self._stands("kicked")

    async def unblocks(self) -> None:
        """Let the bot write again."""
        self._stands("member")

    def _stands(self, standing: str) -> None:
        before = self.chat.bot
        self.chat.bot = "kicked" if standing == "kicked" else "member"
        if before not in {self.chat.bot, "stranger"}:
            update = membership_update(self._world, self.chat, self.user, before)
            self._world.updates.add("my_chat_member", update)

    async def deletes_account(self) -> None:
        """Leave Telegram; the bot is not told, it finds out when it writes."""
        self.chat.deactivated = True

    async def deletes_chat(self) -> None:
        """Clear the conversation on this side; the bot is not told and may write on."""
        for message_id in list(self.chat.messages):
            self.chat.change(message_id, deleted=True)

    def ages(self, message: Message, by: timedelta) -> Message:
        """Make a message older than it is, for what Telegram allows only for some time."""
        chat = self._world.chat(message.chat_id)
        return chat.put(replace(chat.messages[message.message_id], sent=message.sent - by))

    async def taps(
        self, what: ButtonMatcher, *, message: Message | None = None, chat: Group | None = None
    ) -> Button:
        """Tap a button: of this message, or of the newest one in the chat that has it.

        Raises:
            ImpossibleError: when there is no such button, with those that there are; when it leads out of Telegram.
        """
        place = self._place(chat) if message is None else self._world.chat(message.chat_id)
        check_present(place, self.user)
        found = self._found(what, place, message)
        if found is None:
            return await self._types_button(what, place)
        under, button = found
        if button.callback_data is not None:
            self._presses(under, button.callback_data)
        elif button.copied is not None:
            self.clipboard = button.copied
        elif button.url is not None and (payload := self._deep_link(button.url)) is not None:
            await self.says(f"/start {payload}")
        else:
            raise ImpossibleError(f"{button.text!r} leads out of the chat: {button.value}")
        return button

    def _found(
        self, what: ButtonMatcher, place: Chat, message: Message | None
    ) -> tuple[Message, Button] | None:
        shown = self._visible(place)
        if message is not None:
            shown = [each for each in shown if each.message_id == message.message_id]
        for fits in _matchers(what):
            for each in reversed(shown):
                for button in each.buttons:
                    if fits(button):
                        return each, button
        return None

    async def _types_button(self, what: ButtonMatcher, place: Chat) -> Button:
        """Tap a button of a reply keyboard, which writes its label."""
        shown = [each for each in self._visible(place) if each.keyboard and not each.keyboard.inline]
        keyboard = shown[-1].keyboard if shown else None
        rows = keyboard.rows if keyboard else ()
        for fits in _matchers(what):
            for button in (button for row in rows for button in row if fits(button)):
                writes(self._world, place, self.user, button.text)
                return button
        offered = [each.labels for each in self._visible(place) if each.labels]
        raise ImpossibleError(f"no button {what!r} to tap; there are {offered or 'none'}")

    def _presses(self, under: Message, data: str) -> None:
        tap = self._world.new_tap(self.id)
        self._world.updates.add(
            "callback_query",
            {
                "id": tap.query_id,
                "from": self.user.json(),
                "message": self._world.json(under),
                "chat_instance": str(7_000_000_000 + abs(under.chat_id)),
                "data": data,
            },
        )

    def _deep_link(self, url: str) -> str | None:
        """Read the payload of a link to the bot; None when it leads elsewhere."""
        parts = urlsplit(url)
        if parts.hostname not in {"t.me", "telegram.me"}:
            return None
        if parts.path.strip("/").lower() != self._world.bot.username.lower():
            return None
        payload = parse_qs(parts.query).get("start")
        if payload and not _PAYLOAD.fullmatch(payload[0]):
            raise ImpossibleError(
                f"Telegram drops the payload {payload[0]!r}: 1 to 64 of A-Z a-z 0-9 _ - are allowed"
            )
        return payload[0] if payload else None

    async def hears(self, what: Matcher, *, within: float = PATIENCE, chat: Group | None = None) -> Message:
        """Wait for a message of the bot, new or edited, after the one that was heard last.

        Raises:
            TimeoutError: when none comes in time, with what came instead.
        """
        place = self._place(chat)
        start = self._heard.get(place.id, 0)
        seen = start
        try:
            async with asyncio.timeout(within):
                while True:
                    while seen < len(place.heard):
                        message = place.heard[seen]
                        seen += 1
                        if _says(message, what):
                            self._heard[place.id] = seen
                            return message
                    await place.bell.rung()
        except TimeoutError:
            came = [message.text for message in place.heard[start:]]
            raise TimeoutError(
                f"{self.user.first_name} did not hear {what!r} within {within} s, but {came or 'nothing'}"
            ) from None

    async def hears_nothing(self, *, within: float = 0.2, chat: Group | None = None) -> None:
        """Make sure that the bot stays silent for a while.

        Raises:
            ImpossibleError: when it does not, with what it said.
        """
        try:
            message = await self.hears(lambda _: True, within=within, chat=chat)
        except TimeoutError:
            return
        raise ImpossibleError(f"silence was expected, but {self.user.first_name} heard {message.text!r}")

    async def is_told(self, what: str, *, within: float = PATIENCE) -> Toast:
        """Wait for an answer to a tap that has these words in it.

        Raises:
            TimeoutError: when none comes in time.
        """
        try:
            async with asyncio.timeout(within):
                while True:
                    for toast in self.toasts:
                        if what in toast.text:
                            return toast
                    await self._world.taps_bell.rung()
        except TimeoutError:
            told = [toast.text for toast in self.toasts]
            raise TimeoutError(
                f"{self.user.first_name} was not told {what!r}, but {told or 'nothing'}"
            ) from None


def _matchers(what: ButtonMatcher) -> list[Callable[[Button], bool]]:
    """List how a button is looked for: by its whole label, else by a part of it."""
    if not isinstance(what, str):
        return [what]
    return [lambda button: button.text == what, lambda button: what in button.text]


def _says(message: Message, what: Matcher) -> bool:
    return what in message.text if isinstance(what, str) else what(message)
