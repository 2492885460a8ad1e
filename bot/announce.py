"""Station: what becomes of broadcasts -> messages to the moderators: paused, going on again, ended (the end report).

Each is told once, as soon as anybody of them can be reached. Why a broadcast was broken off is bot/warn.py's matter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from telegram import Bot

from alerts import moderators
from alerts.broadcast import Broadcast
from alerts.columns import only_reads
from alerts.locales import Catalogue
from alerts.moderators import Moderator
from alerts.render.message import Message
from alerts.store import broadcasts
from bot import store
from bot.buttons import Binding
from bot.context import Services
from bot.handlers.progress import look_button
from bot.tell import Compose, tell_all
from subscribers.progress import Progress, compose_end, compose_pause
from subscribers.store import progress as counting

_TOLD: Final = "told.pause."
_RUNS: Final = ""
"""Of a broadcast that does not pause: what is remembered in place of the end of its pause."""


async def announce(bot: Bot, services: Services) -> None:
    """Tell what has not been told yet; what nobody received is told again next time."""
    async with services.sessions() as session:
        running = await broadcasts.unreported(session)
    if not running:
        return
    everyone = await moderators.all_moderators(services.sessions, services.settings.moderation)
    if not everyone:
        return
    for broadcast in running:
        await _tell_of_pause(bot, services, everyone, broadcast)
        await _tell_of_end(bot, services, everyone, broadcast)


async def _tell_of_pause(
    bot: Bot, services: Services, everyone: list[Moderator], broadcast: Broadcast
) -> None:
    key, now = f"{_TOLD}{broadcast.alert.id}", services.clock()
    pauses = broadcast.pause_left(now) is not None and broadcast.paused_until is not None
    stands = f"{broadcast.paused_until:%Y-%m-%dT%H:%M:%S.%f}" if pauses else _RUNS
    async with services.sessions() as session:
        told = await store.get_setting(session, key) or _RUNS
    if stands == told or not broadcast.is_live:
        return

    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        binding = Binding(services.sealer, moderator.chat, now)
        look = replace(look_button(catalogue, binding, broadcast), label=catalogue.t("Look at it"))
        return compose_pause(catalogue, broadcast, now, ((look,),))

    if await tell_all(bot, services, everyone, compose):
        async with services.sessions.begin() as session:
            await store.put_setting(session, key, stands)


async def _tell_of_end(bot: Bot, services: Services, everyone: list[Moderator], broadcast: Broadcast) -> None:
    async with services.sessions() as session:
        await only_reads(session)
        if not await counting.is_over(session, broadcast.alert.id):
            return
        progress = await counting.progress(session, broadcast.alert.id, services.clock())
    if await tell_all(bot, services, everyone, _report(broadcast, progress)):
        async with services.sessions.begin() as session:
            await broadcasts.mark_reported(session, broadcast.alert.id, services.clock())


def _report(broadcast: Broadcast, progress: Progress) -> Compose:
    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        del moderator
        return compose_end(catalogue, broadcast, progress)

    return compose
