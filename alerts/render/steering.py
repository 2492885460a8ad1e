"""What a moderator sees of an action: where it stands, what it asks for, how many letters were served."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.action import Action
from alerts.alert import AlertKind
from alerts.case import CaseView
from alerts.day import zone_of
from alerts.locales import Catalogue, terms
from alerts.render import person
from alerts.render.builder import TextBuilder
from alerts.render.message import Message

_LONG = 200


def render_steering(
    catalogue: Catalogue,
    action: Action,
    views: Sequence[CaseView],
    served: str,
    now: datetime,
    *,
    is_being_checked: bool,
) -> Message:
    """The card of an action, of which `views` are still in it, leading one first; `served`: letters, in words."""
    t = catalogue.t
    text = TextBuilder(catalogue).bold(catalogue.identifier(action.latest_number)).line()
    for view in views:
        status = terms.status(catalogue, view.status) if view.status else None
        name = person.full_name(catalogue, view)
        text.line(t("%(name)s – %(status)s", name=name, status=status) if status else name)
    text.line()
    if action.deadline is not None:
        zone = zone_of(views[0].country) if views else zone_of(None)
        text.line(t("Deadline: %(deadline)s", deadline=catalogue.moment(action.deadline, zone)))
    text.line(_standing(catalogue, action, now, is_being_checked=is_being_checked))
    if action.demands:
        demands = [catalogue.within(terms.demand(catalogue, demand)) for demand in action.demands]
        text.line(t("Asks for: %(demands)s", demands=catalogue.listing(demands)))
    if action.goal:
        text.line(t("Letters hoped for: %(number)s", number=action.goal))
    for petition in action.petitions:
        text.line(t("Petition: %(link)s", link=person.listed(catalogue, petition.url, _LONG)))
    text.line(t("Letters served: %(number)s", number=served))
    return text.build()


def _standing(catalogue: Catalogue, action: Action, now: datetime, *, is_being_checked: bool) -> str:
    """Whether letters are served now, and why not."""
    if action.kind is AlertKind.STOP_ACTION:
        return catalogue.t("Letters were stopped.")
    if not action.is_open(now):
        return catalogue.t("This action is closed.")
    if not action.letters:
        return catalogue.t("No letters are asked for.")
    if action.held:
        return catalogue.t("Letters are held until a moderator lets them go on.")
    if is_being_checked:
        return catalogue.t("Letters are held while an outcome waits for review.")
    return catalogue.t("Letters are served.")
