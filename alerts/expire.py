"""Station: what the clock alone brings about: dates and deadlines that come, reviews that are due, actions that end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit
from alerts.action import CLOCK, Action
from alerts.case import Case, CaseStatus
from alerts.change import date_has_passed
from alerts.day import zone_of
from alerts.names import harmless
from alerts.question import ACTIONS, Question, QuestionKind
from alerts.store import actions, cases, questions, review

NEAR: Final = timedelta(hours=24)
"""So long before a deadline moderators are asked: more time, let it end, or is there news?"""
REVIEW_EVERY: Final = timedelta(hours=24)
"""So often moderators are asked whether an imminent action still stands."""
PATIENCE: Final = timedelta(hours=48)
"""So long a review that is due may go unanswered before its letters are held."""


async def ask_about_passed_dates(sessions: async_sessionmaker[AsyncSession], now: datetime) -> int:
    """Ask once for each case and date that has come while the status still threatens; how many were asked."""
    async with sessions.begin() as session:
        passed = [case for case in await cases.dated_cases(session) if date_has_passed(case, now)]
        earlier = await questions.asked_about(session, QuestionKind.DATE_PASSED, [case.id for case in passed])
        known = {(one.case_id, one.detail["date"]) for one in earlier}
        fresh = [case for case in passed if (case.id, str(case.seen.execution_date)) not in known]
        return len(await questions.ask(session, [_question(case) for case in fresh], None, now))


async def ask_about_actions(sessions: async_sessionmaker[AsyncSession], now: datetime) -> int:
    """Ask about deadlines that are near and reviews that are due; drop what has no cause any more. How many are new."""
    async with sessions.begin() as session:
        open_ones = await actions.asking(session, now)
        ids = {case_id for action in open_ones for case_id in action.case_ids}
        members = {case.id: case for case in await cases.cases_by_id(session, ids)}
        near = [_deadline_near(one, members) for one in open_ones if _ends_soon(one, now)]
        due = [_review_due(one, members) for one in open_ones if _needs_review(one, members, now)]
        await _drop_moot(session, open_ones, now)
        known = await questions.known_subjects(
            session, QuestionKind.DEADLINE_NEAR, [question.subject for question in near]
        )
        fresh = [question for question in near if question.subject not in known]
        return len(await questions.ask(session, [*fresh, *due], None, now))


async def hold_unreviewed(sessions: async_sessionmaker[AsyncSession], now: datetime) -> int:
    """Hold the letters of imminent actions whose review has been due for too long; how many."""
    async with sessions() as session:
        open_ones = await actions.asking(session, now)
    held = 0
    for action in open_ones:
        if _is_overdue(action, now):
            async with sessions.begin() as session:
                held += await _hold(session, action.id, now)
    return held


async def close_past_deadline(sessions: async_sessionmaker[AsyncSession], now: datetime) -> int:
    """Close the actions whose deadline has passed; what was not yet sent of them is not sent any more."""
    async with sessions() as session:
        ended = [action.id for action in await actions.actions_past_deadline(session, now)]
    closed = 0
    for action_id in ended:
        async with sessions.begin() as session:
            closed += await _close(session, action_id, now)
    return closed


async def _close(session: AsyncSession, action_id: int, now: datetime) -> bool:
    action = await actions.to_change(session, action_id)  # an update may just have set a later deadline
    if action is None or action.closed_at or action.deadline is None or now < action.deadline:
        return False
    await actions.save_action(session, replace(action, closed_at=now, letters=False))
    await review.expire(session, action.id, now)
    await _note(session, action, "close", now)
    return True


async def _hold(session: AsyncSession, action_id: int, now: datetime) -> bool:
    action = await actions.to_change(session, action_id)  # somebody may just have answered
    if action is None or not action.is_open(now) or not _is_overdue(action, now):
        return False
    members = await cases.cases_by_id(session, action.case_ids)
    if not _is_imminent(members):
        return False
    await actions.save_action(session, replace(action, held=True))
    await _note(session, action, "hold", now)
    return True


async def _note(session: AsyncSession, action: Action, verb: str, now: datetime) -> None:
    subject = f"action:{action.number}"
    await audit.record(session, now=now, actor=CLOCK, verb=verb, subject=subject, detail={})


def _ends_soon(action: Action, now: datetime) -> bool:
    return action.deadline is not None and action.deadline - now <= NEAR


def _needs_review(action: Action, members: dict[int, Case], now: datetime) -> bool:
    """One that is held waits for a moderator as it is."""
    reviewed_at = action.reviewed_at or action.opened_at
    is_due = not action.held and now - reviewed_at >= REVIEW_EVERY
    return is_due and _is_imminent([members[case_id] for case_id in action.case_ids])


def _is_overdue(action: Action, now: datetime) -> bool:
    reviewed_at = action.reviewed_at or action.opened_at
    return not action.held and now - reviewed_at >= REVIEW_EVERY + PATIENCE


def _is_imminent(members: Sequence[Case]) -> bool:
    """By what readers know of any of them."""
    return any(case.published and case.published.status is CaseStatus.IMMINENT for case in members)


async def _drop_moot(session: AsyncSession, open_ones: Sequence[Action], now: datetime) -> None:
    """Close the questions of actions that have ended, have another deadline, or were looked at since."""
    still = {action.id: action for action in open_ones}
    moot = []
    for question in await questions.open_of_list(session, ACTIONS):
        action = still.get(question.detail["action"])
        if action is None or _is_moot(question, action):
            moot.append(question.id)
    await questions.close(session, [one for one in moot if one is not None], now)


def _is_moot(question: Question, action: Action) -> bool:
    if question.kind is QuestionKind.DEADLINE_NEAR:
        return question.subject != _deadline_subject(action)
    if question.kind is QuestionKind.REVIEW_DUE:
        asked_at, reviewed_at = question.asked_at, action.reviewed_at
        return asked_at is not None and reviewed_at is not None and reviewed_at > asked_at
    return False


def _deadline_subject(action: Action) -> str:
    assert action.deadline is not None
    return f"{action.number}|{action.deadline.isoformat()}"


def _deadline_near(action: Action, members: dict[int, Case]) -> Question:
    assert action.deadline is not None
    view = members[action.case_id].seen
    date = action.deadline.astimezone(zone_of(view.country)).date()
    return _about_action(
        QuestionKind.DEADLINE_NEAR, action, members, _deadline_subject(action), date=date.isoformat()
    )


def _review_due(action: Action, members: dict[int, Case]) -> Question:
    return _about_action(QuestionKind.REVIEW_DUE, action, members, action.number)


def _about_action(
    kind: QuestionKind, action: Action, members: dict[int, Case], subject: str, **detail: str
) -> Question:
    shown = [members[case_id] for case_id in action.case_ids]
    return Question(
        kind=kind,
        list_name=ACTIONS,
        subject=subject,
        case_name=", ".join(harmless((case.published or case.seen).name) for case in shown),
        detail={"number": action.number, "action": action.id, **detail},
        case_id=action.case_id,
    )


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
