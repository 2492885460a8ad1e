"""Station: what the clock alone brings about: dates that have come ask what happened, actions end at their deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit
from alerts.case import Case
from alerts.change import date_has_passed
from alerts.names import harmless
from alerts.question import Question, QuestionKind
from alerts.store import actions, cases, questions, review


async def ask_about_passed_dates(sessions: async_sessionmaker[AsyncSession], now: datetime) -> int:
    """Ask once for each case and date that has come while the status still threatens; how many were asked."""
    async with sessions.begin() as session:
        passed = [case for case in await cases.dated_cases(session) if date_has_passed(case, now)]
        earlier = await questions.asked_about(session, QuestionKind.DATE_PASSED, [case.id for case in passed])
        known = {(one.case_id, one.detail["date"]) for one in earlier}
        fresh = [case for case in passed if (case.id, str(case.seen.execution_date)) not in known]
        return len(await questions.ask(session, [_question(case) for case in fresh], None, now))


async def close_past_deadline(sessions: async_sessionmaker[AsyncSession], now: datetime) -> int:
    """Close the actions whose deadline has passed; what was not yet sent of them is not sent any more."""
    async with sessions() as session:
        case_ids = {action.case_id for action in await actions.actions_past_deadline(session, now)}
    closed = 0
    for case_id in sorted(case_ids):
        async with sessions.begin() as session:
            closed += await _close_of_case(session, case_id, now)
    return closed


async def _close_of_case(session: AsyncSession, case_id: int, now: datetime) -> int:
    await cases.hold(session, case_id)  # an update may just have set a later deadline
    ended = await actions.actions_past_deadline(session, now, case_id)
    for action in ended:
        await actions.save_action(session, replace(action, closed_at=now, letters=False))
        await review.expire(session, action.id, now)
    for action in ended:
        subject = f"action:{action.number}"
        await audit.record(session, now=now, actor="expire", verb="close", subject=subject, detail={})
    return len(ended)


def _question(case: Case) -> Question:
    date = str(case.seen.execution_date)
    return Question(
        kind=QuestionKind.DATE_PASSED,
        list_name=case.list_name,
        subject=f"{case.list_key}|{date}",
        case_name=harmless(case.seen.name),
        detail={"date": date, "status": str(case.seen.status)},
        case_id=case.id,
    )
