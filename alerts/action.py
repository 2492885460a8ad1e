"""Action: what a reader can do about a case, its number, its deadline, and when a letter may be served."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from alerts.alert import AlertKind
from alerts.case import CaseStatus
from alerts.day import Day
from alerts.demand import Demand, Petition

DEADLINE: Final = timedelta(days=42)
IMMINENT_DEADLINE: Final = timedelta(days=7)

CLOCK: Final = "expire"
"""Who holds letters in the trail when nobody answered a review."""

_NUMBER: Final = re.compile(r"UA-(\d{2})/(\d{1,5})(?!\d)")


class LetterRefusal(StrEnum):
    """Why no letter is served now; the reader gets the status and the next action instead."""

    NO_LETTERS = "no_letters"
    BEING_CHECKED = "being_checked"
    DEADLINE_PASSED = "deadline_passed"
    CLOSED = "closed"
    HELD = "held"  # by a moderator
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True)
class Action:
    """One chain: the first alert, its updates, and what readers can do until the deadline (an instant, UTC).

    `case_id` is the leading case, `case_ids` all that are still in it (several of one prison), the leading one
    first; `kind`: what it began as, or STOP_ACTION once it was stopped; `goal`: how many acts it hopes for; `held`: its
    letters are held until a moderator decides; `reviewed_at`: when a moderator last said that it still stands.
    """

    id: int
    case_id: int
    year: int
    sequence: int
    updates: int
    kind: AlertKind
    letters: bool
    deadline: datetime | None
    opened_at: datetime
    closed_at: datetime | None = None
    petitions: tuple[Petition, ...] = ()
    demands: tuple[Demand, ...] = ()
    goal: int | None = None
    held: bool = False
    reviewed_at: datetime | None = None
    case_ids: tuple[int, ...] = ()

    @property
    def number(self) -> str:
        """The first alert's number, "UA-26/014"; never reused."""
        return number_in_words(self.year, self.sequence)

    @property
    def latest_number(self) -> str:
        """The newest update's number, "UA-26/014.2"."""
        return f"{self.number}.{self.updates}" if self.updates else self.number

    def is_open(self, now: datetime) -> bool:
        """Not closed, and its deadline ahead."""
        return self.closed_at is None and (self.deadline is None or now < self.deadline)


def number_in_words(year: int, sequence: int) -> str:
    """(2026, 14) as "UA-26/014"; inverse of `read_number`."""
    return f"UA-{year % 100:02d}/{sequence:03d}"


def read_number(text: str) -> tuple[int, int] | None:
    """(year, sequence) of "UA-26/014" or "26_014" however typed, updates ignored; None when it is not one."""
    cleaned = text.strip().replace("_", "/").replace(" ", "").upper()
    cleaned = cleaned if cleaned.startswith("UA-") else f"UA-{cleaned.removeprefix('UA')}"
    match = _NUMBER.match(cleaned)
    return (2000 + int(match[1]), int(match[2])) if match else None


def deadline_for(
    status: CaseStatus, execution_date: Day | None, now: datetime, zone: tzinfo = UTC
) -> datetime:
    """Until when to act (domain.md section 5): an instant in UTC, always the end of a day in the place's own `zone`.

    42 days on, 7 when imminent; the known date of execution if that comes first, or when the status is scheduled.
    """
    lasts = IMMINENT_DEADLINE if status is CaseStatus.IMMINENT else DEADLINE
    limit = end_of_day((now + lasts).astimezone(zone).date(), zone)
    if execution_date is None:
        return limit
    end = end_of_day(execution_date.last, zone)
    return end if now < end and (end < limit or status is CaseStatus.SCHEDULED) else limit


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """23:59 of a day in a zone, in UTC."""
    return datetime.combine(day, time(23, 59), zone).astimezone(UTC)


def may_serve_letter(
    action: Action, now: datetime, *, outcome_waits: bool, read_only: bool
) -> LetterRefusal | None:
    """The one rule of serving: open, before its deadline, not held, and a reader who may send.

    `outcome_waits`: a death or a stay of any of its cases waits for review (store/published.py, `letters_wait`).
    """
    if read_only:
        return LetterRefusal.READ_ONLY
    if action.closed_at is not None or action.kind is AlertKind.STOP_ACTION:
        return LetterRefusal.CLOSED
    if action.deadline is not None and now >= action.deadline:
        return LetterRefusal.DEADLINE_PASSED
    if action.held:
        return LetterRefusal.HELD
    if outcome_waits:
        return LetterRefusal.BEING_CHECKED
    return None if action.letters else LetterRefusal.NO_LETTERS
