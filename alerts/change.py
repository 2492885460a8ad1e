"""Change: one difference between two accepted readings of a case, and what it becomes.

Compares views and judges; matches no rows and stores nothing. Source of the rules: domain.md section 2.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from alerts.alert import AlertKind
from alerts.case import DEATHS, LIVING, THREATS, Case, CaseStatus, CaseView

NEAR: Final = timedelta(days=7)
"""An execution date within this is as urgent as "imminent"."""
DAY_IS_OVER: Final = time(18, 0, tzinfo=UTC)
"""From this hour of the date on, a status that has not moved is a question."""

FIELDS: Final = (
    "status",
    "execution_date",
    "status_since",
    "name_latin",
    "name_native",
    "aliases",
    "birth_date",
    "gender",
    "country",
    "province",
    "prison",
    "charges",
    "court",
    "verdict_date",
    "minor_at_offence",
    "political",
    "protest",
    "unfair_trial",
    "torture",
    "hunger_strike",
    "announced",
    "group_size",
    "source_name",
    "source_url",
    "certainty",
    "note",
)
"""Our fields that a list's columns may be mapped to, compared in this order; a detail or the list's own word that moves while the status stays is no change."""

S = CaseStatus
_LANES: Final[dict[CaseStatus, int]] = (
    dict.fromkeys(DEATHS | {S.IMMINENT}, 0)
    | dict.fromkeys((S.SCHEDULED, S.UPHELD, S.RETRIAL_REJECTED, S.SENT_FOR_IMPLEMENTATION, S.STAYED), 1)
    | dict.fromkeys(
        (S.SENTENCED, S.APPEAL_PENDING, S.AT_RISK, S.QUASHED, S.RETRIAL_REQUESTED, S.UNKNOWN_FATE), 2
    )
    | dict.fromkeys((S.COMMUTED, S.PARDONED, S.FORGIVEN, S.ACQUITTED, S.RELEASED), 2)
)
_GOOD: Final = frozenset({S.STAYED, S.COMMUTED, S.PARDONED, S.FORGIVEN, S.ACQUITTED, S.RELEASED})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's text before and after; None when it was or is absent. Dates in ISO 8601, statuses in ours."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A field's change in a case."""

    case_id: int
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Becoming:
    """What moderators are offered to make of a change: an alert's kind, and its lane (0 most urgent)."""

    kind: AlertKind
    lane: int


def compare(before: CaseView | None, after: CaseView, also: Collection[str] = ()) -> tuple[FieldChange, ...]:
    """The differences, in a fixed order; `also` names the columns whose texts count too.

    A new row (`before` None) is a change from nothing: its status, and its execution date if it has one. A
    column that only one of the two readings had is not a difference.
    """
    if before is None:
        fields = [FieldChange("status", None, _text(after.status))]
        if after.execution_date is not None:
            fields.append(FieldChange("execution_date", None, _text(after.execution_date)))
        return tuple(fields)
    if before == after:
        return ()
    found = [
        FieldChange(field, _text(old), _text(new))
        for field in FIELDS
        if (old := getattr(before, field)) != (new := getattr(after, field))
    ]
    old_extras = dict(before.extras)
    found += [
        FieldChange(column, old_extras[column], text)
        for column, text in after.extras
        if column in also and column in old_extras and old_extras[column] != text
    ]
    return tuple(found)


def becomes(
    before: CaseView | None, after: CaseView, now: datetime, *, has_open_action: bool
) -> Becoming | None:
    """What a change becomes before a moderator decides otherwise; None when it is only recorded.

    A status and a date that change together are one alert, at the more urgent lane of the two.
    """
    told = AlertKind.UPDATE_NEW_DEMAND if has_open_action else AlertKind.FIRST
    by_status = _status_becomes(before, after, told)
    lane = _date_lane(before, after, now)
    if lane is None:
        return by_status
    if by_status is None:
        return Becoming(told, lane)
    # Good news keeps its words and lane: a date beside a stay says until when, not that death is near.
    return (
        by_status
        if by_status.kind is AlertKind.GOOD_NEWS
        else Becoming(by_status.kind, min(lane, by_status.lane))
    )


def date_has_passed(case: Case, now: datetime) -> bool:
    """Whether an execution date has come while the status still threatens: "what happened?" is then asked.

    Only for a date of day precision that was first read on or before that day, and for a case that is still on
    its list; a date already past when we first saw it tells nothing new.
    """
    day = case.seen.execution_date
    if day is None or day.day is None or case.seen.status not in THREATS or case.missing_since is not None:
        return False
    if case.date_seen_at is None or case.date_seen_at.astimezone(UTC).date() > day.first:
        return False
    return now >= datetime.combine(day.first, DAY_IS_OVER)


def _status_becomes(before: CaseView | None, after: CaseView, told: AlertKind) -> Becoming | None:
    if after.status is None or (before is not None and before.status is after.status):
        return None
    lane = _LANES.get(after.status)
    if lane is None:
        return None
    if after.status in DEATHS:
        return Becoming(AlertKind.EXECUTED_NOTICE, lane)
    return Becoming(AlertKind.GOOD_NEWS if after.status in _GOOD else told, lane)


def _date_lane(before: CaseView | None, after: CaseView, now: datetime) -> int | None:
    """The lane of a new or nearer date still ahead on a living case (rule 8); None when the date says nothing."""
    day = after.execution_date
    today = now.astimezone(UTC).date()
    if day is None or after.status not in LIVING or day.last < today:
        return None
    earlier = before.execution_date if before is not None else None
    if earlier == day:
        return None
    # A scheduled case with another date is scheduled anew, even when that date is later.
    is_news = (
        earlier is None or earlier.last < today or day.first < earlier.first or after.status is S.SCHEDULED
    )
    if not is_news:
        return None
    return 0 if day.first - today <= NEAR else 1


def _text(value: Any) -> str | None:
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        return "; ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
