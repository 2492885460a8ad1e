"""The fields of a draft that a moderator may write anew: what is wrong with a value, and the edit it makes. Asks nobody.

A petition is given in two messages, its link and its title; what is chosen by buttons is bot/handlers/marks.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from alerts.action import end_of_day
from alerts.alert import Alert, Facts
from alerts.case import CaseView
from alerts.day import Day, zone_of
from alerts.demand import Petition
from alerts.locales import N_
from alerts.render.message import units

TEXT_LIMIT: Final = 300
"""UTF-16 units of free text: an alert has 900 in all, and most of them say what is coded."""
BACKGROUND_LIMIT: Final = 3500
"""UTF-16 units of the longer story, about 400 words, which is a message of its own."""
NAME_LIMIT: Final = 100
MOST_LETTERS: Final = 1_000_000
BACKGROUND: Final = "b-"
"""What stands before a locale's code in the name of the field that holds its background."""
_LINK: Final = re.compile(r"https://[^\s/@:]+\.[^\s/@:]+(/\S*)?")
_LINK_LIMIT: Final = 500
_NO_LINK: Final = N_(
    "That is not a link I can use: it must begin with https:// and name a site. Send it again, or skip."
)
_OTHER_HOST: Final = N_(
    "Petitions on that site are not allowed: [moderation] petition_hosts names those that are."
)
_TOO_LONG: Final = N_("That is too long: at most %(most)s characters fit. Please write it shorter.")
_NO_DATE: Final = N_("That is not a day ahead of us. Write it as 2026-03-20.")
_NO_NUMBER: Final = N_("That is not a number of letters to hope for. Write it as 500.")


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit of a draft gives it; None leaves it as it is."""

    facts: Facts | None = None
    texts: Mapping[str, str] | None = None
    backgrounds: Mapping[str, str] | None = None


def limit_of(field: str) -> int:
    """How many UTF-16 units a text field takes."""
    if field.startswith(BACKGROUND):
        return BACKGROUND_LIMIT
    return NAME_LIMIT if field in {"name_latin", "name_native"} else TEXT_LIMIT


def text_problem(text: str, most: int) -> str | None:
    """What is wrong with a text that somebody wrote (a message id with `most`); None when nothing is."""
    return None if units(text) <= most else _TOO_LONG


def petition_problem(link: str, hosts: Collection[str]) -> str | None:
    """What is wrong with a petition's link (a message id); None when it may be used or is empty.

    `hosts`: those that are allowed, with all below them (safety.md 16); none: any, since whoever approves sees it.
    """
    if not link:
        return None
    if not _LINK.fullmatch(link) or len(link) > _LINK_LIMIT:
        return _NO_LINK
    host = (urlsplit(link).hostname or "").casefold()
    is_allowed = not hosts or any(host == one or host.endswith(f".{one}") for one in hosts)
    return None if is_allowed else _OTHER_HOST


def value_problem(alert: Alert, field: str, value: str, hosts: Collection[str], now: datetime) -> str | None:
    """What is wrong with a new value of a field ("" empties it), as a message id with `most`; None when nothing is."""
    if field == "petition":
        return petition_problem(value, hosts)
    if field == "deadline":
        deadline = _deadline(alert, value)
        return None if deadline is not None and deadline > now else _NO_DATE
    if field == "goal":
        return None if not value or (value.isdecimal() and 0 < int(value[:9]) <= MOST_LETTERS) else _NO_NUMBER
    return text_problem(value, limit_of(field))


def _deadline(alert: Alert, value: str) -> datetime | None:
    """The end of a day in the case's own country."""
    try:
        day = Day.parse(value)
    except ValueError:
        return None
    if day is None or day.day is None:
        return None
    return end_of_day(day.first, zone_of(alert.facts.view.country))


def petitions(link: str, title: str = "") -> tuple[Petition, ...]:
    """One petition by its link; none for an empty one."""
    return (Petition(link, title or None, urlsplit(link).hostname),) if link else ()


def edited(alert: Alert, field: str, value: str, locales: Collection[str]) -> Edit:
    """The edit that gives a field a value in which nothing is wrong."""
    facts = alert.facts
    if field in locales:
        return Edit(texts=_with(alert.texts, field, value))
    if field.startswith(BACKGROUND):
        return Edit(backgrounds=_with(alert.backgrounds, field.removeprefix(BACKGROUND), value))
    if field == "deadline":
        return Edit(replace(facts, deadline=_deadline(alert, value)))
    if field == "goal":
        return Edit(replace(facts, goal=int(value) if value else None))
    view = CaseView.from_json({**facts.view.to_json(), field: value or None})
    return Edit(replace(facts, view=view))


def _with(texts: Mapping[str, str], locale: str, value: str) -> dict[str, str]:
    return {code: text for code, text in {**texts, locale: value}.items() if text}
