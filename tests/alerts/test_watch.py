from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from alerts.case import Case, CaseStatus
from alerts.fetch import open_client
from alerts.lists.mapping import WatchedList
from alerts.question import Question, QuestionKind
from alerts.store import cases, editions, questions
from alerts.watch import Outcome, Reading, read_edition, watch
from bot.database import Sessions
from tests.alerts.editions import COLUMNS, HOUR, NOON, csv_of, json_of, person, watched
from tests.conftest import ENGINES

K = QuestionKind
PAT = person("1", "Pat Example", born="1980-02-03")
KIM = person("2", "Kim Sample", born="1975-06-07")
LIST = watched()


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


async def read(
    sessions: Sessions, *rows: dict[str, str], at: datetime = NOON, like: WatchedList = LIST, **csv: Any
) -> Reading:
    return await read_edition(sessions, like, csv_of(*rows, **csv), at)


async def known(sessions: Sessions) -> dict[str, Case]:
    async with sessions.begin() as session:
        ids = [trace.id for trace in await cases.traces_of_list(session, "harbour")]
        return {case.list_key: case for case in await cases.cases_by_id(session, ids)}


async def open_now(sessions: Sessions) -> list[tuple[QuestionKind, str]]:
    async with sessions.begin() as session:
        return sorted((one.kind, one.subject) for one in await questions.open_of_list(session, "harbour"))


def lines(reading: Reading) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.case_name, one.change.field, one.change.before, one.change.after) for one in reading.changes]


def subjects(asked: tuple[Question, ...]) -> list[tuple[QuestionKind, str]]:
    return [(one.kind, one.subject) for one in asked]


async def test_a_first_reading_is_a_baseline(sessions: Sessions) -> None:
    near = person("3", "Sam Test", "Date set", date="2031-05-15")
    far = person("4", "Ash Demo", "Date set", date="2031-08-15")
    solitary, waiting = person("5", "Alex Trial", "Moved"), person("6", "Robin Mock", "Lost")
    reading = await read(sessions, PAT, near, far, solitary, waiting)
    assert (reading.outcome, reading.cases, reading.changes) == (Outcome.BASELINE, 4, ())
    assert subjects(reading.questions) == [(K.UNKNOWN_STATUS, "6|Lost")]
    assert [case.seen.name for case in reading.urgent] == ["Alex Trial", "Sam Test"]
    async with sessions.begin() as session:
        assert await editions.unweighed_changes(session, 10) == []


async def test_changes_are_recorded_for_the_draft_station(sessions: Sessions) -> None:
    await read(sessions, PAT, KIM)
    dated = {"status": "Date set", "date": "2031-06-05", "decision": "Denied"}
    reading = await read(sessions, PAT | dated, KIM, person("3", "Sam Test", "Moved"), at=NOON + HOUR)
    assert lines(reading) == [
        ("Pat Example", "status", "upheld", "scheduled"),
        ("Pat Example", "execution_date", None, "2031-06-05"),
        ("Pat Example", "decision", None, "Denied"),
        ("Sam Test", "status", None, "imminent"),
    ]
    async with sessions.begin() as session:
        stored = await editions.unweighed_changes(session, 10)
        assert [(one.field, one.before, one.after) for one in stored] == [line[1:] for line in lines(reading)]
        assert {one.edition_id for one in stored} == {2}
        await editions.mark_weighed(session, [one.id for one in stored[:3]], None)
        assert await editions.unweighed_changes(session, 10) == stored[3:]
    after = await known(sessions)
    assert after["1"].date_seen_at == NOON + HOUR
    assert after["3"].seen.status is CaseStatus.IMMINENT


async def test_the_same_document_changes_only_the_clock(sessions: Sessions) -> None:
    await read(sessions, PAT)
    reading = await read(sessions, PAT, at=NOON + HOUR)
    assert reading == Reading("harbour", Outcome.SAME)
    async with sessions.begin() as session:
        state = await editions.list_state(session, "harbour")
    assert (state.checked_at, state.accepted_at, state.next_due) == (
        NOON + HOUR,
        NOON,
        NOON + HOUR + timedelta(minutes=15),
    )


async def test_a_word_added_to_the_mapping_is_understood_in_the_same_document(sessions: Sessions) -> None:
    lost = person("3", "Sam Test", "Lost")
    await read(sessions, PAT, lost)
    assert await open_now(sessions) == [(K.UNKNOWN_STATUS, "3|Lost")]
    wider = watched(statuses=LIST.statuses | {"Lost": "unknown_fate"})
    reading = await read(sessions, PAT, lost, at=NOON + HOUR, like=wider)
    assert lines(reading) == [("Sam Test", "status", None, "unknown_fate")]
    assert await open_now(sessions) == []


async def test_a_vanished_row_is_asked_about_once_and_answers_by_returning(sessions: Sessions) -> None:
    await read(sessions, PAT, KIM)
    gone = await read(sessions, KIM, at=NOON + HOUR)
    assert (gone.changes, subjects(gone.questions)) == ((), [(K.VANISHED, "1")])
    assert (await known(sessions))["1"].missing_since == NOON + HOUR
    still = await read(sessions, KIM | {"prison": "Coast"}, at=NOON + 2 * HOUR)
    assert still.questions == ()
    assert await open_now(sessions) == [(K.VANISHED, "1")]
    back = await read(sessions, PAT | {"status": "Stopped"}, KIM, at=NOON + 3 * HOUR)
    assert lines(back)[0] == ("Pat Example", "status", "upheld", "stayed")
    assert (await known(sessions))["1"].missing_since is None
    assert await open_now(sessions) == []
    again = await read(sessions, KIM, at=NOON + 4 * HOUR)
    assert subjects(again.questions) == [(K.VANISHED, "1")]


async def test_a_returned_row_that_never_changed_is_back(sessions: Sessions) -> None:
    await read(sessions, PAT, KIM)
    await read(sessions, KIM, at=NOON + HOUR)
    back = await read(sessions, PAT, KIM, at=NOON + 2 * HOUR)
    assert (back.outcome, back.changes, back.questions) == (Outcome.ACCEPTED, (), ())
    assert (await known(sessions))["1"].missing_since is None


async def test_a_person_keeps_their_identity_under_a_new_key(sessions: Sessions) -> None:
    await read(sessions, PAT, KIM)
    before = await known(sessions)
    reading = await read(sessions, PAT | {"id": "9"}, KIM, at=NOON + HOUR)
    assert (reading.changes, subjects(reading.questions)) == ((), [(K.KEY_CHANGED, "1|9")])
    assert await known(sessions) == {"2": before["2"], "9": replace(before["1"], list_key="9")}
    async with sessions.begin() as session:
        told = await questions.untold(session, 10)
        await questions.mark_told(session, [one.id for one in told if one.id is not None], NOON)
    assert await open_now(sessions) == []


async def test_what_waits_is_asked_again_only_when_it_happens_anew(sessions: Sessions) -> None:
    await read(sessions, PAT, KIM)
    double = await read(sessions, PAT, PAT, KIM, at=NOON + HOUR)
    assert subjects(double.questions) == [(K.DOUBLE_KEY, "1")]
    same = await read(sessions, PAT, PAT, KIM | {"prison": "Coast"}, at=NOON + 2 * HOUR)
    assert same.questions == ()
    await read(sessions, PAT, KIM, at=NOON + 3 * HOUR)
    assert await open_now(sessions) == []
    anew = await read(sessions, PAT, PAT, KIM, at=NOON + 4 * HOUR)
    assert subjects(anew.questions) == [(K.DOUBLE_KEY, "1")]


async def test_an_illegal_move_is_not_stored_and_stays_asked(sessions: Sessions) -> None:
    dead = PAT | {"status": "Dead"}
    await read(sessions, dead, KIM)
    reading = await read(sessions, PAT, KIM, at=NOON + HOUR)
    assert (reading.changes, subjects(reading.questions)) == ((), [(K.ILLEGAL_TRANSITION, "1|upheld")])
    assert (await known(sessions))["1"].seen.status is CaseStatus.EXECUTED
    await read(sessions, PAT, KIM | {"prison": "Coast"}, at=NOON + 2 * HOUR)
    assert await open_now(sessions) == [(K.ILLEGAL_TRANSITION, "1|upheld")]
    await read(sessions, dead, KIM, at=NOON + 3 * HOUR)
    assert await open_now(sessions) == []


async def test_a_removed_date_is_asked_about_until_date_or_status_move(sessions: Sessions) -> None:
    dated = PAT | {"status": "Date set", "date": "2031-06-05"}
    await read(sessions, dated, KIM)
    removed = await read(sessions, dated | {"date": ""}, KIM, at=NOON + HOUR)
    assert lines(removed) == [("Pat Example", "execution_date", "2031-06-05", None)]
    assert subjects(removed.questions) == [(K.DATE_REMOVED, "1")]
    assert (await known(sessions))["1"].date_seen_at is None
    await read(sessions, dated | {"date": ""}, KIM | {"prison": "Coast"}, at=NOON + 2 * HOUR)
    assert await open_now(sessions) == [(K.DATE_REMOVED, "1")]
    await read(sessions, PAT | {"status": "Stopped"}, KIM, at=NOON + 3 * HOUR)
    assert await open_now(sessions) == []


async def test_a_held_edition_leaves_the_last_good_one_and_is_told_once(sessions: Sessions) -> None:
    await read(sessions, PAT, KIM)
    before = await known(sessions)
    without = tuple(column for column in COLUMNS if column != "status")
    held = await read(sessions, PAT, at=NOON + HOUR, columns=without)
    assert (held.outcome, held.reason) == (Outcome.HELD, "missing_column")
    assert subjects(held.questions) == [(K.HELD, "missing_column")]
    again = await read(sessions, PAT, at=NOON + 2 * HOUR, columns=without)
    assert (again.outcome, again.questions) == (Outcome.HELD, ())
    assert await known(sessions) == before
    async with sessions.begin() as session:
        state = await editions.list_state(session, "harbour")
    assert (state.failures, state.trouble) == (2, held.explanation)
    well = await read(sessions, PAT, KIM, at=NOON + 3 * HOUR)
    assert well.outcome is Outcome.SAME
    assert await open_now(sessions) == []
    async with sessions.begin() as session:
        assert (await editions.list_state(session, "harbour")).trouble is None


async def test_an_edition_that_breaks_off_in_its_last_cell_is_held(sessions: Sessions) -> None:
    columns = ("id", "name", "native", "born", "status", "prison", "decision", "date")
    document = csv_of(PAT, KIM | {"status": "Date set", "date": "2031-07-29"}, columns=columns)
    assert (await read_edition(sessions, LIST, document, NOON)).outcome is Outcome.BASELINE
    before = await known(sessions)
    for hours, cut in enumerate((document[:-5], document[:-2]), start=1):  # 2031-07, and the whole date
        held = await read_edition(sessions, LIST, cut, NOON + hours * HOUR)
        assert (held.outcome, held.reason) == (Outcome.HELD, "half_a_file")
    assert await known(sessions) == before
    assert await open_now(sessions) == [(K.HELD, "half_a_file")]
    whole = await read_edition(sessions, LIST, document.replace(b"Pat", b"Jo"), NOON + 3 * HOUR)
    assert (whole.outcome, await open_now(sessions)) == (Outcome.ACCEPTED, [])


async def test_a_last_line_without_its_end_is_taken_when_it_stays_so_for_a_day(sessions: Sessions) -> None:
    await read_edition(sessions, LIST, csv_of(PAT), NOON)
    bare = csv_of(PAT | {"prison": "Coast"}).rstrip()
    outcomes = [
        (await read_edition(sessions, LIST, bare, NOON + hours * HOUR)).outcome for hours in (1, 2, 24, 25)
    ]
    assert outcomes == [Outcome.HELD, Outcome.HELD, Outcome.HELD, Outcome.ACCEPTED]


async def test_a_list_that_never_ended_with_a_line_end_need_not(sessions: Sessions) -> None:
    for hours, name in enumerate(("Pat Example", "Pat B. Example")):
        reading = await read_edition(
            sessions, LIST, csv_of(PAT | {"name": name}).rstrip(), NOON + hours * HOUR
        )
        assert reading.outcome is (Outcome.ACCEPTED if hours else Outcome.BASELINE)
    assert (await read(sessions, PAT, at=NOON + 2 * HOUR)).outcome is Outcome.ACCEPTED


async def test_json_shows_by_itself_that_it_is_whole(sessions: Sessions) -> None:
    one = watched(format="json")
    await read_edition(sessions, one, json_of(PAT) + b"\n", NOON)
    later = await read_edition(sessions, one, json_of(PAT | {"prison": "Coast"}), NOON + HOUR)
    assert later.outcome is Outcome.ACCEPTED


async def test_a_baseline_that_is_held_is_still_to_come(sessions: Sessions) -> None:
    assert (await read_edition(sessions, LIST, b"", NOON)).reason == "empty"
    assert (await read(sessions, PAT, at=NOON + HOUR)).outcome is Outcome.BASELINE


async def test_a_row_that_waits_does_not_stop_the_rest(sessions: Sessions) -> None:
    await read(sessions, PAT, KIM)
    reading = await read(sessions, PAT | {"status": "Lost"}, KIM | {"status": "Dead"}, at=NOON + HOUR)
    assert lines(reading) == [("Kim Sample", "status", "upheld", "executed")]
    assert (await known(sessions))["1"].seen.status is CaseStatus.UPHELD


async def test_a_new_detail_is_taken_over_quietly(sessions: Sessions) -> None:
    await read(sessions, PAT | {"status": "Stopped"})
    reading = await read(sessions, PAT | {"status": "Unfit"}, at=NOON + HOUR)
    assert (reading.outcome, reading.changes) == (Outcome.ACCEPTED, ())
    assert (await known(sessions))["1"].seen.detail == "incompetent"


# --- due lists ---


@pytest.fixture
def at_path(tmp_path: Path) -> Callable[..., WatchedList]:
    def make(name: str, *rows: dict[str, str]) -> WatchedList:
        path = tmp_path / f"{name}.csv"
        if rows:
            path.write_bytes(csv_of(*rows))
        return watched(name=name, url=str(path))

    return make


async def test_only_due_lists_are_read(sessions: Sessions, at_path: Callable[..., WatchedList]) -> None:
    lists = [at_path("harbour", PAT), at_path("coast", KIM)]
    async with open_client() as client:
        first = await watch(sessions, lists, client, NOON)
        early = await watch(sessions, lists, client, NOON + timedelta(minutes=14))
        due = await watch(sessions, lists, client, NOON + timedelta(minutes=15))
    assert [(one.list_name, one.outcome) for one in first] == [
        ("harbour", Outcome.BASELINE),
        ("coast", Outcome.BASELINE),
    ]
    assert early == []
    assert due == [Reading("harbour", Outcome.SAME), Reading("coast", Outcome.SAME)]


async def test_a_list_that_cannot_be_got_is_told_after_two_periods_and_once(
    sessions: Sessions, at_path: Callable[..., WatchedList]
) -> None:
    absent, there = at_path("harbour"), at_path("coast", KIM)
    now, told, waits = NOON, [], []
    async with open_client() as client:
        for _ in range(6):
            for reading in await watch(sessions, [absent, there], client, now):
                told += subjects(reading.questions)
            async with sessions.begin() as session:
                state = await editions.list_state(session, "harbour")
            assert state.next_due is not None
            waits.append(state.next_due - now)
            now = state.next_due
        assert told == [(K.HELD, "fetch:not_found")]
        assert waits == [timedelta(minutes=minutes) for minutes in (15, 30, 60, 60, 60, 60)]
        at_path("harbour", PAT)
        await watch(sessions, [absent], client, now)
    assert await open_now(sessions) == []


async def test_not_modified_is_the_same_and_a_new_mapping_asks_for_the_whole(sessions: Sessions) -> None:
    asked: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("If-None-Match"))
        if asked[-1] == '"v1"':
            return httpx.Response(304)
        return httpx.Response(200, stream=httpx.ByteStream(csv_of(PAT)), headers={"ETag": '"v1"'})

    remote = watched(url="http://127.0.0.1:8000/list.csv", loopback_http=True)
    wider = watched(url=remote.url, loopback_http=True, statuses=LIST.statuses | {"Lost": "unknown_fate"})
    outcomes = []
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), trust_env=False) as client:
        for hours, one in enumerate([remote, remote, wider, wider]):
            (reading,) = await watch(sessions, [one], client, NOON + hours * HOUR)
            outcomes.append(reading.outcome)
    assert asked == [None, '"v1"', None, '"v1"']
    assert outcomes == [Outcome.BASELINE, Outcome.SAME, Outcome.ACCEPTED, Outcome.SAME]


async def test_a_fault_of_ours_in_one_list_does_not_stop_the_others(
    sessions: Sessions, at_path: Callable[..., WatchedList]
) -> None:
    remote = watched(name="remote", url="https://example.org/list.csv")
    async with httpx.AsyncClient(trust_env=True) as unfit:
        with pytest.raises(ExceptionGroup, match="reading lists failed"):
            await watch(sessions, [remote, at_path("harbour", PAT)], unfit, NOON)
    assert list(await known(sessions)) == ["1"]
