"""The gate before every handler: who is calling, from where, and may they? Default is no.

Builds the `Call` a handler gets. Turns away edited messages, forwards, other bots, anonymous administrators and
moderators' commands outside a private chat (safety.md 14); answers anything else that a person types.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from telegram import Bot, CallbackQuery, ChatMember, MaybeInaccessibleMessage, Message, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError

from alerts import moderators
from alerts.locales import N_
from bot import registration, store
from bot.commands import BY_NAME, Command, Who
from bot.context import Call, Context, Services
from bot.handlers import answers, replies, start_links, taps
from subscribers import enrol
from subscribers.subscriber import ChatKind, Mode, Subscriber

_log = logging.getLogger(__name__)

ANONYMOUS_ADMINISTRATOR: Final = 1087968824
_MAY_RUN_GROUP: Final = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR})


async def on_message(update: Update, context: Context) -> None:
    """Every new message: a command, an answer in a conversation, or something to answer kindly."""
    message, user = update.message, update.effective_user
    if message is None or user is None or (user.is_bot and user.id != ANONYMOUS_ADMINISTRATOR):
        return
    call = await build_call(context, user, message, message.text or "")
    call = replace(call, in_reply_to=_answered(message, context.bot.id))
    name, words = split_command(message, context.bot.username)
    if user.id == ANONYMOUS_ADMINISTRATOR:
        if name in BY_NAME:
            await call.say(N_("I cannot tell who is asking. Please write as yourself, not as the group."))
        return
    if name is None:
        if call.kind is ChatKind.PRIVATE:
            await _on_words(call, message)
    elif command := BY_NAME.get(name):
        await _on_command(command, _with_words(call, words), message)
    elif call.kind is ChatKind.PRIVATE:
        await call.say(N_("I do not know that command. /help shows what I can do."))
    await _tidy_up(call, message)


def _answered(message: Message, bot: int) -> str:
    """What we wrote and this message replies to."""
    replied = message.reply_to_message
    is_ours = replied is not None and replied.from_user is not None and replied.from_user.id == bot
    return (replied.text or "") if replied is not None and is_ours else ""


async def _on_words(call: Call, message: Message) -> None:
    if call.role is not None and await replies.is_expected(call):
        if message.forward_origin or message.via_bot:
            await call.say(N_("Please write it yourself: forwarded messages change nothing."))
        else:
            await replies.go_on(call)
        return
    await answers.answer_words(call)


async def _on_command(command: Command, call: Call, message: Message) -> None:
    if command.who is Who.MODERATOR and (call.role is None or call.kind is not ChatKind.PRIVATE):
        # To everybody else a moderator's command does not exist.
        if call.kind is ChatKind.PRIVATE:
            await call.say(N_("I do not know that command. /help shows what I can do."))
        return
    if command.who is not Who.READER and (message.forward_origin or message.via_bot):
        await call.say(N_("Please type the command yourself: forwarded messages change nothing."))
        return
    if call.kind is ChatKind.GROUP and not await _may_run_group(call, command):
        return
    if command.name == "start" and call.words and call.kind is ChatKind.PRIVATE:
        await start_links.follow_link(call)
        return
    await command.handler(call)
    if command.name == "start" and call.role is not None:
        await registration.register_menus(call.bot, call.services)


async def _may_run_group(call: Call, command: Command) -> bool:
    if not await is_group_administrator(call.bot, call.chat, call.user):
        return False
    if not command.in_groups:
        await call.say(N_("Please ask me in a private chat."))
    return command.in_groups


async def is_group_administrator(bot: Bot, chat: int, user: int) -> bool:
    """Asked of Telegram each time: administrators change."""
    try:
        member = await bot.get_chat_member(chat, user)
    except BadRequest:
        return False
    return member.status in _MAY_RUN_GROUP


async def build_call(context: Context, user: User, message: MaybeInaccessibleMessage, words: str) -> Call:
    """Who is calling, and in which language to answer: the subscriber's, else Telegram's hint."""
    services = context.services
    chat = message.chat
    kind = ChatKind.PRIVATE if chat.type == ChatType.PRIVATE else ChatKind.GROUP
    subscriber = await enrol.subscriber_of(services.sessions, chat.id)
    role = None
    if kind is ChatKind.PRIVATE:
        role = await role_of(services, user.id)
    if role is not None and subscriber is None:
        await _remember_language(services, user)
    return Call(
        bot=context.bot,
        services=services,
        user=user.id,
        chat=chat.id,
        kind=kind,
        message_id=message.message_id,
        words=words,
        catalogue=services.catalogues[_locale(services, subscriber, user)],
        subscriber=subscriber,
        role=role,
    )


async def _remember_language(services: Services, user: User) -> None:
    """Of a moderator, who need not subscribe, so that what they are told of is in their language."""
    key = store.language_key(moderators.actor_of(services.sealer, user.id))
    code = services.catalogues.negotiate(user.language_code)
    async with services.sessions.begin() as session:
        if await store.get_setting(session, key) != code:
            await store.put_setting(session, key, code)


async def role_of(services: Services, user: int) -> moderators.Role | None:
    """Moderators are known by numeric id, from the configuration or a claim."""
    return await moderators.role_of(services.sessions, services.settings.moderation, user)


def _locale(services: Services, subscriber: Subscriber | None, user: User) -> str:
    return subscriber.locale if subscriber else services.catalogues.negotiate(user.language_code)


def split_command(message: Message, username: str) -> tuple[str | None, str]:
    """("start", "payload") of a message that begins with a command to us; (None, …) otherwise."""
    text = message.text or ""
    if not text.startswith("/"):
        return None, text
    head, *rest = text.split(maxsplit=1)
    words = rest[0] if rest else ""
    name, _, addressed = head[1:].partition("@")
    if addressed and addressed.casefold() != username.casefold():
        return None, ""
    return name.casefold(), words.strip()


def _with_words(call: Call, words: str) -> Call:
    return replace(call, words=words)


async def on_tap(update: Update, context: Context) -> None:
    """A button: answered first, so that the phone stops waiting, then done."""
    query = update.callback_query
    if query is None or query.data is None or query.message is None:
        return
    await answer_quietly(query)
    call = await build_call(context, query.from_user, query.message, "")
    if taps.is_for_moderators(query.data):
        await taps.on_moderator_tap(call, query.data)
    elif call.kind is ChatKind.PRIVATE or await _may_tap_group(call, query.data):
        await taps.on_reader_tap(call, query.data)


async def _may_tap_group(call: Call, data: str) -> bool:
    """A group's settings are for its administrators; nothing else that a client may send acts there."""
    return taps.is_for_groups(data) and await is_group_administrator(call.bot, call.chat, call.user)


async def answer_quietly(query: CallbackQuery) -> None:
    """Stop the button's spinner; a tap that is too old for that is still done."""
    try:
        await query.answer()
    except BadRequest:
        _log.info("a tap was too old to be answered")


async def _tidy_up(call: Call, message: Message) -> None:
    """In safe mode what a person wrote disappears at once (safety.md 29)."""
    if call.subscriber and call.subscriber.mode is Mode.SAFE and call.role is None:
        try:
            await message.delete()
        except TelegramError:
            _log.info("a message in safe mode could not be deleted")
