"""What a moderator sees of a draft beside its preview: what it is, what changed, who says so, what is in the way.

The preview itself is `render_alert`, the very message that would go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

from alerts.alert import Alert, AlertStatus
from alerts.case import CaseStatus, CaseView, Certainty
from alerts.day import Day, zone_of
from alerts.locales import Catalogue, terms
from alerts.render import person
from alerts.render.builder import TextBuilder
from alerts.render.message import Keyboard, Message

_LONG: Final = 200
"""Moderators see more of a list's text than readers do, in UTF-16 units."""
_LONGEST_REASON: Final = 1000


def render_draft(catalogue: Catalogue, alert: Alert, *, keyboard: Keyboard = ()) -> Message:
    """What a draft is about: before and after, and who says so."""
    view = alert.facts.view
    text = TextBuilder(catalogue).bold(_title(catalogue, alert)).line()
    text.line(person.full_name(catalogue, view))
    values = {
        "kind": terms.kind(catalogue, alert.kind),
        "lane": terms.lane(catalogue, alert.lane),
        "disposition": terms.disposition(catalogue, alert.disposition),
    }
    text.line(catalogue.t("%(kind)s · %(lane)s · %(disposition)s", **values)).line()
    for line in differences(catalogue, alert.facts.before, view) or person.status_and_date(catalogue, view):
        text.line(line)
    for companion in alert.facts.also:
        for line in _companion(catalogue, companion.view):
            text.line(line)
    text.line().line(person.says_who(catalogue, view))
    if view.source_url:
        text.line(person.listed(catalogue, view.source_url, _LONG))
    for line in _what_is_asked(catalogue, alert):
        text.line(line)
    for petition in alert.facts.petitions:
        link = person.listed(catalogue, petition.url, _LONG)
        text.line(catalogue.t("Petition: %(link)s", link=link))
    return text.build(keyboard)


def _companion(catalogue: Catalogue, view: CaseView) -> list[str]:
    """Somebody else of the same prison: who, where they stand, who says so."""
    assert view.status is not None
    name, status = person.full_name(catalogue, view), terms.status(catalogue, view.status)
    line = catalogue.t("Also: %(name)s – %(status)s", name=name, status=status)
    return [line, person.says_who(catalogue, view)]


def _what_is_asked(catalogue: Catalogue, alert: Alert) -> list[str]:
    """Until when, for what, and how much of it: all that an approval binds."""
    facts, lines = alert.facts, []
    if facts.deadline is not None:
        deadline = catalogue.moment(facts.deadline, zone_of(facts.view.country))
        lines.append(catalogue.t("Deadline: %(deadline)s", deadline=deadline))
    if facts.demands:
        named = [terms.demand(catalogue, demand) for demand in facts.demands]
        demands = catalogue.listing([catalogue.within(demand) for demand in named])
        lines.append(catalogue.t("Asks for: %(demands)s", demands=demands))
    if facts.goal:
        lines.append(catalogue.t("Letters hoped for: %(number)s", number=facts.goal))
    return lines


def render_waiting(
    catalogue: Catalogue, alerts: Sequence[Alert], total: int, keyboard: Keyboard = ()
) -> Message:
    """A page of the drafts on their way, two lines each; `total` counts all pages."""
    title = catalogue.n("%(number)s draft on its way", "%(number)s drafts on their way", total)
    text = TextBuilder(catalogue).bold(title).line()
    for alert in alerts:
        lane, standing = terms.lane(catalogue, alert.lane), terms.standing(catalogue, alert.status)
        text.line().line(f"{catalogue.identifier(str(alert.id))}: {about(catalogue, alert)}")
        text.line(catalogue.t("%(lane)s · %(standing)s", lane=lane, standing=standing))
    return text.build(keyboard)


def render_verdict(catalogue: Catalogue, alert: Alert, keyboard: Keyboard = ()) -> Message:
    """What became of a draft that was sent back or turned down, and why, for whoever has to do with it."""
    number = catalogue.identifier(str(alert.id))
    if alert.status is AlertStatus.RETURNED:
        title = catalogue.t("Draft %(number)s came back", number=number)
    else:
        title = catalogue.t("Draft %(number)s was turned down", number=number)
    reason = person.listed(catalogue, alert.reason or "", _LONGEST_REASON)
    text = TextBuilder(catalogue).bold(title).line().line(about(catalogue, alert))
    return text.line(catalogue.t("Why: %(reason)s", reason=reason)).build(keyboard)


def about(catalogue: Catalogue, alert: Alert) -> str:
    """One line: whom a draft is about and what it states, "Arman Nemuneh (Iran) – Execution imminent"."""
    shown = person.subject(catalogue, alert.facts.views)
    status = terms.status(catalogue, alert.status_in_law)
    return catalogue.t("%(name)s – %(status)s", name=shown, status=status)


def differences(catalogue: Catalogue, before: CaseView | None, after: CaseView) -> list[str]:
    """One line for each field that differs, before and after; for a new case every field that is known."""
    was, now = _in_words(catalogue, before or CaseView()), _in_words(catalogue, after)
    labels = [label for label in {**was, **now} if was.get(label) != now.get(label)]
    return [
        _difference(catalogue, label, was.get(label), now.get(label), is_new=before is None)
        for label in labels
    ]


def _difference(
    catalogue: Catalogue, label: str, before: str | None, after: str | None, *, is_new: bool
) -> str:
    if after is None:
        return catalogue.t("%(field)s: no longer “%(before)s”", field=label, before=before)
    if is_new:
        return catalogue.t("%(field)s: %(after)s", field=label, after=after)
    if before is None:
        return catalogue.t("%(field)s: now “%(after)s”", field=label, after=after)
    return catalogue.t("%(field)s: from “%(before)s” to “%(after)s”", field=label, before=before, after=after)


def _in_words(catalogue: Catalogue, view: CaseView) -> dict[str, str]:
    """What is known, label -> words, in the order of the fields; then the list's further columns."""
    words = {
        terms.field(catalogue, item.name) or item.name: _value(catalogue, item.name, getattr(view, item.name))
        for item in fields(CaseView)
        if item.name != "extras" and getattr(view, item.name) not in {None, ()}
    }
    further = {person.listed(catalogue, column): text for column, text in view.extras if text}
    return words | {column: person.listed(catalogue, text, _LONG) for column, text in further.items()}


def _value(catalogue: Catalogue, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return catalogue.t("yes") if value else catalogue.t("no")
    if isinstance(value, Day):
        return catalogue.day(value)
    if isinstance(value, tuple):
        return catalogue.listing([_text(catalogue, name, part) for part in value])
    return _text(catalogue, name, value)


def _text(catalogue: Catalogue, name: str, value: str) -> str:
    """A code in words where we have them, otherwise the list's own text."""
    word: str | None = None
    if name == "status":
        word = terms.status(catalogue, CaseStatus(value))
    elif name == "certainty":
        word = terms.certainty(catalogue, Certainty(value))
    elif name == "charges":
        word = terms.charge(catalogue, value)
    elif name == "detail":
        word = terms.details(catalogue, value)
    elif name == "announced":
        word = terms.announced(catalogue, value)
    elif name == "gender":
        word = terms.gender(catalogue, value)
    elif name == "country":
        word = catalogue.country(value)
    return word or person.listed(catalogue, value, _LONG)


def _title(catalogue: Catalogue, alert: Alert) -> str:
    number = catalogue.identifier(str(alert.id))
    if alert.revision > 1:
        return catalogue.t("Draft %(number)s, revision %(revision)s", number=number, revision=alert.revision)
    return catalogue.t("Draft %(number)s", number=number)
