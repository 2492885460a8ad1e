"""Faults end here: the log learns of them, the person is told that it is not their doing, nothing else happens."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError
from telegram import Update
from telegram.error import Forbidden, TelegramError

from alerts.locales import N_, Catalogue
from bot.context import Context, Services, written
from bot.messenger import send
from subscribers import enrol
from subscribers.subscriber import Mode

_log = logging.getLogger(__name__)


async def on_error(update: object, context: Context) -> None:
    """Log the fault; answer in the chat it happened in, when there is one that still listens."""
    if isinstance(context.error, Forbidden):
        _log.info("a chat no longer listens")
        return
    _log.error("a handler failed", exc_info=context.error)
    if isinstance(update, Update) and update.effective_chat is not None:
        catalogue, mode = await _reading_of(update, update.effective_chat.id, context.services)
        text = catalogue.t(N_("Something went wrong here, and it was not your doing. Please try again."))
        try:
            await send(context.bot, update.effective_chat.id, written(catalogue, mode, text))
        except TelegramError:
            _log.warning("the person could not be told of the fault")


async def _reading_of(update: Update, chat: int, services: Services) -> tuple[Catalogue, Mode]:
    """The reader's own language and mode; when the database does not answer, Telegram's hint, and the careful mode."""
    hint = update.effective_user.language_code if update.effective_user else None
    negotiated = services.catalogues[services.catalogues.negotiate(hint)]
    try:
        subscriber = await enrol.subscriber_of(services.sessions, chat)
    except SQLAlchemyError:
        _log.warning("the reader's language could not be looked up")
        return negotiated, Mode.SAFE
    if subscriber is None:
        return negotiated, Mode.NORMAL
    return services.catalogues[subscriber.locale], subscriber.mode
