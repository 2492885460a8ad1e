from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.alert import AlertStatus, Disposition, Refusal
from alerts.broadcast import LAPSES, UNTIL_RESUMED, Broadcast, may_steer
from tests.alerts.reviewing import NOW, an_alert

OUT = an_alert(status=AlertStatus.PUBLISHED)
SECOND = timedelta(seconds=1)


def test_a_pause_lapses_after_a_quarter_of_an_hour() -> None:
    paused = Broadcast(OUT, paused_until=Broadcast(OUT).paused(NOW))
    assert paused.pause_left(NOW) == LAPSES == timedelta(minutes=15)
    assert paused.pause_left(NOW + LAPSES - SECOND) == SECOND
    assert paused.pause_left(NOW + LAPSES) is None
    assert not paused.is_kept


def test_a_pause_said_again_begins_anew_and_one_that_is_confirmed_stays() -> None:
    again = Broadcast(OUT, paused_until=NOW + SECOND)
    assert again.paused(NOW) == NOW + LAPSES
    kept = Broadcast(OUT, paused_until=UNTIL_RESUMED)
    assert kept.is_kept
    assert kept.paused(NOW) == UNTIL_RESUMED
    assert kept.pause_left(NOW + timedelta(days=3650)) is not None


def test_what_was_never_paused_does_not_pause() -> None:
    assert Broadcast(OUT).pause_left(NOW) is None


@pytest.mark.parametrize("status", sorted(set(AlertStatus) - {AlertStatus.PUBLISHED}))
def test_only_what_is_published_can_be_steered(status: AlertStatus) -> None:
    over = Broadcast(an_alert(status=status), paused_until=UNTIL_RESUMED)
    assert may_steer(over) is Refusal.NOT_BEING_SENT
    assert over.pause_left(NOW) is None


@pytest.mark.parametrize(
    ("disposition", "refusal"),
    [
        (Disposition.ACTION, None),
        (Disposition.ALERT, None),
        (Disposition.DIGEST, Refusal.NOT_BEING_SENT),
        (Disposition.RECORD, Refusal.NOT_BEING_SENT),
    ],
)
def test_what_is_sent_to_nobody_cannot_be_steered(disposition: Disposition, refusal: Refusal | None) -> None:
    alert = an_alert(status=AlertStatus.PUBLISHED, disposition=disposition)
    assert may_steer(Broadcast(alert)) is refusal


def test_what_has_ended_cannot_be_steered() -> None:
    assert may_steer(Broadcast(OUT, fanned_out_at=NOW)) is None
    assert may_steer(Broadcast(OUT, fanned_out_at=NOW, reported_at=NOW)) is Refusal.NOT_BEING_SENT
