"""The review machine: what may be done to an alert, by whom, and why not. Pure; the deeds are alerts/review.py.

`may_publish` is the only rule of publication; every station and command asks it. Source: domain.md section 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Final

from alerts.alert.content import Alert, Facts, Hand
from alerts.alert.words import OPEN, AlertKind, AlertStatus, Part, Refusal
from alerts.case import CERTAIN, CLOSED, Case, CaseStatus, CaseView, as_told
from alerts.names import normalise

APPROVAL_LASTS: Final = timedelta(hours=24)
"""An approval older than this has lapsed."""


def may_submit(alert: Alert) -> Refusal | None:
    """A draft or a returned alert may be submitted (again)."""
    return None if alert.status in {AlertStatus.DRAFT, AlertStatus.RETURNED} else Refusal.WRONG_STATUS


def may_edit(alert: Alert) -> Refusal | None:
    """Anything open may be edited; that voids its approvals and sends it back to draft."""
    return None if alert.status in OPEN else Refusal.WRONG_STATUS


PUT_RIGHT: Final = frozenset({"source_name", "source_url", "prison", "name_latin", "name_native", "aliases"})
"""What may be put right on a list's draft without becoming its editor (domain.md section 7)."""


def makes_editor(alert: Alert, facts: Facts, texts: Mapping[str, str]) -> bool:
    """Whether this edit bars its author from approving: not for spelling, prison or source of a list's draft."""
    if alert.is_by_hand or dict(texts) != dict(alert.texts) or alert.hands_of(Part.APPROVER):
        return True
    old, new = alert.facts.to_json(), facts.to_json()
    old_view, new_view = old.pop("view"), new.pop("view")
    changed = {name for name in old_view.keys() | new_view.keys() if old_view.get(name) != new_view.get(name)}
    return old != new or not changed <= PUT_RIGHT


def may_turn_down(alert: Alert, reason: str) -> Refusal | None:
    """Returning and rejecting need a pending or approved alert and a reason."""
    if alert.status not in {AlertStatus.DRAFT, AlertStatus.PENDING, AlertStatus.APPROVED}:
        return Refusal.WRONG_STATUS
    return None if reason.strip() else Refusal.REASON_MISSING


def may_approve(
    alert: Alert, actor: str, revision: int, seen: CaseView | None, now: datetime
) -> Refusal | None:
    """Whether `actor` may approve that revision now. `seen`: the list's view, None for a case kept by hand.

    The case must still have the status the alert states, so that a stay is not overtaken by an old warning.
    """
    if alert.status is not AlertStatus.PENDING:
        return Refusal.WRONG_STATUS
    if revision != alert.revision:
        return Refusal.STALE_REVISION
    if alert.is_own_work_of(actor):
        return Refusal.OWN_WORK
    if any(hand.actor == actor for hand in alert.hands_of(Part.APPROVER)):
        return Refusal.ALREADY_APPROVED
    return _facts_stand(alert, seen, now)


def may_publish(alert: Alert, needed: int, seen: CaseView | None, now: datetime) -> Refusal | None:
    """The only rule of publication: enough fresh approvals of exactly this, by others than its makers."""
    if alert.status is not AlertStatus.APPROVED:
        return Refusal.WRONG_STATUS
    approvals = [hand for hand in alert.hands_of(Part.APPROVER) if not alert.is_own_work_of(hand.actor)]
    bound = [
        hand
        for hand in approvals
        if hand.core_hash == alert.core_hash() and hand.locale_hashes == alert.locale_hashes()
    ]
    fresh = {hand.actor for hand in bound if now - hand.at <= APPROVAL_LASTS}
    if len(fresh) < needed:
        return Refusal.LAPSED if len({hand.actor for hand in bound}) >= needed else Refusal.TOO_FEW_APPROVALS
    return _facts_stand(alert, seen, now)


def is_enough(alert: Alert, needed: int) -> bool:
    """Whether the approvals of this revision reach the number asked for."""
    return len({hand.actor for hand in alert.hands_of(Part.APPROVER)}) >= needed


def _facts_stand(alert: Alert, seen: CaseView | None, now: datetime) -> Refusal | None:
    if seen is not None and seen.status is not alert.status_in_law:
        return Refusal.STATUS_MOVED_ON
    if alert.facts.deadline is not None and alert.facts.deadline <= now:
        return Refusal.DEADLINE_PASSED
    if alert.status_in_law is CaseStatus.EXECUTED and alert.facts.view.certainty not in CERTAIN:
        return Refusal.NEEDS_CERTAINTY
    return None
