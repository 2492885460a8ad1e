from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.action import Action
from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Facts
from alerts.case import DEATHS, CaseStatus, CaseView, PublishedCase
from alerts.render.message import TEXT_UNITS, Message, Variant, units
from alerts.tables import ChangeRow, EditionRow
from bot.database import Sessions
from subscribers.daily import daily
from subscribers.digest import OpenAction, compose
from subscribers.send import send
from subscribers.subscriber import Mode
from tests.subscribers import world
from tests.subscribers.world import CATALOGUES, DEATH, NOW, RELIEF, SCHEDULED, VIEW, FakeMessenger, sending

DAY = date(2026, 11, 22)


def alert(view: CaseView, number: int = 1, lane: int = 1) -> Alert:
    return Alert(
        id=number,
        case_id=number,
        kind=AlertKind.FIRST,
        status=AlertStatus.PUBLISHED,
        disposition=Disposition.ALERT,
        lane=lane,
        revision=1,
        author="list:example",
        facts=Facts(view),
        texts={},
        created_at=NOW,
        published_at=NOW,
    )


def action(number: int, view: CaseView = VIEW) -> OpenAction:
    deadline = NOW + timedelta(days=number)
    return (
        Action(number, number, 2026, number, 0, AlertKind.FIRST, True, deadline, None, None, NOW),
        PublishedCase(number, view, NOW),
    )


def made(
    alerts: Sequence[Alert],
    actions: Sequence[OpenAction],
    variant: Variant = Variant.NORMAL,
    locale: str = "en",
) -> Message:
    return compose(CATALOGUES[locale], variant, DAY, alerts, actions, NOW)


def blocks(message: Message) -> list[list[str]]:
    return [block.split("\n") for block in message.text.split("\n\n")]


def test_it_reads_as_it_should() -> None:
    views = (RELIEF, SCHEDULED, DEATH)
    message = made([alert(view) for view in views], [action(3)])
    assert message.text == (
        "Summary of 22 November 2026\n"
        "\n"
        "In mourning\n"
        "• Behrang Azmoon (Iran) has been executed. According to Example Watch.\n"
        "\n"
        "In danger\n"
        "• The execution of Sam Sample (United States) has been set for 24 December 2026."
        " According to Example Watch.\n"
        "\n"
        "Open urgent actions\n"
        "• Arman Nemuneh (Iran) – Execution imminent (UA-26/003): until 25 November 2026, 15:30 (Tehran time),"
        " 3 days left\n"
        "\n"
        "Good news\n"
        "• Delara Mesal (Iran) has been pardoned. According to Example Watch."
    )
    assert message.silent
    assert [button.label for row in message.keyboard for button in row] == ["Write a letter: UA-26/003"]


@pytest.mark.parametrize("status", sorted(DEATHS))
def test_a_death_and_good_news_are_never_in_one_block(status: CaseStatus) -> None:
    message = made([alert(RELIEF, 1), alert(replace(DEATH, status=status), 2)], [])
    shared = [
        block for block in blocks(message) if "Behrang" in "".join(block) and "Delara" in "".join(block)
    ]
    assert shared == []
    assert message.text.index("Behrang") < message.text.index("Delara")


def test_read_only_has_no_tools() -> None:
    assert made([], [action(1)], Variant.READ_ONLY).keyboard == ()


def test_safe_shows_nothing_on_a_lock_screen() -> None:
    for locale in CATALOGUES.codes:
        message = made([alert(DEATH)], [action(1)], Variant.SAFE, locale)
        first, _, hidden = message.text.partition("\n\n")
        assert len(first) <= 40
        assert message.protected
        spoiler = message.entities[0]
        assert (spoiler.kind, spoiler.offset) == ("spoiler", units(first) + 2)
        assert spoiler.length == units(hidden)


@pytest.mark.parametrize("locale", CATALOGUES.codes)
@pytest.mark.parametrize("variant", list(Variant))
def test_however_much_there_is_it_fits_and_says_what_is_left_out(locale: str, variant: Variant) -> None:
    long = replace(VIEW, name_latin="Long Name " * 9, name_native="نام بلند " * 9, source_name="Source " * 20)
    views = (long, replace(long, status=CaseStatus.EXECUTED), replace(long, status=CaseStatus.PARDONED))
    alerts = [alert(view, number) for number in range(60) for view in views]
    message = made(alerts, [action(number, long) for number in range(1, 80)], variant, locale)
    assert units(message.text) <= TEXT_UNITS
    assert not message.text.endswith("…")
    assert message.text.count("/actions") == 1
    assert message.text.count("/cases") == 3


EVENING = datetime(2026, 11, 22, 18, tzinfo=UTC)


async def list_today(sessions: Sessions) -> None:
    await daily(sessions, EVENING, time(18), ZoneInfo("UTC"))


async def test_each_reader_gets_what_they_asked_for_in_their_language(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.join(sessions, 102, "US/*", locale="fa")
    await world.join(sessions, 103, "IR/*", mode=Mode.SAFE)
    iran = await world.open_case(sessions)
    await world.publish(sessions, iran)
    states = await world.open_case(sessions, SCHEDULED)
    await world.publish(sessions, states, view=SCHEDULED)
    await list_today(sessions)
    messenger = FakeMessenger()
    await send(sending(sessions, messenger), EVENING)
    texts = dict(zip(messenger.chats, messenger.texts, strict=True))
    names = {chat: [name for name in ("Arman", "Sam") if name in text] for chat, text in texts.items()}
    assert names == {101: ["Arman", "Sam"], 102: ["Sam"], 103: ["Arman"]}
    assert texts[103].startswith("New message\n\n")
    assert {envelope.reply_to for envelope in messenger.sent} == {None}


async def test_nobody_is_asked_to_write_while_an_outcome_is_checked(sessions: Sessions) -> None:
    """What the list reports and nobody has approved takes the action out of the digest, and says nothing itself."""
    await world.join(sessions, 101)
    case = await world.open_case(sessions)
    await world.publish(sessions, case, at=NOW - timedelta(days=3))
    await list_today(sessions)
    async with sessions.begin() as session:
        edition = EditionRow(
            list_name="example", read_at=NOW, body_sha256="0", row_count=1, outcome="accepted"
        )
        session.add(edition)
        await session.flush()
        session.add(
            ChangeRow(
                edition_id=edition.id,
                case_id=case[0],
                field="status",
                before="imminent",
                after="executed",
                recorded_at=NOW,
            )
        )
    messenger = FakeMessenger()
    await send(sending(sessions, messenger), EVENING)
    assert messenger.sent == []
    assert await world.statuses(sessions) == {"cancelled": 1}
