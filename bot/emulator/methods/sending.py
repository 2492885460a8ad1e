"""Sending: messages, documents, photos and the signs of typing."""

from __future__ import annotations

from typing import Any

from bot.emulator import access
from bot.emulator.chats import Chat, Message
from bot.emulator.entities import Entity, formatted, units
from bot.emulator.errors import BotApiError, bad_request
from bot.emulator.keyboards import keyboard
from bot.emulator.methods.call import Done, Handler
from bot.emulator.parameters import Parameters
from bot.emulator.world import World

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "upload_document",
        "upload_video",
        "record_video",
        "upload_voice",
        "record_voice",
        "choose_sticker",
        "find_location",
        "upload_video_note",
        "record_video_note",
        "cancel",
    }
)


def text_of(parameters: Parameters) -> tuple[str, tuple[Entity, ...]]:
    """Read, clean and check the text of a message.

    Raises:
        BotApiError: when it is empty, too long, or its entities are wrong.
    """
    if not parameters.text("text"):
        raise bad_request("message text is empty")
    text, entities = _formatted(parameters, "text", "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if units(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return text, entities


def caption_of(parameters: Parameters) -> tuple[str, tuple[Entity, ...]]:
    """Read, clean and check the caption of a file; it may be empty."""
    text, entities = _formatted(parameters, "caption", "caption_entities")
    if units(text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def _formatted(parameters: Parameters, text: str, entities: str) -> tuple[str, tuple[Entity, ...]]:
    if parameters.has("parse_mode"):
        if parameters.text("parse_mode").lower() not in {"html", "markdown", "markdownv2"}:
            raise bad_request("unsupported parse_mode")
        raise BotApiError(501, "Not Implemented: the emulator reads entities, not parse modes")
    return formatted(parameters.text(text), parameters.structure(entities, "entities"))


def options(world: World, chat: Chat, parameters: Parameters) -> dict[str, Any]:
    """Read what all sending methods share, apart from the content."""
    preview = parameters.structure("link_preview_options", "link preview options")
    return {
        "keyboard": keyboard(
            parameters.structure("reply_markup", "reply keyboard markup"), private=chat.kind == "private"
        ),
        "reply_to": _replied(world, chat, parameters),
        "thread_id": access.thread(chat, parameters),
        "silent": parameters.flag("disable_notification"),
        "protected": parameters.flag("protect_content"),
        "preview": preview if isinstance(preview, dict) else None,
    }


def _replied(world: World, chat: Chat, parameters: Parameters) -> int | None:
    raw = parameters.structure("reply_parameters", "reply parameters")
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise bad_request("object expected as reply parameters")
    if "message_id" not in raw:
        raise bad_request('can\'t find field "message_id"')
    try:
        return world.live_message(chat, int(raw["message_id"]), "message to be replied").message_id
    except BotApiError:
        if raw.get("allow_sending_without_reply"):
            return None
        raise


def _sent(world: World, chat: Chat, text: str, fields: dict[str, Any]) -> Done:
    message: Message = world.write(chat, world.bot, text, **fields)
    chat.tell(message)
    return Done(world.json(message), chat.id, message.message_id)


def send_message(world: World, parameters: Parameters) -> Done:
    """Serve sendMessage."""
    text, entities = text_of(parameters)
    chat = access.writable(world, parameters)
    return _sent(world, chat, text, {"entities": entities, **options(world, chat, parameters)})


def _send_file(world: World, parameters: Parameters, kind: str) -> Done:
    caption, entities = caption_of(parameters)
    chat = access.writable(world, parameters)
    fields = options(world, chat, parameters)
    stored = world.files.given(parameters, kind)
    return _sent(world, chat, caption, {"file": stored, "entities": entities, **fields})


def send_document(world: World, parameters: Parameters) -> Done:
    """Serve sendDocument."""
    return _send_file(world, parameters, "document")


def send_photo(world: World, parameters: Parameters) -> Done:
    """Serve sendPhoto."""
    return _send_file(world, parameters, "photo")


def send_chat_action(world: World, parameters: Parameters) -> Done:
    """Serve sendChatAction."""
    chat = access.writable(world, parameters)
    action = parameters.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(action)
    return Done(result=True, chat_id=chat.id)


METHODS: dict[str, Handler] = {
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "sendChatAction": send_chat_action,
}
