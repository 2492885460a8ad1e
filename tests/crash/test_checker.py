"""The checker itself: what is well passes, and each thing that can be wrong is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.crash.checker import Books, Bounds, Call, Kill, Lapse, Row, Subject, Verdict, check

CHATS = frozenset({1, 2, 3})
ALERT = Subject(7, r"^7 ", CHATS)
SENT = [
    Call(float(chat), "sendMessage", accepted=True, chat=chat, text="7 en", message_id=chat)
    for chat in sorted(CHATS)
]
ROWS = [Row(10 + chat, 7, chat, "send", "sent", 1, 1) for chat in sorted(CHATS)]
KILL = Kill(2.4, 2.5, "first")


def verdict(
    calls: list[Call] = SENT,
    rows: list[Row] = ROWS,
    *,
    lapses: tuple[Lapse, ...] = (),
    kills: tuple[Kill, ...] = (),
    subjects: tuple[Subject, ...] = (ALERT,),
) -> Verdict:
    return check(calls, Books(rows, lapses), kills, subjects, Bounds(desk=frozenset({99})))


def kinds(found: Verdict) -> set[str]:
    return set(found.found)


def again(chat: int, at: float, **named: object) -> Call:
    return replace(SENT[chat - 1], at=at, **named)


def test_all_is_well() -> None:
    found = verdict()
    assert (found.faults, dict(found.numbers)) == (
        [],
        {"sent": 3, "stalls": 0, "copies": 0, "widest window": 0, "kills": 0},
    )


def test_one_is_left_out() -> None:
    assert kinds(verdict(SENT[:2])) == {"lost"}


def test_who_may_miss_it_is_not_lost() -> None:
    assert kinds(verdict(SENT[:2], subjects=(replace(ALERT, may_miss=frozenset({3})),))) == set()


def test_a_refused_call_is_no_message() -> None:
    assert kinds(verdict([*SENT[:2], replace(SENT[2], accepted=False)])) == {"lost"}


def test_kills_are_no_reason_to_leave_anybody_out() -> None:
    rows = [*ROWS[:2], replace(ROWS[2], status="unknown", copies=2)]
    twice = (Lapse(13, "first", 2.8), Lapse(13, "second", 2.8))
    assert kinds(verdict(SENT[:2], rows, lapses=twice, kills=(KILL, Kill(2.6, 2.7, "second")))) == {"lost"}


def test_who_is_left_out_was_swallowed_as_often_as_may_be() -> None:
    rows = [*ROWS[:2], replace(ROWS[2], status="unknown", copies=2)]
    swallowed = replace(SENT[2], accepted=False, fault="cut_before")
    found = verdict([*SENT[:2], swallowed, replace(swallowed, at=3.5)], rows)
    assert (kinds(found), found.numbers["swallowed"]) == (set(), 1)
    assert kinds(verdict([*SENT[:2], swallowed], rows)) == {"lost"}
    assert kinds(verdict([*SENT[:2], swallowed, replace(swallowed, at=3.5)])) == {"lost"}, (
        "the ledger says sent"
    )


def test_a_copy_needs_a_reason() -> None:
    calls = [*SENT, again(3, 3.5)]
    assert kinds(verdict(calls)) == {"copies that nothing explains"}
    found = verdict(calls, lapses=(Lapse(13, "first", 2.8),), kills=(KILL,))
    assert (kinds(found), found.numbers["copies"], found.numbers["stalls"]) == (set(), 1, 0)


def test_a_broken_answer_is_a_reason() -> None:
    calls = [*SENT[:2], replace(SENT[2], fault="cut_after"), again(3, 3.5)]
    assert kinds(verdict(calls)) == set()


def test_a_lease_that_lapsed_in_living_hands_is_counted() -> None:
    for lapse in (Lapse(13, "alive", 2.8), Lapse(13, "first", 2.3, waited=True)):
        found = verdict([*SENT, again(3, 3.5)], lapses=(lapse,), kills=(KILL,))
        assert (kinds(found), found.numbers["stalls"]) == (set(), 1)


def test_there_are_never_three() -> None:
    calls = [*SENT, again(3, 3.5), again(3, 3.6)]
    lapses = tuple(Lapse(13, "first", 2.8) for _ in range(3))
    assert kinds(verdict(calls, lapses=lapses, kills=(KILL,))) == {"chats with over 2 copies"}


def test_a_digest_comes_once() -> None:
    digest = Subject(None, ".", CHATS, most=1)
    rows = [replace(row, alert_id=None) for row in ROWS]
    lapses = (Lapse(13, "first", 2.8),)
    found = verdict([*SENT, again(3, 3.5)], rows, lapses=lapses, kills=(KILL,), subjects=(digest,))
    assert kinds(found) == {"chats with over 1 copies"}


@pytest.mark.parametrize("call", [replace(SENT[2], chat=4), replace(SENT[2], text="8 en")])
def test_nobody_asked_for_it(call: Call) -> None:
    assert kinds(verdict([*SENT, call])) == {"unexpected messages"}


def test_moderators_are_told_things() -> None:
    assert kinds(verdict([*SENT, replace(SENT[2], chat=99, text="anything")])) == set()


def test_a_window_is_kept() -> None:
    lapses = tuple(Lapse(row, "first", 2.8) for row in range(65))
    stalls = tuple(Lapse(row, "first", 2.3) for row in range(65))
    assert kinds(verdict(lapses=stalls, kills=(KILL,))) == set()
    assert kinds(verdict(lapses=lapses, kills=(KILL,))) == {"windows too wide"}


def test_the_old_does_not_come_after_the_new() -> None:
    newer = Subject(8, r"^8 ", CHATS, may_miss=CHATS, place=1)
    calls = [replace(SENT[0], at=0.5, text="8 en", message_id=50), *SENT]
    assert kinds(verdict(calls, [*ROWS, Row(20, 8, 1, "send", "sent", 1, 1)], subjects=(ALERT, newer))) == {
        "chats that heard something old after something newer"
    }


def test_a_reply_answers_what_the_chat_got() -> None:
    assert kinds(verdict([*SENT[:2], replace(SENT[2], reply_to=1)])) == {"replies to what the chat never got"}


def test_the_forgotten_hear_nothing() -> None:
    told = Call(1.5, "editMessageText", accepted=True, chat=3)
    assert kinds(verdict([SENT[0], told, *SENT[1:]])) == {"messages to the forgotten"}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (ROWS[:2], {"without a row"}),
        ([*ROWS, replace(ROWS[0], id=20)], {"rows too many"}),
        ([*ROWS, replace(ROWS[0], id=20, chat=4)], {"rows of strangers"}),
        ([*ROWS, replace(ROWS[0], id=20, chat=None)], {"rows too many that belong to nobody"}),
        ([*ROWS[:2], replace(ROWS[2], status="pending")], {"rows that never ended"}),
        ([*ROWS, replace(ROWS[0], id=20, alert_id=8)], {"rows of nothing known"}),
    ],
)
def test_the_books_balance(rows: list[Row], found: set[str]) -> None:
    assert kinds(verdict(rows=rows)) == found


def test_recovery_is_quick() -> None:
    late = [*SENT[:2], replace(SENT[2], at=8.6)]
    assert kinds(verdict(late, kills=(KILL,))) == {"recoveries that took too long"}
    assert kinds(verdict([*SENT[:2], replace(SENT[2], at=8.4)], kills=(KILL,))) == set()
