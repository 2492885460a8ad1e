"""Facts: what a letter may say of the cases it is written for, as values for its template.

Says only what every case says: a flag, a place or a date that not all of them share is left out. Absent facts are
empty, never None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

from alerts.case import CaseView
from alerts.letter.words import is_dated, people
from alerts.locales import Catalogue
from alerts.render import person
from alerts.render.builder import neutral

MOST_NAMES: Final = 12
"""Names in one letter, which has one page; the others are counted."""
SUBJECT_NAMES: Final = 3
"""Names in one phrase; more people are a number."""

_UNNAMED_CHARGES: Final = frozenset({"other", "unknown"})
"""Codes that tell an official nothing."""


def facts(views: Sequence[CaseView], catalogue: Catalogue) -> dict[str, object]:
    """The values by placeholder, for at least one view; the list of them is in locales/README.md."""
    shared = _shared(views)
    named = [view for view in views if _is_named(view)]
    total = people(views)
    many = total != 1
    full_names = [person.full_name(catalogue, view) for view in named[:MOST_NAMES]]
    short_names = [person.name(catalogue, view) for view in named]
    tells_all = len(short_names) == total <= SUBJECT_NAMES
    charges = tuple(dict.fromkeys(charge for view in views for charge in view.charges))
    told = tuple(charge for charge in charges if charge not in _UNNAMED_CHARGES)
    day = shared.execution_date if all(map(is_dated, views)) else None
    return {
        "name": catalogue.listing(short_names) if tells_all else "",
        "full_name": catalogue.listing(full_names),
        "names": full_names,
        "gender": shared.gender or "",
        "many": many,
        "group_size": total,
        "country": catalogue.country(shared.country) if shared.country else "",
        "country_code": shared.country or "",
        "place": person.place_within_country(catalogue, shared) or "",
        "charges": person.charges(catalogue, replace(shared, charges=told)) or "",
        "status": shared.status.value if shared.status else "",
        "execution_date": catalogue.day(day) if day else "",
    } | flags(views)


def flags(views: Sequence[CaseView]) -> dict[str, bool]:
    """What is true of every case, by the placeholder of its conditional sentence."""
    return {
        "minor": all(view.minor_at_offence for view in views),
        "political": all(view.political for view in views),
        "protest": all(view.protest for view in views),
        "drug": all("drug" in view.charges for view in views),
        "unfair_trial": all(view.unfair_trial for view in views),
        "torture": all(view.torture for view in views),
        "hunger_strike": all(view.hunger_strike for view in views),
    }


def _shared(views: Sequence[CaseView]) -> CaseView:
    """What all of them have in common."""
    first = views[0]
    names = [item.name for item in fields(CaseView)]
    same = [name for name in names if all(getattr(view, name) == getattr(first, name) for view in views)]
    return CaseView(**{name: getattr(first, name) for name in same})


def _is_named(view: CaseView) -> bool:
    """Whether one person's name is known; a group's own name is a description."""
    is_group = view.group_size not in {None, 1}
    return not is_group and any(neutral(name or "") for name in (view.name_latin, view.name_native))
