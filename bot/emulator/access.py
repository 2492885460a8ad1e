"""Whether the bot may act in a chat: finds the chat of a call or refuses it, with Telegram's words."""

from __future__ import annotations

from bot.emulator.chats import Chat
from bot.emulator.errors import BotApiError, bad_request, forbidden
from bot.emulator.parameters import Parameters
from bot.emulator.world import World


def reached(world: World, parameters: Parameters, name: str = "chat_id") -> Chat:
    """Find the chat of a call, when the bot may see it.

    Raises:
        BotApiError: when the chat is unknown, has moved, or the bot was removed from it.
    """
    named = parameters.text(name).strip()
    if not named:
        raise bad_request(f"{name} is empty")
    chat = world.find(named)
    if chat is None or (chat.kind != "private" and chat.bot == "stranger"):
        raise bad_request("chat not found")
    if chat.moved_to is not None:
        description = "Bad Request: group chat was upgraded to a supergroup chat"
        raise BotApiError(400, description, {"migrate_to_chat_id": chat.moved_to})
    if chat.kind != "private" and chat.bot == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if chat.kind != "private" and chat.bot == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def writable(world: World, parameters: Parameters) -> Chat:
    """Find the chat of a call, when the bot may write there.

    Raises:
        BotApiError: when it may not: blocked, never started, deactivated, removed or muted.
    """
    chat = reached(world, parameters)
    if chat.kind != "private":
        if not chat.writable and chat.bot != "administrator":
            raise bad_request("not enough rights to send text messages to the chat")
        return chat
    if chat.deactivated:
        raise forbidden("user is deactivated")
    if chat.bot == "kicked":
        raise forbidden("bot was blocked by the user")
    if chat.bot == "stranger":
        raise forbidden("bot can't initiate conversation with a user")
    return chat


def thread(chat: Chat, parameters: Parameters) -> int | None:
    """Find the topic of a forum that a message is for.

    Raises:
        BotApiError: when the chat has no such topic.
    """
    if not parameters.has("message_thread_id"):
        return None
    wanted = parameters.integer("message_thread_id")
    if wanted not in chat.topics:
        raise bad_request("message thread not found")
    return wanted
