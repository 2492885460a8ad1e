"""Who comes and goes: added to a group, blocked by a person; and the first administrator's claim."""

from __future__ import annotations

import logging
from typing import Final

from telegram import ChatMember, ChatMemberUpdated, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden

from alerts import moderators
from alerts.locales import N_
from alerts.render.message import Message
from bot import registration
from bot.context import Call, Context
from bot.erasing import forget_chat
from bot.messenger import send
from subscribers import enrol

_log = logging.getLogger(__name__)
_OUT: Final = frozenset({ChatMember.BANNED, ChatMember.LEFT})
_GROUPS: Final = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})


async def on_my_membership(update: Update, context: Context) -> None:
    """Blocked or removed: everything about the chat goes. Added to a group: say how to begin."""
    change = update.my_chat_member
    if change is None:
        return
    services, chat = context.services, change.chat
    if change.new_chat_member.status in _OUT:
        await forget_chat(services, chat.id)
    elif _is_new_in_group(change):
        catalogue = services.catalogues[services.catalogues.negotiate(change.from_user.language_code)]
        text = catalogue.t(
            "Thank you for inviting me. An administrator of this group writes /start to choose a language."
        )
        try:
            await send(context.bot, chat.id, Message(text))
        except (BadRequest, Forbidden):
            _log.info("a group that invited the bot does not let it write")


def _is_new_in_group(change: ChatMemberUpdated) -> bool:
    return change.chat.type in _GROUPS and change.old_chat_member.status in _OUT


async def on_migration(update: Update, context: Context) -> None:
    """A group became a supergroup: the same subscriber under a new id."""
    message = update.message
    if message is not None and message.migrate_to_chat_id is not None:
        await enrol.move_chat(context.services.sessions, message.chat.id, message.migrate_to_chat_id)


async def claim(call: Call) -> None:
    """/claim CODE, once, with the code that `init` printed."""
    digest = call.services.settings.moderation.claim_digest
    accepted = bool(digest) and await moderators.claim(
        call.services.sessions, now=call.now, telegram_id=call.user, code=call.words, expected_digest=digest
    )
    if accepted:
        await call.say(N_("You are an administrator now. /help shows what that adds."))
        await registration.register(call.bot, call.services)  # the menu shows what they may do now
    else:
        await call.say(N_("That code is not valid, or has been used."))
