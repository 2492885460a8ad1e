"""Station: a letter is about to be shown to a reader: which variant of it, and counted.

Variants are dealt in turn per action, language and kind, so that officials do not get one text a thousand times;
each body goes with each subject in time. The rule of serving is asked here too, in the same transaction, so that
nothing is dealt after a deadline or a stop. Nothing is kept about the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.action import LetterRefusal, may_serve_letter
from alerts.letter.words import VARIANTS, LetterKind
from alerts.store import letters, published


@dataclass(frozen=True, slots=True)
class Dealt:
    """The letter to show: the variant of the body, and the one whose subject it bears, both from 1."""

    variant: int
    subject: int


async def serve(
    sessions: async_sessionmaker[AsyncSession], action_id: int, language: str, kind: LetterKind, now: datetime
) -> Dealt | LetterRefusal:
    """The next variant of an action's letter, or why none is served; the reader's own mode is the caller's matter."""
    async with sessions.begin() as session:
        action = await letters.action_to_serve(session, action_id)
        if action is None:
            return LetterRefusal.CLOSED
        waits = await published.cases_waiting(session, action.case_ids)
        if refusal := may_serve_letter(action, now, outcome_waits=bool(waits), read_only=False):
            return refusal
        number = await letters.count_one(session, action.id, language, kind.value)
    return dealt(number - 1)


def dealt(earlier: int) -> Dealt:
    """What comes after `earlier` letters: bodies take turns, and with every round the subjects move on by one."""
    return Dealt(variant=earlier % VARIANTS + 1, subject=earlier // VARIANTS % VARIANTS + 1)
