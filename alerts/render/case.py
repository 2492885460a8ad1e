"""A case as readers may know it: one line for lists of cases, one message for /case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alerts.alert import Alert
from alerts.case import THREATS, PublishedCase
from alerts.locales import Catalogue, terms
from alerts.render import person
from alerts.render.alert import details_button, in_own_words
from alerts.render.builder import TextBuilder
from alerts.render.message import Keyboard, Message, Variant

BUTTONS_IN_A_ROW: Final = 5


def case_line(catalogue: Catalogue, case: PublishedCase) -> str:
    """Name, country, status and date in one line, safe to put into a text: no entities, nothing that links."""
    view = case.view
    shown = person.name_and_country(catalogue, view)
    if view.status is None:
        return shown
    status = terms.status(catalogue, view.status)
    if view.execution_date is not None and view.status in THREATS:
        date = catalogue.day(view.execution_date)
        return catalogue.t("%(name)s – %(status)s (%(date)s)", name=shown, status=status, date=date)
    return catalogue.t("%(name)s – %(status)s", name=shown, status=status)


def render_cases(
    catalogue: Catalogue, cases: Sequence[PublishedCase], variant: Variant = Variant.NORMAL
) -> Message:
    """A list of cases, one line and one button each (in groups and channels a deep link)."""
    text = TextBuilder(catalogue, variant)
    for case in cases:
        number = catalogue.identifier(str(case.id))
        text.line(catalogue.t("%(field)s: %(after)s", field=number, after=case_line(catalogue, case)))
    buttons = [details_button(catalogue, case.id, variant, str(case.id)) for case in cases]
    rows = range(0, len(buttons), BUTTONS_IN_A_ROW)
    return text.build(tuple(tuple(buttons[start : start + BUTTONS_IN_A_ROW]) for start in rows))


def render_case(
    catalogue: Catalogue,
    case: PublishedCase,
    history: Sequence[Alert] = (),
    variant: Variant = Variant.NORMAL,
    keyboard: Keyboard = (),
) -> Message:
    """All that is published about a case; `history`: its published alerts, oldest first. Buttons are the caller's."""
    view = case.view
    named = person.name if variant.is_plain else person.full_name
    text = TextBuilder(catalogue, variant).bold(named(catalogue, view)).line()
    for line in _facts(catalogue, case):
        text.line(line)
    text.line(person.says_who(catalogue, view))
    if history:
        text.line().bold(catalogue.t("History")).line()
        for alert in history:
            text.line(_history_line(catalogue, alert))
    updated = catalogue.date(case.updated_at.date())
    text.line().line(
        catalogue.t("Case %(id)s, as of %(day)s", id=catalogue.identifier(str(case.id)), day=updated)
    )
    return text.build(keyboard)


def render_background(
    catalogue: Catalogue, alerts: Sequence[Alert], variant: Variant = Variant.NORMAL
) -> Message | None:
    """The story behind a case, of the last of these alerts that tells one; None when none does."""
    told = next((alert for alert in reversed(alerts) if any(alert.backgrounds.values())), None)
    if told is None:
        return None
    text = TextBuilder(catalogue, variant).bold(catalogue.t("Background")).line().line()
    return text.add(in_own_words(catalogue, told.backgrounds)).build()


def _history_line(catalogue: Catalogue, alert: Alert) -> str:
    published = alert.published_at or alert.created_at
    values = {
        "day": catalogue.date(published.date()),
        "status": terms.status(catalogue, alert.status_in_law),
        "kind": terms.kind(catalogue, alert.kind),
    }
    if alert.number is None:
        return catalogue.t("%(day)s: %(status)s", day=values["day"], status=values["status"])
    number = catalogue.identifier(alert.number)
    return catalogue.t("%(day)s: %(status)s (%(kind)s %(number)s)", **values, number=number)


def _facts(catalogue: Catalogue, case: PublishedCase) -> list[str]:
    view = case.view
    place = person.place(catalogue, view)
    details = terms.details(catalogue, view.detail)
    lines = [
        *person.status_and_date(catalogue, view),
        catalogue.t("Circumstances: %(details)s", details=details) if details else None,
        catalogue.t("Under 18 at the time of the alleged offence.") if view.minor_at_offence else None,
        catalogue.t("Place: %(place)s", place=place) if place else None,
        person.charges_line(catalogue, view),
        catalogue.t("Born: %(day)s", day=catalogue.day(view.birth_date)) if view.birth_date else None,
    ]
    return [line for line in lines if line]
