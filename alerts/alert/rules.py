"""The review machine: what may be done to an alert, by whom, and why not. Pure; the deeds are alerts/review.py.

`may_publish` is the only rule of publication; every station and command asks it. Source: domain.md section 7.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
_SAME_NAME: Final = 0.75
"""How alike two spellings of one name are at least (0 to 1); below it, the edit names somebody else."""


def makes_editor(
    alert: Alert, facts: Facts, texts: Mapping[str, str], backgrounds: Mapping[str, str] | None = None
) -> bool:
    """Whether this edit bars its author from approving: not for spelling, prison or source of a list's draft.

    `backgrounds` None: they stay as they are.
    """
    stories = alert.backgrounds if backgrounds is None else backgrounds
    words_stay = (dict(texts), dict(stories)) == (dict(alert.texts), dict(alert.backgrounds))
    if alert.is_by_hand or not words_stay or alert.hands_of(Part.APPROVER):
        return True
    old, new = alert.facts.to_json(), facts.to_json()
    old_view, new_view = old.pop("view"), new.pop("view")
    changed = {name for name in old_view.keys() | new_view.keys() if old_view.get(name) != new_view.get(name)}
    names = ((old_view.get(name), new_view.get(name)) for name in changed & {"name_latin", "name_native"})
    return old != new or not changed <= PUT_RIGHT or not all(_is_spelling(*pair) for pair in names)


def _is_spelling(old: str | None, new: str | None) -> bool:
    """Whether both can be the same name; a name added where there was none is not spelling."""
    likeness = SequenceMatcher(None, normalise(old or ""), normalise(new or ""), autojunk=False).ratio()
    return bool(old and new) and likeness >= _SAME_NAME


def may_turn_down(alert: Alert, reason: str) -> Refusal | None:
    """Returning and rejecting need an open alert and a reason."""
    if alert.status not in OPEN:
        return Refusal.WRONG_STATUS
    return None if reason.strip() else Refusal.REASON_MISSING


def may_approve(
    alert: Alert,
    actor: str,
    revision: int,
    case: Case,
    now: datetime,
    companions: Collection[Case] = (),
) -> Refusal | None:
    """Whether `actor` may approve that revision now, of an alert about `case` and, if it names more, `companions`."""
    if alert.status is not AlertStatus.PENDING:
        return Refusal.WRONG_STATUS
    if revision != alert.revision:
        return Refusal.STALE_REVISION
    if alert.is_own_work_of(actor):
        return Refusal.OWN_WORK
    if actor in _standing(alert, now):
        return Refusal.ALREADY_APPROVED
    return _facts_stand(alert, case, now, companions)


def may_publish(
    alert: Alert, needed: int, case: Case, now: datetime, companions: Collection[Case] = ()
) -> Refusal | None:
    """The only rule of publication: enough fresh approvals of exactly this, by others than its makers.

    One is always needed: nothing goes out without a named approver, whatever `needed` says.
    """
    if alert.status is not AlertStatus.APPROVED:
        return Refusal.WRONG_STATUS
    if not is_enough(alert, needed, now):
        had = {hand.actor for hand in _bound(alert)}
        return Refusal.LAPSED if len(had) >= max(needed, 1) else Refusal.TOO_FEW_APPROVALS
    return _facts_stand(alert, case, now, companions)


def is_enough(alert: Alert, needed: int, now: datetime) -> bool:
    """Whether the approvals of this revision that still stand reach the number asked for."""
    return len(_standing(alert, now)) >= max(needed, 1)


def takes_back_an_end(alert: Alert, published: CaseView | None) -> bool:
    """Whether readers were told of an end (a death, above all) that this contradicts: only a correction may."""
    return (
        published is not None
        and published.status in CLOSED
        and published.status is not alert.status_in_law
        and alert.kind is not AlertKind.CORRECTION
    )


def _bound(alert: Alert) -> list[Hand]:
    """Approvals of exactly what the alert now says, by others than its makers."""
    core, texts = alert.core_hash(), alert.locale_hashes()
    return [
        hand
        for hand in alert.hands_of(Part.APPROVER)
        if not alert.is_own_work_of(hand.actor) and (hand.core_hash, hand.locale_hashes) == (core, texts)
    ]


def _standing(alert: Alert, now: datetime) -> set[str]:
    return {hand.actor for hand in _bound(alert) if now - hand.at <= APPROVAL_LASTS}


def _facts_stand(alert: Alert, case: Case, now: datetime, companions: Collection[Case]) -> Refusal | None:
    """What it says of each of its cases must still hold; its deadline must be ahead."""
    by_id = {one.id: one for one in companions}
    refusals = [_case_stands(alert, case, is_by_hand=alert.is_by_hand)]
    refusals += [
        _case_stands(alert.as_about(one.case_id), by_id[one.case_id], is_by_hand=one.by_hand)
        for one in alert.facts.also
    ]
    if refusal := next(filter(None, refusals), None):
        return refusal
    if alert.goes_out and alert.facts.deadline is not None and alert.facts.deadline <= now:
        return Refusal.DEADLINE_PASSED
    return None


def _case_stands(alert: Alert, case: Case, *, is_by_hand: bool) -> Refusal | None:
    """A list's alert must still be what the list says, so that a stay is not overtaken by an old warning.

    A moderator's own word may be ahead of the list.
    """
    if not is_by_hand:
        if case.missing_since is not None:
            return Refusal.VANISHED
        if as_told(case.seen).status is not alert.status_in_law:
            return Refusal.STATUS_MOVED_ON
    if takes_back_an_end(alert, case.published):
        return Refusal.NEEDS_CORRECTION
    if alert.status_in_law is CaseStatus.EXECUTED and alert.facts.view.certainty not in CERTAIN:
        return Refusal.NEEDS_CERTAINTY
    return None
