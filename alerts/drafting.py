"""What a draft says: its core facts by rule, what a list's news changes in it, and its next revision. Pure.

What a change becomes is alerts/change.py; the deeds are alerts/draft.py.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import datetime
from typing import Final

from alerts.action import Action, deadline_for
from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Facts
from alerts.case import ASKING, IN_DANGER, CaseView, as_told
from alerts.change import Becoming, becomes
from alerts.day import zone_of
from alerts.demand import GOAL, demands_for

_FIELDS: Final = frozenset(item.name for item in fields(CaseView)) - {"extras"}
_SAYING: Final = frozenset({"source_name", "source_url", "certainty", "status_since", "note"})
"""Who says a status, since when and how surely: a status brings its own along."""


def disposition_for(view: CaseView, becoming: Becoming) -> Disposition:
    """What the moderators are proposed: an action for an urgent threat, the digest for what can wait."""
    if becoming.lane >= 2:  # noqa: PLR2004 - lanes P2 and P3 (domain.md section 6)
        return Disposition.DIGEST
    return Disposition.ACTION if view.status in IN_DANGER else Disposition.ALERT


def facts_for(view: CaseView, before: CaseView | None, action: Action | None, now: datetime) -> Facts:
    """The core of an alert about `view`; the deadline by rule, the petitions and the goal of the open action kept.

    An execution that nobody vouches for becomes "reported" here, as readers must hear of it.
    """
    view = as_told(view)
    return Facts(
        view=view,
        before=before,
        deadline=deadline_of(view, now) if view.status in IN_DANGER else None,
        petitions=action.petitions if action else (),
        demands=demands_for(view) if view.status in ASKING else (),
        goal=(action.goal if action else None) or GOAL if view.status in ASKING else None,
    )


def deadline_of(view: CaseView, now: datetime) -> datetime:
    """Until when to act for one case, by rule, in its country's own time."""
    assert view.status is not None
    return deadline_for(view.status, view.execution_date, now, zone_of(view.country))


def merged(view: CaseView, seen: CaseView, changed: Collection[str], *, is_by_hand: bool) -> CaseView:
    """What an open draft says of a case once its list has changed these fields: theirs are the list's, the rest stays.

    So what a moderator put right is not undone by a change elsewhere. A moderator's own word keeps its status and
    who says so until the list says another; that the list has come to say the same is no news.
    """
    told = as_told(seen)
    taken = set(changed) & _FIELDS
    if is_by_hand:
        is_confirmed = (told.status, told.execution_date) == (view.status, view.execution_date)
        if is_confirmed or "status" not in taken:
            taken -= _SAYING | {"status"}
    if taken & {"status", "certainty"}:
        taken |= _SAYING | {"status", "detail", "word"}
    if not set(changed) <= _FIELDS:
        taken.add("extras")
    return replace(view, **{name: getattr(told, name) for name in taken})


def is_news(said: CaseView, view: CaseView) -> bool:
    """Whether a view states another law or date than was said."""
    return (said.status, said.execution_date) != (view.status, view.execution_date)


def revised(current: Alert, view: CaseView, becoming: Becoming | None, now: datetime) -> Alert:
    """The next revision of an open draft, saying `view` of its leading case.

    Another status or date is weighed anew: kind, lane, disposition and deadline, and free text about another status
    goes. Anything else leaves what moderators chose, and leaves a draft with whoever is writing it. A stop stays one
    for as long as there are letters to stop.
    """
    is_stop = current.kind is AlertKind.STOP_ACTION and view.status in ASKING
    if is_stop or not is_news(current.facts.view, view):
        return _saying(current, replace(current.facts, view=view), now)
    fresh = facts_for(view, current.facts.before, None, now)
    facts = replace(fresh, petitions=current.facts.petitions, also=current.facts.also)
    words_stay = view.status is current.status_in_law
    following = replace(
        current,
        revision=current.revision + 1,
        approved_at=None,
        facts=facts,
        texts=current.texts if words_stay else {},
        backgrounds=current.backgrounds if words_stay else {},
    )
    return _pending(_weighed(following, current, becoming, now), now)


def _weighed(following: Alert, current: Alert, becoming: Becoming | None, now: datetime) -> Alert:
    """Kind, lane and reach of what it says now; a correction stays one."""
    view = following.facts.view
    weighed = becoming or becomes(None, view, now, has_open_action=current.kind is not AlertKind.FIRST)
    if weighed is None:
        return following
    is_correction = current.kind is AlertKind.CORRECTION
    return replace(
        following,
        kind=current.kind if is_correction else weighed.kind,
        lane=current.lane if is_correction else weighed.lane,
        disposition=disposition_for(view, weighed),
    )


def with_companion(current: Alert, case_id: int, view: CaseView, now: datetime) -> Alert:
    """The next revision of an open draft, saying `view` of one of its further cases: spelling, a place, a source."""
    also = tuple(replace(one, view=view) if one.case_id == case_id else one for one in current.facts.also)
    return _saying(current, replace(current.facts, also=also), now)


def _saying(current: Alert, facts: Facts, now: datetime) -> Alert:
    """The next revision with these facts; what is still being written stays with whoever writes it."""
    following = replace(current, facts=facts, revision=current.revision + 1, approved_at=None)
    is_being_written = current.status is AlertStatus.DRAFT or current.is_by_hand
    stays = is_being_written and current.status is not AlertStatus.APPROVED
    return following if stays else _pending(following, now)


def _pending(alert: Alert, now: datetime) -> Alert:
    return replace(alert, status=AlertStatus.PENDING, pending_at=now, reason=None)
