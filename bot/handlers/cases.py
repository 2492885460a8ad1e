"""Finding, reading and following cases: published views only."""

from __future__ import annotations

from typing import Final

from alerts.case import DEATHS, PublishedCase
from alerts.locales import N_
from alerts.render.alert import letter_button
from alerts.render.case import render_background, render_case, render_cases
from alerts.render.message import Button, Keyboard
from alerts.store import published
from bot.buttons import reader_data
from bot.context import Call
from bot.handlers.act import variant_of
from bot.handlers.reading import number_of
from subscribers import enrol
from subscribers.subscriber import ChatKind, Mode
from subscribers.subscription import case_key

MOST_FOUND: Final = 10
_NOT_FOUND: Final = N_("I found no case by that name. Try a part of it, in either script.")
_NOTHING_YET: Final = N_("No case has been published yet.")


async def search(call: Call) -> None:
    """/cases NAME in either script; without a name, the newest."""
    async with call.services.sessions() as session:
        if call.words:
            found = await published.search(session, call.words, MOST_FOUND)
        else:
            found = await published.latest_cases(session, MOST_FOUND)
    if not found:
        await call.say(_NOT_FOUND if call.words else _NOTHING_YET)
        return
    await call.reply(render_cases(call.catalogue, found, variant_of(call)))


async def show(call: Call) -> None:
    """/case 17: one case and what has been published about it."""
    case = await _named(call)
    if case is None:
        return
    async with call.services.sessions() as session:
        history = await published.case_history(session, case.id)
    variant = variant_of(call)
    await call.reply(render_case(call.catalogue, case, history, variant, await _buttons(call, case)))
    if (background := render_background(call.catalogue, history, variant)) is not None:
        await call.reply(background)


async def _buttons(call: Call, case: PublishedCase) -> Keyboard:
    """What can be done about it: follow it, and write while an action is open. In groups everything is a link."""
    if call.kind is ChatKind.GROUP:
        return ()
    rows = []
    followed = call.subscriber is None or case_key(case.id) in call.subscriber.keys
    if not followed and case.view.status not in DEATHS:
        rows.append((Button(call.catalogue.t("Follow this case"), reader_data("follow", str(case.id))),))
    if call.mode is not Mode.READ_ONLY:
        async with call.services.sessions() as session:
            actions = await published.open_actions(session, call.now, [case_key(case.id)])
            served = [
                action
                for action, _ in actions
                if action.letters
                and not action.held
                and case.id in action.case_ids  # not one that others are still in
                and not await published.letters_wait(session, action)
            ]
        rows += [(letter_button(call.catalogue, action.number, variant_of(call)),) for action in served]
    return tuple(rows)


async def follow(call: Call) -> None:
    """/follow 17: hear everything about one case."""
    case = await _named(call)
    if case is None:
        return
    if call.subscriber is None:
        await call.say(N_("You are not subscribed yet. /start begins."))
        return
    await enrol.follow(call.services.sessions, call.chat, case.id)
    await call.say(N_("You follow this case now and hear everything about it."))


async def unfollow(call: Call) -> None:
    """/unfollow 17."""
    number = number_of(call.words)
    if call.subscriber is None or number is None or f"case:{number}" not in call.subscriber.keys:
        await call.say(N_("You do not follow that case."))
        return
    await enrol.unfollow(call.services.sessions, call.chat, number)
    await call.say(N_("You no longer follow this case."))


async def _named(call: Call) -> PublishedCase | None:
    """The published case whose number was given; says so when there is none."""
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which case? For example: /case 17. /cases finds the number by name."))
        return None
    async with call.services.sessions() as session:
        case = await published.published_case(session, number)
    if case is None:
        await call.say(N_("I do not know a case of that number. /cases finds it by name."))
    return case
