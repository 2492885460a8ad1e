"""Broadcast: a published alert on its way to readers, which moderators may pause, let go on, or end.

A pause lapses by itself, so that a moderator who pauses and falls asleep does not silence a true alert; once
confirmed it lasts until somebody lifts it (domain.md section 7). Who has it already is the ledger's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from alerts.alert import Alert, AlertStatus, Disposition, Refusal

LAPSES: Final = timedelta(minutes=15)
"""How long a pause lasts that nobody confirms."""

UNTIL_RESUMED: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of a confirmed pause."""

_GOES_OUT: Final = frozenset({Disposition.ALERT, Disposition.ACTION})


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An alert that goes (or went) out. `fanned_out_at`: its readers are chosen; `reported_at`: moderators heard its end."""

    alert: Alert
    fanned_out_at: datetime | None = None
    paused_until: datetime | None = None
    reported_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether more of it may leave, now or after a pause."""
        goes_out = self.alert.status is AlertStatus.PUBLISHED and self.alert.disposition in _GOES_OUT
        return goes_out and self.reported_at is None

    def pause_left(self, now: datetime) -> timedelta | None:
        """How long it still pauses; None when it does not."""
        if not self.is_live or self.paused_until is None or self.paused_until <= now:
            return None
        return self.paused_until - now

    @property
    def is_kept(self) -> bool:
        """Whether its pause was confirmed: it does not lapse."""
        return self.paused_until == UNTIL_RESUMED

    def paused(self, now: datetime) -> datetime:
        """Until when a pause said now lasts; one that was confirmed stays so."""
        return UNTIL_RESUMED if self.is_kept else now + LAPSES


def may_steer(broadcast: Broadcast) -> Refusal | None:
    """Why it cannot be paused, resumed or ended; None when it can."""
    return None if broadcast.is_live else Refusal.NOT_BEING_SENT
