"""Telegram's calls: an update is stored before it is answered with 200 (safety.md 20, 21).

The path is made of the sealing key and the secret is compared in constant time, both before the body is read; no more
than 1 MB of it is. Bodies are never logged. No method is put into the answer, since its result would be lost.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import RetryAfter, TelegramError

from alerts.seal import Sealer
from bot.outcomes import wait_of

Keep = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]

MOST_BYTES: Final = 1_000_000
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name, not the secret
_READING_SECONDS: Final = 10.0
_AT_ONCE: Final = 40
_LONGEST_PAUSE: Final = 60.0
_log = logging.getLogger(__name__)


class _RefusedError(Exception):
    """A call that is answered with this status and nothing else."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


def path_of(sealer: Sealer) -> str:
    """The last part of the address that Telegram calls: the same at each start, and not to be guessed."""
    return sealer.digest("path", "webhook")


def webhook_app(keep: Keep, is_full: Callable[[], bool], path: str, secret: str) -> Starlette:
    """An application that hands each update to `keep`; what it cannot take now, Telegram sends again.

    A web server in front may put something before the path.
    """

    async def receive(request: Request) -> Response:
        try:
            _check(request, path, secret, is_full=is_full())
            body = await asyncio.wait_for(_read(request), _READING_SECONDS)
            await _store(keep, body)
        except _RefusedError as refused:
            return Response(status_code=refused.status)
        except (TimeoutError, ClientDisconnect):
            return Response(status_code=HTTPStatus.REQUEST_TIMEOUT)
        return Response()

    return Starlette(routes=[Route("/{path:path}", receive, methods=["POST"])])


def _check(request: Request, path: str, secret: str, *, is_full: bool) -> None:
    """Who does not know the way is told nothing."""
    last = request.scope["path"].rpartition("/")[2]
    shown = request.headers.get(SECRET_HEADER, "")
    is_right_path = hmac.compare_digest(last.encode(), path.encode())
    if not hmac.compare_digest(shown.encode(), secret.encode()) or not is_right_path:
        raise _RefusedError(HTTPStatus.NOT_FOUND)
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
        raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if is_full:
        raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE)


async def _read(request: Request) -> bytes:
    """The body, unless it is longer than it said."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(body)


async def _store(keep: Keep, body: bytes) -> None:
    try:
        update = json.loads(body)
        if not isinstance(update, dict):
            raise _RefusedError(HTTPStatus.BAD_REQUEST)
        await keep([update])
    except (ValueError, RecursionError):
        raise _RefusedError(HTTPStatus.BAD_REQUEST) from None
    except (SQLAlchemyError, OSError) as error:
        _log.warning("an update could not be stored (%s); Telegram sends it again", type(error).__name__)
        raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE) from None


async def register(bot: Bot, url: str, path: str, secret: str, allowed: Sequence[str]) -> None:
    """Tell Telegram where to call, until it has understood."""
    pause = 1.0
    while True:
        try:
            await bot.set_webhook(
                f"{url.rstrip('/')}/{path}",
                secret_token=secret,
                allowed_updates=list(allowed),
                max_connections=_AT_ONCE,
                drop_pending_updates=False,
            )
        except TelegramError as error:
            if isinstance(error, RetryAfter):
                pause = max(pause, wait_of(error).total_seconds())
            # Never with its words: InvalidToken's hold the token.
            _log.error("the webhook could not be set (%s); next try in %s s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)
        else:
            return
