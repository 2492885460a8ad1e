"""What a reader passes on: the text of a post, the words on a picture card, and the links of petitions.

Never of somebody who has died (domain.md section 9): `may_be_shared` is asked by whoever offers it. Does not draw
the card (that is `typeset`) or know the networks (`alerts.links`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from alerts.action import Action
from alerts.case import DEATHS, CaseView
from alerts.day import zone_of
from alerts.demand import Petition
from alerts.letter.words import is_dated
from alerts.locales import Catalogue, terms
from alerts.render import person
from alerts.render.builder import ELLIPSIS, TextBuilder, neutral
from alerts.render.message import Button, Keyboard, Message, Variant
from alerts.render.typeset import Card

_TITLE_UNITS: Final = 60
_NAMED: Final = 3
"""People who are named on a card."""


def may_be_shared(views: Sequence[CaseView]) -> bool:
    """Whether there may be a card, a goal and thanks: not on a death (domain.md section 9)."""
    return all(view.status not in DEATHS for view in views)


def share_text(catalogue: Catalogue, action: Action, views: Sequence[CaseView]) -> str:
    """A post of one or two sentences; the link stands after it."""
    who = person.subject(catalogue, views)
    status = _status_of_all(catalogue, views)
    said = catalogue.t("%(name)s – %(status)s", name=who, status=status) if status else who
    if action.deadline is None:
        return catalogue.t("%(said)s. Please write a letter:", said=said)
    return catalogue.t(
        "%(said)s. Please write a letter by %(day)s:", said=said, day=_last_day(catalogue, action, views)
    )


def card_of(
    catalogue: Catalogue, action: Action, views: Sequence[CaseView], organisation: str, url: str
) -> Card:
    """The card of an action in one language; `url` is shown as text."""
    leading = views[0]
    is_same = len({(view.status, view.detail) for view in views}) == 1
    details = (terms.details(catalogue, leading.detail) or "") if is_same else ""
    lines = [_status_of_all(catalogue, views), catalogue.begun(details)]
    is_one_date = len({view.execution_date for view in views}) == 1 and all(map(is_dated, views))
    if leading.execution_date is not None and is_one_date:
        lines.append(catalogue.t("Date of execution: %(day)s", day=catalogue.day(leading.execution_date)))
    if all(view.minor_at_offence for view in views):
        lines.append(catalogue.t("Under 18 at the time of the alleged offence."))
    deadline = _last_day(catalogue, action, views) if action.deadline else ""
    who, below = _headline(catalogue, views)
    return Card(
        locale=catalogue.locale,
        is_rtl=catalogue.is_rtl,
        label=catalogue.t("Urgent action"),
        name=who,
        other_name=below,
        place=person.place(catalogue, leading) or "",
        lines=tuple(line for line in lines if line),
        deadline=catalogue.t("Until %(day)s", day=deadline) if deadline else "",
        call=catalogue.t("Write a letter"),
        number=action.number,
        organisation=organisation,
        url=url,
    )


def _status_of_all(catalogue: Catalogue, views: Sequence[CaseView]) -> str:
    """Where they stand, when all of them stand there: nothing is said of one that is true of another only."""
    status = views[0].status
    is_shared = len({view.status for view in views}) == 1
    return terms.status(catalogue, status) if status and is_shared else ""


def render_petitions(
    catalogue: Catalogue, action: Action, now: datetime, variant: Variant, below: Keyboard = ()
) -> Message:
    """The petitions that may still be signed, each with its language and until when; the links are buttons."""
    text = TextBuilder(catalogue, variant)
    buttons: list[tuple[Button, ...]] = []
    number = catalogue.identifier(action.number)
    text.bold(catalogue.t("Petitions for %(number)s", number=number)).line()
    for petition in open_petitions(action, now):
        text.line().line(_petition_line(catalogue, petition))
        if petition.language:
            text.line(catalogue.t("Language: %(language)s", language=catalogue.language(petition.language)))
        ends = petition.deadline or action.deadline
        if ends is not None:
            text.line(catalogue.t("Until %(day)s", day=catalogue.date(ends.date())))
        label = catalogue.t("Sign: %(host)s", host=urlsplit(petition.url).hostname or "")
        buttons.append((Button(label, url=petition.url),))
    text.line().line(catalogue.t("The page belongs to somebody else. It may ask for your name."))
    return text.build((*buttons, *below))


def open_petitions(action: Action, now: datetime) -> list[Petition]:
    """Those of an action that may still be signed."""
    return [petition for petition in action.petitions if petition.is_open(now)]


def _petition_line(catalogue: Catalogue, petition: Petition) -> str:
    title = catalogue.isolate(neutral(petition.title or "", _TITLE_UNITS)) or catalogue.t("Petition")
    host = catalogue.isolate(neutral(petition.host or urlsplit(petition.url).hostname or "", _TITLE_UNITS))
    return catalogue.t("%(title)s (%(host)s)", title=title, host=host)


def _last_day(catalogue: Catalogue, action: Action, views: Sequence[CaseView]) -> str:
    """The deadline's day as the place has it."""
    assert action.deadline is not None
    return catalogue.date(action.deadline.astimezone(zone_of(views[0].country)).date())


def _headline(catalogue: Catalogue, views: Sequence[CaseView]) -> tuple[str, str]:
    """(what stands in large type, what below it): a name in two scripts, or names and how many people they are."""
    named = [person.name(catalogue, view) for view in views if view.name_latin or view.name_native]
    if len(views) == 1:
        shown = person.name(catalogue, views[0])
        return (shown if named else catalogue.begun(shown)), _other_name(catalogue, views[0])
    group = catalogue.begun(person.group(catalogue, views))
    if not named:
        return group, ""
    more = [ELLIPSIS] if len(named) > _NAMED else []
    shown = catalogue.listing(named[:_NAMED] + more)
    return shown.replace(f" {ELLIPSIS}", f"\u00a0{ELLIPSIS}"), group  # it would stand alone on a line


def _other_name(catalogue: Catalogue, view: CaseView) -> str:
    """The name in the script that is not the reader's; empty when there is none."""
    shown = person.name(catalogue, view)
    names = (person.listed(catalogue, name or "") for name in (view.name_latin, view.name_native))
    return next((name for name in names if name and name != shown), "")
