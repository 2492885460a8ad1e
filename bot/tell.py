"""Station: rows the moderators have not been told of yet -> messages to every moderator, once each.

A row counts as told when at least one moderator received it; otherwise it waits for the next round. Somebody who
never wrote to the bot, or blocked it, does not keep the others waiting. Readers hear nothing from here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from telegram import Bot
from telegram.error import TelegramError

from alerts import moderators
from alerts.alert import Alert
from alerts.case import Case
from alerts.locales import Catalogue
from alerts.moderators import Moderator
from alerts.question import Question
from alerts.render.changes import render_draft
from alerts.render.message import Button, Message
from alerts.render.question import render_in_danger, render_question
from alerts.store import cases, editions, questions, review
from alerts.watch import URGENT_DAYS
from bot import store
from bot.buttons import Binding
from bot.context import Services
from bot.messenger import send
from subscribers import enrol

BATCH = 20
Compose = Callable[[Moderator, Catalogue], Message]
_log = logging.getLogger(__name__)


async def tell(bot: Bot, services: Services) -> int:
    """Tell of waiting drafts, then of questions; returns how many rows the moderators now know of."""
    everyone = await moderators.all_moderators(services.sessions, services.settings.moderation)
    if not everyone:
        return 0
    async with services.sessions.begin() as session:
        drafts = await review.untold(session, BATCH)
        asked = await questions.untold(session, BATCH)
    told = await _tell_of_baselines(bot, services, everyone)
    for alert in drafts:
        readers = [one for one in everyone if one.actor != alert.author]
        if await _tell_all(bot, services, readers or everyone, _card(services, alert)):
            async with services.sessions.begin() as session:
                await review.mark_told(session, alert)
            told += 1
    for question in asked:
        if await _tell_all(bot, services, everyone, _question(question)):
            assert question.id is not None
            async with services.sessions.begin() as session:
                await questions.mark_told(session, [question.id], services.clock())
            told += 1
    return told


async def _tell_of_baselines(bot: Bot, services: Services, everyone: list[Moderator]) -> int:
    """After a list's first reading: who is in danger already, each with a button that makes a draft."""
    told = 0
    for watched in services.settings.lists:
        key = f"baseline_told.{watched.name}"
        async with services.sessions.begin() as session:
            state = await editions.list_state(session, watched.name)
            if state.accepted_at is None or await store.get_setting(session, key):
                continue
            urgent = await cases.urgent_cases(session, watched.name, URGENT_DAYS, services.clock())
        reached = [await _tell_all(bot, services, everyone, _in_danger(services, case)) for case in urgent]
        if all(reached):
            async with services.sessions.begin() as session:
                await store.put_setting(session, key, "yes")
            told += len(reached)
    return told


def _in_danger(services: Services, case: Case) -> Compose:
    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        binding = Binding(services.sealer, moderator.chat, services.clock())
        make = Button(catalogue.t("Make a draft"), binding.bind("make", case.id))
        return render_in_danger(catalogue, case, keyboard=((make,),))

    return compose


def _card(services: Services, alert: Alert) -> Compose:
    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        binding = Binding(services.sealer, moderator.chat, services.clock())
        look = Button(catalogue.t("Look and decide"), binding.bind("look", alert.id))
        return render_draft(catalogue, alert, keyboard=((look,),))

    return compose


def _question(question: Question) -> Compose:
    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        del moderator
        return render_question(catalogue, question)

    return compose


async def _tell_all(bot: Bot, services: Services, everyone: list[Moderator], compose: Compose) -> bool:
    reached = False
    for moderator in everyone:
        subscriber = await enrol.subscriber_of(services.sessions, moderator.chat)
        locale = subscriber.locale if subscriber else services.catalogues.negotiate(None)
        try:
            await send(bot, moderator.chat, compose(moderator, services.catalogues[locale]))
        except TelegramError as error:
            _log.warning("a moderator could not be told: %s", type(error).__name__)
        else:
            reached = True
    return reached
