"""Samples: fictional cases that a letter must read well for, to try templates on before anybody is served one.

Every gender, one person and several, named and not, with all that can be said and with nothing but the danger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from alerts.action import Action
from alerts.alert import AlertKind
from alerts.case import IN_DANGER, CaseStatus, CaseView
from alerts.day import Day
from alerts.demand import Demand
from alerts.letter.words import LetterKind

S = CaseStatus
FULL: Final = CaseView(
    name_latin="Arman Nemuneh-Mesali",
    name_native="آرمان نمونه‌مثالی",
    status=S.IMMINENT,
    execution_date=Day(2031, 9, 24),
    country="IR",
    province="West Azerbaijan",
    prison="Central Example Prison",
    charges=("moharebeh", "efsad_fel_arz", "drug"),
    minor_at_offence=True,
    political=True,
    protest=True,
    unfair_trial=True,
    torture=True,
    hunger_strike=True,
)
"""One person of whom everything is known and everything is true."""
BARE: Final = CaseView(name_latin="Casey Sample", status=S.UPHELD)
OWN_LINE: Final = "I teach history to young people, and I have followed this case since the spring."

_NAMELESS: Final = replace(BARE, name_latin=None)
_SECOND: Final = replace(FULL, name_latin="Taraneh Nemuneh", name_native="ترانه نمونه")
_THIRD: Final = replace(FULL, name_latin="Rojan Mesal", name_native="ڕۆژان میسال")
_CROWDS: Final = (
    (FULL, _SECOND, _THIRD),
    (BARE, replace(BARE, name_latin="Alex Placeholder")),
    (BARE, replace(_NAMELESS, group_size=15)),
    (replace(_NAMELESS, group_size=16),),
    (replace(_NAMELESS, group_size=0),),
)
_GENDERS: Final = ("m", "f", None)
_FOR_SEVERAL: Final = frozenset({LetterKind.STAYED, LetterKind.GROUP, LetterKind.OWN_GOVERNMENT})

ACTION: Final = Action(
    id=0,
    case_id=0,
    year=2031,
    sequence=14,
    updates=0,
    kind=AlertKind.FIRST,
    letters=True,
    deadline=datetime(2031, 9, 24, 20, 29, tzinfo=UTC),
    opened_at=datetime(2031, 9, 17, tzinfo=UTC),
    demands=(Demand.HALT, Demand.RETRIAL, Demand.COMMUTE, Demand.DISCLOSE, Demand.INVESTIGATE_TORTURE),
)
ALL_DEMANDS: Final = replace(ACTION, demands=tuple(Demand))


@dataclass(frozen=True, slots=True)
class Sample:
    """The cases of one letter, and whether everything that can be said is said."""

    views: tuple[CaseView, ...]
    is_full: bool


def longest(kind: LetterKind) -> Sample:
    """The letter of this kind that must still fit on its page."""
    views = _CROWDS[0] if kind is LetterKind.GROUP else (replace(FULL, gender="f"),)
    return Sample(_standing(views, _statuses(kind)[0]), is_full=True)


def samples(kind: LetterKind) -> Iterator[Sample]:
    """Every gender and number that this kind is written for, and every status it can have."""
    first, *others = _statuses(kind)
    if kind is not LetterKind.GROUP:
        for gender in _GENDERS:
            for view in (FULL, BARE, _NAMELESS):
                yield Sample(_standing((replace(view, gender=gender),), first), is_full=view is FULL)
            for status in others:
                yield Sample((replace(BARE, gender=gender, status=status),), is_full=False)
    if kind in _FOR_SEVERAL:
        for crowd in _CROWDS:
            for gender in _GENDERS:
                views = tuple(replace(view, gender=gender) for view in crowd)
                yield Sample(_standing(views, first), is_full=crowd is _CROWDS[0])
        for status in others:
            yield Sample(_standing(_CROWDS[1], status), is_full=False)


def _standing(views: Sequence[CaseView], status: CaseStatus | None) -> tuple[CaseView, ...]:
    return tuple(replace(view, status=status) for view in views)


def _statuses(kind: LetterKind) -> tuple[CaseStatus | None, ...]:
    """Those a letter of this kind is written in, the first for the longest letter."""
    if kind is LetterKind.STAYED:
        return (S.STAYED,)
    if kind is LetterKind.IMMINENT:
        return (S.IMMINENT, S.SCHEDULED)
    dangers = tuple(sorted(IN_DANGER - {S.IMMINENT}))
    return (S.IMMINENT, *dangers, S.STAYED, None)
