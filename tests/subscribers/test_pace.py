from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.delivery import Claim, DeliveryStatus, Next, Operation, Outcome, OutcomeKind
from subscribers.pace import GROUP_GAP, LOOK_AHEAD, MOST_CLAIMED, Brake, Budget, Pace
from tests.subscribers.world import NOW

SECOND = timedelta(seconds=1)


def test_slots_follow_one_another() -> None:
    budget = Budget(NOW - SECOND, NOW - SECOND)
    assert budget.opens(NOW) == NOW
    taken = budget.reserve(10, 5.0, NOW)
    assert taken.opens(NOW) == NOW + 2 * SECOND
    assert taken.reserve(5, 5.0, NOW).opens(NOW) == NOW + 3 * SECOND
    assert taken.reserve(5, 5.0, NOW + 10 * SECOND).opens(NOW) == NOW + 11 * SECOND


def test_a_pause_holds_for_everyone_and_is_never_shortened() -> None:
    budget = Budget(NOW, NOW).paused(NOW + 30 * SECOND)
    assert not budget.is_open(NOW + 29 * SECOND)
    assert budget.is_open(NOW + 30 * SECOND - LOOK_AHEAD)
    assert budget.paused(NOW + SECOND) == budget


@pytest.mark.parametrize(
    ("rate", "size"), [(1, 1), (25, 7), (30, 8), (1000, MOST_CLAIMED), (100_000, MOST_CLAIMED)]
)
def test_few_rows_are_claimed_ahead(rate: float, size: int) -> None:
    assert Pace(rate).claim_size(0) == size


def test_the_window_of_unrecorded_rows_is_bounded() -> None:
    assert (Pace(25).window, Pace(1000).window) == (64, 250)
    assert (Pace(25).claim_size(60), Pace(25).claim_size(64), Pace(25).claim_size(99)) == (4, 0, 0)


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_is_positive(rate: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Pace(rate)


@given(
    rate=st.sampled_from([1.0, 25.0, 30.0, 1000.0]),
    delays=st.lists(st.floats(0, 3), min_size=1, max_size=120),
)
def test_no_second_holds_more_than_its_share(rate: float, delays: list[float]) -> None:
    """Whatever holds the worker up between messages; two percent or one message may be caught up on."""
    pace, now, left = Pace(rate), 0.0, []
    for number, delay in enumerate(delays):
        now = max(now, pace.slot(number / rate, now))
        left.append(now)
        now += delay / rate
    most = rate + max(0.02 * rate, 1) + 1e-6
    assert max(sum(start <= time < start + 1 - 1e-9 for time in left) for start in left) <= most


def test_without_delays_the_allowance_is_used_up() -> None:
    pace, now = Pace(30.0), 0.0
    for number in range(300):
        now = pace.slot(number / 30, now)
    assert now == pytest.approx(299 / 30)


def test_a_chat_is_written_to_once_a_second_and_a_group_every_three() -> None:
    pace = Pace(30)
    assert pace.too_soon(1, is_group=False, at=10.0) == 0
    assert pace.too_soon(2, is_group=True, at=10.0) == 0
    assert pace.too_soon(1, is_group=False, at=10.4) == pytest.approx(0.6)
    assert pace.too_soon(2, is_group=True, at=11.0) == pytest.approx(2.0)
    assert pace.too_soon(1, is_group=False, at=11.0) == 0
    assert pace.too_soon(2, is_group=True, at=13.0) == 0


def test_who_was_written_to_is_soon_forgotten() -> None:
    pace = Pace(30)
    for number in range(1000):
        pace.too_soon(number, is_group=False, at=float(number))
    assert len(pace._last) == len(pace._recent) <= GROUP_GAP


def test_trouble_at_telegram_pauses_longer_and_longer_until_a_probe_succeeds() -> None:
    pace = Pace(30)
    assert [pace.heed(OutcomeKind.SENT) for _ in range(49)] == [None] * 49
    assert [pace.heed(OutcomeKind.AMBIGUOUS) for _ in range(50)] == [None] * 50
    pauses = [pace.heed(OutcomeKind.AMBIGUOUS) for _ in range(8)]
    assert [pause and pause.total_seconds() for pause in pauses] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (pace.claim_size(0), pace.claim_size(1)) == (1, 0)
    assert pace.heed(OutcomeKind.WAIT) is None
    assert pace.claim_size(0) == 1
    assert pace.heed(OutcomeKind.SENT) is None
    assert pace.claim_size(0) == 8


CLAIM = Claim(1, 1, 1, 0, Operation.SEND, 1, alert_id=7)
DIGEST = Claim(1, 1, 1, 3, Operation.SEND, 1, digest_day="2026-11-22")
FAILED = Next(DeliveryStatus.FAILED, 0)


def test_three_bad_ones_in_a_row_spoil_an_alert() -> None:
    brake = Brake()
    bad, sent = OutcomeKind.BAD_CONTENT, OutcomeKind.SENT
    for kind in (bad, bad, sent, bad, bad):
        brake.heed(CLAIM, Outcome(kind), FAILED, None)
    assert (brake.spoilt, brake.is_on) == (set(), False)
    brake.heed(CLAIM, Outcome(bad), FAILED, None)
    assert (brake.spoilt, brake.is_on) == ({7}, False)
    for _ in range(5):
        brake.heed(DIGEST, Outcome(bad), FAILED, None)
    assert brake.spoilt == {7}


def test_the_longest_pause_counts() -> None:
    brake = Brake()
    for seconds in (3, 30, 5):
        until = NOW + seconds * SECOND
        pending = Next(DeliveryStatus.PENDING, 0, pause_until=until)
        brake.heed(CLAIM, Outcome(OutcomeKind.WAIT), pending, NOW + SECOND)
    assert (brake.pause, brake.is_on) == (NOW + 30 * SECOND, True)
