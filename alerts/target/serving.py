"""Serving: which officials may be written to about a case by a reader, in which order, and by which ways.

Whether letters may be served at all is `action.may_serve_letter`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from alerts.case import CaseStatus, CaseView
from alerts.names import normalise
from alerts.target.entry import TargetEntry
from alerts.target.official import Target
from alerts.target.words import ANY_CASE, OWN, Channel, TargetKind

POST_HOURS: Final = 7 * 24
"""No letter by post when less time is left (domain.md section 5)."""
HASTE_HOURS: Final = 24
"""Below that only what arrives within hours: e-mail, the embassy in the reader's own country, the telephone."""

_K = TargetKind
_SLOW: Final = (
    *(_K.HEAD_OF_JUDICIARY, _K.HEAD_OF_STATE, _K.PROSECUTOR, _K.EMBASSY, _K.MINISTRY, _K.UN_MISSION),
    *(_K.EU, _K.OWN_FOREIGN_MINISTER, _K.OWN_MP, _K.PRISON_HEAD, _K.MEDIA),
)
_IMMINENT: Final = (
    *(_K.HEAD_OF_JUDICIARY, _K.PROSECUTOR, _K.PRISON_HEAD, _K.EMBASSY, _K.HEAD_OF_STATE, _K.UN_MISSION),
    *(_K.EU, _K.OWN_FOREIGN_MINISTER, _K.OWN_MP, _K.MINISTRY, _K.MEDIA),
)
_IN_HASTE: Final = (_K.EMBASSY, *(kind for kind in _IMMINENT if kind is not _K.EMBASSY))
_AT_THE_DOOR: Final = frozenset(
    {CaseStatus.IMMINENT, CaseStatus.SCHEDULED, CaseStatus.SENT_FOR_IMPLEMENTATION}
)

_BY_TIME: Final = (
    (HASTE_HOURS, (Channel.EMAIL, Channel.PHONE, Channel.FORM, Channel.SOCIAL)),
    (POST_HOURS, (Channel.EMAIL, Channel.FORM, Channel.PHONE, Channel.SOCIAL)),
)
_WITH_TIME: Final = (Channel.EMAIL, Channel.POST, Channel.FORM, Channel.PHONE, Channel.SOCIAL)


def serves(target: Target, view: CaseView, reader_country: str | None, today: date) -> bool:
    """Whether a letter about this case may go to that official, from a reader in `reader_country` (None: not known).

    No example, no special procedure, no term that has ended or not begun; of the case's country, province and
    prison, and for that reader.
    """
    if target.example or target.kind is TargetKind.UN_SPECIAL_PROCEDURE or not _is_in_office(target, today):
        return False
    about = target.kind in ANY_CASE or target.country == view.country
    return about and _is_of_place(target, view) and _is_for(target, reader_country)


def _is_in_office(target: TargetEntry, today: date) -> bool:
    begun = target.active_from is None or target.active_from <= today
    return begun and (target.active_until is None or today <= target.active_until)


def _is_of_place(target: TargetEntry, view: CaseView) -> bool:
    if not target.prisons and not target.provinces:
        return True
    return _names(target.prisons, view.prison) or _names(target.provinces, view.province)


def _names(known: Iterable[str], place: str | None) -> bool:
    return bool(place) and normalise(place or "") in {normalise(one) for one in known}


def _is_for(target: TargetEntry, reader_country: str | None) -> bool:
    wanted = target.reader_countries or ((target.country,) if target.kind in OWN else ())
    return not wanted or reader_country in wanted


def in_order(
    targets: Iterable[Target],
    views: Sequence[CaseView],
    *,
    hours_left: float | None,
    reader_country: str | None,
    today: date,
) -> list[Target]:
    """Those who may be written to about any of these cases of one action, whom to write to first in front.

    By kind, as the danger and the hours left (None: no deadline) ask for; who cannot be reached any more in that time
    comes last.
    """
    order = _order(views, hours_left)
    able = [one for one in targets if any(serves(one, view, reader_country, today) for view in views)]
    return sorted(
        able, key=lambda one: (not channels(one, hours_left), order.index(one.kind), _reach(one), one.key)
    )


def _order(views: Sequence[CaseView], hours_left: float | None) -> tuple[TargetKind, ...]:
    if hours_left is not None and hours_left < HASTE_HOURS:
        return _IN_HASTE
    return _IMMINENT if any(view.status in _AT_THE_DOOR for view in views) else _SLOW


def _reach(target: TargetEntry) -> int:
    """Those of one prison or province come before those of the whole country, an embassy near before one far."""
    return -bool(target.prisons) - bool(target.provinces) - bool(target.reader_countries)


def channels(target: Target, hours_left: float | None) -> list[Channel]:
    """The ways to reach an official that work and arrive in time, the best first; None: no deadline."""
    ways = {
        Channel.EMAIL: bool(target.working_emails),
        Channel.POST: bool(target.postal),
        Channel.PHONE: bool(target.phone) and target.works(target.phone),
        Channel.FORM: bool(target.url) and target.works(target.url),
        Channel.SOCIAL: bool(target.handle) and target.works(target.handle),
    }
    return ranked((way for way, is_there in ways.items() if is_there), hours_left)


def ranked(ways: Iterable[Channel], hours_left: float | None) -> list[Channel]:
    """Those of these ways that arrive within the hours left (None: no deadline), the best first."""
    given = frozenset(ways)
    timely = next(
        (some for hours, some in _BY_TIME if hours_left is not None and hours_left < hours), _WITH_TIME
    )
    return [way for way in timely if way in given]


def is_reachable(target: Target) -> bool:
    """Whether any address of an official is left that works."""
    return bool(channels(target, None))
