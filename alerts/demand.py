"""Demand: what an urgent action asks the authorities for, and the petitions that ask with it.

The words of a demand in a letter are in locales/<locale>/letters/demands.md. Does not know to whom it is put.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from alerts.case import CaseStatus, CaseView


class Demand(StrEnum):
    """What a letter asks for, and nothing else (domain.md section 5)."""

    HALT = "halt"  # stop the execution
    RETRIAL = "retrial"  # fair, and without recourse to the death penalty
    COMMUTE = "commute"
    CLEMENCY = "clemency"
    DISCLOSE = "disclose"  # tell family and lawyer where the person is and what is planned
    ACCESS = "access"  # to family, a lawyer of their choice, medical care
    INVESTIGATE_TORTURE = "investigate_torture"
    RELEASE = "release"  # only for what was peaceful
    MORATORIUM = "moratorium"


GOAL: Final = 500
"""Letters that an action hopes for unless a moderator says otherwise."""

_THREATENED: Final = (Demand.HALT, Demand.RETRIAL, Demand.COMMUTE)
_BY_STATUS: Final[dict[CaseStatus, tuple[Demand, ...]]] = {
    CaseStatus.AT_RISK: (Demand.RETRIAL, Demand.ACCESS),
    CaseStatus.SENTENCED: (Demand.RETRIAL, Demand.COMMUTE),
    CaseStatus.APPEAL_PENDING: (Demand.RETRIAL, Demand.COMMUTE),
    CaseStatus.RETRIAL_REQUESTED: _THREATENED,
    CaseStatus.STAYED: (Demand.COMMUTE, Demand.RETRIAL),
    CaseStatus.UNKNOWN_FATE: (Demand.DISCLOSE, Demand.ACCESS),
    CaseStatus.IMMINENT: (Demand.HALT, Demand.DISCLOSE, Demand.RETRIAL, Demand.COMMUTE),
}


def demands_for(view: CaseView) -> tuple[Demand, ...]:
    """What to ask for until a moderator chooses otherwise, the most urgent first."""
    demands = _BY_STATUS.get(view.status, _THREATENED) if view.status else _THREATENED
    return (*demands, Demand.INVESTIGATE_TORTURE) if view.torture else demands


def still_fitting(demands: Sequence[Demand], views: Collection[CaseView]) -> tuple[Demand, ...]:
    """What of `demands` still holds for those who are left: no torture or release of which none of them has cause.

    Where that leaves nothing, what the rule asks for them.
    """
    without_cause: set[Demand] = set()
    if not any(view.torture for view in views):
        without_cause.add(Demand.INVESTIGATE_TORTURE)
    if not any(view.political or view.protest for view in views):
        without_cause.add(Demand.RELEASE)
    fitting = tuple(demand for demand in demands if demand not in without_cause)
    if fitting or not demands:
        return fitting
    return tuple(dict.fromkeys(demand for view in views for demand in demands_for(view)))


@dataclass(frozen=True, slots=True)
class Petition:
    """A petition elsewhere: where to sign, what it is called, in which language, until when (an instant, UTC)."""

    url: str
    title: str | None = None
    host: str | None = None  # the organisation that holds it
    language: str | None = None  # a locale code; None: several, or not known
    goal: int | None = None
    deadline: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it may still be signed."""
        return self.deadline is None or now < self.deadline

    def to_json(self) -> dict[str, Any]:
        """A plain dict, None left out; inverse of `from_json`."""
        plain = {
            "url": self.url,
            "title": self.title,
            "host": self.host,
            "language": self.language,
            "goal": self.goal,
            "deadline": self.deadline.isoformat() if self.deadline else None,
        }
        return {name: value for name, value in plain.items() if value is not None}

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Petition:
        """Inverse of `to_json`."""
        deadline = plain.get("deadline")
        return cls(**{**plain, "deadline": datetime.fromisoformat(deadline) if deadline else None})
