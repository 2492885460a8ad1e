from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from alerts.alert import AlertStatus, Disposition
from bot.database import Sessions
from subscribers import enrol
from subscribers.daily import Daily, daily, due_at, due_days
from subscribers.tables import DeliveryRow, DigestDayRow
from tests.subscribers import world
from tests.subscribers.world import NOW, VIEW

BRUSSELS = ZoneInfo("Europe/Brussels")
UTC_ZONE = ZoneInfo("UTC")
SIX = time(18)
DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)
EVENING = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # 18:00 in Brussels


async def listed_days(sessions: Sessions) -> list[tuple[str, datetime, datetime]]:
    async with sessions() as session:
        rows = await session.scalars(
            select(DigestDayRow).where(DigestDayRow.listed_at.is_not(None)).order_by(DigestDayRow.day)
        )
        return [(row.day, row.since, row.until) for row in rows]


async def test_one_a_day_at_the_hour(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions)
    nothing = Daily((), 0, ())
    assert await daily(sessions, EVENING - timedelta(seconds=1), SIX, BRUSSELS) == nothing
    assert await daily(sessions, EVENING, SIX, BRUSSELS) == Daily((TODAY,), 1, ())
    assert await daily(sessions, EVENING + timedelta(minutes=1), SIX, BRUSSELS) == nothing
    (row,) = await world.rows(sessions)
    assert (row.digest_day, row.lane, row.status) == ("2026-11-22", 3, "pending")


async def test_a_window_begins_where_the_last_one_ended(sessions: Sessions) -> None:
    late = EVENING + DAY + timedelta(hours=2)
    for now in (EVENING, late):
        await daily(sessions, now, SIX, BRUSSELS)
    assert await listed_days(sessions) == [
        ("2026-11-22", EVENING - DAY, EVENING),
        ("2026-11-23", EVENING, late),
    ]


async def test_a_missed_hour_is_caught_up_within_six(sessions: Sessions) -> None:
    await daily(sessions, EVENING, SIX, BRUSSELS)
    missed = EVENING + DAY
    assert (await daily(sessions, missed + timedelta(hours=6), SIX, BRUSSELS)).listed == (TODAY + DAY,)


async def test_a_day_missed_by_more_is_dropped_once_and_covered_by_the_next(sessions: Sessions) -> None:
    await daily(sessions, EVENING, SIX, BRUSSELS)
    back = EVENING + 3 * DAY + timedelta(hours=7)
    dropped = tuple(TODAY + DAY * days for days in (1, 2, 3))
    assert await daily(sessions, back, SIX, BRUSSELS) == Daily((), 0, dropped)
    assert await daily(sessions, back, SIX, BRUSSELS) == Daily((), 0, ())
    await daily(sessions, EVENING + 4 * DAY, SIX, BRUSSELS)
    assert await listed_days(sessions) == [
        ("2026-11-22", EVENING - DAY, EVENING),
        ("2026-11-26", EVENING, EVENING + 4 * DAY),
    ]


async def test_the_first_day_drops_nothing(sessions: Sessions) -> None:
    assert await daily(sessions, EVENING - timedelta(hours=8), SIX, BRUSSELS) == Daily((), 0, ())


@pytest.mark.parametrize(
    ("keys", "count"), [(("*/*",), 1), (("IR/*",), 1), (("case:1",), 1), (("US/*",), 0), (("case:2",), 0)]
)
async def test_only_those_to_whom_it_has_something_to_say(
    sessions: Sessions, keys: tuple[str, ...], count: int
) -> None:
    await world.join(sessions, 101, *keys)
    case = await world.open_case(sessions, VIEW, deadline=NOW - DAY)
    await world.publish(sessions, case, disposition=Disposition.DIGEST)
    assert (await daily(sessions, EVENING, SIX, BRUSSELS)).deliveries == count


async def test_an_open_action_is_something_to_say(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions, at=NOW - 3 * DAY)
    assert (await daily(sessions, EVENING, SIX, BRUSSELS)).deliveries == 1


@pytest.mark.parametrize(
    ("status", "disposition", "at"),
    [
        (AlertStatus.PENDING, Disposition.ALERT, NOW),
        (AlertStatus.STOPPED, Disposition.ALERT, NOW),
        (AlertStatus.CANCELLED, Disposition.ALERT, NOW),
        (AlertStatus.PUBLISHED, Disposition.RECORD, NOW),
        (AlertStatus.PUBLISHED, Disposition.DIGEST, NOW - 2 * DAY),
    ],
)
async def test_what_is_no_news_lists_nobody(
    sessions: Sessions, status: AlertStatus, disposition: Disposition, at: datetime
) -> None:
    await world.join(sessions, 101)
    case = await world.open_case(sessions, VIEW, deadline=NOW - DAY)
    await world.publish(sessions, case, status=status, disposition=disposition, at=at)
    assert (await daily(sessions, EVENING, SIX, BRUSSELS)).deliveries == 0


async def test_no_digest_for_who_stopped_or_paused(sessions: Sessions) -> None:
    for chat in (101, 102, 103):
        await world.join(sessions, chat)
    await enrol.stop(sessions, 101)
    await enrol.pause(sessions, 102, EVENING + DAY)
    await world.publish(sessions)
    assert (await daily(sessions, EVENING, SIX, BRUSSELS)).deliveries == 1


async def test_exactly_one_a_local_day_for_a_year(sessions: Sessions) -> None:
    """Ticks that come late by up to 6 hours, some of them twice, over both changes of the clocks."""
    await world.join(sessions, 101)
    await world.publish(sessions, await world.open_case(sessions, deadline=None))
    now = EVENING
    while now < EVENING + 365 * DAY - timedelta(hours=1):
        for _ in range(1 + now.day % 2):
            await daily(sessions, now, SIX, BRUSSELS)
        now += timedelta(hours=5, minutes=59)
    async with sessions() as session:
        rows = await session.execute(
            select(DeliveryRow.digest_day, func.count().label("number")).group_by(DeliveryRow.digest_day)
        )
        counts = {row.digest_day: row.number for row in rows}
    assert counts == {(TODAY + DAY * days).isoformat(): 1 for days in range(365)}


ZONES = st.sampled_from(
    ["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran", "Pacific/Apia", "UTC"]
)
HOURS = st.times(min_value=time(0), max_value=time(23, 59)).map(lambda at: at.replace(microsecond=0))


@given(
    zone=ZONES.map(ZoneInfo),
    at=HOURS,
    start=st.integers(0, 21 * 365 * 24).map(
        lambda hours: datetime(2009, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    ),
    steps=st.lists(st.integers(1, 6 * 3600), min_size=1, max_size=60),
)
def test_no_day_comes_twice_and_none_is_left_out(
    zone: ZoneInfo, at: time, start: datetime, steps: list[int]
) -> None:
    now = start
    last: date | None = now.astimezone(zone).date() - 2 * DAY
    taken: list[date] = []
    for step in steps:
        due = due_days(last, now, at, zone)
        assert all(due_at(day, at, zone) <= now for day in due)
        taken += due
        last = due[-1] if due else last
        now += timedelta(seconds=step)
    gaps = {after - before for before, after in pairwise(taken)}
    assert gaps <= {DAY}


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # there is no 2:30
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first of two
        (date(2026, 7, 1), SIX, datetime(2026, 7, 1, 16, 0, tzinfo=UTC)),
        (date(2026, 1, 1), SIX, datetime(2026, 1, 1, 17, 0, tzinfo=UTC)),
    ],
)
def test_each_day_has_one_instant(day: date, at: time, expected: datetime) -> None:
    assert due_at(day, at, BRUSSELS) == expected
