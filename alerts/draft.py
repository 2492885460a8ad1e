"""Station: changes that nobody has weighed yet become draft alerts, or are only recorded.

One open draft per case: further facts make its next revision. A draft of a list goes to pending by itself; its
author is `list:NAME`. Tells nobody: that is bot/tell.py.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit
from alerts.action import Action, deadline_for
from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Facts, Hand, Part, Refusal
from alerts.case import IN_DANGER, Case, CaseStatus, CaseView, Certainty, as_told
from alerts.change import Becoming, becomes
from alerts.day import Day
from alerts.demand import GOAL, demands_for
from alerts.store import actions, cases, editions, review
from alerts.store.editions import StoredChange

BATCH: Final = 500
_FIELDS: Final = frozenset(item.name for item in fields(CaseView)) - {"extras"}
_SAYING: Final = frozenset({"source_name", "source_url", "certainty", "status_since", "note"})
"""Who says a status, since when and how surely: a status brings its own along."""
ASKING: Final = IN_DANGER | {CaseStatus.STAYED}
"""Statuses about which there is something to ask for; a stay's letters are held until a moderator decides."""
_log = logging.getLogger(__name__)


async def draft(sessions: async_sessionmaker[AsyncSession], now: datetime) -> int:
    """Weigh the changes that wait, case by case; returns how many drafts were made or revised.

    A case that fails is logged and tried again next time; it holds up no other.
    """
    async with sessions() as session:
        changes = await editions.unweighed_changes(session, BATCH)
    made = 0
    for case_id in dict.fromkeys(change.case_id for change in changes):
        try:
            async with sessions.begin() as session:
                made += await _weigh(session, case_id, now)
        except Exception:  # noqa: BLE001 - a fault of one must not hold up the others
            _log.exception("the changes of case %d could not be weighed; they wait", case_id)
    return made


async def draft_known(
    sessions: async_sessionmaker[AsyncSession], case_id: int, now: datetime
) -> Alert | Refusal | None:
    """A draft from what the list says of a case now, asked for by a moderator; None when there is nothing to tell."""
    async with sessions.begin() as session:
        case = await cases.hold(session, case_id)
        if case is None or case.seen.status is None:
            return None
        if await review.open_alert_of(session, case_id):
            return Refusal.OPEN_DRAFT_EXISTS
        action = await actions.open_action_of(session, case_id)
        becoming = becomes(None, as_told(case.seen), now, has_open_action=action is not None)
        return await _draft_new(session, case, None, becoming, action, now) if becoming else None


async def _weigh(session: AsyncSession, case_id: int, now: datetime) -> bool:
    """Weigh all that waits of one case; whether a draft was made or revised."""
    case = await cases.hold(session, case_id)
    assert case is not None
    changes = await editions.unweighed_changes(session, case_id=case_id)
    current = await review.open_alert_of(session, case_id)
    if current is not None:
        changed = {change.field for change in changes}
        alert = await _revise(session, current, case, changed, now)
    else:
        alert = await _draft_from(session, case, view_before(case.seen, changes), now)
    in_draft = alert or current
    ids = [change.id for change in changes]
    await editions.mark_weighed(session, ids, in_draft.id if in_draft else None)
    return alert is not None


def view_before(seen: CaseView, changes: Sequence[StoredChange]) -> CaseView | None:
    """The view as it was before `changes` (oldest first); None for a case that is new."""
    first: dict[str, str | None] = {}
    for change in changes:
        first.setdefault(change.field, change.before)
    if "status" in first and first["status"] is None:
        return None
    status, date, certainty = (
        first.get("status", seen.status),
        first.get("execution_date", str(seen.execution_date or "")),
        first.get("certainty", seen.certainty),
    )
    return replace(
        seen,
        status=CaseStatus(status) if status else None,
        detail=seen.detail if "status" not in first else None,
        execution_date=Day.parse(date),
        certainty=Certainty(certainty) if certainty else None,
    )


def disposition_for(view: CaseView, becoming: Becoming) -> Disposition:
    """What the moderators are proposed: an action for an urgent threat, the digest for what can wait."""
    if becoming.lane >= 2:  # noqa: PLR2004 - lanes P2 and P3 (domain.md section 6)
        return Disposition.DIGEST
    return Disposition.ACTION if view.status in IN_DANGER else Disposition.ALERT


def facts_for(view: CaseView, before: CaseView | None, action: Action | None, now: datetime) -> Facts:
    """The core of an alert about `view`; the deadline by rule, the petition of the open action kept.

    An execution that nobody vouches for becomes "reported" here, as readers must hear of it.
    """
    view = as_told(view)
    assert view.status is not None
    return Facts(
        view=view,
        before=before,
        deadline=deadline_for(view.status, view.execution_date, now) if view.status in IN_DANGER else None,
        petitions=action.petitions if action else (),
        demands=demands_for(view) if view.status in ASKING else (),
        goal=(action.goal if action else None) or GOAL if view.status in ASKING else None,
    )


async def _draft_from(
    session: AsyncSession, case: Case, before: CaseView | None, now: datetime
) -> Alert | None:
    """A draft of what changed, if it is news."""
    told = as_told(before) if before else None
    action = await actions.open_action_of(session, case.id)
    becoming = becomes(told, as_told(case.seen), now, has_open_action=action is not None)
    return await _draft_new(session, case, told, becoming, action, now) if becoming else None


async def _draft_new(
    session: AsyncSession,
    case: Case,
    before: CaseView | None,
    becoming: Becoming,
    action: Action | None,
    now: datetime,
) -> Alert:
    author = f"list:{case.list_name}"
    alert = Alert(
        id=0,
        case_id=case.id,
        kind=becoming.kind,
        status=AlertStatus.PENDING,
        disposition=disposition_for(case.seen, becoming),
        lane=becoming.lane,
        revision=1,
        author=author,
        facts=facts_for(case.seen, before, action, now),
        texts={},
        created_at=now,
        pending_at=now,
    )
    stored = await review.insert(session, alert)
    await _note(session, stored, author, "draft", now)
    return stored


async def _revise(
    session: AsyncSession, current: Alert, case: Case, changed: Collection[str], now: datetime
) -> Alert | None:
    """New facts void what was approved; facts that leave nothing to tell end a list's draft. None: nothing new."""
    actor = f"list:{case.list_name}"
    view = merged(current, case.seen, changed)
    if view == current.facts.view:
        return None
    action = await actions.open_action_of(session, case.id)
    becoming = becomes(current.facts.before, view, now, has_open_action=action is not None)
    if becoming is None and _is_news(current, view) and not current.is_by_hand:
        await review.save(session, replace(current, status=AlertStatus.CANCELLED, reason="overtaken"))
        await _note(session, current, actor, "overtake", now)
        return current
    revised = revise(current, view, becoming, now)
    await review.save(session, revised)
    revised = await review.add_hand(session, revised, Hand(revised.revision, actor, Part.EDITOR, now))
    await _note(session, revised, actor, "revise", now)
    return revised


def merged(current: Alert, seen: CaseView, changed: Collection[str]) -> CaseView:
    """What an open draft says once its list has changed these fields: theirs are the list's, the rest stays.

    So what a moderator put right is not undone by a change elsewhere. A moderator's own alert keeps its status and
    who says so until the list says another; that the list has come to say the same is no news.
    """
    view, told = current.facts.view, as_told(seen)
    taken = set(changed) & _FIELDS
    if current.is_by_hand:
        is_confirmed = (told.status, told.execution_date) == (view.status, view.execution_date)
        if is_confirmed or "status" not in taken:
            taken -= _SAYING | {"status"}
    if taken & {"status", "certainty"}:
        taken |= _SAYING | {"status", "detail", "word"}
    if not set(changed) <= _FIELDS:
        taken.add("extras")
    return replace(view, **{name: getattr(told, name) for name in taken})


def _is_news(current: Alert, view: CaseView) -> bool:
    said = current.facts.view
    return (said.status, said.execution_date) != (view.status, view.execution_date)


def revise(current: Alert, view: CaseView, becoming: Becoming | None, now: datetime) -> Alert:
    """The next revision of an open draft, saying `view`.

    Another status or date is weighed anew: kind, lane, disposition and deadline, and free text about another status
    goes. Anything else leaves what moderators chose, and leaves a draft with whoever is writing it.
    """
    following = replace(current, revision=current.revision + 1, approved_at=None)
    if not _is_news(current, view):
        following = replace(following, facts=replace(current.facts, view=view))
        is_being_written = current.status is AlertStatus.DRAFT or current.is_by_hand
        stays = is_being_written and current.status is not AlertStatus.APPROVED
        return following if stays else _pending(following, now)
    weighed = becoming or becomes(None, view, now, has_open_action=current.kind is not AlertKind.FIRST)
    fresh = facts_for(view, current.facts.before, None, now)
    facts = replace(fresh, petitions=current.facts.petitions, also=current.facts.also)
    texts = current.texts if view.status is current.status_in_law else {}
    following = replace(following, facts=facts, texts=texts)
    if weighed is not None:
        is_correction = current.kind is AlertKind.CORRECTION
        following = replace(
            following,
            kind=current.kind if is_correction else weighed.kind,
            lane=current.lane if is_correction else weighed.lane,
            disposition=disposition_for(view, weighed),
        )
    return _pending(following, now)


def _pending(alert: Alert, now: datetime) -> Alert:
    return replace(alert, status=AlertStatus.PENDING, pending_at=now, reason=None)


async def _note(session: AsyncSession, alert: Alert, actor: str, verb: str, now: datetime) -> None:
    subject, detail = f"alert:{alert.id}", {"revision": alert.revision}
    await audit.record(session, now=now, actor=actor, verb=verb, subject=subject, detail=detail)
