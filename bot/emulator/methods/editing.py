"""Changing what was sent: editing, deleting, pinning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.emulator import access
from bot.emulator.chats import Chat, Message
from bot.emulator.errors import bad_request
from bot.emulator.keyboards import Keyboard, keyboard
from bot.emulator.methods.call import Done, Handler
from bot.emulator.methods.sending import caption_of, text_of
from bot.emulator.parameters import Parameters
from bot.emulator.world import World

DELETABLE = timedelta(hours=48)
_MOST_AT_ONCE = 100


def _editable(world: World, parameters: Parameters) -> tuple[Chat, Message]:
    chat = access.writable(world, parameters)
    message = world.live_message(chat, parameters.integer("message_id"), "message to edit")
    # Telegram lets nobody edit the messages of others, nor those under which a reply keyboard was opened.
    keeps_keyboard = message.keyboard is not None and not message.keyboard.inline
    if message.sender != world.bot or keeps_keyboard:
        raise bad_request("message can't be edited")
    return chat, message


def _inline(chat: Chat, parameters: Parameters) -> Keyboard | None:
    raw = parameters.structure("reply_markup", "reply keyboard markup")
    return keyboard(raw, private=chat.kind == "private", inline_only=True)


def _edited(world: World, chat: Chat, before: Message, after: Message) -> Done:
    if after == before:
        same = "specified new message content and reply markup are exactly the same as a current content"
        raise bad_request(f"message is not modified: {same} and reply markup of the message")
    chat.put(replace(after, edited=datetime.now(UTC)))
    chat.tell(chat.messages[after.message_id])
    return Done(world.json(chat.messages[after.message_id]), chat.id, after.message_id)


def edit_message_text(world: World, parameters: Parameters) -> Done:
    """Serve editMessageText; without a keyboard it takes the keyboard away, as Telegram does."""
    text, entities = text_of(parameters)
    chat, message = _editable(world, parameters)
    if message.file is not None:
        raise bad_request("there is no text in the message to edit")
    preview = parameters.structure("link_preview_options", "link preview options")
    after = replace(
        message,
        text=text,
        entities=entities,
        keyboard=_inline(chat, parameters),
        preview=preview if isinstance(preview, dict) else None,
    )
    # Only content and buttons count: options for the preview alone are no modification.
    return _edited(
        world, chat, message, replace(after, preview=message.preview) if _same(message, after) else after
    )


def _same(before: Message, after: Message) -> bool:
    return (before.text, before.entities, before.keyboard) == (after.text, after.entities, after.keyboard)


def edit_message_caption(world: World, parameters: Parameters) -> Done:
    """Serve editMessageCaption."""
    caption, entities = caption_of(parameters)
    chat, message = _editable(world, parameters)
    if message.file is None:
        raise bad_request("there is no caption in the message to edit")
    after = replace(message, text=caption, entities=entities, keyboard=_inline(chat, parameters))
    return _edited(world, chat, message, after)


def edit_message_reply_markup(world: World, parameters: Parameters) -> Done:
    """Serve editMessageReplyMarkup."""
    chat, message = _editable(world, parameters)
    return _edited(world, chat, message, replace(message, keyboard=_inline(chat, parameters)))


def _deletable(world: World, chat: Chat, message_id: int) -> Message:
    message = world.live_message(chat, message_id, "message to delete")
    young = datetime.now(UTC) - message.sent < DELETABLE
    may = message.sender == world.bot or chat.kind == "private" or chat.bot == "administrator"
    if not may or not young:
        raise bad_request("message can't be deleted")
    return message


def delete_message(world: World, parameters: Parameters) -> Done:
    """Serve deleteMessage, within 48 hours."""
    chat = access.reached(world, parameters)
    message = _deletable(world, chat, parameters.integer("message_id"))
    chat.change(message.message_id, deleted=True)
    return Done(True, chat.id, message.message_id)


def delete_messages(world: World, parameters: Parameters) -> Done:
    """Serve deleteMessages; messages that are not there are passed over."""
    chat = access.reached(world, parameters)
    wanted = parameters.structure("message_ids", "message identifiers")
    if not isinstance(wanted, list) or not wanted:
        raise bad_request("message identifiers are not specified")
    if len(wanted) > _MOST_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    present = [message_id for message_id in map(int, wanted) if message_id in chat.messages]
    for message in [_deletable(world, chat, at) for at in present if not chat.messages[at].deleted]:
        chat.change(message.message_id, deleted=True)
    return Done(result=True, chat_id=chat.id)


def _may_pin(chat: Chat) -> None:
    if chat.kind != "private" and chat.bot != "administrator":
        raise bad_request("not enough rights to manage pinned messages in the chat")


def pin_chat_message(world: World, parameters: Parameters) -> Done:
    """Serve pinChatMessage."""
    chat = access.writable(world, parameters)
    message = world.live_message(chat, parameters.integer("message_id"), "message to pin")
    _may_pin(chat)
    if message.message_id in chat.pinned:
        chat.pinned.remove(message.message_id)
    chat.pinned.append(message.message_id)
    return Done(True, chat.id, message.message_id)


def unpin_chat_message(world: World, parameters: Parameters) -> Done:
    """Serve unpinChatMessage: the named message, else the newest pinned one."""
    chat = access.writable(world, parameters)
    _may_pin(chat)
    newest = chat.pinned[-1] if chat.pinned else 0
    wanted = parameters.integer("message_id", newest)
    if wanted not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(wanted)
    return Done(True, chat.id, wanted)


METHODS: dict[str, Handler] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
}
