from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import AlertKind, Part
from alerts.letter.words import LetterKind
from alerts.locales import load
from alerts.render.report import ActionReport, Tally
from alerts.seal import Sealer
from alerts.store import letters, published
from alerts.tables import HandRow
from bot.config import Settings
from bot.context import Services
from bot.database import Sessions
from bot.gather import broadcast, complete, gather, tallies
from subscribers import acted, fan_out
from subscribers.act import HIDDEN_BELOW, ActChannel
from subscribers.delivery import DeliveryStatus, OutcomeKind
from subscribers.send import send
from tests.conftest import ENGINES
from tests.subscribers import world
from tests.subscribers.world import NOW


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


# Nothing that is shown gives away what is hidden.


def pinned(worlds: Iterable[tuple[tuple[int, ...], ...]], places: tuple[int, ...]) -> list[int]:
    """Places (in all lists, one after the other) of which only one count is possible."""
    possible = [set() for _ in range(sum(places))]
    for lists in worlds:
        for place, count in enumerate(chain(*lists)):
            possible[place].add(count)
    return [place for place, counts in enumerate(possible) if len(counts) == 1]


@pytest.mark.parametrize(("size", "most"), [(1, 60), (2, 40), (3, 25), (4, 15), (5, 10)])
def test_whoever_knows_the_rule_cannot_work_out_any_count_of_a_list(size: int, most: int):
    told: dict[object, list[tuple[tuple[int, ...]]]] = defaultdict(list)
    for counts in product(range(most), repeat=size):
        (shown,) = tallies(dict(enumerate(counts)))
        told[shown.total, *shown.cells.values()].append((counts,))
    assert [key for key, worlds in told.items() if pinned(worlds, (size,))] == []


@pytest.mark.parametrize("sizes", [(1, 2), (2, 2), (2, 3)])
def test_nor_from_two_lists_of_one_sum(sizes: tuple[int, int]):
    told: dict[object, list[tuple[tuple[int, ...], ...]]] = defaultdict(list)
    for total in range(22):
        for one, other in product(of_sum(total, sizes[0]), of_sum(total, sizes[1])):
            shown = tallies(dict(enumerate(one)), dict(enumerate(other)))
            told[shown[0].total, *(tuple(each.cells.values()) for each in shown)].append((one, other))
    inner = {key: worlds for key, worlds in told.items() if max(sum(one) for one, _ in worlds) < 21}
    assert len(inner) > 10
    assert [key for key, worlds in inner.items() if pinned(worlds, sizes)] == []


def of_sum(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All ways to divide a number among so many."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in of_sum(total - first, parts - 1):
            yield (first, *rest)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=12))
def test_every_number_is_a_multiple_of_five_close_below_the_truth(counts: list[int]):
    (shown,) = tallies(dict(enumerate(counts)))
    for told, truth in zip(shown.cells.values(), counts, strict=True):
        assert told is None or told % HIDDEN_BELOW == 0
        assert (told or 0) <= truth <= (told or 0) + 4
        assert told != 0
    assert (shown.total or 0) <= sum(counts) <= (shown.total or 0) + 5


def test_a_sum_that_leaves_every_count_at_its_most_is_told_lower():
    counts = dict.fromkeys("abcde", 4)
    assert tallies(counts)[0].total == 15
    assert tallies({**counts, "f": 4})[0].total == 20  # may also be 3 + 5 times 4, and so on


def test_who_acted_in_no_way_at_all_is_counted_like_a_few():
    assert complete({"de": 7}, ("en", "de")) == {"en": 0, "de": 7}
    assert tallies({"en": 0, "de": 7}) == tallies({"en": 2, "de": 7}) == [Tally(5, {"en": None, "de": 5})]


def test_waiting_is_what_has_not_ended():
    told = broadcast("UA-26/001", {DeliveryStatus.PENDING: 3, DeliveryStatus.DISPATCHED: 4})
    assert (told.ends.cells["waiting"], told.ends.total) == (5, 5)


# From the database.


def services(sessions: Sessions, sealer: Sealer) -> Services:
    settings = Settings(organisation={"name": "Example Society", "contact": "desk@example.org"})
    return Services(settings, sessions, sealer, load(), lambda: NOW)


async def gathered(sessions: Sessions, sealer: Sealer, number: int = 1) -> ActionReport:
    async with sessions() as session:
        action = await published.action_by_number(session, 2026, number)
    assert action is not None
    return await gather(services(sessions, sealer), action, NOW)


async def broadcast_to_eight(sessions: Sessions, case: tuple[int, int]) -> list[int]:
    """A published alert that seven of eight readers get, then an update that waits; the seven's chats."""
    await world.publish(sessions, case)
    chats = await world.crowd(sessions, 8)
    await fan_out.fan_out(sessions, NOW)
    gone, sent = world.always(OutcomeKind.GONE), world.always(OutcomeKind.SENT, message_id=1)
    messenger = world.FakeMessenger(
        answer=lambda envelope: (gone if envelope.chat == chats[0] else sent)(envelope)
    )
    await send(world.sending(sessions, messenger), NOW)
    await world.publish(sessions, case, kind=AlertKind.UPDATE_NEW_DEMAND)
    return chats[1:]


async def test_how_an_alert_was_approved_and_whom_it_reached(sessions: Sessions, sealer: Sealer):
    case = await world.open_case(sessions)
    await broadcast_to_eight(sessions, case)
    async with sessions.begin() as session:
        for revision, actor in ((1, "mod:anna"), (1, "mod:ben"), (2, "mod:cara")):
            session.add(HandRow(alert_id=1, revision=revision, actor=actor, part=Part.APPROVER.value, at=NOW))
    report = await gathered(sessions, sealer)
    assert [(entry.number, entry.kind, entry.approvals) for entry in report.entries] == [
        ("UA-26/001", AlertKind.FIRST, 2),
        ("UA-26/001", AlertKind.UPDATE_NEW_DEMAND, 0),
    ]
    (told,) = report.broadcasts
    assert (told.number, told.ends.total, told.ends.cells["sent"], report.reach) == ("UA-26/001", 5, 5, 5)
    assert [told.ends.cells[end] for end in ("gone", "failed", "waiting")] == [None] * 3
    assert [case.view.name for case in report.cases] == ["Arman Nemuneh"]
    assert (report.organisation, report.as_of, report.step) == ("Example Society", NOW, 5)


async def test_what_was_shown_and_what_readers_report(sessions: Sessions, sealer: Sealer):
    case = await world.open_case(sessions)
    chats = await broadcast_to_eight(sessions, case)
    for chat in chats:
        await acted.act(sessions, chat, case[1], ActChannel.EMAIL, "de", NOW)
    await acted.act(sessions, chats[0], case[1], ActChannel.POST, "fa", NOW)
    await acted.act(sessions, chats[0], case[1], ActChannel.REPLY, "fa", NOW)
    async with sessions.begin() as session:
        for _ in range(6):
            await letters.count_one(session, case[1], "de", LetterKind.IMMINENT)
        await letters.count_one(session, case[1], "fa", LetterKind.MINOR)
    report = await gathered(sessions, sealer)
    assert report.letters_by_language == Tally(5, dict.fromkeys(load().codes, None) | {"de": 5})
    assert report.letters_by_kind == Tally(5, dict.fromkeys(LetterKind, None) | {"imminent": 5})
    assert report.acts_by_language == Tally(5, dict.fromkeys(load().codes, None) | {"de": 5})
    ways = ("email", "post", "phone", "form", "social", "petition")
    assert report.acts_by_channel == Tally(5, dict.fromkeys(ways, None) | {"email": 5})
    assert report.replies is None


async def test_an_action_that_nobody_has_heard_of_yet(sessions: Sessions, sealer: Sealer):
    await world.open_case(sessions)
    report = await gathered(sessions, sealer)
    assert (report.entries, report.broadcasts, report.reach, report.replies) == ((), (), None, None)
    assert set(report.acts_by_channel.cells.values()) == {None}


async def test_no_person_is_in_it(sessions: Sessions, sealer: Sealer):
    case = await world.open_case(sessions)
    alert = await world.publish(sessions, case)
    chats = await world.crowd(sessions, 6)
    await fan_out.fan_out(sessions, NOW)
    await send(world.sending(sessions, world.FakeMessenger()), NOW)
    for chat in chats:
        await acted.act(sessions, chat, case[1], ActChannel.EMAIL, "de", NOW)
    async with sessions.begin() as session:
        session.add(HandRow(alert_id=alert, revision=1, actor="mod:anna", part=Part.APPROVER.value, at=NOW))
    report = await gathered(sessions, sealer)
    assert (report.acts_by_channel.cells["email"], report.entries[0].approvals) == (5, 1)
    plain = json.dumps(asdict(report), default=str)
    assert [word for word in ("mod:", "anna", *map(str, chats)) if word in plain] == []
