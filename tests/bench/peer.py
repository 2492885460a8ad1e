"""The peers: other ways to send one message to many chats, each as its documentation shows it, with no database.

Runs in the environment of `make bench` (`.venv/peers`), where nothing of ours is installed. `python peer.py NAME URL
MESSAGE.json`; then each line of standard input, JSON with `seconds`, `in_flight` and `rate`, is one round, answered
with JSON: `messages`, `seconds`, `cpu` (seconds of this process).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

Send = Callable[[int], Awaitable[object]]
TOKEN = "1:bench"


async def bare_aiohttp(
    stack: AsyncExitStack, url: str, message: dict[str, Any], asked: dict[str, Any]
) -> Send:
    """The client library alone: the message as JSON, the answer read."""
    import aiohttp

    connector = aiohttp.TCPConnector(limit=asked["in_flight"])
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))

    async def send(chat: int) -> object:
        async with session.post(f"{url}/bot{TOKEN}/sendMessage", json={"chat_id": chat} | message) as answer:
            return await answer.json()

    return send


async def telegram_default(
    stack: AsyncExitStack, url: str, message: dict[str, Any], asked: dict[str, Any]
) -> Send:
    """python-telegram-bot with its default transport, its pool as its Application sets it."""
    return await _telegram(stack, url, message, None)


async def telegram_limited(
    stack: AsyncExitStack, url: str, message: dict[str, Any], asked: dict[str, Any]
) -> Send:
    """The same with the library's own limiter."""
    from telegram.ext import AIORateLimiter

    return await _telegram(stack, url, message, AIORateLimiter(overall_max_rate=asked["rate"] or 1000))


async def _telegram(stack: AsyncExitStack, url: str, message: dict[str, Any], limiter: Any) -> Send:
    from telegram import InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity
    from telegram.ext import ExtBot
    from telegram.request import HTTPXRequest

    request = HTTPXRequest(connection_pool_size=256, pool_timeout=60, httpx_kwargs={"trust_env": False})
    bot = ExtBot(TOKEN, base_url=f"{url}/bot", request=request, rate_limiter=limiter)
    await stack.enter_async_context(bot)
    parameters = {
        "text": message["text"],
        "entities": MessageEntity.de_list(message["entities"], bot),
        "reply_markup": InlineKeyboardMarkup.de_json(message["reply_markup"], bot),
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
        "disable_notification": False,
    }
    return lambda chat: bot.send_message(chat, **parameters)


async def aiogram(stack: AsyncExitStack, url: str, message: dict[str, Any], asked: dict[str, Any]) -> Send:
    """aiogram 3 with its default session, which is aiohttp's."""
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity

    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=asked["in_flight"])
    bot = await stack.enter_async_context(Bot(TOKEN, session=session))
    parameters = {
        "text": message["text"],
        "entities": [MessageEntity(**entity) for entity in message["entities"]],
        "reply_markup": InlineKeyboardMarkup(**message["reply_markup"]),
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
        "disable_notification": False,
    }
    return lambda chat: bot.send_message(chat, **parameters)


PEERS = {
    "aiohttp": bare_aiohttp,
    "telegram": telegram_default,
    "telegram_limited": telegram_limited,
    "aiogram": aiogram,
}


async def round_of(name: str, url: str, message: dict[str, Any], asked: dict[str, Any]) -> dict[str, float]:
    """Send for so long, with so many in flight."""
    chats = itertools.count(7_000_000_000)
    async with AsyncExitStack() as stack:
        send = await PEERS[name](stack, url, message, asked)
        await send(next(chats))  # connected, imported, compiled
        began, cpu, sent = time.monotonic(), time.process_time(), 0

        async def one_of_many() -> int:
            done = 0
            while time.monotonic() - began < asked["seconds"]:
                await send(next(chats))
                done += 1
            return done

        sent = sum(await asyncio.gather(*(one_of_many() for _ in range(asked["in_flight"]))))
        return {
            "messages": sent,
            "seconds": time.monotonic() - began,
            "cpu": time.process_time() - cpu,
        }


def main(name: str, url: str, path: str) -> None:
    """Round by round until the input ends."""
    message = json.loads(Path(path).read_text())
    for line in sys.stdin:
        print(json.dumps(asyncio.run(round_of(name, url, message, json.loads(line)))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
