"""What the bot registers about itself: commands by scope and language, name and descriptions by language."""

from __future__ import annotations

import json
import re

from bot.emulator.entities import units
from bot.emulator.errors import bad_request
from bot.emulator.methods.call import Done, Handler
from bot.emulator.parameters import Parameters
from bot.emulator.world import World

_MOST_COMMANDS = 100
_LONGEST_COMMAND = 32
_LONGEST_COMMAND_DESCRIPTION = 256
_COMMAND = re.compile(r"[a-z0-9_]+")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
# field: (parameter and key of the answer, longest, Telegram's word for too long)
_TEXTS = {
    "Name": ("name", 64, "BOT_TITLE_INVALID"),
    "Description": ("description", 512, "BOT_DESC_INVALID"),
    "ShortDescription": ("short_description", 120, "BOT_ABOUT_INVALID"),
}


def get_me(world: World, parameters: Parameters) -> Done:  # noqa: ARG001 - one shape for all methods
    """Serve getMe."""
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    name = world.profile.texts.get(("Name", ""), world.bot.first_name)
    return Done(world.bot.json() | {"first_name": name} | abilities)


def _language(parameters: Parameters) -> str:
    code = parameters.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _scope(world: World, parameters: Parameters) -> str:
    """Read a scope and return its one spelling, for use as a key."""
    raw = parameters.structure("scope", "BotCommandScope")
    if raw is None:
        raw = {"type": "default"}
    if not isinstance(raw, dict) or "type" not in raw:
        raise bad_request("can't parse BotCommandScope: Can't find field \"type\"")
    if raw["type"] not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    fields = _SCOPES[raw["type"]]
    for name in fields:
        if name not in raw:
            raise bad_request(f"can't parse BotCommandScope: Can't find field \"{name}\"")
    if "chat_id" in fields:
        chat = world.find(str(raw["chat_id"]))
        if chat is None:
            raise bad_request("chat not found")
        if chat.kind == "private" and raw["type"] != "chat":
            raise bad_request("can't use specified scope in private chats")
    return json.dumps({name: raw[name] for name in ("type", *fields)}, sort_keys=True)


def scope_key(scope: dict[str, object]) -> str:
    """Spell a scope as the key under which its commands are kept."""
    return json.dumps(scope, sort_keys=True)


def set_my_commands(world: World, parameters: Parameters) -> Done:
    """Serve setMyCommands."""
    raw = parameters.structure("commands", "commands")
    if not isinstance(raw, list):
        raise bad_request("expected an Array of BotCommand")
    key = _scope(world, parameters), _language(parameters)
    if len(raw) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.profile.commands[key] = [_command(item) for item in raw]
    return Done(result=True)


def _command(raw: object) -> dict[str, str]:
    if not isinstance(raw, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if name not in raw:
            raise bad_request(f"can't parse BotCommand: Can't find field \"{name}\"")
    command, description = str(raw["command"]).strip().removeprefix("/"), str(raw["description"]).strip()
    checks = (
        ("command", command, _LONGEST_COMMAND),
        ("command description", description, _LONGEST_COMMAND_DESCRIPTION),
    )
    for called, value, longest in checks:
        if not value:
            raise bad_request(f"{called} must be non-empty")
        if len(value) > longest:
            raise bad_request(f"{called} length must not exceed {longest}")
    if not _COMMAND.fullmatch(command):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": command, "description": description}


def get_my_commands(world: World, parameters: Parameters) -> Done:
    """Serve getMyCommands: exactly the list of that scope and language."""
    key = _scope(world, parameters), _language(parameters)
    return Done(world.profile.commands.get(key, []))


def delete_my_commands(world: World, parameters: Parameters) -> Done:
    """Serve deleteMyCommands."""
    world.profile.commands.pop((_scope(world, parameters), _language(parameters)), None)
    return Done(result=True)


def _setter(field: str) -> Handler:
    name, longest, invalid = _TEXTS[field]

    def set_text(world: World, parameters: Parameters) -> Done:
        language, value = _language(parameters), parameters.text(name).strip()
        nameless = field == "Name" and not value and not language
        if units(value) > longest or nameless:
            raise bad_request(invalid)
        if value:
            world.profile.texts[field, language] = value
        else:
            world.profile.texts.pop((field, language), None)
        return Done(result=True)

    return set_text


def _getter(field: str) -> Handler:
    name = _TEXTS[field][0]

    def get_text(world: World, parameters: Parameters) -> Done:
        """Fall back to the text for all languages, as users see it."""
        texts = world.profile.texts
        fallback = world.bot.first_name if field == "Name" else ""
        common = texts.get((field, ""), fallback)
        return Done({name: texts.get((field, _language(parameters)), common)})

    return get_text


METHODS: dict[str, Handler] = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    **{f"setMy{field}": _setter(field) for field in _TEXTS},
    **{f"getMy{field}": _getter(field) for field in _TEXTS},
}
