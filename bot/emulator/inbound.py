"""What users write, on its way to the bot: makes the message and the update, or keeps it from the bot.

In groups the privacy mode of Telegram holds: the bot sees commands for it, replies to it and service messages.
"""

from __future__ import annotations

import re
from typing import Any

from bot.emulator.chats import ANONYMOUS_ADMIN, Chat, Message, User
from bot.emulator.entities import units, with_automatic
from bot.emulator.errors import ImpossibleError
from bot.emulator.world import World

_LONGEST_TEXT = 4096
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@(?P<bot>[A-Za-z0-9_]{3,32}))?(?!\S)")


def writes(world: World, chat: Chat, user: User, text: str, **fields: Any) -> Message:
    """Let a user write into a chat, and let the bot see it if it may.

    Raises:
        ImpossibleError: when Telegram's apps would not let the user write there.
    """
    check_present(chat, user)
    if fields.get("anonymous"):
        if chat.members.get(user.id) != "administrator":
            raise ImpossibleError(f"{user.first_name} is no administrator of {chat.title!r}")
        user = ANONYMOUS_ADMIN
    # Apps trim what is typed, as the bot's own texts are trimmed on the way out.
    text = text.strip()
    if units(text) > _LONGEST_TEXT:
        raise ImpossibleError(
            f"apps cut texts into messages of {_LONGEST_TEXT}; this one has {units(text)} units"
        )
    message = world.write(chat, user, text, entities=with_automatic(text, ()), **fields)
    if chat.kind == "private" and chat.bot == "stranger":
        chat.bot = "member"
    if sees(world, chat, message):
        world.updates.add("message", world.json(message))
    return message


def check_present(chat: Chat, user: User) -> None:
    """Make sure that a user can act in a chat.

    Raises:
        ImpossibleError: when not: blocked, deactivated, not in the group, or the group has moved.
    """
    if chat.kind == "private":
        if chat.deactivated:
            raise ImpossibleError(f"the account of {user.first_name} is deleted")
        if chat.bot == "kicked":
            raise ImpossibleError(f"{user.first_name} has blocked the bot; unblock it first")
        return
    if chat.moved_to is not None:
        raise ImpossibleError(f"{chat.title!r} has moved to {chat.moved_to}")
    if chat.members.get(user.id) not in {"member", "administrator"}:
        raise ImpossibleError(f"{user.first_name} is not in {chat.title!r}")


def sees(world: World, chat: Chat, message: Message) -> bool:
    """Tell whether the bot gets a message at all."""
    if chat.kind == "private":
        return True
    if chat.bot not in {"member", "administrator"}:
        return False
    if chat.bot == "administrator" or not world.privacy:
        return True
    command = _COMMAND.match(message.text)
    if command:
        return command["bot"] is None or command["bot"].lower() == world.bot.username.lower()
    replied = chat.messages.get(message.reply_to) if message.reply_to is not None else None
    return replied is not None and replied.sender == world.bot


def announces(world: World, chat: Chat, user: User, **service: Any) -> Message:
    """Put a service message into a group; the bot sees it unless it was never there."""
    anonymous = user == ANONYMOUS_ADMIN
    message = world.write(chat, user, extra=service, anonymous=anonymous)
    world.updates.add("message", world.json(message))
    return message
