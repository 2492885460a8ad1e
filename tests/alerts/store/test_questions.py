from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from alerts.question import Question, QuestionKind
from alerts.store import questions
from alerts.store.questions import _as_values
from alerts.tables import QuestionRow
from bot.database import Sessions
from tests.alerts.editions import HOUR, NOON

GONE = Question(QuestionKind.VANISHED, "harbour", "1", "Pat Example", {"status": "upheld"})
MOVED = Question(QuestionKind.KEY_CHANGED, "harbour", "1|9", "Kim Sample", {"before": "1", "after": "9"})


async def test_a_question_is_open_once(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await questions.ask(session, [GONE, GONE, MOVED], None, NOON) == [GONE, MOVED]
        assert await questions.ask(session, [GONE], None, NOON) == []
        assert await questions.ask(session, [], None, NOON) == []
        other = replace(GONE, list_name="coast")
        assert await questions.ask(session, [other], None, NOON) == [other]
        assert await questions.count_open(session) == 3


async def test_the_database_holds_it_to_that(sessions: Sessions) -> None:
    with pytest.raises(IntegrityError):
        async with sessions.begin() as session:
            session.add_all([QuestionRow(**_as_values(GONE, None, NOON)) for _ in range(2)])


async def test_moderators_are_told_once_and_a_changed_key_asks_no_more(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await questions.ask(session, [GONE, MOVED], None, NOON)
        told = await questions.untold(session, 10)
        assert [(one.subject, one.asked_at) for one in told] == [("1", NOON), ("1|9", NOON)]
        await questions.mark_told(session, [one.id for one in told if one.id is not None], NOON + HOUR)
        assert await questions.untold(session, 10) == []
        assert await questions.open_questions(session, 10) == [told[0]]


async def test_a_closed_question_may_be_asked_anew(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await questions.ask(session, [GONE], None, NOON)
        (first,) = await questions.open_of_list(session, "harbour")
        assert first.id is not None
        await questions.close(session, [first.id], NOON + HOUR)
        assert await questions.count_open(session) == 0
        assert await questions.ask(session, [GONE], None, NOON + HOUR) == [GONE]


async def test_open_questions_come_in_pages(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await questions.ask(session, [replace(GONE, subject=str(number)) for number in range(5)], None, NOON)
        pages = [await questions.open_questions(session, 2, offset) for offset in (0, 2, 4, 6)]
    assert [[one.subject for one in page] for page in pages] == [["0", "1"], ["2", "3"], ["4"], []]
