"""Joint drafts: several people in danger in one prison become one action (domain.md section 2). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts.alert import OPEN, Alert, AlertKind, AlertStatus, Companion, Disposition, Refusal
from alerts.case import IN_DANGER, CaseView
from alerts.demand import still_fitting
from alerts.names import normalise

TOGETHER: Final = timedelta(hours=6)
"""Drafts for one prison that are no further apart than this may become one action."""
JOINED: Final = "joined"
"""The reason that stands with a draft which went into another one."""
_KINDS: Final = frozenset({AlertKind.FIRST, AlertKind.UPDATE_NEW_DEMAND})
_FARTHEST: Final = (Disposition.RECORD, Disposition.DIGEST, Disposition.ALERT, Disposition.ACTION)


def may_join(alert: Alert, other: Alert) -> Refusal | None:
    """Whether `other` may go into `alert`: both on their way, of one prison, and of one quarter of a day.

    In danger in the same way and on the same day: what the message says of the leading one, it says of everybody.
    Two rows of one name are not put together: they may be one person, of whom a letter would speak twice.
    """
    if alert.status not in OPEN or other.status not in OPEN:
        return Refusal.WRONG_STATUS
    place, other_place = _place(alert.facts.view), _place(other.facts.view)
    views = (*alert.facts.views, *other.facts.views)
    names = [normalise(view.name) for view in views]
    fits = (
        not set(alert.case_ids) & set(other.case_ids)
        and {alert.kind, other.kind} <= _KINDS
        and alert.status_in_law in IN_DANGER
        and len({(view.status, view.execution_date, bool(view.source_name)) for view in views}) == 1
        and place is not None
        and place == other_place
        and abs(alert.created_at - other.created_at) <= TOGETHER
        and len(set(names)) == len(names)
    )
    return None if fits else Refusal.NOT_TOGETHER


def _place(view: CaseView) -> tuple[str, str] | None:
    prison = normalise(view.prison or "")
    return (view.country, prison) if view.country and prison else None


def joined(alert: Alert, other: Alert, now: datetime) -> Alert:
    """The next revision of `alert` with the people of `other` in it.

    As urgent and as far-reaching as the more urgent of both; the earlier deadline, since one letter names them all.
    Its own words stay; those of `other` were about somebody else.
    """
    facts, theirs = alert.facts, other.facts
    deadlines = [one for one in (facts.deadline, theirs.deadline) if one is not None]
    together = replace(
        facts,
        also=(*facts.also, Companion(other.case_id, theirs.view, other.is_by_hand), *theirs.also),
        deadline=min(deadlines, default=None),
        petitions=tuple(dict.fromkeys((*facts.petitions, *theirs.petitions))),
        demands=tuple(dict.fromkeys((*facts.demands, *theirs.demands))),
    )
    return _next(
        replace(
            alert,
            facts=together,
            lane=min(alert.lane, other.lane),
            disposition=max(alert.disposition, other.disposition, key=_FARTHEST.index),
        ),
        now,
    )


def without(alert: Alert, case_id: int, now: datetime) -> Alert:
    """The next revision of `alert` without one of its further cases, nor what is asked for that one alone."""
    also = tuple(one for one in alert.facts.also if one.case_id != case_id)
    facts = replace(alert.facts, also=also)
    facts = replace(facts, demands=still_fitting(facts.demands, facts.views))
    return _next(replace(alert, facts=facts), now)


def alone_again(draft: Alert, view: CaseView, now: datetime) -> Alert:
    """The next revision of a draft that had gone into another one: it stands again, saying `view`."""
    facts = replace(draft.facts, view=view, also=())
    return _next(replace(draft, facts=facts, status=AlertStatus.PENDING, reason=None), now)


def _next(alert: Alert, now: datetime) -> Alert:
    """Approvals are void; what was handed in waits again, what is still being written stays so."""
    following = replace(alert, revision=alert.revision + 1, approved_at=None)
    if alert.status is AlertStatus.DRAFT:
        return following
    return replace(following, status=AlertStatus.PENDING, pending_at=now, reason=None)
