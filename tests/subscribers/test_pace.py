from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.delivery import Claim, DeliveryStatus, Next, Operation, Outcome, OutcomeKind
from subscribers.pace import GROUP_GAP, LOOK_AHEAD, MOST_CLAIMED, MOST_WAITING, Brake, Budget, Pace, Slots
from tests.subscribers.world import FAST, NOW

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
    ("rate", "size"), [(1, 1), (25, 7), (30, 8), (1000, MOST_CLAIMED), (100_000, 3 * MOST_CLAIMED)]
)
def test_few_rows_are_claimed_ahead(rate: float, size: int) -> None:
    assert Pace(rate).claim_size(0, 0) == size
    assert Pace(rate).claim_size(3 * MOST_WAITING, 3 * MOST_WAITING) == 0


def test_the_window_of_unrecorded_rows_is_bounded() -> None:
    assert (Pace(25).window, Pace(1000).window) == (64, 250)
    assert [Pace(25).claim_size(0, outstanding) for outstanding in (60, 64, 99)] == [4, 0, 0]
    assert Pace(1000).claim_size(80, 90) == MOST_WAITING - 80
    assert Pace(100_000).claim_size(200, 210) == 3 * MOST_WAITING - 200


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_is_positive(rate: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Pace(rate)


@given(
    rate=st.sampled_from([1.0, 25.0, 30.0, 1000.0]),
    delays=st.lists(st.floats(0, 3), min_size=1, max_size=120),
)
def test_no_second_holds_more_than_its_share(rate: float, delays: list[float]) -> None:
    """Whatever holds the worker up between messages; two percent or one message may be late at once."""
    slots, now, left = Slots(rate), 0.0, []
    slots.add(len(delays), 0.0)
    for delay in delays:
        while (wait := slots.next(now)) is not None and wait > 0:
            now += wait
        if wait is None:
            break
        slots.take(now)
        left.append(now)
        now += delay / rate
    most = rate + max(0.02 * rate, 1) + 1e-6
    assert max(sum(start <= time < start + 1 - 1e-9 for time in left) for start in left) <= most
    assert len(left) + slots.missed + len(slots) == len(delays)


def test_without_delays_every_slot_is_used() -> None:
    slots, now = Slots(30.0), 0.0
    for _ in range(30):
        slots.add(10, now)
        for _ in range(10):
            wait = slots.next(now)
            assert wait is not None
            now += wait
            slots.take(now)
        now += 1 / 30
    assert (slots.missed, now) == (0, pytest.approx(300 / 30))


def test_a_slot_missed_by_much_is_given_up() -> None:
    slots = Slots(1000.0)
    slots.add(100, 5.0)
    assert slots.next(4.0) == pytest.approx(1.0)
    assert slots.next(5.05) == 0
    assert (slots.missed, len(slots)) == (42, 58)
    assert slots.next(6.0) is None
    assert (slots.missed, len(slots)) == (100, 0)


def test_beyond_what_telegram_grants_there_is_no_limit_to_keep() -> None:
    slots = Slots(FAST)
    slots.add(100, 5.0)
    assert slots.next(5.5) == 0
    assert slots.missed == 0


def test_lost_slots_are_made_up_for_a_few_at_a_time() -> None:
    """However many workers there are, together no more than a hundredth of what they send."""
    pace = Pace(1000)
    assert pace.catch_up(48, 0) == 0
    pace.lose(1)
    assert [pace.catch_up(40, 0) for _ in range(4)] == pytest.approx([0.4, 0.4, 0.2, 0])
    pace.lose(1_000_000)
    assert sum(pace.catch_up(40, 0) for _ in range(5000)) == pytest.approx(1000)


def test_a_worker_that_is_alone_makes_up_for_what_there_is_room_for() -> None:
    pace = Pace(1000)
    pace.lose(100)
    assert [pace.catch_up(48, spare) for spare in (12.0, 500.0, -40.0)] == pytest.approx([12, 16, 0.48])


def test_a_worker_knows_whether_it_is_alone() -> None:
    pace = Pace(1000)
    assert not pace.is_alone(NOW, 5.0)
    for at in (5.5, 6.5, 7.5):
        pace.leave(NOW)
        assert pace.is_alone(NOW, at) == (at > 6)
    assert not pace.is_alone(NOW + SECOND, 8.0)
    pace.leave(NOW)
    assert not pace.is_alone(NOW, 8.9)
    assert pace.is_alone(NOW, 9.1)


def test_slots_close_together_make_no_second_too_full() -> None:
    """Fifty slots are lost and made up for; from then on every slot is used at once, and yet no second overflows."""
    slots, now, left = Slots(1000.0), 0.0, []
    for batch in range(60):
        slots.add(48, batch * 0.048 - 0.05 * (batch > 2))
        while (wait := slots.next(now)) is not None:
            now += wait
            if not wait:
                slots.take(now)
                left.append(now)
    assert max(sum(start <= time < start + 1 - 1e-9 for time in left) for start in left) == 988


def test_slots_of_the_last_second_are_counted() -> None:
    slots = Slots(10.0)
    slots.add(4, 0.0)
    for at in (0.0, 0.1):
        slots.take(at)
    assert [slots.of_this_second(at) for at in (0.5, 1.05, 1.1)] == [4, 3, 2]


def test_nearly_all_of_the_allowance_is_planned() -> None:
    assert 0.98 < Pace(1000).planned / 1000 < 1


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


def heed(pace: Pace, kind: OutcomeKind) -> float | None:
    pause = pace.heed(1, Outcome(kind), 0.0)
    return pause.total_seconds() if pause else None


def test_trouble_at_telegram_pauses_longer_and_longer_until_a_probe_succeeds() -> None:
    pace = Pace(30)
    assert [heed(pace, OutcomeKind.SENT) for _ in range(49)] == [None] * 49
    assert [heed(pace, OutcomeKind.AMBIGUOUS) for _ in range(50)] == [None] * 50
    assert [heed(pace, OutcomeKind.AMBIGUOUS) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (pace.claim_size(0, 0), pace.claim_size(0, 1)) == (1, 0)
    assert heed(pace, OutcomeKind.HALT) is None
    assert pace.claim_size(0, 0) == 1
    assert heed(pace, OutcomeKind.SENT) is None
    assert pace.claim_size(0, 0) == 8


def refuse(pace: Pace, chat: int, at: float) -> timedelta | None:
    return pace.heed(chat, Outcome(OutcomeKind.WAIT, wait=3600 * SECOND), at)


def test_one_chat_that_must_wait_holds_up_the_others_only_for_a_moment() -> None:
    pace = Pace(30)
    assert [refuse(pace, 7, at) for at in (0.0, 1.0, 2.0)] == [5 * SECOND] * 3


def test_several_chats_refused_mean_everybody() -> None:
    pace = Pace(30)
    assert refuse(pace, 7, 0.0) == 5 * SECOND
    assert refuse(pace, 8, 9.0) == 3600 * SECOND
    assert refuse(pace, 9, 30.0) == 5 * SECOND, "long after"


def test_an_answer_in_between_means_that_not_everybody_is_refused() -> None:
    pace = Pace(30)
    assert refuse(pace, 7, 0.0) == 5 * SECOND
    assert heed(pace, OutcomeKind.SENT) is None
    assert refuse(pace, 8, 1.0) == 5 * SECOND


def test_a_short_wait_is_not_made_longer() -> None:
    assert Pace(30).heed(7, Outcome(OutcomeKind.WAIT, wait=SECOND), 0.0) == SECOND


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
        brake.heed(CLAIM, Outcome(OutcomeKind.WAIT), Next(DeliveryStatus.PENDING, 0), until)
    brake.heed(CLAIM, Outcome(OutcomeKind.SENT), Next(DeliveryStatus.SENT, 1), None)
    assert (brake.pause, brake.is_on) == (NOW + 30 * SECOND, True)
