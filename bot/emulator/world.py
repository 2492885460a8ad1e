"""Everything the emulator knows: the bot, users, chats, files, updates and callback queries, in memory.

It keeps and finds things and stamps new messages; the rules of the Bot API are in `methods`, the acts of users in
`people` and `groups`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from bot.emulator.bell import Bell
from bot.emulator.chats import Chat, Json, Message, User, message_json
from bot.emulator.errors import bad_request
from bot.emulator.files import FileStore
from bot.emulator.updates import UpdateQueue


@dataclass(frozen=True, slots=True)
class Toast:
    """An answer to a tapped button, as the person who tapped it sees it."""

    text: str
    alert: bool
    url: str = ""


@dataclass(slots=True)
class Tap:
    """A tapped button that waits for an answer, or had one."""

    query_id: str
    user_id: int
    expired: bool = False
    answer: Toast | None = None


@dataclass(slots=True)
class Profile:
    """What the bot registered about itself; texts by (field, language), commands by (scope, language)."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)


class World:
    """The state of one emulator."""

    def __init__(self, bot: User, *, privacy: bool = True) -> None:
        self.bot = bot
        self.privacy = privacy
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files = FileStore()
        self.updates = UpdateQueue()
        self.taps: dict[str, Tap] = {}
        self.taps_bell = Bell()
        self.profile = Profile()
        self._personal_ids = count(1)
        self._supergroup_ids: dict[int, count[int]] = {}
        self._query_ids = count(1)

    def chat(self, chat_id: int) -> Chat:
        """Find a chat that is known to be there."""
        return self.chats[chat_id]

    def find(self, named: str) -> Chat | None:
        """Find a chat by what a bot may call it: a number or an @username."""
        if named.startswith("@"):
            matching = (chat for chat in self.chats.values() if chat.username and chat.kind != "private")
            return next((chat for chat in matching if chat.username.lower() == named[1:].lower()), None)
        try:
            return self.chats.get(int(named))
        except ValueError:
            return None

    def new_message_id(self, chat: Chat) -> int:
        """Number a message: supergroups count for themselves, all other chats share the bot's own count."""
        if chat.kind == "supergroup":
            return next(self._supergroup_ids.setdefault(chat.id, count(1)))
        return next(self._personal_ids)

    def write(self, chat: Chat, sender: User, text: str = "", **fields: Any) -> Message:
        """Put a new message into a chat."""
        message = Message(
            chat_id=chat.id,
            message_id=self.new_message_id(chat),
            sender=sender,
            sent=datetime.now(UTC),
            at=time.monotonic(),
            text=text,
            **fields,
        )
        return chat.put(message)

    def now(self) -> int:
        """Tell the time as on the wire."""
        return int(datetime.now(UTC).timestamp())

    def json(self, message: Message) -> Json:
        """Render a message as on the wire."""
        return message_json(message, self.chat)

    def new_tap(self, user_id: int) -> Tap:
        """Open a callback query."""
        tap = Tap(f"{4_000_000_000_000 + next(self._query_ids)}", user_id)
        self.taps[tap.query_id] = tap
        return tap

    def live_message(self, chat: Chat, message_id: int, called: str) -> Message:
        """Find a message that is not deleted.

        Raises:
            BotApiError: when it is not there, with the words of the method that asks.
        """
        message = chat.messages.get(message_id)
        if message is None or message.deleted:
            raise bad_request(f"{called} not found")
        return message


Matcher = str | Callable[[Message], bool]
