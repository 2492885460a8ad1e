"""Keeping: what moderators may do to an official's entry, and when it must be looked at again.

An entry takes two people: one proposes, another agrees, having opened the sources. Who entered it cannot be who
says that it was checked. Pure rules; the deeds are `alerts.tend`.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from alerts.target.entry import TargetEntry
from alerts.target.official import Target
from alerts.target.words import AddressState

RECHECK: Final = timedelta(days=90)
"""After that a moderator is asked to check it again."""
_TERM_ENDS: Final = timedelta(days=14)
_FINGERPRINT_BYTES: Final = 15  # 120 bits: no two entries can be made to share one; 20 characters on a button


class TargetRefusal(StrEnum):
    """Why a step is not possible."""

    OWN_WORK = "own_work"
    CHANGED = "changed"  # not what was shown
    PROPOSAL_WAITS = "proposal_waits"  # somebody else's
    NO_DIFFERENCE = "no_difference"
    EXAMPLE = "example"
    NOT_IN_FORCE = "not_in_force"


@dataclass(frozen=True, slots=True)
class Kept:
    """An official as the database has it: the value in force, if any, and the proposal that waits, if any.

    `entered_by` and `proposed_by` are actors ("mod:DIGEST"); `entered_by` None: the configuration.
    """

    id: int
    key: str
    value: TargetEntry | None = None
    states: Mapping[str, AddressState] = field(default_factory=dict)
    entered_by: str | None = None
    proposal: TargetEntry | None = None
    proposed_by: str | None = None
    verified_at: datetime | None = None
    retired_at: datetime | None = None

    @property
    def shown(self) -> TargetEntry:
        """The value in force, else what is proposed; one of them is there."""
        found = self.value or self.proposal
        assert found is not None, "a row without either is deleted"
        return found

    @property
    def target(self) -> Target | None:
        """What may be written to, if anything; whether it is served is `serving.serves`."""
        if self.value is None or self.retired_at is not None:
            return None
        return Target(**dict(self.value), id=self.id, states=dict(self.states), verified_at=self.verified_at)


def fingerprint(entry: TargetEntry) -> str:
    """20 characters that stand for exactly this entry, on the buttons that decide about it."""
    text = json.dumps(entry.to_json(), sort_keys=True, separators=(",", ":"))
    return urlsafe_b64encode(sha256(text.encode()).digest()[:_FINGERPRINT_BYTES]).decode()


def differing(before: TargetEntry | None, after: TargetEntry) -> list[str]:
    """The fields in which two entries differ; of a new one, all that are given."""
    earlier, later = before.to_json() if before else {}, after.to_json()
    return [name for name in TargetEntry.model_fields if earlier.get(name) != later.get(name)]


def may_propose(kept: Kept | None, entry: TargetEntry, actor: str) -> TargetRefusal | None:
    """A new entry, or another value for one; one's own proposal can be replaced, somebody else's waits."""
    if kept is None:
        return None
    if kept.proposal is not None and kept.proposed_by != actor:
        return TargetRefusal.PROPOSAL_WAITS
    is_same = kept.value is not None and not differing(kept.value, entry) and kept.retired_at is None
    return TargetRefusal.NO_DIFFERENCE if is_same else None


def may_agree(kept: Kept, actor: str, shown: str) -> TargetRefusal | None:
    """Only to exactly the proposal that was `shown` (its fingerprint), and never to one's own."""
    if kept.proposal is None or fingerprint(kept.proposal) != shown:
        return TargetRefusal.CHANGED
    return TargetRefusal.OWN_WORK if kept.proposed_by == actor else None


def may_refuse(kept: Kept, shown: str) -> TargetRefusal | None:
    """Anybody may, its author too."""
    is_there = kept.proposal is not None and fingerprint(kept.proposal) == shown
    return None if is_there else TargetRefusal.CHANGED


def may_verify(kept: Kept, actor: str, shown: str) -> TargetRefusal | None:
    """That it was checked can say whoever did not enter it; of an example nobody."""
    if refusal := may_retire(kept, shown):
        return refusal
    assert kept.value is not None
    if kept.value.example:
        return TargetRefusal.EXAMPLE
    return TargetRefusal.OWN_WORK if kept.entered_by == actor else None


def may_retire(kept: Kept, shown: str) -> TargetRefusal | None:
    """Anybody may take out of service what is in it; a proposal agreed to brings it back."""
    if kept.value is None or kept.retired_at is not None:
        return TargetRefusal.NOT_IN_FORCE
    return None if fingerprint(kept.value) == shown else TargetRefusal.CHANGED


def is_due(target: Target, today: date) -> bool:
    """Whether it must be checked: never or over 90 days ago, or since its term nears its end, or has ended.

    Each end of patience asks once: what was checked after it is not due before the next. Examples never are.
    """
    if target.example:
        return False
    if target.verified_at is None:
        return True
    checked = target.verified_at.astimezone(UTC).date()
    ends = [checked + RECHECK + timedelta(days=1)]
    if target.active_until is not None:
        marks = (target.active_until - _TERM_ENDS, target.active_until + timedelta(days=1))
        ends += [mark for mark in marks if checked < mark]
    return today >= min(ends)
