"""Station: what moderators do not know yet -> messages to them, once each.

A row counts as told when at least one of those it concerns received it; otherwise it waits for the next round.
Somebody who never wrote to the bot, or blocked it, does not keep the others waiting. Only what may cost a life
within days makes a sound. Readers hear nothing from here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from telegram import Bot
from telegram.error import TelegramError

from alerts import moderators
from alerts.alert import Alert, AlertStatus
from alerts.case import Case
from alerts.locales import Catalogue
from alerts.moderators import Moderator
from alerts.question import Question
from alerts.render.changes import render_draft, render_verdict
from alerts.render.message import Button, Keyboard, Message
from alerts.render.question import render_in_danger, render_question
from alerts.store import cases, editions, questions, review
from alerts.watch import URGENT_DAYS
from bot import store
from bot.buttons import Binding
from bot.context import Services
from bot.handlers.settle import buttons_of
from bot.messenger import put_buttons, send
from subscribers import enrol

BATCH = 20
Compose = Callable[[Moderator, Catalogue], Message]
Buttons = Callable[[Catalogue, Binding], Keyboard]
_ALL = "all"
"""Every case of a baseline has been told; before that, the ids of those that have."""
_log = logging.getLogger(__name__)


async def tell(bot: Bot, services: Services) -> bool:
    """Tell of drafts, then of lists and questions. False when nobody could be reached: it is better to wait a while."""
    everyone = await moderators.all_moderators(services.sessions, services.settings.moderation)
    if not everyone:
        return True
    return (
        await _tell_of_drafts(bot, services, everyone)
        and await _tell_of_baselines(bot, services, everyone)
        and await _tell_of_questions(bot, services, everyone)
    )


async def _tell_of_drafts(bot: Bot, services: Services, everyone: list[Moderator]) -> bool:
    async with services.sessions() as session:
        untold = await review.untold(session, BATCH)
    for alert in untold:
        concerned = _concerned(alert, everyone)
        compose = _card(services, alert) if alert.status is AlertStatus.PENDING else _verdict(services, alert)
        if concerned and not await tell_all(bot, services, concerned, compose):
            return False
        async with services.sessions.begin() as session:
            await review.mark_told(session, alert)
    return True


def _concerned(alert: Alert, everyone: list[Moderator]) -> list[Moderator]:
    """A draft that waits is for who may approve it; a verdict is for the author, a list's for whoever helps."""
    author = [one for one in everyone if one.actor == alert.author]
    if alert.status is AlertStatus.PENDING:
        return [one for one in everyone if not alert.is_own_work_of(one.actor)] or everyone
    if alert.status is AlertStatus.RETURNED:
        return author or everyone
    return author


def _card(services: Services, alert: Alert) -> Compose:
    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        look = button_for(services, moderator, catalogue.t("Look and decide"), "look", alert.id)
        return replace(render_draft(catalogue, alert, keyboard=((look,),)), silent=alert.lane > 0)

    return compose


def _verdict(services: Services, alert: Alert) -> Compose:
    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        look = button_for(services, moderator, catalogue.t("Look at it again"), "look", alert.id)
        return replace(render_verdict(catalogue, alert, keyboard=((look,),)), silent=alert.lane > 0)

    return compose


async def _tell_of_baselines(bot: Bot, services: Services, everyone: list[Moderator]) -> bool:
    """After a list's first reading: who is in danger already, each with a button that makes a draft."""
    for watched in services.settings.lists:
        key = f"baseline_told.{watched.name}"
        async with services.sessions() as session:
            state = await editions.list_state(session, watched.name)
            told = await store.get_setting(session, key)
            if state.accepted_at is None or told == _ALL:
                continue
            urgent = await cases.urgent_cases(session, watched.name, URGENT_DAYS, services.clock())
        known = set((told or "").split())
        for case in urgent:
            if str(case.id) not in known and not await tell_all(
                bot, services, everyone, _in_danger(services, case)
            ):
                return False
            known.add(str(case.id))
            await _remember(services, key, " ".join(sorted(known)))
        await _remember(services, key, _ALL)
    return True


async def _remember(services: Services, key: str, value: str) -> None:
    async with services.sessions.begin() as session:
        await store.put_setting(session, key, value)


def _in_danger(services: Services, case: Case) -> Compose:
    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        make = button_for(services, moderator, catalogue.t("Make a draft"), "make", case.id)
        return render_in_danger(catalogue, case, keyboard=((make,),))

    return compose


async def _tell_of_questions(bot: Bot, services: Services, everyone: list[Moderator]) -> bool:
    async with services.sessions() as session:
        asked = await questions.untold(session, BATCH)
    for question in asked:
        assert question.id is not None
        if not await tell_all(bot, services, everyone, _question(question), _answers(question)):
            return False
        async with services.sessions.begin() as session:
            await questions.mark_told(session, [question.id], services.clock())
    return True


def _question(question: Question) -> Compose:
    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        del moderator
        return replace(render_question(catalogue, question), silent=True)

    return compose


def _answers(question: Question) -> Buttons | None:
    """Buttons for what can be answered with one tap; they count under this very message."""
    labels = buttons_of(question)
    if not labels:
        return None

    def buttons(catalogue: Catalogue, binding: Binding) -> Keyboard:
        return tuple(
            (Button(catalogue.t(label), binding.bind(verb, question.id)),) for verb, label in labels.items()
        )

    return buttons


def button_for(services: Services, moderator: Moderator, label: str, verb: str, *subject: int) -> Button:
    """A button that works for this moderator only, and decides nothing."""
    binding = Binding(services.sealer, moderator.chat, services.clock())
    return Button(label, binding.bind(verb, *subject))


async def tell_all(
    bot: Bot,
    services: Services,
    concerned: Iterable[Moderator],
    compose: Compose,
    buttons: Buttons | None = None,
) -> bool:
    """Send it to each in their language; whether anybody received it, with the `buttons` that decide, if any."""
    reached = False
    for moderator in concerned:
        catalogue = services.catalogues[await _locale_of(services, moderator)]
        try:
            sent = await send(bot, moderator.chat, compose(moderator, catalogue))
            if buttons is not None:
                binding = Binding(services.sealer, moderator.chat, services.clock(), sent)
                await put_buttons(bot, moderator.chat, sent, buttons(catalogue, binding))
        except TelegramError as error:
            _log.warning("a moderator could not be told: %s", type(error).__name__)
        else:
            reached = True
    return reached


async def _locale_of(services: Services, moderator: Moderator) -> str:
    """The language they chose as readers, else the one they last wrote to the bot in."""
    subscriber = await enrol.subscriber_of(services.sessions, moderator.chat)
    if subscriber is not None:
        return subscriber.locale
    async with services.sessions() as session:
        hint = await store.get_setting(session, store.language_key(moderator.actor))
    return services.catalogues.negotiate(hint)
