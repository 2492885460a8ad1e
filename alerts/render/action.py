"""Open urgent actions: their list, one of them with what it asks, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from alerts.action import Action
from alerts.case import PublishedCase
from alerts.day import zone_of
from alerts.locales import Catalogue, terms
from alerts.render.builder import TextBuilder
from alerts.render.case import case_line
from alerts.render.message import Button, Keyboard, Message, Variant

SHOWN: Final = 10
"""Actions in one message; the most urgent come first and the rest is counted."""

_BLOCKS: Final = 10
"""Of a goal bar."""
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


def render_actions(
    catalogue: Catalogue,
    actions: Sequence[tuple[Action, PublishedCase]],
    now: datetime,
    variant: Variant = Variant.NORMAL,
) -> Message:
    """The open actions of `actions`, the nearest deadline first; says so when there are none."""
    still_open = sorted((pair for pair in actions if pair[0].is_open(now)), key=_urgency)
    if not still_open:
        return (
            TextBuilder(catalogue, variant).line(catalogue.t("There are no open urgent actions now.")).build()
        )
    text = TextBuilder(catalogue, variant).bold(catalogue.t("Open urgent actions")).line()
    for action, case in still_open[:SHOWN]:
        text.line().line(case_line(catalogue, case))
        text.line(_deadline_line(catalogue, action, case, now))
    if len(still_open) > SHOWN:
        more = len(still_open) - SHOWN
        text.line().line(catalogue.n("and %(number)s more", "and %(number)s more", more))
    return text.build(_keyboard(catalogue, [action for action, _ in still_open[:SHOWN]], variant))


def render_action(
    catalogue: Catalogue,
    action: Action,
    cases: Sequence[PublishedCase],
    now: datetime,
    variant: Variant = Variant.NORMAL,
    *,
    acted: int | None = None,
    keyboard: Keyboard = (),
) -> Message:
    """One action: whom it is for, until when, what it asks, and how many have `acted` (None: not to be shown)."""
    number = catalogue.identifier(action.latest_number)
    text = TextBuilder(catalogue, variant).bold(catalogue.t("Urgent action %(number)s", number=number)).line()
    for case in cases:
        text.line().add(case_line(catalogue, case))
    text.line().line(_deadline_line(catalogue, action, cases[0], now))
    if variant.may_send:
        if action.demands:
            text.line().line(catalogue.t("What to ask for:"))
        for demand in action.demands:
            text.line(f"– {terms.demand(catalogue, demand)}")
        if progress := goal_line(catalogue, acted, action.goal, variant):
            text.line().line(progress)
    return text.build(keyboard)


def goal_line(catalogue: Catalogue, acted: int | None, goal: int | None, variant: Variant) -> str | None:
    """How far an action has come: "▓▓▓░░ 320 of 500"; without the bar for a screen reader, None when nothing may be said."""
    if acted is None:
        return catalogue.t("Goal: %(goal)s letters", goal=goal) if goal else None
    if not goal:
        return catalogue.n("%(number)s act reported", "%(number)s acts reported", acted)
    said = catalogue.t("%(acted)s of %(goal)s", acted=acted, goal=goal)
    if variant.is_plain:
        return said
    full = min(_BLOCKS, acted * _BLOCKS // goal)
    return f"{'▓' * full}{'░' * (_BLOCKS - full)} {said}"


def deadline_in_words(catalogue: Catalogue, deadline: datetime, now: datetime, zone: tzinfo) -> str:
    """The deadline in `zone` and what is left of it, rounded down: "27 March 2026, 23:59 (Tehran time), 3 days left"."""
    days, rest = divmod(deadline - now, _DAY)
    if days:
        left = catalogue.n("%(number)s day left", "%(number)s days left", days)
    else:
        left = catalogue.n("%(number)s hour left", "%(number)s hours left", rest // _HOUR)
    return catalogue.t("%(moment)s, %(left)s", moment=catalogue.moment(deadline, zone), left=left)


def _urgency(pair: tuple[Action, PublishedCase]) -> tuple[bool, datetime]:
    deadline = pair[0].deadline
    return deadline is None, deadline or pair[0].opened_at


def _deadline_line(catalogue: Catalogue, action: Action, case: PublishedCase, now: datetime) -> str:
    number = catalogue.identifier(action.latest_number)
    if not action.letters or action.held:
        return catalogue.t("%(number)s: no letters for now", number=number)
    if action.deadline is None:
        return catalogue.t("%(number)s: no deadline", number=number)
    words = deadline_in_words(catalogue, action.deadline, now, zone_of(case.view.country))
    return catalogue.t("%(number)s: until %(deadline)s", number=number, deadline=words)


def _keyboard(catalogue: Catalogue, actions: Sequence[Action], variant: Variant) -> Keyboard:
    if not variant.may_send:
        return ()
    return tuple(
        (action_button(catalogue, action.number, variant),)
        for action in actions
        if action.letters and not action.held
    )


def action_button(catalogue: Catalogue, number: str, variant: Variant) -> Button:
    """Opens one action with all that can be done; in groups by way of a private chat."""
    first = number.partition(".")[0]
    label = catalogue.t("Act: %(number)s", number=catalogue.identifier(first))
    if variant is Variant.GROUP:
        return Button(label, start=f"a_{first.removeprefix('UA-').replace('/', '_')}")
    return Button(label, data=f"act:{first}")
