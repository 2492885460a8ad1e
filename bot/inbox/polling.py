"""Our own long polling: an update is acknowledged (the offset moves) only when it is stored.

The offset is sent until Telegram has answered a call that held it, and then left out: Telegram numbers anew after a
quiet week, and an old offset would acknowledge what was never seen (core.telegram.org/bots/api#update). Repeats do no
harm, `Inbox.keep` knows them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError

from bot.inbox.inbox import Inbox
from bot.outcomes import wait_of

_LONG: Final = 10
_MARGIN: Final = 5.0
_LONGEST_PAUSE: Final = 30.0
_METHOD: Final = "get_Updates"
"""`getUpdates`, spelt so that `do_api_request` gives the raw JSON without recommending the method that parses it."""
_log = logging.getLogger(__name__)


async def poll(bot: Bot, inbox: Inbox, allowed: Sequence[str]) -> None:
    """Until cancelled. Whatever goes wrong is tried again, after pauses of up to half a minute."""
    offset, trouble, has_webhook = 0, 0, True
    while True:
        try:
            if has_webhook:
                await bot.delete_webhook(drop_pending_updates=False)
                has_webhook = False
            await inbox.room()
            bodies = await _ask(bot, offset, allowed)
            offset = 0
            if bodies:
                await inbox.keep(bodies)
                offset = max(body["update_id"] for body in bodies) + 1
            trouble = 0
        except (TelegramError, SQLAlchemyError, OSError) as error:
            trouble += 1
            has_webhook = isinstance(error, Conflict)
            pause = _pause(error, trouble)
            _complain(error, pause)
            await asyncio.sleep(pause)


async def _ask(bot: Bot, offset: int, allowed: Sequence[str]) -> list[dict[str, Any]]:
    wanted: dict[str, Any] = {"timeout": _LONG, "allowed_updates": list(allowed)}
    if offset:
        wanted["offset"] = offset
    bodies: list[dict[str, Any]] = await bot.do_api_request(
        _METHOD, api_kwargs=wanted, read_timeout=_LONG + _MARGIN
    )
    return bodies


def _pause(error: Exception, trouble: int) -> float:
    if isinstance(error, RetryAfter):
        return wait_of(error).total_seconds()
    return min(_LONGEST_PAUSE, 2.0 ** (trouble - 1))


def _complain(error: Exception, pause: float) -> None:
    """Never with the error's own words: InvalidToken's hold the token."""
    if isinstance(error, Conflict):
        _log.error("another process asks Telegram for this bot's updates; next try in %s s", pause)
    elif isinstance(error, InvalidToken | EndPointNotFound):
        _log.critical("Telegram refuses the token; next try in %s s", pause)
    else:
        _log.warning("updates cannot be had (%s); next try in %s s", type(error).__name__, pause)
