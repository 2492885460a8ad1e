from __future__ import annotations

from alerts.case import CaseStatus, CaseView
from alerts.day import Day
from alerts.store import cases
from bot.database import Sessions
from tests.alerts.editions import HOUR, NOON

PAT = CaseView(name_latin="Pat Example", status=CaseStatus.SCHEDULED, execution_date=Day(2031, 5, 19))


async def add(sessions: Sessions, **views: CaseView) -> dict[str, int]:
    async with sessions.begin() as session:
        return await cases.insert_cases(
            session, "harbour", [(key, one, "d") for key, one in views.items()], NOON
        )


async def test_a_case_comes_back_as_stored(sessions: Sessions) -> None:
    ids = await add(sessions, a=PAT)
    async with sessions.begin() as session:
        case = await cases.case_by_id(session, ids["a"])
        assert await cases.case_by_id(session, ids["a"] + 1) is None
    assert case is not None
    assert (case.list_name, case.list_key, case.seen, case.published) == ("harbour", "a", PAT, None)
    assert (case.missing_since, case.date_seen_at) == (None, NOON)


async def test_a_date_is_first_seen_when_it_is_new(sessions: Sessions) -> None:
    ids = await add(sessions, a=PAT)
    for view, seen_at in (
        (
            CaseView(name_latin="P. Example", status=CaseStatus.STAYED, execution_date=PAT.execution_date),
            NOON,
        ),
        (CaseView(name_latin="P. Example", status=CaseStatus.STAYED), None),
        (PAT, NOON + HOUR),
    ):
        async with sessions.begin() as session:
            (before,) = await cases.cases_by_id(session, ids.values())
            await cases.update_cases(session, [(before, "b", view, "e")], NOON + HOUR)
            (after,) = await cases.cases_by_id(session, ids.values())
        assert (after.list_key, after.seen, after.date_seen_at) == ("b", view, seen_at)


async def test_a_missing_case_leaves_no_digest_to_pass_it_by(sessions: Sessions) -> None:
    ids = await add(sessions, a=PAT, b=PAT)
    async with sessions.begin() as session:
        await cases.set_missing(session, [ids["a"]], NOON)
        traces = await cases.traces_of_list(session, "harbour")
        dated = await cases.dated_cases(session)
    assert sorted((one.key, one.digest) for one in traces if one.key == "b") == [("b", "d")]
    assert [one.digest for one in traces if one.key == "a"] == [None]
    assert [case.list_key for case in dated] == ["b"]


async def test_urgent_are_the_imminent_and_those_due_within_the_days(sessions: Sessions) -> None:
    ids = await add(
        sessions,
        last_day=PAT,
        too_far=CaseView(status=CaseStatus.SCHEDULED, execution_date=Day(2031, 5, 20)),
        today=CaseView(status=CaseStatus.STAYED, execution_date=Day(2031, 5, 5)),
        past=CaseView(status=CaseStatus.UPHELD, execution_date=Day(2031, 5, 4)),
        dead=CaseView(status=CaseStatus.EXECUTED, execution_date=Day(2031, 5, 6)),
        imminent=CaseView(status=CaseStatus.IMMINENT),
        gone=CaseView(status=CaseStatus.IMMINENT),
        waiting=CaseView(status=CaseStatus.UPHELD),
    )
    async with sessions.begin() as session:
        await cases.set_missing(session, [ids["gone"]], NOON)
        urgent = await cases.urgent_cases(session, "harbour", 14, NOON)
        assert await cases.urgent_cases(session, "coast", 14, NOON) == []
    assert [case.list_key for case in urgent] == ["today", "imminent", "last_day"]
