from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.demo.stage import Stage
from bot.emulator import Person
from tests.journeys.letters import (
    ARMAN,
    JUDICIARY,
    NUMBER,
    OFFICIALS,
    first_letter,
    reader_of_an_alert,
    says,
    taps,
    verb,
)


@pytest.fixture
def sections() -> dict[str, Any]:
    return OFFICIALS


async def test_a_letter_at_once_and_the_mail_program_two_taps_on(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    cover, letter, translation = await first_letter(emma)
    assert cover.text.startswith(
        "Letter for UA-26/001\n"
        "To: Head of the Lantern Judiciary\n"
        "Send it by 17 March 2026, 23:59 (Tehran time).\n\n"
        f"E-mail: {JUDICIARY}\n"
        "E-mail: secretary@office.example.org\n"
        "Post:\nرئیس قوهٔ قضائیهٔ فانوس\n1 Lantern Square\nKuhpayeh\n"
        "Phone: +98 21 5550100\n"
    )
    assert [entity.type for entity in cover.entities][:3] == ["bold", "code", "code"]
    assert not cover.protected
    assert letter.text.endswith("[نام شما، شهر، کشور]")
    assert letter.entities == ()
    assert letter.buttons == ()
    assert translation.text.startswith(
        "In your language, so that you know what you send:\n\nUrgent: please stop"
    )
    assert ARMAN in translation.text
    assert translation.text.endswith("[your name, town, country]")
    assert [verb(each) or each.copied for each in translation.buttons] == [
        *("mail", "pdf", JUDICIARY, cover.text.rpartition("Subject: ")[2].strip("\u2068\u2069")),
        *("own", "change", "points", "next", "sent-in", "failed"),
    ]

    (menu,) = await taps(emma, "mail")
    link = menu.buttons[0]
    assert link.text == "Gmail (paste the text)"  # Persian takes too much room in a link
    assert link.url is not None
    query = parse_qs(urlsplit(link.url).query)
    assert query["to"] == [f"{JUDICIARY},secretary@office.example.org"]
    assert "body" not in query


async def test_an_english_letter_is_whole_in_the_link_and_needs_no_translation(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    cover, letter = await taps(emma, "next", until="sent-in")
    assert "To: Prosecutor\n" in cover.text
    assert letter.text.startswith("Dear Sir or Madam,")
    (menu,) = await taps(emma, "mail")
    outlook = next(each for each in menu.buttons if "Outlook" in each.text)
    assert outlook.url is not None
    assert parse_qs(urlsplit(outlook.url).query)["body"][0].replace("\r\n", "\n") == letter.text
    again = await taps(emma, "next", until="sent-in")
    assert "Head of the Lantern Judiciary" in again[0].text  # there are no more


async def test_other_words_and_another_language(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    _, persian, *_ = await first_letter(emma)
    (menu,) = await taps(emma, "change")
    assert menu.labels == ["Other words", "English", "Embassy in my country"]
    _, reworded, *_ = await taps(emma, "lt", until="sent-in")
    assert reworded.text != persian.text
    await taps(emma, "lang-lt", until="sent-in", under=menu)
    assert emma.messages[-1].text.startswith("Your Excellency,")


async def test_points_for_ones_own_words_and_the_telephone(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    (points,) = await taps(emma, "points")
    assert points.text.startswith("In your own words")
    assert "+98 21 5550100" in points.text
    await taps(emma, "next", until="sent-in")
    (points,) = await taps(emma, "points")
    assert "By phone" not in points.text


async def test_an_address_that_fails_gives_way_to_the_next(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    (which,) = await taps(emma, "failed")
    assert which.labels == ["1", "2", "3"]
    assert which.text == (
        f"Which address failed?\n\n1. {JUDICIARY}\n2. secretary@office.example.org\n3. +98 21 5550100"
    )
    thanks, cover, _ = await taps(emma, "bad", until="sent-in")
    assert thanks.text.startswith("Thank you for telling me.")
    assert "To: Prosecutor\n" in cover.text


async def reports_the_first(reader: Person) -> None:
    await reader.taps("1")
    await reader.hears("Thank you for telling me.")
    await reader.hears(lambda message: "I sent it" in message.labels)


async def test_three_readers_take_an_address_out_of_service(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    for number in (5002, 5003):
        reader = stage.emulator.person(number, first_name="Reader")
        await stage.subscribe(reader, "en")
        await says(reader, f"/letter {NUMBER}", until="warned")
        await taps(reader, "warned", until="sent-in")
        await taps(reader, "failed")
        await reports_the_first(reader)
    cover, *_ = await first_letter(emma)
    assert JUDICIARY in cover.text
    await taps(emma, "failed")
    await reports_the_first(emma)
    while JUDICIARY in (await says(emma, f"/letter {NUMBER}", until="sent-in"))[0].text:
        pass
