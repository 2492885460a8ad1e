"""Take updates in, by polling or by webhook as the configuration says, and have them handled, until told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.context import Services
from bot.inbox.inbox import App, Inbox
from bot.inbox.polling import poll
from bot.web.serving import serving
from bot.web.webhook import path_of, register, webhook_app


async def receive(
    services: Services,
    application: App,
    allowed: Sequence[str],
    stopping: asyncio.Event,
    begun: asyncio.Event,
) -> None:
    """Until `stopping` is set and what has begun has ended, within about five seconds; cancelled, at once.

    `begun` is set as soon as updates are taken. `application` is initialised and need not be started. What is not
    handled by the end stays stored.

    Raises:
        ConfigError: when the webhook's address cannot be listened at.
    """
    inbox = Inbox(services, application)
    handling = asyncio.create_task(inbox.run(), name="handling updates")
    door = asyncio.create_task(_open(services, application, inbox, allowed, begun), name="taking updates")
    told = asyncio.create_task(stopping.wait(), name="stopping")
    tasks = {handling, door, told}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        door.cancel()
        inbox.stop()
        await asyncio.wait({door, handling})
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in (door, handling):
        if not task.cancelled():
            task.result()


async def _open(
    services: Services, application: App, inbox: Inbox, allowed: Sequence[str], begun: asyncio.Event
) -> None:
    telegram = services.settings.telegram
    if telegram.mode == "polling":
        begun.set()
        await poll(application.bot, inbox, allowed)
    path, secret = path_of(services.sealer), telegram.webhook_secret.get_secret_value()
    app = webhook_app(inbox.keep, lambda: inbox.is_full, path, secret)
    async with serving(app, services.settings.web.listen, "[web] listen"):
        begun.set()
        await register(application.bot, telegram.webhook_url, path, secret, allowed)
        await asyncio.Event().wait()
