"""What Telegram shows about the bot: commands per language and scope, name, descriptions; set when they differ."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Final

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest

from alerts.locales import N_, Catalogue
from alerts.moderators import all_moderators
from bot import store
from bot.context import MenuLine, Services

ABOUT: Final = N_("Urgent actions for people who face execution: alerts, letters, petitions.")
DESCRIPTION: Final = N_(
    "I tell you when somebody's life is in danger, and what you can do: a letter to send, a petition to sign."
    " Every alert is checked by people before it reaches you. Press Start to choose language and topics."
)
_TELEGRAM_CODES: Final = {"ckb": "ku"}
"""Telegram knows two-letter codes only (dependencies.md)."""

_log = logging.getLogger(__name__)
Rows = list[tuple[str, BotCommandScope, str, list[BotCommand]]]


async def register(bot: Bot, services: Services) -> None:
    """Tell Telegram what has changed since the last time; each part is remembered by its hash."""
    await register_menus(bot, services)
    known = await _known(services)
    told: dict[str, str] = {}
    for code, catalogue in _languages(services):
        about = [catalogue.t(ABOUT), catalogue.t(DESCRIPTION)]
        key = f"registered.about.{code}"
        if known.get(key) != _hash(about):
            await bot.set_my_short_description(about[0], language_code=code)
            await bot.set_my_description(about[1], language_code=code)
            told[key] = _hash(about)
    name = services.settings.require_organisation().name[:64]
    if known.get("registered.name") != _hash(name):
        await bot.set_my_name(name)
        told["registered.name"] = _hash(name)
    await _remember(services, told)


async def register_menus(bot: Bot, services: Services) -> None:
    """The menus of commands; a moderator's own can be set only after their first message to the bot."""
    known = await _known(services)
    told: dict[str, str] = {}
    closed: list[BotCommandScope] = []  # what is refused in one language is refused in all
    for name, scope, code, commands in await _menus(services):
        wanted = _hash([command.to_dict() for command in commands])
        if known.get(name) == wanted or scope in closed:
            continue
        try:
            await bot.set_my_commands(commands, scope=scope, language_code=code)
        except BadRequest:
            _log.info("a menu could not be set yet")
            closed.append(scope)
        else:
            told[name] = wanted
    await _remember(services, told)


def _languages(services: Services) -> list[tuple[str, Catalogue]]:
    """Telegram's code and our catalogue; "" is what everybody else sees."""
    catalogues = services.catalogues
    named = [(_TELEGRAM_CODES.get(code, code), catalogues[code]) for code in catalogues.codes]
    return [("", catalogues[catalogues.negotiate(None)]), *named]


async def _menus(services: Services) -> Rows:
    rows: Rows = []
    moderators = await all_moderators(services.sessions, services.settings.moderation)
    for code, catalogue in _languages(services):
        readers = [line for line in services.menu if not line.for_moderators]
        private = _commands(catalogue, readers)
        groups = _commands(catalogue, [line for line in readers if line.in_groups])
        rows.append((f"registered.private.{code}", BotCommandScopeAllPrivateChats(), code, private))
        rows.append((f"registered.groups.{code}", BotCommandScopeAllGroupChats(), code, groups))
        everything = _commands(catalogue, services.menu)
        rows.extend(
            (f"registered.{one.actor}.{code}", BotCommandScopeChat(one.chat), code, everything)
            for one in moderators
        )
    return rows


def _commands(catalogue: Catalogue, lines: tuple[MenuLine, ...] | list[MenuLine]) -> list[BotCommand]:
    return [BotCommand(line.name, catalogue.t(line.summary)) for line in lines]


async def _known(services: Services) -> dict[str, str]:
    async with services.sessions() as session:
        return await store.get_settings(session, "registered.")


async def _remember(services: Services, told: dict[str, str]) -> None:
    if told:
        async with services.sessions.begin() as session:
            for key, value in told.items():
                await store.put_setting(session, key, value)


def _hash(wanted: object) -> str:
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
