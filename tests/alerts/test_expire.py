from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts import audit
from alerts.action import Action
from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Facts
from alerts.expire import ask_about_passed_dates, close_past_deadline
from alerts.store import actions, questions
from alerts.store import review as store
from alerts.watch import read_edition
from bot.database import Sessions
from tests.alerts import reviewing as on
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


async def chain(sessions: Sessions, key: str = "1") -> tuple[Action, Alert, Alert]:
    """An open action until EVENING, with a published alert that names the deadline and news that names none."""
    case_id = await on.add_case(sessions, key=key)
    async with sessions.begin() as session:
        value = Action(
            id=0,
            case_id=case_id,
            year=2031,
            sequence=0,
            updates=1,
            kind=AlertKind.FIRST,
            letters=True,
            deadline=EVENING,
            opened_at=NOON,
        )
        action = await actions.open_new_action(session, value)
        asking = on.an_alert(
            case_id=case_id,
            action_id=action.id,
            status=AlertStatus.PUBLISHED,
            facts=Facts(on.VIEW, deadline=EVENING),
        )
        stay = replace(asking, disposition=Disposition.ALERT, facts=Facts(on.VIEW))
        return action, await store.insert(session, asking), await store.insert(session, stay)


async def stored_action(sessions: Sessions, action_id: int) -> Action:
    async with sessions.begin() as session:
        row = await session.get(actions.ActionRow, action_id)
        assert row is not None
        return (await actions.read(session, [row]))[0]


async def test_an_action_ends_at_its_deadline_and_not_before(sessions: Sessions) -> None:
    action, _, _ = await chain(sessions)
    assert await close_past_deadline(sessions, EVENING - timedelta(microseconds=1)) == 0
    assert await stored_action(sessions, action.id) == action
    assert await close_past_deadline(sessions, EVENING) == 1
    assert await stored_action(sessions, action.id) == replace(action, closed_at=EVENING, letters=False)
    assert await close_past_deadline(sessions, EVENING + HOUR) == 0
    (line,) = await on.trail(sessions)
    assert (line.actor, line.verb, line.subject) == ("expire", "close", "action:UA-31/001")


async def test_what_asks_by_the_deadline_ends_with_it_and_other_news_is_still_delivered(
    sessions: Sessions,
) -> None:
    _, asking, stay = await chain(sessions)
    await close_past_deadline(sessions, EVENING)
    assert (await on.alert(sessions, asking.id)).status == "expired"
    assert (await on.alert(sessions, stay.id)).status == "published"


async def test_an_action_without_deadline_does_not_end(sessions: Sessions) -> None:
    action, _, _ = await chain(sessions)
    async with sessions.begin() as session:
        await actions.save_action(session, replace(action, deadline=None))
    assert await close_past_deadline(sessions, EVENING + HOUR) == 0


async def test_many_end_at_once_even_when_two_clocks_tick(sessions: Sessions) -> None:
    made = [await chain(sessions, key=str(number)) for number in range(3)]
    closed = await asyncio.gather(*(close_past_deadline(sessions, EVENING) for _ in range(2)))
    assert sum(closed) == 3
    assert len(await on.trail(sessions)) == 3
    assert [(await stored_action(sessions, action.id)).closed_at for action, _, _ in made] == [EVENING] * 3
    assert await audit.verify_trail(sessions) is None
