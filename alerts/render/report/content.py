"""ActionReport: what came of an urgent action: who, what was published, whom it reached, what readers report.

Holds only what may be shown: counts of readers come here rounded down, and None where they are too small; no reader,
no moderator and no time of an act has a place in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from alerts.action import Action
from alerts.alert import AlertKind
from alerts.case import CaseStatus, PublishedCase
from alerts.day import zone_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One published alert of the chain; `deadline` as it named it (an instant), `approvals` how many people agreed."""

    at: datetime
    number: str
    kind: AlertKind
    status: CaseStatus
    deadline: datetime | None
    approvals: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by code and their sum, each at least so many; None where it is too small to show."""

    total: int | None
    cells: Mapping[str, int | None]


ENDS: Final = ("sent", "gone", "failed", "unknown", "waiting", "cancelled")
"""What can become of a message, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """How one alert's messages ended, by each of `ENDS`; the sum is everybody it was for."""

    number: str
    ends: Tally


@dataclass(frozen=True, slots=True)
class ActionReport:
    """An action's whole story up to `as_of`. Counts of readers are multiples of `step`, rounded down; None below it.

    `cases`: as readers know them, the leading one first. `acts` and `replies` are what readers say of themselves.
    """

    action: Action
    cases: tuple[PublishedCase, ...]
    entries: tuple[Entry, ...]
    broadcasts: tuple[Broadcast, ...]
    letters_by_language: Tally
    letters_by_kind: Tally
    acts_by_channel: Tally
    acts_by_language: Tally
    replies: int | None
    step: int
    as_of: datetime
    organisation: str

    @property
    def reach(self) -> int | None:
        """To how many chats the alert was sent that went furthest: at least so many were reached by the action."""
        sent = [broadcast.ends.cells["sent"] for broadcast in self.broadcasts]
        return max((number for number in sent if number is not None), default=None)

    @property
    def zone(self) -> tzinfo:
        """The zone of the place, in which instants are told."""
        return zone_of(self.cases[0].view.country if self.cases else None)

    @property
    def deadlines(self) -> tuple[Entry, ...]:
        """The alerts that set a deadline or moved it."""
        dated = [entry for entry in self.entries if entry.deadline is not None]
        earlier = [None, *(entry.deadline for entry in dated)]
        return tuple(entry for entry, before in zip(dated, earlier, strict=False) if entry.deadline != before)
