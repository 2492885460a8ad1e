from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.render.message import Variant
from bot.database import Sessions
from subscribers import enrol
from subscribers.subscriber import ChatKind, Mode, Subscriber
from subscribers.subscription import MOST_KEYS
from tests.subscribers import world
from tests.subscribers.world import NOW


async def stored(sessions: Sessions, chat: int = 101) -> Subscriber:
    subscriber = await enrol.subscriber_of(sessions, chat)
    assert subscriber is not None
    return subscriber


async def test_three_taps(sessions: Sessions) -> None:
    await enrol.begin(sessions, 101, ChatKind.PRIVATE, "fa", 1, NOW)
    first = await stored(sessions)
    assert first == Subscriber(
        id=first.id,
        chat=101,
        kind=ChatKind.PRIVATE,
        locale="fa",
        mode=Mode.NORMAL,
        active=False,
        consent_version=1,
        paused_until=None,
        letter_warned=False,
    )
    await enrol.choose_mode(sessions, 101, Mode.SAFE)
    await enrol.choose_topics(sessions, 101, {"IR/*"})
    await enrol.resume(sessions, 101)
    last = await stored(sessions)
    assert (last.mode, last.keys, last.active) == (Mode.SAFE, frozenset({"IR/*"}), True)


async def test_beginning_again_changes_nothing_but_language_and_consent(sessions: Sessions) -> None:
    await world.join(sessions, 101, "IR/*", mode=Mode.READ_ONLY)
    before = await stored(sessions)
    await enrol.begin(sessions, 101, ChatKind.PRIVATE, "tr", 2, NOW + timedelta(days=400))
    after = await stored(sessions)
    assert (after.id, after.keys, after.mode, after.active) == (before.id, before.keys, before.mode, True)
    assert (after.locale, after.consent_version) == ("tr", 2)
    assert [row.joined_month for row in await world.subscriber_rows(sessions)] == ["2026-11"]


async def test_stop_pause_resume(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await enrol.pause(sessions, 101, NOW + timedelta(days=7))
    assert not (await stored(sessions)).listens(NOW)
    assert (await stored(sessions)).listens(NOW + timedelta(days=7))
    await enrol.resume(sessions, 101)
    assert (await stored(sessions)).listens(NOW)
    await enrol.stop(sessions, 101)
    assert not (await stored(sessions)).listens(NOW)
    assert (await stored(sessions)).keys == {"*/*"}


async def test_topics_and_follows(sessions: Sessions) -> None:
    await world.join(sessions, 101, "IR/*", "US/*")
    assert await enrol.follow(sessions, 101, 17)
    assert await enrol.follow(sessions, 101, 17)
    assert await enrol.followed(sessions, 101) == [17]
    await enrol.choose_topics(sessions, 101, {"SA/*", "case:17"})
    assert (await stored(sessions)).keys == {"SA/*", "case:17"}
    await enrol.unfollow(sessions, 101, 17)
    assert (await stored(sessions)).keys == {"SA/*"}


async def test_what_is_not_a_key_is_refused(sessions: Sessions) -> None:
    await world.join(sessions, 101, "IR/*")
    with pytest.raises(ValueError, match="not a topic key"):
        await enrol.choose_topics(sessions, 101, {"US/*", "'; DROP TABLE"})
    assert (await stored(sessions)).keys == {"IR/*"}


async def test_nobody_can_fill_the_table(sessions: Sessions) -> None:
    await world.join(sessions, 101, *(f"case:{number}" for number in range(1, MOST_KEYS + 1)))
    assert not await enrol.follow(sessions, 101, 9999)
    await enrol.choose_topics(sessions, 101, [f"case:{number}" for number in range(1, MOST_KEYS + 2)])
    assert len((await stored(sessions)).keys) == MOST_KEYS


async def test_an_unknown_chat_gets_no_row_by_any_choice(sessions: Sessions) -> None:
    await enrol.choose_language(sessions, 101, "fa")
    await enrol.choose_mode(sessions, 101, Mode.SAFE)
    await enrol.choose_topics(sessions, 101, {"IR/*"})
    assert not await enrol.follow(sessions, 101, 1)
    await enrol.unfollow(sessions, 101, 1)
    await enrol.letter_warned(sessions, 101)
    await enrol.choose_plain(sessions, 101, plain=True)
    await enrol.remember_country(sessions, 101, "SE")
    await enrol.pause(sessions, 101, NOW)
    await enrol.resume(sessions, 101)
    await enrol.stop(sessions, 101)
    await enrol.move_chat(sessions, 101, 102)
    assert await world.subscriber_rows(sessions) == []
    assert await enrol.followed(sessions, 101) == []


async def test_the_letter_note_is_shown_once(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await enrol.letter_warned(sessions, 101)
    assert (await stored(sessions)).letter_warned


async def test_for_a_screen_reader(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    assert (await stored(sessions)).variant is Variant.NORMAL
    await enrol.choose_plain(sessions, 101, plain=True)
    assert (await stored(sessions)).variant is Variant.PLAIN
    await enrol.choose_plain(sessions, 101, plain=False)
    assert (await stored(sessions)).variant is Variant.NORMAL


async def test_a_country_is_remembered_and_forgotten(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    assert (await stored(sessions)).country is None
    await enrol.remember_country(sessions, 101, "SE")
    assert (await stored(sessions)).country == "SE"
    await enrol.remember_country(sessions, 101, None)
    assert (await stored(sessions)).country is None


@pytest.mark.parametrize("code", ["", "se", "SWE", "S", "Sweden, near the lake", "S1", "SE\n"])
async def test_what_is_no_country_is_not_stored(sessions: Sessions, code: str) -> None:
    await world.join(sessions, 101)
    with pytest.raises(ValueError, match="not the code of a country"):
        await enrol.remember_country(sessions, 101, code)
    assert (await stored(sessions)).country is None


async def test_a_group_keeps_its_choices_under_a_new_id(sessions: Sessions) -> None:
    await world.join(sessions, -5, "IR/*", kind=ChatKind.GROUP)
    before = await stored(sessions, -5)
    await enrol.move_chat(sessions, -5, -1005)
    assert await enrol.subscriber_of(sessions, -5) is None
    after = await stored(sessions, -1005)
    assert (after.id, after.keys) == (before.id, before.keys)


@pytest.mark.parametrize(("is_active", "stays"), [(True, "new"), (False, "old")])
async def test_when_both_ids_are_known_the_one_that_listens_stays(
    sessions: Sessions, *, is_active: bool, stays: str
) -> None:
    await world.join(sessions, -5, "IR/*", kind=ChatKind.GROUP)
    await world.join(sessions, -1005, "US/*", kind=ChatKind.GROUP)
    if not is_active:
        await enrol.stop(sessions, -1005)
    await enrol.move_chat(sessions, -5, -1005)
    assert (await stored(sessions, -1005)).keys == {"US/*" if stays == "new" else "IR/*"}
    assert len(await world.subscriber_rows(sessions)) == 1


async def test_nothing_in_a_row_tells_who_it_is(sessions: Sessions) -> None:
    await world.join(sessions, 987654321)
    (row,) = await world.subscriber_rows(sessions)
    assert set(row.model_dump()) == {
        "id",
        "chat",
        "kind",
        "locale",
        "mode",
        "active",
        "consent_version",
        "joined_month",
        "paused_until",
        "letter_warned",
        "plain",
        "country",
        "gone_at",
        "gone_held",
    }, "a new column needs a line in /privacy and in safety.md 25"
    assert b"987654321" not in bytes(row.chat)
