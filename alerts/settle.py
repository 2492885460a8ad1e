"""Station: a moderator's answer to a question about an action. Sends nothing; the first answer counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit
from alerts.action import CLOCK, Action
from alerts.question import Question, QuestionKind
from alerts.store import actions, questions
from alerts.store import audit as trail


async def close(
    sessions: async_sessionmaker[AsyncSession], question_id: int, verb: str, *, actor: str, now: datetime
) -> Question | None:
    """Close a question about an action with nothing else to be done; None when it is closed already."""
    async with sessions.begin() as session:
        question = await questions.by_id(session, question_id)
        if question is None:
            return None
        await questions.close(session, [question_id], now)
        subject = f"action:{question.detail['number']}"
        detail = {"question": question.kind.value}
        await audit.record(session, now=now, actor=actor, verb=verb, subject=subject, detail=detail)
        return question


async def still_stands(
    sessions: async_sessionmaker[AsyncSession], question_id: int, *, actor: str, now: datetime
) -> Action | None:
    """An imminent action still stands: the next review counts from now. None: the question is closed already.

    Letters go on if they were held for want of this answer; what somebody else holds stays held.
    """
    async with sessions.begin() as session:
        question = await questions.by_id(session, question_id)
        if question is None or question.kind is not QuestionKind.REVIEW_DUE:
            return None
        await questions.close(session, [question_id], now)
        action = await actions.to_change(session, question.detail["action"])
        assert action is not None, "chains are never deleted"
        subject = f"action:{action.number}"
        decided = await trail.latest_of(session, subject, ("hold", "resume"))
        goes_on = action.held and decided is not None and decided.actor == CLOCK
        action = replace(action, reviewed_at=now, held=action.held and not goes_on)
        await actions.save_action(session, action)
        for verb in ("stands", "resume") if goes_on else ("stands",):
            await audit.record(session, now=now, actor=actor, verb=verb, subject=subject, detail={})
        return action
