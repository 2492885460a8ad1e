"""Questions to moderators: asked once, told once, closed by an answer or by the list itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.question import SAYS, Question, QuestionKind
from alerts.tables import QuestionRow

_BATCH: Final = 500


async def ask(
    session: AsyncSession, questions: Iterable[Question], edition_id: int | None, now: datetime
) -> list[Question]:
    """Store the questions that are not open already; those newly asked, in the order given."""
    wanted = {(one.list_name, one.kind, one.subject): one for one in questions}
    if not wanted:
        return []
    names = {name for name, _, _ in wanted}
    query = select(QuestionRow).where(
        col(QuestionRow.list_name).in_(names), col(QuestionRow.closed_at).is_(None)
    )
    known = {
        (row.list_name, QuestionKind(row.kind), row.subject): row for row in await session.scalars(query)
    }
    fresh = [one for key, one in wanted.items() if key not in known]
    for key in wanted.keys() & known.keys():
        if wanted[key].detail.get(SAYS) != known[key].detail.get(SAYS):  # letters are held by it
            known[key].detail = wanted[key].detail
    if fresh:
        await session.execute(insert(QuestionRow), [_as_values(one, edition_id, now) for one in fresh])
    return fresh


async def open_of_list(session: AsyncSession, list_name: str) -> list[Question]:
    """A list's open questions."""
    query = select(QuestionRow).where(
        col(QuestionRow.list_name) == list_name, col(QuestionRow.closed_at).is_(None)
    )
    return [_as_question(row) for row in await session.scalars(query)]


async def asked_about(session: AsyncSession, kind: QuestionKind, case_ids: Collection[int]) -> list[Question]:
    """All questions of a kind ever asked about these cases, closed ones too."""
    ordered, found = sorted(case_ids), []
    for start in range(0, len(ordered), _BATCH):
        some = col(QuestionRow.case_id).in_(ordered[start : start + _BATCH])
        query = select(QuestionRow).where(col(QuestionRow.kind) == kind.value, some)
        found += [_as_question(row) for row in await session.scalars(query)]
    return found


async def by_id(session: AsyncSession, question_id: int) -> Question | None:
    """An open question, which nobody else may answer until the transaction ends; None once it is closed."""
    query = select(QuestionRow).where(
        col(QuestionRow.id) == question_id, col(QuestionRow.closed_at).is_(None)
    )
    row = await session.scalar(query.with_for_update())
    return _as_question(row) if row else None


async def known_subjects(session: AsyncSession, kind: QuestionKind, subjects: Collection[str]) -> set[str]:
    """Of these subjects, those that were ever asked about, closed ones too."""
    query = select(col(QuestionRow.subject)).where(
        col(QuestionRow.kind) == kind.value, col(QuestionRow.subject).in_(subjects)
    )
    return set(await session.scalars(query))


async def close(session: AsyncSession, ids: Collection[int], now: datetime) -> None:
    """Close questions: answered, or no longer raised by their list."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _BATCH):
        some = col(QuestionRow.id).in_(ordered[start : start + _BATCH])
        await session.execute(update(QuestionRow).where(some).values(closed_at=now))


async def untold(session: AsyncSession, limit: int) -> list[Question]:
    """The oldest open questions that moderators have not been told of."""
    query = select(QuestionRow).where(
        col(QuestionRow.told_at).is_(None), col(QuestionRow.closed_at).is_(None)
    )
    rows = await session.scalars(query.order_by(col(QuestionRow.id)).limit(limit))
    return [_as_question(row) for row in rows]


async def mark_told(session: AsyncSession, ids: Collection[int], now: datetime) -> None:
    """Moderators know; a changed key asks for nothing more and closes with that."""
    told = col(QuestionRow.id).in_(ids)
    await session.execute(update(QuestionRow).where(told).values(told_at=now))
    informs = col(QuestionRow.kind) == QuestionKind.KEY_CHANGED.value
    await session.execute(update(QuestionRow).where(told, informs).values(closed_at=now))


async def open_questions(session: AsyncSession, limit: int, offset: int = 0) -> list[Question]:
    """A page of open questions, oldest first."""
    query = select(QuestionRow).where(col(QuestionRow.closed_at).is_(None)).order_by(col(QuestionRow.id))
    return [_as_question(row) for row in await session.scalars(query.limit(limit).offset(offset))]


async def count_open(session: AsyncSession) -> int:
    """How many questions are open."""
    query = select(func.count()).select_from(QuestionRow).where(col(QuestionRow.closed_at).is_(None))
    return (await session.execute(query)).scalar_one()


def _as_values(question: Question, edition_id: int | None, now: datetime) -> dict[str, object]:
    return {
        "list_name": question.list_name,
        "kind": question.kind.value,
        "subject": question.subject,
        "case_name": question.case_name,
        "case_id": question.case_id,
        "edition_id": edition_id,
        "detail": question.detail,
        "asked_at": now,
    }


def _as_question(row: QuestionRow) -> Question:
    return Question(
        kind=QuestionKind(row.kind),
        list_name=row.list_name,
        subject=row.subject,
        case_name=row.case_name,
        detail=row.detail,
        case_id=row.case_id,
        id=row.id,
        asked_at=row.asked_at,
    )
