from __future__ import annotations

from collections import Counter
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from bot.database import Sessions
from subscribers.daily import daily
from subscribers.delivery import Claim, DeliveryStatus, Next
from subscribers.fan_out import fan_out
from subscribers.recover import lapse_all, recover
from subscribers.store import ledger
from tests.subscribers import world
from tests.subscribers.world import NOW

S = DeliveryStatus
AT_ONCE = timedelta(0)
LONG = timedelta(hours=1)


async def take(
    sessions: Sessions, count: int = 100, worker: str = "one", lease: timedelta = AT_ONCE
) -> list[Claim]:
    async with sessions.begin() as session:
        return await ledger.claim(session, count, worker, lease, NOW)


async def test_an_alert_goes_out_twice_at_most(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    assert [claim.copies for claim in await take(sessions)] == [1]
    assert await recover(sessions, NOW) == Counter({S.PENDING: 1})
    assert [claim.copies for claim in await take(sessions)] == [2]
    assert await recover(sessions, NOW) == Counter({S.UNKNOWN: 1})
    assert await take(sessions) == []
    assert [row.done_at for row in await world.rows(sessions)] == [NOW]


async def test_a_digest_goes_out_once_at_most(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions)
    await daily(sessions, NOW, time(12), ZoneInfo("UTC"))
    assert [claim.digest_day for claim in await take(sessions)] == ["2026-11-22"]
    assert await recover(sessions, NOW) == Counter({S.UNKNOWN: 1})


async def test_a_lease_that_runs_is_left_alone_except_at_the_start(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    await take(sessions, lease=LONG)
    assert await recover(sessions, NOW + timedelta(days=365)) == Counter(), (
        "leases run on the database's clock"
    )
    assert await lapse_all(sessions, NOW) == Counter({S.PENDING: 1})


async def test_a_lapsed_row_goes_to_the_back_of_its_lane(sessions: Sessions) -> None:
    await world.crowd(sessions, 4)
    await world.publish(sessions, lane=0)
    await world.publish(sessions, lane=1)
    await fan_out(sessions, NOW)
    lapsed = [claim.delivery_id for claim in await take(sessions, 2)]
    await recover(sessions, NOW)
    order = [(claim.lane, claim.delivery_id) for claim in await take(sessions)]
    assert [delivery for lane, delivery in order if lane == 0][-2:] == lapsed
    assert [lane for lane, _ in order] == [0] * 4 + [1] * 4


async def test_two_workers_never_hold_the_same_row(sessions: Sessions) -> None:
    await world.crowd(sessions, 30)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    held: list[int] = []
    while claims := await take(sessions, 7, f"worker {len(held)}", LONG):
        held += [claim.delivery_id for claim in claims]
    assert len(held) == len(set(held)) == 30


async def test_a_late_result_does_not_overwrite_what_came_after(sessions: Sessions) -> None:
    """The attempt number is a fence: a worker that slept through its lease changes nothing."""
    await world.join(sessions, 101)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    (late,) = await take(sessions)
    await recover(sessions, NOW)
    (current,) = await take(sessions, worker="two", lease=LONG)
    async with sessions.begin() as session:
        await ledger.mark(session, [(late, Next(S.GONE, 0, "late"))], NOW)
    assert await world.statuses(sessions) == {"dispatched": 1}
    async with sessions.begin() as session:
        await ledger.mark(session, [(current, Next(S.SENT, 2))], NOW)
        await ledger.mark(session, [(late, Next(S.PENDING, 0))], NOW)
    assert await world.statuses(sessions) == {"sent": 1}
