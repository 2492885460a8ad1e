"""Digest: what one day's summary says to one reader, and until when it is worth sending.

Deaths open it and good news closes it, never in one block (domain.md section 9). It is silent. Which alerts and
actions a reader asked for, and which reader is due, is not decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from alerts.action import Action
from alerts.alert import Alert
from alerts.case import DEATHS, RELIEF, PublishedCase
from alerts.day import zone_of
from alerts.locales import Catalogue
from alerts.render import person
from alerts.render.action import deadline_in_words
from alerts.render.alert import letter_button
from alerts.render.builder import TextBuilder
from alerts.render.case import case_line
from alerts.render.headline import headline
from alerts.render.message import Keyboard, Message, Variant, units

LATEST: Final = timedelta(hours=6)
"""A digest later than this is not sent any more: the next one covers its window."""

_ROOM: Final = 3600
"""UTF-16 units for the blocks; the rest of a message is for its title, marks and spoiler line."""

_SHOWN: Final = (20, 12, 8, 5, 3, 1)
"""Lines of a block, tried in this order until all blocks fit; what is left out is counted and named."""

_LETTERS: Final = 3

OpenAction = tuple[Action, PublishedCase]


@dataclass(frozen=True, slots=True)
class _Block:
    title: str
    lines: Sequence[str]
    rest_at: str  # the command that shows what does not fit

    def shown(self, catalogue: Catalogue, most: int) -> list[str]:
        """At most `most` lines, and one that counts the others."""
        left = len(self.lines) - most
        if left <= 0:
            return list(self.lines)
        command = catalogue.identifier(self.rest_at)
        more = catalogue.n(
            "and %(number)s more: %(command)s", "and %(number)s more: %(command)s", left, command=command
        )
        return [*self.lines[:most], more]


def has_news(alerts: Sequence[Alert], actions: Sequence[OpenAction]) -> bool:
    """Whether there is anything to send at all."""
    return bool(alerts or actions)


def compose(
    catalogue: Catalogue,
    variant: Variant,
    day: date,
    alerts: Sequence[Alert],
    actions: Sequence[OpenAction],
    now: datetime,
) -> Message:
    """The digest of `day`: published alerts of its window and open actions, both already those the reader wants."""
    blocks = [block for block in _blocks(catalogue, alerts, actions, now) if block.lines]
    text = TextBuilder(catalogue, variant)
    text.bold(catalogue.t("Summary of %(day)s", day=catalogue.date(day))).line()
    for title, lines in _fitting(catalogue, blocks):
        text.line().bold(title).line()
        for line in lines:
            text.line(line)
    return text.build(_keyboard(catalogue, actions, variant), silent=True)


def _blocks(
    catalogue: Catalogue, alerts: Sequence[Alert], actions: Sequence[OpenAction], now: datetime
) -> list[_Block]:
    deaths = [alert for alert in alerts if alert.status_in_law in DEATHS]
    relief = [alert for alert in alerts if alert.status_in_law in RELIEF]
    others = [alert for alert in alerts if alert.status_in_law not in DEATHS | RELIEF]
    by_lane = sorted(others, key=lambda alert: alert.lane)
    return [
        _Block(catalogue.t("In mourning"), [_news(catalogue, alert) for alert in deaths], "/cases"),
        _Block(catalogue.t("In danger"), [_news(catalogue, alert) for alert in by_lane], "/cases"),
        _Block(
            catalogue.t("Open urgent actions"),
            [_deadline(catalogue, action, case, now) for action, case in actions],
            "/actions",
        ),
        _Block(catalogue.t("Good news"), [_news(catalogue, alert) for alert in relief], "/cases"),
    ]


def _fitting(catalogue: Catalogue, blocks: Sequence[_Block]) -> list[tuple[str, list[str]]]:
    for most in _SHOWN:
        shown = [(block.title, block.shown(catalogue, most)) for block in blocks]
        if sum(units(title) + sum(units(line) + 1 for line in lines) + 2 for title, lines in shown) <= _ROOM:
            break
    return shown if blocks else []


def _news(catalogue: Catalogue, alert: Alert) -> str:
    sentence = headline(catalogue, alert, asks=False, reader_may_send=False)
    return f"• {sentence} {person.says_who(catalogue, alert.facts.view)}"


def _deadline(catalogue: Catalogue, action: Action, case: PublishedCase, now: datetime) -> str:
    line = f"• {case_line(catalogue, case)} ({catalogue.identifier(action.latest_number)})"
    if not action.letters:
        return catalogue.t("%(action)s: no letters for now", action=line)
    if action.deadline is None:
        return line
    words = deadline_in_words(catalogue, action.deadline, now, zone_of(case.view.country))
    return catalogue.t("%(action)s: until %(deadline)s", action=line, deadline=words)


def _keyboard(catalogue: Catalogue, actions: Sequence[OpenAction], variant: Variant) -> Keyboard:
    """A letter of each of the next few deadlines, one tap away."""
    if not variant.may_send:
        return ()
    numbers = [action.number for action, _ in actions if action.letters][:_LETTERS]
    return tuple(
        (
            letter_button(
                catalogue,
                number,
                variant,
                catalogue.t("Write a letter: %(number)s", number=catalogue.identifier(number)),
            ),
        )
        for number in numbers
    )
