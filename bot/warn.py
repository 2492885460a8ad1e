"""Station: trouble with sending that moderators must hear of, once each: a broadcast stopped, readers held.

Both are decided elsewhere (subscribers/send/, subscribers/erase.py); here it is only told, with the buttons to
settle it. That the whole process is down, a monitor must tell: `python -m bot health`.
"""

from __future__ import annotations

from typing import Final

from telegram import Bot

from alerts import moderators
from alerts.alert import Alert
from alerts.locales import N_, Catalogue
from alerts.moderators import Moderator
from alerts.render.message import Button, Keyboard, Message
from alerts.store import review
from bot import store
from bot.buttons import Binding
from bot.context import Services
from bot.tell import tell_all
from subscribers import erase
from subscribers.store import ledger

_HELD: Final = "warned.held"
_STOPPED: Final = N_(
    "Sending draft %(number)s (%(name)s) was stopped: Telegram refused its content three times in a row."
    " Some readers have it, others do not. Write it anew, shorter and without unusual characters."
)


async def warn(bot: Bot, services: Services) -> None:
    """Tell what has not been told yet; what nobody received is told again next time."""
    everyone = await moderators.all_moderators(services.sessions, services.settings.moderation)
    if not everyone:
        return
    async with services.sessions() as session:
        stopped = await ledger.broken_off(session)
    for alert_id in stopped:
        await _warn_of_stop(bot, services, everyone, alert_id)
    await _warn_of_storm(bot, services, everyone)


async def _warn_of_stop(bot: Bot, services: Services, everyone: list[Moderator], alert_id: int) -> None:
    key = f"warned.stopped.{alert_id}"
    async with services.sessions() as session:
        if await store.get_setting(session, key):
            return
        alert = await review.alert_by_id(session, alert_id)
    assert alert is not None

    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        del moderator
        return _stopped(catalogue, alert)

    if await tell_all(bot, services, everyone, compose):
        async with services.sessions.begin() as session:
            await store.put_setting(session, key, "yes")


def _stopped(catalogue: Catalogue, alert: Alert) -> Message:
    name = catalogue.isolate(alert.facts.view.name)
    return Message(catalogue.t(_STOPPED, number=alert.id, name=name))


async def _warn_of_storm(bot: Bot, services: Services, everyone: list[Moderator]) -> None:
    held = await erase.held(services.sessions)
    async with services.sessions() as session:
        told = await store.get_setting(session, _HELD)
    if str(held) == (told or "0"):
        return

    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        del moderator
        return Message(_storm(catalogue, held))

    def buttons(catalogue: Catalogue, binding: Binding) -> Keyboard:
        keep = Button(catalogue.t("A fault: write to them again"), binding.bind("held-keep", held))
        gone = Button(catalogue.t("They have left: delete them"), binding.bind("held-gone", held))
        return ((keep,), (gone,))

    if held == 0 or await tell_all(bot, services, everyone, compose, buttons):
        async with services.sessions.begin() as session:
            await store.put_setting(session, _HELD, str(held))


def _storm(catalogue: Catalogue, held: int) -> str:
    return catalogue.n(
        "Telegram refused %(number)s reader at once, as if they had left. That is more likely a fault at Telegram, so"
        " nothing of theirs has been deleted. What is it?",
        "Telegram refused %(number)s readers at once, as if they had left. That is more likely a fault at Telegram, so"
        " nothing of theirs has been deleted. What is it?",
        held,
    )
