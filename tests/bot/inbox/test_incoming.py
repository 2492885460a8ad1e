from __future__ import annotations

import pytest

from bot.inbox.incoming import read
from tests.bot.inbox.bodies import leaves, message, tap

MODERATORS = frozenset({9001})


@pytest.mark.parametrize(
    ("body", "leaving"),
    [
        (message(1, "/stop"), True),
        (message(1, "/STOP@lantern_bot now"), True),
        (message(1, "/forget"), True),
        (message(1, "/panic"), True),
        (tap(1, "forget:yes"), True),
        (leaves(1), True),
        (leaves(1, status="left"), True),
        (leaves(1, status="member"), False),
        (message(1, "/stop_action UA-26/014"), False),
        (message(1, "please /stop"), False),
        (message(1, "/start"), False),
        (tap(1, "topic:IR/*:c"), False),
        ({"update_id": 1, "edited_message": message(1, "/stop")["message"]}, False),
        ({"update_id": 1, "message": {"text": ["/stop"]}}, False),
    ],
)
def test_who_wants_to_hear_no_more_is_known(body, leaving):
    assert read(body).leaving is leaving
    assert read(body, MODERATORS).is_urgent is leaving


def test_a_moderators_update_is_urgent_whatever_it_says():
    ours = read(message(1, "good morning", user=9001), MODERATORS)
    assert (ours.by_moderator, ours.leaving, ours.is_urgent) == (True, False, True)


def test_person_and_chat_are_found_in_every_kind():
    found = [
        read(body)
        for body in (message(1, "hello", 5001, -70), tap(1, "sent:3", 5001, chat=-70), leaves(1, 5001))
    ]
    assert [(one.person, one.chat) for one in found] == [(5001, -70), (5001, -70), (5001, 5001)]


def test_anonymous_administrators_of_two_groups_are_two():
    first, second = (
        read(message(1, "/stop", 1087968824, group, sender_chat={"id": group, "type": "supergroup"}))
        for group in (-70, -71)
    )
    assert (first.person, second.person) == (-70, -71)


def test_only_what_asks_for_the_same_is_the_same():
    first = read(tap(1, "sent:3")).same_as
    assert first is not None
    assert read(tap(2, "sent:3")).same_as == first
    others = [tap(2, "sent:4"), tap(2, "sent:3", under=8), tap(2, "sent:3", chat=-70)]
    assert [read(body).same_as == first for body in others] == [False, False, False]
    assert read(message(1, "/stop")).same_as == read(message(2, "/Stop@bot please")).same_as
    assert read(message(1, "/stop")).same_as != read(message(2, "/forget")).same_as
    assert read(message(1, "hello")).same_as is None


@pytest.mark.parametrize("body", [{}, {"update_id": "7"}, {"update_id": None, "message": {}}])
def test_what_is_no_update_is_refused(body):
    with pytest.raises(ValueError, match="no update_id"):
        read(body)


@pytest.mark.parametrize(
    "body",
    [
        {"update_id": 4},
        {"update_id": 4, "poll": {"id": "1"}},
        {"update_id": 4, "message": None},
        {"update_id": 4, "message": {"from": 3, "chat": [], "text": {}}},
        {"update_id": 4, "callback_query": {"from": {"id": "x"}, "message": 1}},
    ],
)
def test_an_update_of_a_kind_that_nobody_knows_is_still_one(body):
    found = read(body, MODERATORS)
    assert (found.update_id, found.person, found.chat, found.is_urgent) == (4, None, None, False)
