"""What has begun to leave when a process is killed; and that nothing is believed which could be wrong."""

from __future__ import annotations

import asyncio
import os
import stat
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.database import Sessions
from subscribers.delivery import DeliveryStatus, Envelope, Outcome, OutcomeKind
from subscribers.fan_out import fan_out
from subscribers.recover import lapse_all, recover
from subscribers.send import send
from subscribers.store import departures, ledger
from subscribers.store.departures import PLACES, Departures, of_this_machine
from tests.subscribers import world
from tests.subscribers.world import NOW, FakeMessenger

S = DeliveryStatus
LONG = timedelta(hours=1)


def begin(folder: Path, worker: str = "one") -> Departures:
    begun = Departures.begin(folder, worker)
    assert begun is not None
    return begun


def test_a_dead_process_leaves_its_notes(tmp_path: Path) -> None:
    """Closing lets go of the lock, as the kernel does with whatever is killed; tests/crash kills in earnest."""
    noted = begin(tmp_path / "notes")
    noted.note(7, 1)
    noted.note(8, 3)
    (notes,) = of_this_machine(tmp_path / "notes")
    assert (notes.worker, notes.lives) == ("one", True)
    noted.close()
    (left,) = of_this_machine(tmp_path / "notes")
    assert (left.worker, left.lives, left.departed()) == ("one", False, {(7, 1), (8, 3)})
    left.forget()
    assert of_this_machine(tmp_path / "notes") == [left], (
        "what it asked of the database last may be on its way still"
    )
    long_ago = left.path.stat().st_mtime - 3600
    os.utime(left.path, (long_ago, long_ago))
    left.forget()
    left.forget()
    assert of_this_machine(tmp_path / "notes") == []


def test_only_the_latest_are_kept(tmp_path: Path) -> None:
    noted = begin(tmp_path)
    for delivery_id in range(1, PLACES + 3):
        noted.note(delivery_id, 1)
    noted.close()
    (left,) = of_this_machine(tmp_path)
    assert left.departed() == {(delivery_id, 1) for delivery_id in range(3, PLACES + 3)}


def test_nothing_is_believed_after_the_machine_was_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut takes what was written last, so that a missing note proves nothing."""
    begin(tmp_path).close()
    other = tmp_path / "boot_id"
    other.write_text("another start\n")
    monkeypatch.setattr(departures, "_BOOT_ID", other)
    assert of_this_machine(tmp_path) == []
    assert list(tmp_path.glob("departures-*")) == [], "nobody will ever believe it"


def test_where_one_start_cannot_be_told_from_another_nothing_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "_BOOT_ID", tmp_path / "not there")
    assert Departures.begin(tmp_path, "one") is None
    assert of_this_machine(tmp_path) == []


def test_one_that_is_just_being_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "departures-new").write_bytes(b"")
    assert of_this_machine(tmp_path) == []
    assert (tmp_path / "departures-new").exists()


def test_it_is_for_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "notes"
    begin(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "departures-one").stat().st_mode) == 0o600
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        Departures.begin(folder, "two")


# --- what becomes of the rows


async def claimed(sessions: Sessions, folder: Path, *, departing: int, lease: timedelta = LONG) -> Departures:
    """Five readers' messages are claimed, the first few begin to leave."""
    await world.crowd(sessions, 5)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    noted = begin(folder)
    async with sessions.begin() as session:
        claims = await ledger.claim(session, 5, "one", lease, NOW)
    for claim in claims[:departing]:
        noted.note(claim.delivery_id, claim.attempt)
    return noted


async def copies(sessions: Sessions) -> Counter[tuple[str, int]]:
    return Counter((row.status, row.copies) for row in await world.rows(sessions))


async def test_what_never_left_is_no_copy(sessions: Sessions, tmp_path: Path) -> None:
    (await claimed(sessions, tmp_path, departing=2)).close()
    assert await recover(sessions, NOW, tmp_path) == Counter(), "the leases of the two that left still run"
    assert await copies(sessions) == {("pending", 0): 3, ("dispatched", 1): 2}
    assert await lapse_all(sessions, NOW, tmp_path) == {S.PENDING: 2}
    assert await copies(sessions) == {("pending", 0): 3, ("pending", 1): 2}


async def test_what_is_committed_after_its_worker_died_is_looked_at_too(
    sessions: Sessions, tmp_path: Path
) -> None:
    begin(tmp_path).close()
    await recover(sessions, NOW, tmp_path)  # nothing is to be seen yet
    (await claimed(sessions, tmp_path / "elsewhere", departing=0)).close()
    await recover(sessions, NOW, tmp_path)
    assert await copies(sessions) == {("pending", 0): 5}


async def test_the_living_keep_what_they_hold_while_their_lease_runs(
    sessions: Sessions, tmp_path: Path
) -> None:
    noted = await claimed(sessions, tmp_path, departing=2)
    assert await recover(sessions, NOW, tmp_path) == Counter()
    assert await copies(sessions) == {("dispatched", 1): 5}
    noted.close()


async def test_a_stalled_worker_that_let_nothing_leave_has_sent_no_copy(
    sessions: Sessions, tmp_path: Path
) -> None:
    noted = await claimed(sessions, tmp_path, departing=2, lease=timedelta(0))
    assert await recover(sessions, NOW, tmp_path) == Counter({S.PENDING: 2})
    assert await copies(sessions) == {("pending", 0): 3, ("pending", 1): 2}
    noted.close()


class Late(FakeMessenger):
    """Has a connection only when the lease is over."""

    async def perform(self, envelope: Envelope, leaving: Callable[[], None]) -> Outcome:
        await asyncio.sleep(1.1)
        try:
            leaving()
        except TimeoutError:
            return Outcome(OutcomeKind.AMBIGUOUS, reason="timed_out")
        raise AssertionError


async def test_nothing_begins_to_leave_after_its_lease(sessions: Sessions) -> None:
    await world.crowd(sessions, 2)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    await send(replace(world.sending(sessions, Late()), lease=timedelta(seconds=1)), NOW)
    assert await copies(sessions) == {("pending", 0): 2}, "it is certain that nothing was sent"


async def test_without_notes_everything_counts_as_sent(sessions: Sessions, tmp_path: Path) -> None:
    (await claimed(sessions, tmp_path / "elsewhere", departing=2)).close()
    assert await lapse_all(sessions, NOW, tmp_path) == {S.PENDING: 5}
    assert await copies(sessions) == {("pending", 1): 5}


async def test_a_note_of_another_attempt_says_nothing_of_this_one(sessions: Sessions, tmp_path: Path) -> None:
    noted = await claimed(sessions, tmp_path, departing=0)
    for row in await world.rows(sessions):
        assert row.id is not None
        noted.note(row.id, row.attempts - 1)
    noted.close()
    await recover(sessions, NOW, tmp_path)
    assert await copies(sessions) == {("pending", 0): 5}


async def test_killed_again_and_again_before_anything_leaves_nobody_is_lost(
    sessions: Sessions, tmp_path: Path
) -> None:
    (await claimed(sessions, tmp_path, departing=0)).close()
    for time in range(4):
        await lapse_all(sessions, NOW, tmp_path)
        assert await copies(sessions) == {("pending", 0): 5}
        begin(tmp_path, f"life {time}").close()
        async with sessions.begin() as session:
            await ledger.claim(session, 5, f"life {time}", LONG, NOW)
