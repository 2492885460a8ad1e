from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.live import EVERY, MOST, WATCHED, LiveMessage, LiveMessages

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def live(message_id: int = 1, chat: int = 9001) -> LiveMessage:
    return LiveMessage(chat, message_id, alert_id=17, locale="en", since=NOW, due=NOW)


def test_a_message_comes_every_two_seconds_at_most() -> None:
    one, all_of_them = live(), LiveMessages()
    all_of_them.watch(one)
    assert all_of_them.due(NOW) == [one]
    one.put_off(NOW, timedelta(milliseconds=3))
    assert all_of_them.due(NOW + EVERY - SECOND) == []
    assert all_of_them.due(NOW + EVERY) == [one]


def test_counting_takes_a_twentieth_of_the_time_at_most() -> None:
    one = live()
    one.put_off(NOW, SECOND)
    assert one.due == NOW + 20 * SECOND


def test_it_is_drawn_when_it_says_something_else_or_its_buttons_grow_old() -> None:
    one = live()
    assert one.is_stale("", NOW)
    one.drawn("Sent: 1", NOW)
    assert not one.is_stale("Sent: 1", NOW + timedelta(minutes=9))
    assert one.is_stale("Sent: 2", NOW + SECOND)
    assert one.is_stale("Sent: 1", NOW + timedelta(minutes=10)), "buttons work for a quarter of an hour"


def test_one_chat_watches_a_few_and_the_oldest_is_let_go() -> None:
    all_of_them = LiveMessages()
    other = live(1, chat=9002)
    mine = [live(number) for number in range(MOST + 2)]
    for one in (other, *mine):
        all_of_them.watch(one)
    assert all_of_them.due(NOW) == [other, *mine[2:]]
    all_of_them.watch(mine[2])  # once more: as the newest
    all_of_them.watch(live(99))
    assert [one.message_id for one in all_of_them.due(NOW)] == [1, 4, 2, 99]
    all_of_them.let_go(mine[2])
    assert [one.message_id for one in all_of_them.due(NOW)] == [1, 4, 99]


def test_nothing_is_watched_for_ever() -> None:
    all_of_them = LiveMessages()
    all_of_them.watch(live())
    assert len(all_of_them.due(NOW + WATCHED - SECOND)) == 1
    assert all_of_them.due(NOW + WATCHED) == []
