"""What the station works with, and what it says it has done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.locales import Catalogues
from subscribers.delivery import DeliveryStatus, Envelope, Outcome
from subscribers.pace import Pace
from subscribers.store.departures import Departures


class Messenger(Protocol):
    """Carries one message to one chat: Telegram, or an emulator in the process."""

    async def perform(self, envelope: Envelope, leaving: Callable[[], None]) -> Outcome:
        """One attempt; errors of the carrier come back as outcomes.

        `leaving` is called just before the first byte leaves that could bring the message there: by then it may arrive.
        """


@dataclass(frozen=True, slots=True)
class Sending:
    """What the station works with; made once by the composition root, since `pace` remembers between rounds.

    `worker` names this process in the ledger; `lease` must be longer than the messenger's time-outs. `patience`: how
    long a round that is told to stop waits for what is in flight. `departures`: where it is noted what has begun to
    leave; without, all that a killed worker had claimed counts as a copy.
    """

    sessions: async_sessionmaker[AsyncSession]
    messenger: Messenger
    catalogues: Catalogues
    pace: Pace
    worker: str
    lease: timedelta = timedelta(seconds=30)
    patience: timedelta = timedelta(seconds=5)
    departures: Departures | None = None


@dataclass(slots=True)
class Report:
    """What one round did: rows by the status they were left in, alerts whose broadcast was stopped, why it halted.

    `more`: something is due already; `next_due`: when the first pending row may be sent, None when there is none.
    """

    left: Counter[DeliveryStatus] = field(default_factory=Counter)
    broken_off: list[int] = field(default_factory=list)
    halted: str = ""
    more: bool = False
    next_due: datetime | None = None
