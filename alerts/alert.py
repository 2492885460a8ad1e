"""Alert: the text to the public about a case, its kinds, and the machine its review runs on.

`may_publish` is the only rule of publication; every station and command asks it. Statuses and rules: domain.md
section 7. A refusal is a value that names its reason; its words are in locales/ (bot/handlers/refusals.py).

    draft -> pending -> {returned, rejected, approved} -> published -> {superseded, stopped, expired, cancelled}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from alerts.case import DEATHS, OUTCOMES, CaseStatus, CaseView, Certainty

APPROVAL_LASTS: Final = timedelta(hours=24)
"""An approval older than this has lapsed."""


class AlertKind(StrEnum):
    """What an alert is to those who got the earlier ones of its chain (domain.md section 5)."""

    FIRST = "first"
    UPDATE_NEW_DEMAND = "update_new_demand"
    UPDATE_DEADLINE_EXTENDED = "update_deadline_extended"
    CORRECTION = "correction"
    STOP_ACTION = "stop_action"
    GOOD_NEWS = "good_news"
    EXECUTED_NOTICE = "executed_notice"
    CLOSED_EXPIRED = "closed_expired"


class AlertStatus(StrEnum):
    """Where an alert stands in review."""

    DRAFT = "draft"
    PENDING = "pending"
    RETURNED = "returned"
    REJECTED = "rejected"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    STOPPED = "stopped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


OPEN: Final = frozenset({AlertStatus.DRAFT, AlertStatus.PENDING, AlertStatus.RETURNED, AlertStatus.APPROVED})
"""On its way, not yet out: at most one per case."""


class Disposition(StrEnum):
    """How far an approved alert goes: the choice a moderator makes at triage."""

    RECORD = "record"  # the case's public history only
    DIGEST = "digest"  # and the next digest
    ALERT = "alert"  # and a message at once
    ACTION = "action"  # and letters to write


class Part(StrEnum):
    """What somebody's hands did to a revision."""

    AUTHOR = "author"
    EDITOR = "editor"
    APPROVER = "approver"


class Refusal(StrEnum):
    """Why a step of review is not possible."""

    WRONG_STATUS = "wrong_status"
    OWN_WORK = "own_work"
    ALREADY_APPROVED = "already_approved"
    STALE_REVISION = "stale_revision"
    LAPSED = "lapsed"
    TOO_FEW_APPROVALS = "too_few_approvals"
    DEADLINE_PASSED = "deadline_passed"
    STATUS_MOVED_ON = "status_moved_on"
    NEEDS_CERTAINTY = "needs_certainty"
    REASON_MISSING = "reason_missing"
    OPEN_DRAFT_EXISTS = "open_draft_exists"


@dataclass(frozen=True, slots=True)
class Facts:
    """The core of an alert: all that its text in every language is made from, and its approval bound to."""

    view: CaseView
    before: CaseView | None = None  # what readers or the last edition had, for "from … to …"
    deadline: datetime | None = None
    petition_url: str | None = None
    petition_title: str | None = None

    @property
    def has_new_date(self) -> bool:
        """A date is set or moved by this alert."""
        earlier = self.before.execution_date if self.before else None
        return self.view.execution_date is not None and self.view.execution_date != earlier

    def to_json(self) -> dict[str, Any]:
        """A plain dict; inverse of `from_json`."""
        return {
            "view": self.view.to_json(),
            "before": self.before.to_json() if self.before else None,
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "petition_url": self.petition_url,
            "petition_title": self.petition_title,
        }

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Facts:
        """Inverse of `to_json`."""
        return cls(
            view=CaseView.from_json(plain["view"]),
            before=CaseView.from_json(plain["before"]) if plain["before"] else None,
            deadline=datetime.fromisoformat(plain["deadline"]) if plain["deadline"] else None,
            petition_url=plain["petition_url"],
            petition_title=plain["petition_title"],
        )


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's (or list's) part in a revision; approvals carry the hashes of what was approved."""

    revision: int
    actor: str
    part: Part
    at: datetime
    core_hash: str | None = None
    locale_hashes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert with the hands that touched it. `author` is "list:NAME" or a moderator's actor."""

    id: int
    case_id: int
    kind: AlertKind
    status: AlertStatus
    disposition: Disposition
    lane: int
    revision: int
    author: str
    facts: Facts
    texts: Mapping[str, str]
    created_at: datetime
    action_id: int | None = None
    number: str | None = None
    reason: str | None = None
    pending_at: datetime | None = None
    approved_at: datetime | None = None
    published_at: datetime | None = None
    hands: tuple[Hand, ...] = field(default=())

    @property
    def status_in_law(self) -> CaseStatus:
        """The case's status as this alert states it."""
        assert self.facts.view.status is not None
        return self.facts.view.status

    @property
    def is_silent(self) -> bool:
        """Deaths arrive without a sound (domain.md section 9)."""
        return self.status_in_law in DEATHS

    @property
    def is_by_hand(self) -> bool:
        """Written by a moderator, whose word may be ahead of the list's."""
        return not self.author.startswith("list:")

    @property
    def goes_out(self) -> bool:
        """Whether publishing it sends messages."""
        return self.disposition in {Disposition.ALERT, Disposition.ACTION}

    @property
    def offers_letters(self) -> bool:
        """Whether it carries something to write: never on a death or while a stay is news."""
        return self.disposition is Disposition.ACTION and self.status_in_law not in OUTCOMES

    def core_hash(self) -> str:
        """Fingerprint of everything that is the same in all languages."""
        return _fingerprint([self.case_id, self.kind, self.disposition, self.lane, self.facts.to_json()])

    def locale_hashes(self) -> dict[str, str]:
        """Fingerprints of the free text, per locale."""
        return {locale: _fingerprint(text) for locale, text in self.texts.items()}

    def hands_of(self, part: Part) -> list[Hand]:
        """Those who had that part in the current revision; editors and authors of earlier ones count too."""
        if part is Part.APPROVER:
            return [hand for hand in self.hands if hand.part is part and hand.revision == self.revision]
        return [hand for hand in self.hands if hand.part is part]

    def is_own_work_of(self, actor: str) -> bool:
        """Whether `actor` wrote or edited it."""
        made = {hand.actor for part in (Part.AUTHOR, Part.EDITOR) for hand in self.hands_of(part)}
        return actor == self.author or actor in made

    def topics(self) -> frozenset[str]:
        """Topic keys; a subscriber who holds any of them wants this alert (delivery.md 2.1)."""
        view = self.facts.view
        countries = {"*"} | ({view.country} if view.country else set())
        marks = {"*"}
        if view.gender == "f":
            marks.add("women")
        if view.minor_at_offence:
            marks.add("minor")
        if view.political:
            marks.add("political")
        return frozenset(
            {f"{country}/{mark}" for country in countries for mark in marks} | {f"case:{self.case_id}"}
        )


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


CERTAIN: Final[Collection[Certainty | None]] = frozenset({Certainty.OFFICIAL, Certainty.CORROBORATED})
"""What "executed" needs; otherwise it is "reported executed" (domain.md section 4)."""


def _fingerprint(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
