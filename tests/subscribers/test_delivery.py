from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.delivery import (
    MAX_COPIES,
    Claim,
    DeliveryStatus,
    Next,
    Operation,
    Outcome,
    OutcomeKind,
    after,
    back_off,
    released,
    wordless,
)
from tests.subscribers.world import NOW

K, S = OutcomeKind, DeliveryStatus


def claim(*, copies: int = 1, attempt: int = 1, is_alert: bool = True) -> Claim:
    return Claim(
        delivery_id=1,
        attempt=attempt,
        copies=copies,
        lane=0,
        operation=Operation.SEND,
        subscriber_id=1,
        alert_id=1 if is_alert else None,
        digest_day=None if is_alert else "2026-11-22",
    )


LATER = NOW + timedelta(seconds=1)
IN_A_MINUTE = NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("claimed", "outcome", "expected"),
    [
        (claim(), Outcome(K.SENT, message_id=5), Next(S.SENT, 1)),
        (claim(), Outcome(K.NOT_SENT, reason="r"), Next(S.PENDING, 0, "r", not_before=LATER)),
        (
            claim(),
            Outcome(K.WAIT, wait=timedelta(minutes=1)),
            Next(S.PENDING, 0, not_before=IN_A_MINUTE),
        ),
        (
            claim(),
            Outcome(K.WAIT),
            Next(S.PENDING, 0, not_before=NOW + timedelta(seconds=5)),
        ),
        (claim(), Outcome(K.GONE, reason="blocked"), Next(S.GONE, 0, "blocked")),
        (claim(), Outcome(K.BAD_CONTENT), Next(S.FAILED, 0)),
        (claim(), Outcome(K.MOVED, new_chat=-9), Next(S.PENDING, 0, new_chat=-9)),
        (claim(), Outcome(K.MOVED), Next(S.GONE, 0)),
        (claim(), Outcome(K.AMBIGUOUS), Next(S.PENDING, 1, not_before=LATER)),
        (claim(copies=2), Outcome(K.AMBIGUOUS), Next(S.UNKNOWN, 2)),
        (claim(is_alert=False), Outcome(K.AMBIGUOUS), Next(S.UNKNOWN, 1)),
        (claim(), Outcome(K.HALT), Next(S.PENDING, 0, halts=True)),
    ],
)
def test_the_table(claimed: Claim, outcome: Outcome, expected: Next) -> None:
    assert after(claimed, outcome, NOW, jitter=lambda: 0.0) == expected


def test_what_was_not_tried_is_not_counted() -> None:
    assert released(claim(copies=2)) == Next(S.PENDING, 1)
    assert wordless(claim()) == Next(S.FAILED, 0, "no_text")
    assert wordless(claim(is_alert=False)) == Next(S.CANCELLED, 0, "nothing_to_say")


@given(attempt=st.integers(1, 10_000), jitter=st.floats(0, 1, exclude_max=True))
def test_back_off_grows_to_a_minute(attempt: int, jitter: float) -> None:
    wait = back_off(attempt, jitter)
    assert timedelta(seconds=1) <= wait <= timedelta(minutes=1)
    assert wait <= back_off(attempt + 1, 0.0) * 2


@given(
    kinds=st.lists(st.sampled_from([K.AMBIGUOUS, K.NOT_SENT, K.WAIT, K.HALT]), max_size=40),
    is_alert=st.booleans(),
)
def test_no_course_of_events_makes_too_many_copies(kinds: list[OutcomeKind], *, is_alert: bool) -> None:
    copies = arrived = attempt = 0
    for kind in kinds:
        attempt, copies = attempt + 1, copies + 1
        arrived += kind is K.AMBIGUOUS
        following = after(
            claim(copies=copies, attempt=attempt, is_alert=is_alert), Outcome(kind), NOW, lambda: 0.5
        )
        copies = following.copies
        assert copies == arrived
        if following.status is not S.PENDING:
            break
    assert arrived <= MAX_COPIES[is_alert]
