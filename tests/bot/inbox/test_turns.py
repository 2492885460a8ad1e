from __future__ import annotations

from collections import Counter
from itertools import count

import pytest

from bot.inbox.incoming import Incoming, read
from bot.inbox.turns import AT_ONCE, KEPT, PATIENT, QUICK, RESERVED, Turns
from tests.bot.inbox.bodies import leaves, message, tap

EMMA, DARIUS, MINA = 5001, 5002, 9001
numbers = count(1)


def says(user: int, text: str = "/help", chat: int | None = None) -> Incoming:
    return read(message(next(numbers), text, user, chat), {MINA})


def many(user: int, how_many: int, text: str = "/help") -> list[Incoming]:
    return [says(user, text) for _ in range(how_many)]


@pytest.fixture
def turns() -> Turns:
    return Turns()


def wait(turns: Turns, *ones: Incoming, now: float = 0.0) -> None:
    for one in ones:
        turns.add(one, now)


def answer_all(turns: Turns, until: float, step: float = 0.01) -> list[tuple[float, Incoming]]:
    """Whatever begins, with when; each is answered at the next step."""
    begun, now, running = [], 0.0, []
    while now < until:
        for one in running:
            turns.end(one)
        running = turns.begin(now)
        begun += [(now, one) for one in running]
        now += step
    return begun


def test_each_person_is_answered_in_order_and_people_side_by_side(turns: Turns):
    first, second, other = says(EMMA), says(EMMA), says(DARIUS)
    wait(turns, first, second, other)
    assert turns.begin(0) == [first, other]
    assert turns.begin(0) == []
    turns.end(first)
    assert turns.begin(0) == [second]
    assert turns.waiting == 0


def test_what_comes_out_of_order_is_answered_in_order(turns: Turns):
    first, second, third = many(EMMA, 3)
    wait(turns, second, third, first)
    assert [one for _, one in answer_all(turns, 0.1)] == [first, second, third]


def test_no_more_than_so_many_are_answered_at_once(turns: Turns):
    wait(turns, *(says(6000 + n) for n in range(AT_ONCE + 5)))
    begun = turns.begin(0)
    assert len(begun) == AT_ONCE
    assert turns.begin(0) == []
    turns.end(begun[3])
    assert len(turns.begin(0)) == 1


def test_moderators_and_who_leaves_go_first_and_have_places_of_their_own(turns: Turns):
    wait(turns, *(says(6000 + n) for n in range(AT_ONCE + 1)))
    turns.begin(0)
    urgent = [says(MINA), says(EMMA, "/stop"), says(DARIUS, "/forget")]
    wait(turns, says(7001), *urgent)
    assert turns.begin(0) == urgent
    assert len(urgent) < RESERVED


def test_who_leaves_is_not_answered_before_what_they_said_first(turns: Turns):
    start, stop = says(EMMA, "/start"), says(EMMA, "/stop")
    wait(turns, start, stop)
    assert turns.begin(0) == [start]
    turns.end(start)
    assert turns.begin(0) == [stop]


def test_two_people_of_one_group_are_answered_in_turn(turns: Turns):
    one, other = says(EMMA, chat=-70), says(DARIUS, chat=-70)
    wait(turns, one, other)
    assert turns.begin(0) == [one]
    turns.end(one)
    assert turns.begin(0) == [other]
    turns.end(other)
    assert turns.begin(0) == []


def test_a_flood_gets_an_answer_a_second_and_delays_nobody(turns: Turns):
    wait(turns, *turns.admitted(many(EMMA, 100)))
    wait(turns, *(says(6000 + n) for n in range(30)))
    assert turns.waiting == KEPT + 30
    begun = answer_all(turns, 3.5)
    assert [round(at) for at, one in begun if one.person == EMMA] == [0, 1, 2, 3]
    assert max(at for at, one in begun if one.person != EMMA) < 0.1


def test_a_hundred_a_second_for_ten_seconds_get_an_answer_a_second(turns: Turns):
    answers, running = [], []
    for tick in range(1000):
        now = tick / 100
        if tick % 4 == 0:  # an answer takes 40 ms
            for one in running:
                turns.end(one)
            running = []
        wait(turns, *turns.admitted([says(EMMA)]), now=now)
        begun = turns.begin(now)
        running += begun
        answers += [now] * len(begun)
    assert len(answers) <= 10 + PATIENT
    assert all(
        later - earlier > 0.999
        for earlier, later in zip(answers[PATIENT:], answers[PATIENT + 1 :], strict=False)
    )
    assert turns.waiting <= KEPT


def test_even_when_each_answer_is_quick(turns: Turns):
    answers = []
    for tick in range(1000):
        wait(turns, says(EMMA), now=tick / 100)
        for one in turns.begin(tick / 100):
            answers.append(tick / 100)
            turns.end(one)
    assert len(answers) <= 10 + QUICK


def test_quick_fingers_are_no_flood(turns: Turns):
    ones = many(EMMA, PATIENT)
    wait(turns, *ones)
    assert [one for _, one in answer_all(turns, 0.1)] == ones


def test_a_flood_is_over_when_it_has_been_answered_and_a_second_was_quiet(turns: Turns):
    wait(turns, *many(EMMA, PATIENT + 1))
    assert len(answer_all(turns, PATIENT + 1)) == PATIENT + 1
    ones = many(EMMA, PATIENT)
    wait(turns, *ones, now=20.0)
    begun = []
    for _ in ones:
        begun += turns.begin(20.0)
        turns.end(begun[-1])
    assert begun == ones


def test_moderators_are_not_held_back(turns: Turns):
    ones = many(MINA, 50)
    wait(turns, *turns.admitted(ones))
    assert [one for _, one in answer_all(turns, 1)] == ones


def test_who_floods_and_then_leaves_is_let_go_at_once(turns: Turns):
    flood = many(EMMA, KEPT)
    elsewhere = says(EMMA, chat=-70)
    wait(turns, *flood, elsewhere)
    first = turns.begin(0)
    assert first == flood[:1]
    stop = says(EMMA, "/stop")
    assert turns.add(stop, 0) == flood[1:]
    turns.end(first[0])
    assert [one for _, one in answer_all(turns, 3)] == [elsewhere, stop]


def test_asking_again_for_what_waits_is_not_worth_storing(turns: Turns):
    first, again, other = (read(tap(next(numbers), data)) for data in ("sent:3", "sent:3", "sent:4"))
    assert turns.admitted([first, again, other]) == [first, other]
    wait(turns, first)
    assert turns.admitted([again]) == []
    assert turns.begin(0) == [first]
    assert turns.admitted([again]) == [again]  # it was seen before: this is a new wish


def test_a_flood_of_stops_is_one(turns: Turns):
    assert len(turns.admitted(many(EMMA, 100, "/stop"))) == 1
    for one in turns.admitted([says(EMMA, text) for _ in range(100) for text in ("/stop", "/help")]):
        turns.add(one, 0)
    assert turns.waiting <= KEPT + 1


def test_of_two_stops_the_last_counts(turns: Turns):
    first, resume, last = says(EMMA, "/stop"), says(EMMA, "/resume"), says(EMMA, "/stop")
    assert turns.admitted([first, resume, last]) == [first, resume, last]
    assert [turns.add(one, 0) for one in (first, resume, last)] == [[], [], [first]]
    assert [one for _, one in answer_all(turns, 0.1)] == [resume, last]


def test_who_blocks_the_bot_is_answered_what_they_asked_before(turns: Turns):
    first, second, blocks = says(EMMA), says(EMMA), read(leaves(next(numbers), EMMA))
    assert [turns.add(one, 0) for one in (first, second, blocks)] == [[], [], []]
    assert [one for _, one in answer_all(turns, 0.1)] == [first, second, blocks]


def test_what_failed_is_first_in_its_line_when_its_time_has_come(turns: Turns):
    first, second, other = says(EMMA), says(EMMA), says(DARIUS)
    wait(turns, first, second, other)
    turns.begin(0)
    turns.again(first, at=2.0)
    assert turns.begin(1.9) == []
    assert turns.next_at() == 2.0
    assert turns.begin(2.0) == [first]
    turns.end(first)
    assert turns.begin(2.0) == [second]


def test_whoever_waits_has_their_turn_and_nobody_is_remembered(turns: Turns):
    ones = [says(6000 + n % 700, chat=-70 - n % 3 if n % 5 == 0 else None) for n in range(3000)]
    wait(turns, *ones)
    begun = answer_all(turns, 60, step=0.02)
    assert Counter(one.update_id for _, one in begun) == Counter(one.update_id for one in ones)
    for person in {one.person for one in ones}:
        mine = [one.update_id for _, one in begun if one.person == person]
        assert mine == sorted(mine)
    turns.begin(1000)
    assert (turns.waiting, turns.next_at(), turns._lines, turns._chats, turns._behind) == (
        0,
        None,
        {},
        set(),
        {},
    )
