"""What a reader can do: the open actions, one of them with its buttons, and the one rule that each step asks.

Every step that offers, shows or sends something to send goes through `may_act`, however old the button is. Only
whoever says that they have acted is heard a little longer (`may_tell`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from alerts.action import Action, LetterRefusal, may_serve_letter, read_number
from alerts.case import CaseView, PublishedCase
from alerts.locales import N_
from alerts.render.action import render_action, render_actions
from alerts.render.alert import details_button, letter_button
from alerts.render.message import Button, Keyboard, Variant
from alerts.render.share import may_be_shared, open_petitions
from alerts.store import published
from bot.buttons import reader_data
from bot.context import Call
from subscribers.act import LINKED, Counts, shown
from subscribers.store import acts
from subscribers.subscriber import ChatKind, Mode

REFUSALS: Final = {
    LetterRefusal.READ_ONLY: N_("You chose to read only, so I offer you no letters. /safety changes that."),
    LetterRefusal.CLOSED: N_(
        "%(number)s is closed: please send no more letters. /actions shows what is open."
    ),
    LetterRefusal.DEADLINE_PASSED: N_(
        "The deadline of %(number)s has passed: please send no more letters. /actions shows what is open."
    ),
    LetterRefusal.HELD: N_(
        "The letters of %(number)s are held while we find out what helps now. Please send none until we write again."
    ),
    LetterRefusal.BEING_CHECKED: N_(
        "There is news about this case that is being checked. Until then please send no letters for %(number)s."
    ),
    LetterRefusal.NO_LETTERS: N_("There are no letters to send for %(number)s at the moment."),
}
_UNKNOWN: Final = N_("I do not know that action. /actions shows the open ones.")


@dataclass(frozen=True, slots=True)
class Standing:
    """An action with the cases that are in it now, as readers may know them, the leading one first."""

    action: Action
    cases: tuple[PublishedCase, ...]

    @property
    def views(self) -> tuple[CaseView, ...]:
        """The cases alone."""
        return tuple(case.view for case in self.cases)


def variant_of(call: Call) -> Variant:
    """The rendering this chat gets."""
    if call.subscriber is not None:
        return call.subscriber.variant
    return Variant.GROUP if call.kind is ChatKind.GROUP else Variant.NORMAL


async def find(call: Call, number: str) -> Standing | None:
    """The action of a number, whatever may be done about it; None when it is not one that readers know."""
    numbered = read_number(number)
    if numbered is None:
        return None
    async with call.services.sessions() as session:
        action = await published.action_by_number(session, *numbered)
        ids = (action.case_ids or (action.case_id,)) if action else ()
        cases = await published.published_cases(session, ids)
    return Standing(action, tuple(cases)) if action and cases else None


async def may_act(call: Call, number: str) -> Standing | None:
    """The action, when a letter for it may be served to this reader now; otherwise says why not."""
    standing = await find(call, number)
    if standing is None:
        await call.say(_UNKNOWN)
        return None
    refusal = await refusal_of(call, standing)
    if refusal is not None:
        await refuse(call, standing.action, refusal)
        return None
    return standing


async def refusal_of(call: Call, standing: Standing) -> LetterRefusal | None:
    """The one rule of serving, asked for this reader at this moment."""
    action = standing.action
    async with call.services.sessions() as session:
        waiting = await published.cases_waiting(session, action.case_ids or (action.case_id,))
    read_only = call.mode is Mode.READ_ONLY
    return may_serve_letter(action, call.now, outcome_waits=bool(waiting), read_only=read_only)


async def may_tell(call: Call, number: str) -> Standing | None:
    """The action, when this reader may say that they have acted for it; otherwise says why not.

    While letters are served; and when they no longer are, in a private chat until 48 hours after the end, since
    whoever wrote on the last evening says so later. Never after a death.
    """
    standing = await find(call, number)
    if standing is None:
        await call.say(_UNKNOWN)
        return None
    refusal = await refusal_of(call, standing)
    if refusal is None or (refusal is not LetterRefusal.READ_ONLY and _is_heard(call, standing)):
        return standing
    await refuse(call, standing.action, refusal)
    return None


def _is_heard(call: Call, standing: Standing) -> bool:
    end = standing.action.closed_at or standing.action.deadline
    in_time = end is None or call.now < end + LINKED
    return in_time and call.kind is ChatKind.PRIVATE and may_be_shared(standing.views)


async def refuse(call: Call, action: Action, refusal: LetterRefusal) -> None:
    """Why there is nothing to send."""
    await call.reply(call.plain(REFUSALS[refusal], number=call.catalogue.identifier(action.number)))


async def actions(call: Call) -> None:
    """/actions: what is open, the nearest deadline first, one button each."""
    found = await open_now(call)
    await call.reply(render_actions(call.catalogue, found, call.now, variant_of(call)))


async def open_now(call: Call) -> list[tuple[Action, PublishedCase]]:
    """Open actions with their leading case; those whose outcome waits for review without letters."""
    async with call.services.sessions() as session:
        found = await published.open_actions(session, call.now)
        members = {case_id for action, _ in found for case_id in _members(action)}
        waiting = await published.cases_waiting(session, members)
    return [
        (replace(action, letters=action.letters and not waiting.intersection(_members(action))), case)
        for action, case in found
    ]


def _members(action: Action) -> Sequence[int]:
    return action.case_ids or (action.case_id,)


async def show(call: Call, number: str) -> None:
    """One action with everything that can be done about it."""
    standing = await may_act(call, number)
    if standing is None:
        return
    variant = variant_of(call)
    shared = may_be_shared(standing.views)
    action = standing.action if shared else replace(standing.action, goal=None)
    message = render_action(
        call.catalogue,
        action,
        standing.cases,
        call.now,
        variant,
        acted=shown_total(await counts_of(call, standing.action)) if shared else None,
        keyboard=_buttons(call, standing, variant),
    )
    await call.reply(message)


async def counts_of(call: Call, action: Action) -> Counts:
    """What readers say they did for it; not all of it may be shown."""
    async with call.services.sessions() as session:
        return await acts.counts(session, action.id)


def shown_total(counts: Counts) -> int | None:
    """How often they have acted; None while that could point to somebody."""
    return None if shown(counts.readers) is None else counts.total


def _buttons(call: Call, standing: Standing, variant: Variant) -> Keyboard:
    t, number = call.catalogue.t, standing.action.number
    rows = [[letter_button(call.catalogue, number, variant)]]
    ways = []
    if open_petitions(standing.action, call.now):
        ways.append(Button(t("Sign"), reader_data("sign", number)))
    if may_be_shared(standing.views):
        ways.append(Button(t("Share"), reader_data("share", number)))
    rows += [ways] if ways else []
    rows.append([Button(t("I acted"), reader_data("sent", number))])
    rows += [[details_button(call.catalogue, case.id, variant)] for case in standing.cases[:1]]
    return tuple(map(tuple, rows))
