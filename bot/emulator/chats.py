"""Users, chats and messages as the emulator keeps them, and how they look on the wire.

Plain values without rules: who may do what is decided by the methods and by the people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from bot.emulator.bell import Bell
from bot.emulator.entities import Entity
from bot.emulator.files import StoredFile
from bot.emulator.keyboards import Button, Keyboard

Json = dict[str, Any]
Kind = Literal["private", "group", "supergroup"]
Standing = Literal["stranger", "member", "administrator", "left", "kicked"]
ANONYMOUS_ADMIN_ID = 1087968824


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False

    def json(self) -> Json:
        """Render the `from` of a message."""
        shown: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if getattr(self, name):
                shown[name] = getattr(self, name)
        return shown


ANONYMOUS_ADMIN = User(ANONYMOUS_ADMIN_ID, "Group", username="GroupAnonymousBot", is_bot=True)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands now; an edit makes a new value, so one that was read does not change."""

    chat_id: int
    message_id: int
    sender: User
    sent: datetime
    at: float
    text: str = ""
    entities: tuple[Entity, ...] = ()
    keyboard: Keyboard | None = None
    reply_to: int | None = None
    thread_id: int | None = None
    silent: bool = False
    protected: bool = False
    file: StoredFile | None = None
    edited: datetime | None = None
    deleted: bool = False
    anonymous: bool = False
    preview: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> tuple[tuple[Button, ...], ...]:
        """The inline buttons, row by row."""
        return self.keyboard.rows if self.keyboard and self.keyboard.inline else ()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The inline buttons in reading order."""
        return tuple(button for row in self.rows for button in row)

    @property
    def labels(self) -> list[str]:
        """What is written on the inline buttons."""
        return [button.text for button in self.buttons]


@dataclass(slots=True, eq=False)
class Chat:
    """A conversation with one person, or a group."""

    id: int
    kind: Kind
    user: User | None = None
    title: str = ""
    username: str = ""
    bot: Standing = "stranger"
    deactivated: bool = False
    writable: bool = True
    moved_to: int | None = None
    is_forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)
    members: dict[int, Standing] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict)
    heard: list[Message] = field(default_factory=list)
    bell: Bell = field(default_factory=Bell)

    def json(self) -> Json:
        """Render the `chat` of a message."""
        if self.user is not None:
            shown = {"id": self.id, "type": self.kind, "first_name": self.user.first_name}
            for name in ("last_name", "username"):
                if getattr(self.user, name):
                    shown[name] = getattr(self.user, name)
            return shown
        shown = {"id": self.id, "type": self.kind, "title": self.title}
        if self.username:
            shown["username"] = self.username
        if self.is_forum:
            shown["is_forum"] = True
        return shown

    def put(self, message: Message) -> Message:
        """Keep a message in its newest form; what the bot sent or edited can be heard."""
        self.messages[message.message_id] = message
        return message

    def tell(self, message: Message) -> None:
        """Let everyone in the chat hear a message of the bot, new or edited."""
        self.heard.append(message)
        self.bell.ring()

    def change(self, message_id: int, **fields: Any) -> Message:
        """Replace fields of a kept message."""
        return self.put(replace(self.messages[message_id], **fields))


def message_json(message: Message, chat_of: Callable[[int], Chat], *, nested: bool = False) -> Json:
    """Render a message as on the wire; a message replied to is shown without the one that it replied to."""
    chat = chat_of(message.chat_id)
    shown: Json = {
        "message_id": message.message_id,
        "from": message.sender.json(),
        "chat": chat.json(),
        "date": int(message.sent.timestamp()),
    }
    if message.anonymous:
        shown["sender_chat"] = chat.json()
    if message.thread_id is not None:
        shown |= {"message_thread_id": message.thread_id, "is_topic_message": True}
    replied = chat.messages.get(message.reply_to) if message.reply_to is not None else None
    if replied is not None and not replied.deleted and not nested:
        shown["reply_to_message"] = message_json(replied, chat_of, nested=True)
    if message.edited is not None:
        shown["edit_date"] = int(message.edited.timestamp())
    if message.protected:
        shown["has_protected_content"] = True
    shown |= _content(message)
    if message.preview:
        shown["link_preview_options"] = dict(message.preview)
    if message.keyboard is not None and message.keyboard.inline:
        shown["reply_markup"] = message.keyboard.json()
    return {**shown, **message.extra}


def _content(message: Message) -> Json:
    shown: Json = {}
    text, entities = "text", "entities"
    if message.file is not None:
        shown[message.file.kind] = message.file.json()
        text, entities = "caption", "caption_entities"
    if message.text:
        shown[text] = message.text
    if message.entities:
        shown[entities] = [entity.json() for entity in message.entities]
    return shown
