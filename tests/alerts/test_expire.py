from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.expire import ask_about_passed_dates
from alerts.store import questions
from alerts.watch import read_edition
from bot.database import Sessions
from tests.alerts.editions import HOUR, NOON, csv_of, person, watched
from tests.conftest import ENGINES

DATED = person("1", "Pat Example", "Date set", date="2031-05-06")
OLD = person("2", "Kim Sample", "Date set", date="2031-05-01")
EVENING = NOON.replace(day=6, hour=18)


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


async def subjects(sessions: Sessions) -> list[tuple[str, str]]:
    async with sessions.begin() as session:
        return [(one.subject, one.case_name) for one in await questions.open_questions(session, 10)]


async def test_a_date_that_comes_is_asked_about_once_and_that_day(sessions: Sessions) -> None:
    await read_edition(sessions, watched(), csv_of(DATED, OLD), NOON)
    assert await ask_about_passed_dates(sessions, EVENING - HOUR) == 0
    assert await ask_about_passed_dates(sessions, EVENING) == 1
    assert await ask_about_passed_dates(sessions, EVENING + HOUR) == 0
    assert await subjects(sessions) == [("1|2031-05-06", "Pat Example")]


async def test_an_answered_question_is_not_asked_again_for_that_date(sessions: Sessions) -> None:
    await read_edition(sessions, watched(), csv_of(DATED), NOON)
    await ask_about_passed_dates(sessions, EVENING)
    async with sessions.begin() as session:
        (asked,) = await questions.open_questions(session, 10)
        assert asked.id is not None
        await questions.close(session, [asked.id], EVENING)
    assert await ask_about_passed_dates(sessions, EVENING + HOUR) == 0


async def test_the_list_answers_it_and_a_new_date_is_asked_about_anew(sessions: Sessions) -> None:
    await read_edition(sessions, watched(), csv_of(DATED), NOON)
    await ask_about_passed_dates(sessions, EVENING)
    later = DATED | {"date": "2031-05-20"}
    await read_edition(sessions, watched(), csv_of(later), EVENING + HOUR)
    assert await subjects(sessions) == []
    assert await ask_about_passed_dates(sessions, EVENING + timedelta(days=14)) == 1
    assert await subjects(sessions) == [("1|2031-05-20", "Pat Example")]
