"""What to say in one's own words: talking points for a letter, and three lines for a telephone call.

Own words weigh more than a copied letter (domain.md section 5). The words are the catalogue's, the facts those that
every case of the action shares. Does not know numbers to call or when offices are open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alerts.action import Action
from alerts.case import CaseView
from alerts.letter.facts import facts, flags
from alerts.letter.filling import PASS_ON, asked
from alerts.letter.words import Addressee, people
from alerts.locales import N_, Catalogue, terms

OWN_SIDE: Final = frozenset({"own_mp", "own_foreign_minister", "eu_parliament"})
"""Kinds of addressees in the reader's own country or union."""

_ARGUMENTS: Final = {
    "minor": N_(
        "Under 18 at the time of the alleged offence: international law then excludes the death penalty, whatever"
        " the offence."
    ),
    "unfair_trial": N_(
        "The trial is reported to have been unfair; an execution would make its errors final."
    ),
    "torture": N_(
        "Torture is alleged: it must be investigated, and no statement obtained through it may be used in evidence."
    ),
    "protest": N_("The case is reported to be linked to protests: peaceful assembly is a right."),
    "political": N_(
        "The case is reported to be political: the peaceful expression of an opinion is a right."
    ),
    "drug": N_(
        "Drug offences are not among the “most serious crimes” to which international law confines the death"
        " penalty."
    ),
    "hunger_strike": N_("A hunger strike is reported: ask that those on it be heard and not be punished."),
}


def talking_points(views: Sequence[CaseView], action: Action, catalogue: Catalogue) -> list[str]:
    """What to say, a sentence or two each, in an order in which it can be said."""
    told = facts(views, catalogue)
    points = [_about(views, catalogue), _standing(views, catalogue)]
    if told["charges"]:
        points.append(catalogue.t("Reported charges: %(charges)s.", charges=told["charges"]))
    true = {name for name, is_so in flags(views).items() if is_so}
    points += [catalogue.t(words) for name, words in _ARGUMENTS.items() if name in true]
    demands = catalogue.listing(
        [catalogue.within(terms.demand(catalogue, demand)) for demand in asked(views, action)]
    )
    points += [
        catalogue.t("Ask for: %(demands)s.", demands=demands),
        catalogue.t("Say in a few words why you care, stay polite, and ask for a reply."),
    ]
    return [point for point in points if point]


def phone_script(
    views: Sequence[CaseView], action: Action, addressee: Addressee, catalogue: Catalogue
) -> list[str]:
    """Three lines: whom it is about, what is known, what is asked for."""
    demand = terms.demand(catalogue, asked(views, action)[0])
    if addressee.kind in OWN_SIDE:
        request = catalogue.t(
            "My request to the authorities there: %(demand)s. Please raise the case with them. Thank you.",
            demand=demand,
        )
    elif addressee.kind in PASS_ON:
        request = catalogue.t(
            "My request: %(demand)s. Please pass it on to the authorities responsible. Thank you.",
            demand=demand,
        )
    else:
        request = catalogue.t(
            "My request: %(demand)s. Whom may I ask for an answer? Thank you.", demand=demand
        )
    about = catalogue.t("Good day. I am calling about: %(about)s", about=_about(views, catalogue))
    return [about, _standing(views, catalogue) or catalogue.t("A life is in danger."), request]


def _about(views: Sequence[CaseView], catalogue: Catalogue) -> str:
    """Who and where, as one sentence."""
    told = facts(views, catalogue)
    place = told["place"] or told["country"]
    return f"{_who(views, catalogue)} – {place}." if place else f"{_who(views, catalogue)}."


def _who(views: Sequence[CaseView], catalogue: Catalogue) -> str:
    told, total = facts(views, catalogue), people(views)
    names = str(told["full_name"])
    if total == 1:
        return names or catalogue.t("a person whose name is withheld")
    if not total:
        crowd = catalogue.t("a group of people")
    else:
        crowd = catalogue.n("%(number)s person", "%(number)s people", total)
    return catalogue.t("%(crowd)s: %(names)s", crowd=crowd, names=names) if names else crowd


def _standing(views: Sequence[CaseView], catalogue: Catalogue) -> str:
    """What has been published; empty when they stand differently."""
    statuses = {view.status for view in views}
    status = statuses.pop()
    if statuses or status is None:
        return ""
    said = catalogue.t(
        "According to what has been published: %(status)s.", status=terms.status(catalogue, status)
    )
    day = facts(views, catalogue)["execution_date"]
    if not day:
        return said
    dated = catalogue.t("Date of execution: %(day)s", day=day)
    return f"{said} {dated}."
