"""The list of open urgent actions with their deadlines, and the buttons to take part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from alerts.action import Action
from alerts.case import PublishedCase
from alerts.locales import Catalogue
from alerts.render.alert import letter_button
from alerts.render.builder import TextBuilder
from alerts.render.case import case_line
from alerts.render.message import Button, Message, Variant

SHOWN: Final = 10
"""Actions in one message; the most urgent come first and the rest is counted."""

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
        text.line(_deadline_line(catalogue, action, now))
    if len(still_open) > SHOWN:
        more = len(still_open) - SHOWN
        text.line().line(catalogue.n("and %(number)s more", "and %(number)s more", more))
    return text.build(_keyboard(catalogue, [action for action, _ in still_open[:SHOWN]], variant))


def deadline_in_words(catalogue: Catalogue, deadline: datetime, now: datetime) -> str:
    """The deadline and what is left of it, rounded down: "27 March 2026, 23:59 UTC, 3 days left"."""
    days, rest = divmod(deadline - now, _DAY)
    if days:
        left = catalogue.n("%(number)s day left", "%(number)s days left", days)
    else:
        left = catalogue.n("%(number)s hour left", "%(number)s hours left", rest // _HOUR)
    return catalogue.t("%(moment)s, %(left)s", moment=catalogue.moment(deadline, UTC), left=left)


def _urgency(pair: tuple[Action, PublishedCase]) -> tuple[bool, datetime]:
    deadline = pair[0].deadline
    return deadline is None, deadline or pair[0].opened_at


def _deadline_line(catalogue: Catalogue, action: Action, now: datetime) -> str:
    number = catalogue.identifier(action.latest_number)
    if not action.letters:
        return catalogue.t("%(number)s: no letters for now", number=number)
    if action.deadline is None:
        return catalogue.t("%(number)s: no deadline", number=number)
    words = deadline_in_words(catalogue, action.deadline, now)
    return catalogue.t("%(number)s: until %(deadline)s", number=number, deadline=words)


def _keyboard(
    catalogue: Catalogue, actions: Sequence[Action], variant: Variant
) -> tuple[tuple[Button, ...], ...]:
    if variant is Variant.READ_ONLY:
        return ()
    labels = ((action.number, catalogue.identifier(action.number)) for action in actions if action.letters)
    return tuple(
        (letter_button(catalogue, number, variant, catalogue.t("Write a letter: %(number)s", number=shown)),)
        for number, shown in labels
    )
