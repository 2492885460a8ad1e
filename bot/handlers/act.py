"""What a reader can do: open actions, and a letter for one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from alerts import letter as letters
from alerts.action import Action, LetterRefusal, may_serve_letter, read_number
from alerts.case import PublishedCase
from alerts.locales import N_
from alerts.render.action import render_actions
from alerts.render.message import Button, Variant
from alerts.store import published
from bot.buttons import reader_data
from bot.context import Call
from subscribers import enrol
from subscribers.subscriber import ChatKind, Mode

REFUSALS: Final = {
    LetterRefusal.READ_ONLY: N_("You chose to read only, so I offer you no letters. /safety changes that."),
    LetterRefusal.CLOSED: N_(
        "%(number)s is closed: please send no more letters. /actions shows what is open."
    ),
    LetterRefusal.DEADLINE_PASSED: N_(
        "The deadline of %(number)s has passed: please send no more letters. /actions shows what is open."
    ),
    LetterRefusal.BEING_CHECKED: N_(
        "There is news about this case that is being checked. Until then please send no letters for %(number)s."
    ),
    LetterRefusal.NO_LETTERS: N_("There are no letters to send for %(number)s at the moment."),
}


def variant_of(call: Call) -> Variant:
    """The rendering this chat gets."""
    if call.subscriber is not None:
        return call.subscriber.variant
    return Variant.GROUP if call.kind is ChatKind.GROUP else Variant.NORMAL


async def actions(call: Call) -> None:
    """Open urgent actions with their deadlines."""
    async with call.services.sessions() as session:
        found = await published.open_actions(session, call.now)
        waiting = await published.cases_waiting(session, [case.id for _, case in found])
    found = [
        (replace(action, letters=action.letters and case.id not in waiting), case) for action, case in found
    ]
    await call.reply(render_actions(call.catalogue, found, call.now, variant_of(call)))


async def letter(call: Call) -> None:
    """/letter UA-26/014, or a tap on "Write a letter"; refused by the one rule of serving."""
    numbered = read_number(call.words)
    if numbered is None:
        await call.say(N_("Which action? For example: /letter UA-26/014. /actions shows the open ones."))
        return
    async with call.services.sessions() as session:
        action = await published.action_by_number(session, *numbered)
        case = await published.published_case(session, action.case_id) if action else None
        waits = await published.outcome_waits(session, action.case_id) if action else False
    if action is None or case is None:
        await call.say(N_("I do not know that action. /actions shows the open ones."))
        return
    read_only = call.mode is Mode.READ_ONLY
    if refusal := may_serve_letter(action, call.now, outcome_waits=waits, read_only=read_only):
        number = call.catalogue.identifier(action.number)
        await call.reply(call.plain(REFUSALS[refusal], number=number))
    elif call.subscriber is not None and not call.subscriber.letter_warned:
        await _warn_first(call, action)
    else:
        await _serve(call, action, case)


async def _warn_first(call: Call, action: Action) -> None:
    go_on = Button(call.catalogue.t("I understand: show the letter"), reader_data("warned", action.number))
    await call.reply(call.plain(letters.SAFETY_NOTE, keyboard=((go_on,),)))


async def on_warned(call: Call, number: str) -> None:
    """The note before the first letter has been read; the letter is still asked for by the rule."""
    await enrol.letter_warned(call.services.sessions, call.chat)
    warned = replace(call.subscriber, letter_warned=True) if call.subscriber else None
    await letter(replace(call, words=number, subscriber=warned))


async def _serve(call: Call, action: Action, case: PublishedCase) -> None:
    if call.subscriber is None:  # came by a link: nothing is stored, so the note comes each time
        await call.say(letters.SAFETY_NOTE)
    filled = letters.fill(case, action, call.catalogue)
    for message in letters.render_letter(filled, call.catalogue, variant_of(call)):
        await call.reply(message)
