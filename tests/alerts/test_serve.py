"""Letters are dealt in turn and counted, also when many readers ask at once, on both engines."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from alerts.action import LetterRefusal
from alerts.case import CaseStatus, CaseView
from alerts.letter import LetterKind
from alerts.question import SAYS, Question, QuestionKind
from alerts.serve import Dealt, dealt, serve
from alerts.store import letters, questions
from alerts.tables import ActionCaseRow, ActionRow, AlertRow, CaseRow
from bot.database import Sessions
from tests.conftest import ENGINES

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ARMAN = CaseView(name_latin="Arman Nemuneh", status=CaseStatus.UPHELD)
K = LetterKind


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def action(sessions: Sessions, sequence: int = 14, **values: Any) -> int:
    case = CaseRow(list_name="example", list_key=str(sequence), seen=ARMAN.to_json())
    given: dict[str, Any] = {
        "deadline": NOW + timedelta(days=7),
        "opened_at": NOW,
        "kind": "first",
        "letters": True,
    }
    async with sessions.begin() as session:
        session.add(case)
        await session.flush()
        row = ActionRow(case_id=case.id, year=2026, sequence=sequence, **(given | values))
        session.add(row)
        await session.flush()
        session.add(ActionCaseRow(action_id=row.id, case_id=case.id))
    assert row.id is not None
    return row.id


def test_each_body_goes_with_each_subject_in_time():
    pairs = [(one.variant, one.subject) for one in map(dealt, range(10))]
    assert pairs == [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (3, 2), (1, 3), (2, 3), (3, 3), (1, 1)]


async def test_letters_are_dealt_in_turn_per_action_language_and_kind(sessions):
    one, other = await action(sessions), await action(sessions, 15)
    in_turn = [await serve(sessions, one, "fa", K.IMMINENT, NOW) for _ in range(4)]
    assert in_turn == [Dealt(1, 1), Dealt(2, 1), Dealt(3, 1), Dealt(1, 2)]
    elsewhere = [(one, "de", K.IMMINENT), (one, "fa", K.OWN_GOVERNMENT), (other, "fa", K.IMMINENT)]
    assert [await serve(sessions, *what, NOW) for what in elsewhere] == [Dealt(1, 1)] * 3
    async with sessions() as session:
        assert await letters.served(session, one) == {"de": 1, "fa": 5}
        assert await letters.served(session, other) == {"fa": 1}


async def test_many_readers_at_once_get_each_letter_equally_often(sessions):
    number = await action(sessions)
    served = await asyncio.gather(*(serve(sessions, number, "fa", K.IMMINENT, NOW) for _ in range(45)))
    assert set(Counter(served).values()) == {5}
    assert len(set(served)) == 9


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"closed_at": NOW}, LetterRefusal.CLOSED),
        ({"deadline": NOW}, LetterRefusal.DEADLINE_PASSED),
        ({"held": True}, LetterRefusal.HELD),
        ({"letters": False}, LetterRefusal.NO_LETTERS),
    ],
)
async def test_nothing_is_dealt_that_may_not_be_served(sessions, values, refusal):
    number = await action(sessions, **values)
    assert await serve(sessions, number, "fa", K.IMMINENT, NOW) is refusal
    async with sessions() as session:
        assert await letters.served(session, number) == {}


async def test_nothing_is_dealt_while_an_outcome_waits(sessions):
    number = await action(sessions)
    async with sessions.begin() as session:
        chain = await session.get_one(ActionRow, number)
        told = ARMAN.to_json() | {"status": "stayed"}
        session.add(
            AlertRow(
                case_id=chain.case_id,
                kind="good_news",
                status="pending",
                disposition="alert",
                lane=1,
                revision=1,
                author="list:example",
                facts={"view": told},
                texts={},
                created_at=NOW,
            )
        )
    assert await serve(sessions, number, "fa", K.IMMINENT, NOW) is LetterRefusal.BEING_CHECKED


async def test_an_action_that_is_not_there(sessions):
    assert await serve(sessions, 404, "fa", K.IMMINENT, NOW) is LetterRefusal.CLOSED


async def test_nothing_is_dealt_while_a_row_waits_that_says_the_end(sessions):
    """It waits for a hidden character, say, and what it says came later; told by hand, it holds nothing up any more."""
    number = await action(sessions)
    async with sessions.begin() as session:
        case_id = (await session.get_one(ActionRow, number)).case_id
        asked = Question(QuestionKind.FORBIDDEN_TEXT, "example", "14|prison|U+202E", "Arman", {}, case_id)
        await questions.ask(session, [asked], None, NOW)
    assert await serve(sessions, number, "fa", K.IMMINENT, NOW) == Dealt(1, 1)
    async with sessions.begin() as session:
        again = replace(asked, detail={SAYS: "stayed"})
        assert await questions.ask(session, [again], None, NOW) == []
    assert await serve(sessions, number, "fa", K.IMMINENT, NOW) is LetterRefusal.BEING_CHECKED
    async with sessions.begin() as session:
        told = ARMAN.to_json() | {"status": "stayed"}
        await session.execute(update(CaseRow).values(published=told))
    assert await serve(sessions, number, "fa", K.IMMINENT, NOW) == Dealt(2, 1)
