"""Faults end here: the log learns of them, the person is told that it is not their doing, nothing else happens."""

from __future__ import annotations

import logging

from telegram import Update
from telegram.error import Forbidden, TelegramError

from alerts.locales import N_
from alerts.render.message import Message
from bot.context import Context
from bot.messenger import send

_log = logging.getLogger(__name__)


async def on_error(update: object, context: Context) -> None:
    """Log the fault; answer in the chat it happened in, when there is one that still listens."""
    if isinstance(context.error, Forbidden):
        _log.info("a chat no longer listens")
        return
    _log.error("a handler failed", exc_info=context.error)
    if isinstance(update, Update) and update.effective_chat is not None:
        user = update.effective_user
        catalogues = context.services.catalogues
        catalogue = catalogues[catalogues.negotiate(user.language_code if user else None)]
        text = catalogue.t(N_("Something went wrong here, and it was not your doing. Please try again."))
        try:
            await send(context.bot, update.effective_chat.id, Message(text))
        except TelegramError:
            _log.warning("the person could not be told of the fault")
