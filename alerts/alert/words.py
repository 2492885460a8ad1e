"""The closed vocabularies of alerts: kinds, statuses of review, how far one goes, who had which part, refusals."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


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


ENDS: Final = frozenset(
    {AlertKind.STOP_ACTION, AlertKind.GOOD_NEWS, AlertKind.EXECUTED_NOTICE, AlertKind.CLOSED_EXPIRED}
)
"""Kinds that never ask for a letter, however far they go."""


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
    VANISHED = "vanished"
    NEEDS_CORRECTION = "needs_correction"
    NEEDS_CERTAINTY = "needs_certainty"
    REASON_MISSING = "reason_missing"
    OPEN_DRAFT_EXISTS = "open_draft_exists"
    NOT_TOGETHER = "not_together"
    ACTION_CLOSED = "action_closed"
    NO_LETTERS = "no_letters"
    NO_LATER_DEADLINE = "no_later_deadline"
    NOT_BEING_SENT = "not_being_sent"
