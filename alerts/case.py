"""Case: one person under threat of execution; where they stand in law; which moves the law allows.

A case has two views: what the list says now (`seen`) and what moderators have let readers know (`published`).
Readers' surfaces only ever get the second. Source of the vocabulary and the transitions: domain.md section 2.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from alerts.day import Day


class CaseStatus(StrEnum):
    """Where a case stands in law."""

    AT_RISK = "at_risk"
    SENTENCED = "sentenced"
    APPEAL_PENDING = "appeal_pending"
    UPHELD = "upheld"
    RETRIAL_REQUESTED = "retrial_requested"
    RETRIAL_REJECTED = "retrial_rejected"
    SENT_FOR_IMPLEMENTATION = "sent_for_implementation"
    SCHEDULED = "scheduled"
    IMMINENT = "imminent"
    STAYED = "stayed"
    QUASHED = "quashed"
    COMMUTED = "commuted"
    PARDONED = "pardoned"
    FORGIVEN = "forgiven"
    ACQUITTED = "acquitted"
    RELEASED = "released"
    EXECUTED_REPORTED = "executed_reported"
    EXECUTED = "executed"
    DIED_IN_CUSTODY = "died_in_custody"
    UNKNOWN_FATE = "unknown_fate"
    MERGED = "merged"
    RETRACTED = "retracted"


S = CaseStatus
CLOSED: Final = frozenset({S.EXECUTED, S.DIED_IN_CUSTODY, S.MERGED, S.RETRACTED})
"""No way out but a correction."""
DEATHS: Final = frozenset({S.EXECUTED_REPORTED, S.EXECUTED, S.DIED_IN_CUSTODY})
CLEMENCY: Final = frozenset({S.STAYED, S.COMMUTED, S.PARDONED, S.FORGIVEN, S.ACQUITTED})
RELIEF: Final = CLEMENCY | {S.RELEASED, S.QUASHED}
THREATS: Final = frozenset(
    {S.UPHELD, S.RETRIAL_REJECTED, S.SENT_FOR_IMPLEMENTATION, S.SCHEDULED, S.IMMINENT},
)
"""A final sentence that can be carried out."""
OUTCOMES: Final = DEATHS | {S.STAYED}
"""While one of these waits for review, the letters of the case are held (domain.md section 5)."""
LIVING: Final = frozenset(S) - DEATHS - CLOSED
IN_DANGER: Final = LIVING - RELIEF - OUTCOMES
"""Living, and the danger ahead: what letters are written for."""
ASKING: Final = IN_DANGER | {S.STAYED}
"""Statuses about which there is something to ask for; a stay's letters are held until a moderator decides."""

_COMMON: Final = frozenset({S.EXECUTED_REPORTED, S.EXECUTED, S.DIED_IN_CUSTODY, S.UNKNOWN_FATE})
_ROAD: Final = (S.SENTENCED, S.APPEAL_PENDING, S.UPHELD, S.SENT_FOR_IMPLEMENTATION, S.SCHEDULED, S.IMMINENT)
_NEXT: Final[dict[CaseStatus, frozenset[CaseStatus]]] = {
    S.AT_RISK: frozenset({S.SENTENCED, S.ACQUITTED, S.RELEASED}),
    S.SENTENCED: CLEMENCY | {S.APPEAL_PENDING, S.UPHELD, S.QUASHED},
    S.APPEAL_PENDING: CLEMENCY | {S.UPHELD, S.QUASHED},
    S.UPHELD: CLEMENCY | {S.RETRIAL_REQUESTED, S.QUASHED, S.SENT_FOR_IMPLEMENTATION, S.SCHEDULED, S.IMMINENT},
    S.RETRIAL_REQUESTED: CLEMENCY | {S.RETRIAL_REJECTED, S.QUASHED, S.SCHEDULED, S.IMMINENT},
    S.RETRIAL_REJECTED: CLEMENCY | {S.RETRIAL_REQUESTED, S.SENT_FOR_IMPLEMENTATION, S.SCHEDULED, S.IMMINENT},
    S.SENT_FOR_IMPLEMENTATION: CLEMENCY | {S.SCHEDULED, S.IMMINENT, S.RETRIAL_REQUESTED, S.QUASHED},
    S.SCHEDULED: CLEMENCY | {S.IMMINENT, S.SCHEDULED, S.UPHELD, S.RETRIAL_REQUESTED, S.QUASHED},
    S.IMMINENT: CLEMENCY | {S.SCHEDULED, S.RETRIAL_REQUESTED, S.QUASHED, S.UPHELD},
    S.STAYED: CLEMENCY | {S.UPHELD, S.RETRIAL_REQUESTED, S.QUASHED, S.SCHEDULED, S.IMMINENT},
    S.QUASHED: frozenset({S.SENTENCED, S.ACQUITTED, S.RELEASED, S.COMMUTED, S.AT_RISK}),
    S.COMMUTED: frozenset({S.RELEASED, S.SENTENCED}),
    S.PARDONED: frozenset({S.RELEASED, S.SENTENCED}),
    S.FORGIVEN: frozenset({S.RELEASED, S.COMMUTED, S.SENTENCED}),
    S.ACQUITTED: frozenset({S.RELEASED, S.SENTENCED, S.AT_RISK}),
    S.RELEASED: frozenset({S.SENTENCED, S.AT_RISK}),
    S.EXECUTED_REPORTED: frozenset({S.EXECUTED, S.IMMINENT, S.STAYED, S.UPHELD, S.UNKNOWN_FATE}),
    S.UNKNOWN_FATE: frozenset(S) - {S.MERGED, S.RETRACTED},
}


def may_move(before: CaseStatus | None, after: CaseStatus) -> bool:
    """Whether a list may move a case from `before` (None: a new case) to `after` without a question."""
    if before is None or before == after:
        return True
    if before in CLOSED:
        return False
    if after in _COMMON or after in _NEXT.get(before, frozenset()):
        return True
    # Stages often go unannounced, so skipping forward along the road is legal (domain.md section 2, rule 1).
    return before in _ROAD and after in _ROAD and _ROAD.index(before) < _ROAD.index(after)


def split_status(word: str) -> tuple[CaseStatus, str | None]:
    """Read a mapping's right side, "stayed" or "stayed/incompetent"; ValueError for a word not ours."""
    status, _, detail = word.partition("/")
    return CaseStatus(status.strip()), detail.strip() or None


class Certainty(StrEnum):
    """How well a fact is known (domain.md section 4)."""

    OFFICIAL = "official"
    CORROBORATED = "corroborated"
    SINGLE_SOURCE = "single_source"
    UNCONFIRMED = "unconfirmed"


ANNOUNCED: Final = ("official", "known_to_family_or_lawyer", "unannounced")
"""How an execution was made known beforehand (domain.md section 4); most in Iran are not."""

CERTAIN: Final = frozenset({Certainty.OFFICIAL, Certainty.CORROBORATED})
"""What "executed" needs; otherwise it is "reported executed" (domain.md section 4)."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """What somebody (a list, or we in public) says about a case. Absent facts are None or empty.

    `word` is the list's own status word; `detail` what the mapping put after the slash; `extras` the columns
    named in `also`, as (column, text or None) pairs.
    """

    name_latin: str | None = None
    name_native: str | None = None
    aliases: tuple[str, ...] = ()
    status: CaseStatus | None = None
    detail: str | None = None
    word: str | None = None
    status_since: Day | None = None
    execution_date: Day | None = None
    birth_date: Day | None = None
    gender: str | None = None  # "m", "f" or None
    country: str | None = None  # ISO 3166-1 alpha-2
    province: str | None = None
    prison: str | None = None
    charges: tuple[str, ...] = ()
    court: str | None = None
    verdict_date: Day | None = None
    minor_at_offence: bool | None = None
    political: bool | None = None
    protest: bool | None = None  # charged for a protest, or for what was said or written
    unfair_trial: bool | None = None
    torture: bool | None = None  # torture or a forced confession is reported
    hunger_strike: bool | None = None
    announced: str | None = None  # one of ANNOUNCED
    group_size: int | None = None  # of a group without names; None for one person
    source_name: str | None = None
    source_url: str | None = None
    certainty: Certainty | None = None
    note: str | None = None
    extras: tuple[tuple[str, str | None], ...] = field(default=())

    @property
    def name(self) -> str:
        """A name to call the case by in logs and moderators' lists; never empty."""
        return self.name_latin or self.name_native or "(no name)"

    def to_json(self) -> dict[str, Any]:
        """A plain dict for storage and hashing; absent facts are left out. Inverse of `from_json`."""
        plain: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None or value == ():
                continue
            if isinstance(value, Day | StrEnum):
                plain[item.name] = str(value)
            elif isinstance(value, tuple):
                plain[item.name] = [list(part) if isinstance(part, tuple) else part for part in value]
            else:
                plain[item.name] = value
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> CaseView:
        """Inverse of `to_json`."""
        values = dict(plain)
        for name in ("status_since", "execution_date", "birth_date", "verdict_date"):
            if values.get(name):
                values[name] = Day.parse(values[name])
        if values.get("status"):
            values["status"] = CaseStatus(values["status"])
        if values.get("certainty"):
            values["certainty"] = Certainty(values["certainty"])
        for name in ("aliases", "charges"):
            values[name] = tuple(values.get(name, ()))
        values["extras"] = tuple((column, text) for column, text in values.get("extras", ()))
        return cls(**values)


def as_told(view: CaseView) -> CaseView:
    """The view as we may tell it: an execution that nobody vouches for is "reported", whatever the list calls it.

    The list's own word and its view stay as they were read (domain.md section 4, certainty).
    """
    if view.status is CaseStatus.EXECUTED and view.certainty not in CERTAIN:
        return replace(view, status=CaseStatus.EXECUTED_REPORTED)
    return view


@dataclass(frozen=True, slots=True)
class Case:
    """A case as moderators' side knows it; `id` is ours and stable, `list_key` the list's own."""

    id: int
    list_name: str
    list_key: str
    seen: CaseView
    published: CaseView | None = None
    missing_since: datetime | None = None
    date_seen_at: datetime | None = None  # when the current execution date was first read


@dataclass(frozen=True, slots=True)
class PublishedCase:
    """A case as readers may know it; built from the published view only."""

    id: int
    view: CaseView
    updated_at: datetime
