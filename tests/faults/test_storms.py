"""Refusals that are about more than one delivery: a chat that has moved, one that is busy, all of them at once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from bot.emulator import Fault
from subscribers import erase
from subscribers.delivery import OutcomeKind
from subscribers.tables import SubscriberRow
from tests.faults.conftest import Stage
from tests.faults.scene import EVENING, EVERYBODY, MOVED_BY, Kind, Scene, Way, chat_of, left


async def readers(scene: Scene) -> int:
    async with scene.sessions() as session:
        return await session.scalar(select(func.count()).select_from(SubscriberRow)) or 0


async def test_groups_that_have_moved(set_scene: Stage) -> None:
    scene = await set_scene()
    for kind in Kind:
        chat = chat_of(kind, Way.GROUP)
        await scene.emulator.group(chat).migrates_to(chat + MOVED_BY)
    await scene.settle()
    for kind in Kind:
        assert scene.witness.of(chat_of(kind, Way.GROUP)) == [OutcomeKind.MOVED]
        assert scene.witness.of(chat_of(kind, Way.GROUP) + MOVED_BY) == [OutcomeKind.SENT]
    # A message that was there before the move has another id now: there is nothing left to change.
    moved = {(kind, Way.GROUP): left(kind, "sent", 1, int(kind.is_new)) for kind in Kind}
    assert await scene.left() == {**EVERYBODY, **moved}


async def test_one_busy_chat_waits_alone(set_scene: Stage) -> None:
    scene = await set_scene()
    busy = Kind.ALERT, Way.NEVER
    scene.emulator.script(Fault.flood(3600, chat_id=chat_of(*busy), times=None))
    for _ in range(4):
        await scene.round(timedelta(seconds=10))
    assert await scene.left() == {**EVERYBODY, busy: left(busy[0], "pending", 0, 0)}
    assert scene.witness.of(chat_of(*busy)) == [OutcomeKind.WAIT], "it is not asked again before its time"
    scene.emulator.clear_faults()
    await scene.round()
    await scene.settle()
    assert await scene.left() == EVERYBODY


async def test_a_storm_of_waits_loses_nobody(set_scene: Stage) -> None:
    scene = await set_scene()
    scene.emulator.script(*(Fault.flood(seconds, times=20) for seconds in (1, 5, 30)))
    await scene.settle()
    assert await scene.left() == EVERYBODY


async def test_one_block_erases_one(set_scene: Stage) -> None:
    scene = await set_scene()
    await scene.emulator.person(chat_of(Kind.ALERT, Way.NEVER)).blocks()
    await scene.settle()
    assert (await scene.left())[Kind.ALERT, Way.NEVER] == left(Kind.ALERT, "gone", 0, 0)
    await erase.erase_gone(scene.sessions, EVENING + timedelta(minutes=30))
    assert await readers(scene) == len(EVERYBODY) - 1
