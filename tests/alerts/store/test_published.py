from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alerts import names
from alerts.alert import OPEN, AlertKind, AlertStatus, Disposition
from alerts.case import OUTCOMES, CaseStatus, CaseView
from alerts.render.message import Message, Variant
from alerts.store import published
from alerts.tables import ActionRow, AlertRow, AlertTextRow, AlertTopicRow, CaseRow, ChangeRow, EditionRow
from bot.database import Sessions

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ARMAN = CaseView(
    name_latin="Arman Nemuneh", name_native="آرمان نمونه", status=CaseStatus.IMMINENT, country="IR"
)
EXECUTED = replace(
    ARMAN, status=CaseStatus.EXECUTED, prison="Unapproved Prison", name_latin="Unapproved Name"
)


async def case(
    sessions: Sessions,
    key: str = "a",
    view: CaseView | None = ARMAN,
    seen: CaseView = ARMAN,
    at: datetime = NOW,
) -> int:
    words = None
    if view is not None:
        words = " ".join(names.normalise(name) for name in (view.name_latin, view.name_native) if name)
    row = CaseRow(
        list_name="example",
        list_key=key,
        seen=seen.to_json(),
        published=view.to_json() if view else None,
        published_words=words,
        published_at=at if view else None,
    )
    async with sessions.begin() as session:
        session.add(row)
    assert row.id is not None
    return row.id


async def action(sessions: Sessions, case_id: int, sequence: int = 1, **values: Any) -> int:
    given: dict[str, Any] = {"deadline": NOW + 7 * DAY, "opened_at": NOW, "kind": "first", "letters": True}
    row = ActionRow(case_id=case_id, year=2026, sequence=sequence, **(given | values))
    async with sessions.begin() as session:
        session.add(row)
    assert row.id is not None
    return row.id


async def alert(
    sessions: Sessions,
    case_id: int,
    view: CaseView = ARMAN,
    *,
    status: AlertStatus = AlertStatus.PUBLISHED,
    kind: AlertKind = AlertKind.FIRST,
    disposition: Disposition = Disposition.ACTION,
    at: datetime = NOW,
    action_id: int | None = None,
    topics: tuple[str, ...] = (),
    lane: int = 0,
) -> int:
    facts = {"before": None, "deadline": None, "petitions": []}
    row = AlertRow(
        case_id=case_id,
        action_id=action_id,
        kind=kind.value,
        status=status.value,
        disposition=disposition.value,
        lane=lane,
        author="list:example",
        facts={"view": view.to_json(), **facts},
        texts={},
        created_at=at,
        published_at=None if status in OPEN else at,
    )
    async with sessions.begin() as session:
        session.add(row)
        await session.flush()
        session.add_all(AlertTopicRow(alert_id=row.id, key=key) for key in topics)
    assert row.id is not None
    return row.id


async def change(
    sessions: Sessions, case_id: int, after: str, *, field: str = "status", weighed: bool = False
) -> None:
    async with sessions.begin() as session:
        edition = EditionRow(
            list_name="example", read_at=NOW, body_sha256="0", row_count=1, outcome="accepted"
        )
        session.add(edition)
        await session.flush()
        session.add(
            ChangeRow(
                edition_id=edition.id,
                case_id=case_id,
                field=field,
                before="upheld",
                after=after,
                recorded_at=NOW,
                weighed=weighed,
            )
        )


async def test_what_a_list_says_now_is_found_nowhere(sessions: Sessions) -> None:
    """An unapproved "executed" lies in the case, in a draft and in a change; readers see none of it."""
    case_id = await case(sessions, seen=EXECUTED)
    hidden = await case(sessions, "b", view=None, seen=EXECUTED)
    action_id = await action(sessions, case_id)
    await alert(sessions, case_id, action_id=action_id, topics=("*/*",))
    draft = await alert(sessions, case_id, EXECUTED, status=AlertStatus.PENDING, topics=("*/*",))
    await change(sessions, case_id, "executed")
    async with sessions() as session:
        told: list[object] = [
            await published.published_case(session, case_id),
            await published.published_case(session, hidden),
            await published.latest_cases(session, 10),
            await published.search(session, "nemuneh", 10),
            await published.search(session, "unapproved", 10),
            await published.countries(session),
            await published.open_actions(session, NOW),
            await published.open_actions(session, NOW, {"*/*"}),
            await published.case_history(session, case_id),
            await published.alerts_in_window(session, NOW - DAY, NOW + DAY),
            await published.frozen_messages(session, draft),
        ]
    assert "executed" not in repr(told).casefold()
    assert "unapproved" not in repr(told).casefold()
    assert "Arman" in repr(told)


async def test_a_case_nobody_published_does_not_exist(sessions: Sessions) -> None:
    case_id = await case(sessions, view=None)
    await action(sessions, case_id)
    async with sessions() as session:
        assert await published.published_case(session, case_id) is None
        assert await published.latest_cases(session, 5) == []
        assert await published.countries(session) == []
        assert await published.open_actions(session, NOW) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("arman", ["a"]),
        ("NEMUNEH arman", ["a"]),
        ("آرمان", ["a"]),
        ("نمونه", ["a", "b"]),
        ("nem", ["a"]),
        ("arman sample", []),
        ("%", []),
        ("_", []),
        ("", []),
        ("  ", []),
    ],
)
async def test_search_in_either_script(sessions: Sessions, words: str, found: list[str]) -> None:
    keys = {
        await case(sessions, "a"): "a",
        await case(sessions, "b", CaseView(name_native="نمونه دوم", country="IR"), at=NOW - DAY): "b",
        await case(sessions, "c", CaseView(name_latin="Sam Sample", country="US"), at=NOW - DAY): "c",
    }
    async with sessions() as session:
        assert [keys[one.id] for one in await published.search(session, words, 10)] == found


async def test_newest_first_and_no_more_than_asked_for(sessions: Sessions) -> None:
    ids = [await case(sessions, str(days), at=NOW - days * DAY) for days in (2, 0, 1)]
    async with sessions() as session:
        latest = await published.latest_cases(session, 2)
    assert [(one.id, one.updated_at) for one in latest] == [(ids[1], NOW), (ids[2], NOW - DAY)]


async def test_countries_are_named_once(sessions: Sessions) -> None:
    for key, country in (("a", "US"), ("b", "IR"), ("c", "US"), ("d", None)):
        await case(sessions, key, replace(ARMAN, country=country), replace(ARMAN, country="SA"))
    async with sessions() as session:
        assert await published.countries(session) == ["IR", "US"]


async def test_open_actions_by_deadline_and_topic(sessions: Sessions) -> None:
    case_id = await case(sessions)
    late = await action(sessions, case_id, 1, deadline=NOW + 9 * DAY)
    soon = await action(sessions, case_id, 2, deadline=NOW + DAY)
    endless = await action(sessions, case_id, 3, deadline=None)
    await action(sessions, case_id, 4, deadline=NOW)
    await action(sessions, case_id, 5, closed_at=NOW - DAY)
    await alert(sessions, case_id, action_id=late, topics=("*/*", "IR/*"))
    await alert(sessions, case_id, action_id=late, topics=("*/*", "IR/*"))
    async with sessions() as session:
        every = await published.open_actions(session, NOW)
        assert [(one.id, whose.view) for one, whose in every] == [
            (soon, ARMAN),
            (late, ARMAN),
            (endless, ARMAN),
        ]
        wanted = [one.id for one, _ in await published.open_actions(session, NOW, {"IR/*", "US/*"})]
        assert wanted == [late]
        assert await published.open_actions(session, NOW, {"US/*"}) == []
        assert await published.topics_of_actions(session, [late, soon]) == {late: {"*/*", "IR/*"}}


async def test_an_action_by_its_number(sessions: Sessions) -> None:
    action_id = await action(sessions, await case(sessions), 14)
    async with sessions() as session:
        found = await published.action_by_number(session, 2026, 14)
        assert found is not None
        assert (found.id, found.number) == (action_id, "UA-26/014")
        assert await published.action_by_number(session, 2025, 14) is None


async def waits_for(session: AsyncSession, case_id: int) -> bool:
    return case_id in await published.cases_waiting(session, [case_id])


@pytest.mark.parametrize("status", list(CaseStatus))
async def test_letters_wait_while_an_outcome_is_reviewed(sessions: Sessions, status: CaseStatus) -> None:
    case_id = await case(sessions)
    other = await case(sessions, "b")
    view = replace(ARMAN, status=status)
    await alert(sessions, case_id, view, status=AlertStatus.PENDING)
    await alert(sessions, other, view, status=AlertStatus.PUBLISHED)
    await alert(sessions, other, view, status=AlertStatus.REJECTED)
    async with sessions() as session:
        assert await waits_for(session, case_id) == (status in OUTCOMES)
        assert not await waits_for(session, other)


@pytest.mark.parametrize("status", sorted(OPEN))
async def test_from_the_first_draft_to_the_approval(sessions: Sessions, status: AlertStatus) -> None:
    case_id = await case(sessions)
    await alert(sessions, case_id, EXECUTED, status=status)
    async with sessions() as session:
        assert await waits_for(session, case_id)


@pytest.mark.parametrize(
    ("field", "after", "weighed", "waits"),
    [
        ("status", "executed", False, True),
        ("status", "stayed/incompetent", False, True),
        ("status", "executed", True, False),
        ("status", "upheld", False, False),
        ("note", "executed", False, False),
    ],
)
async def test_letters_wait_before_there_is_a_draft(
    sessions: Sessions, field: str, after: str, *, weighed: bool, waits: bool
) -> None:
    case_id = await case(sessions)
    await change(sessions, case_id, after, field=field, weighed=weighed)
    async with sessions() as session:
        assert await waits_for(session, case_id) == waits


async def test_a_window_holds_what_stands(sessions: Sessions) -> None:
    case_id = await case(sessions)
    await alert(sessions, case_id, at=NOW - DAY)
    first = await alert(sessions, case_id, at=NOW - timedelta(hours=2), topics=("IR/*",))
    last = await alert(sessions, case_id, at=NOW, disposition=Disposition.DIGEST)
    await alert(sessions, case_id, at=NOW + timedelta(seconds=1))
    await alert(sessions, case_id, disposition=Disposition.RECORD)
    for status in (AlertStatus.SUPERSEDED, AlertStatus.STOPPED, AlertStatus.CANCELLED, AlertStatus.PENDING):
        await alert(sessions, case_id, status=status)
    async with sessions() as session:
        every = await published.alerts_in_window(session, NOW - DAY, NOW)
        assert [one.id for one in every] == [first, last]
        wanted = await published.alerts_in_window(session, NOW - DAY, NOW, {"IR/*"})
        assert [one.id for one in wanted] == [first]


async def test_a_history_leaves_out_what_was_taken_back(sessions: Sessions) -> None:
    case_id = await case(sessions)
    first = await alert(sessions, case_id, at=NOW - 3 * DAY, status=AlertStatus.SUPERSEDED)
    await alert(sessions, case_id, EXECUTED, at=NOW - 2 * DAY, status=AlertStatus.SUPERSEDED)
    correction = await alert(sessions, case_id, at=NOW - DAY, kind=AlertKind.CORRECTION)
    await alert(sessions, case_id, status=AlertStatus.CANCELLED)
    async with sessions() as session:
        assert [one.id for one in await published.case_history(session, case_id)] == [first, correction]


async def test_a_frozen_message_comes_back_as_it_was(sessions: Sessions) -> None:
    alert_id = await alert(sessions, await case(sessions))
    message = Message("متن", silent=True, protected=True)
    async with sessions.begin() as session:
        session.add(AlertTextRow(alert_id=alert_id, locale="fa", variant="safe", message=message.to_json()))
    async with sessions() as session:
        assert await published.frozen_messages(session, alert_id) == {("fa", Variant.SAFE): message}


async def test_what_is_to_be_fanned_out(sessions: Sessions) -> None:
    case_id = await case(sessions)
    slow = await alert(sessions, case_id, lane=2)
    urgent = await alert(sessions, case_id, lane=0)
    await alert(sessions, case_id, status=AlertStatus.STOPPED)
    await alert(sessions, case_id, disposition=Disposition.DIGEST)
    async with sessions.begin() as session:
        assert await published.not_fanned_out(session) == [urgent, slow]
        await published.mark_fanned_out(session, urgent, NOW)
        assert await published.not_fanned_out(session) == [slow]
        await session.execute(update(AlertRow).values(fanned_out_at=NOW))
        assert await published.not_fanned_out(session) == []
