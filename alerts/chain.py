"""How an alert moves the action it belongs to: opens it, goes on with it, takes a case out of it, stops or ends it.

Pure; the deeds are alerts/publish.py. When a letter may be served is alerts/action.py. Source: domain.md section 5.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from alerts.action import Action, read_number
from alerts.alert import Alert, AlertKind
from alerts.case import CLOSED, DEATHS, RELIEF, CaseStatus, CaseView
from alerts.demand import Demand, still_fitting

LEAVES: Final = (DEATHS | CLOSED | RELIEF) - {CaseStatus.STAYED}
"""Statuses of a case for whom no letter is written any more; with others in its action, it leaves them there."""
ENDS_ACTION: Final = LEAVES - {CaseStatus.EXECUTED_REPORTED, CaseStatus.QUASHED}
"""Statuses after which there is nothing left to write for in this chain."""


def opened(alert: Alert, now: datetime) -> Action:
    """The action of a first alert, under the number that its approvers saw.

    A chain that asks for nothing by a deadline is closed from its beginning: nothing would ever close it.
    """
    year, sequence = read_number(alert.number or "") or (now.year, 0)
    return Action(
        id=0,
        case_id=alert.case_id,
        year=year,
        sequence=sequence,
        updates=0,
        kind=alert.kind,
        letters=alert.offers_letters,
        deadline=alert.facts.deadline,
        petitions=alert.facts.petitions,
        demands=alert.facts.demands,
        goal=alert.facts.goal,
        reviewed_at=now,
        case_ids=alert.case_ids,
        opened_at=now,
        closed_at=now if alert.facts.deadline is None or alert.kind is AlertKind.STOP_ACTION else None,
    )


def gone_on(action: Action, alert: Alert, now: datetime) -> Action:
    """The action once `alert` goes out in it, as its next update."""
    action = replace(action, updates=action.updates + 1)
    return noted(action, alert, now) or _asking(action, alert, now)


def noted(action: Action, alert: Alert, now: datetime) -> Action | None:
    """The action once `alert` stands in the records; None when it says nothing against the letters as they are."""
    if alert.kind is AlertKind.STOP_ACTION:
        return replace(action, kind=alert.kind, letters=False, closed_at=now)
    if alert.status_in_law in LEAVES:
        return _left(action, alert, now)
    is_stayed = alert.status_in_law is CaseStatus.STAYED
    if is_stayed and alert.kind is not AlertKind.UPDATE_DEADLINE_EXTENDED:
        return _stayed(action, alert)
    return None


def for_those_left(action: Action, views: Collection[CaseView]) -> Action:
    """The action once somebody has left it: it asks for nothing of which none of those still in it has cause.

    `views`: what readers know of those still in it.
    """
    return replace(action, demands=still_fitting(action.demands, views))


def _left(action: Action, alert: Alert, now: datetime) -> Action:
    """One of several leaves the others to their letters; with the last one the letters end."""
    others = tuple(case_id for case_id in action.case_ids if case_id not in alert.case_ids)
    if others:
        leading = action.case_id if action.case_id in others else others[0]
        return replace(action, case_ids=others, case_id=leading)
    closed_at = now if alert.status_in_law in ENDS_ACTION else action.closed_at
    return replace(action, letters=False, closed_at=closed_at, case_ids=_with(action, alert))


def _stayed(action: Action, alert: Alert) -> Action:
    """A stay thanks and asks to go on, but not before a moderator has decided so."""
    if action.closed_at is not None:
        return replace(action, letters=False)
    return replace(
        action, letters=True, held=True, demands=_demands(action, alert), case_ids=_with(action, alert)
    )


def _asking(action: Action, alert: Alert, now: datetime) -> Action:
    """Approved with letters, it lifts a hold; about some only, or only about the time, it leaves the rest as it is.

    A hold stays as long as somebody is in the action whom the alert says nothing of: it may be theirs.
    """
    asks = alert.offers_letters
    leaves_letters = alert.kind is AlertKind.UPDATE_DEADLINE_EXTENDED or not _is_about_all(action, alert)
    takes_up_again = action.kind is AlertKind.STOP_ACTION and asks
    return replace(
        action,
        kind=alert.kind if takes_up_again else action.kind,
        letters=asks or (leaves_letters and action.letters),
        held=action.held and not (asks and _is_about_all(action, alert)),
        deadline=_deadline(action, alert, now),
        petitions=alert.facts.petitions or action.petitions,
        demands=_demands(action, alert),
        goal=alert.facts.goal or action.goal,
        reviewed_at=now,
        closed_at=None if asks else action.closed_at,
        case_ids=_with(action, alert),
    )


def _is_about_all(action: Action, alert: Alert) -> bool:
    return set(action.case_ids) <= set(alert.case_ids)


def _with(action: Action, alert: Alert) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*action.case_ids, *alert.case_ids)))


def _demands(action: Action, alert: Alert) -> tuple[Demand, ...]:
    """What the newest alert asks for; where it is about some only, what is asked for the others stays."""
    if _is_about_all(action, alert):
        return alert.facts.demands or action.demands
    return tuple(dict.fromkeys((*alert.facts.demands, *action.demands)))


def _deadline(action: Action, alert: Alert, now: datetime) -> datetime | None:
    """News of some may bring the deadline forward, not put it off: a letter names them all."""
    fresh = alert.facts.deadline
    if fresh is None or action.deadline is None:
        return fresh or action.deadline
    is_for_all = _is_about_all(action, alert) or alert.kind is AlertKind.UPDATE_DEADLINE_EXTENDED
    return fresh if is_for_all or action.deadline <= now else min(fresh, action.deadline)


def is_overtaken(earlier: Alert, by: Alert, still_in: Collection[int]) -> bool:
    """Whether what `earlier` said of its chain is said anew by the later alert.

    An alert that also asks for others, who are still in the action, stands: what was not yet sent of it is for
    them. So is an earlier notice about somebody else.
    """
    about, anew = set(earlier.case_ids), set(by.case_ids)
    return bool(about & anew) and about & set(still_in) <= anew
