from __future__ import annotations

from bot.demo.stage import Stage
from bot.emulator import Person
from tests.journeys.desk import after, write_alert
from tests.journeys.letters import ARMAN, NUMBER, reader_of_an_alert, says, taps, verb
from tests.journeys.steps import approve, hears_about, key_of, list_says, moderators, wait_until
from tests.journeys.test_safe_mode import in_the_open

PETITION = "https://petition.example.org/arman"


async def test_a_petition_is_a_link_with_its_host(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, omid = await moderators(stage)
    await stage.subscribe(emma, "en")
    sheet = await write_alert(mina, "Zal Simorghi", new_in="IR", petition=PETITION)
    await after(mina, mina.taps("Hand in for approval", message=sheet), "is not out yet")
    await approve(omid, "Zal Simorghi")
    await hears_about(emma, "Zal Simorghi")
    (petitions,) = await says(emma, f"/petition {NUMBER}")
    assert petitions.text.startswith(
        "Petitions for UA-26/001\n\nPetition (petition.\u2060example.\u2060org)\nUntil "
    )
    assert [each.url for each in petitions.buttons if each.url] == [PETITION]
    assert petitions.buttons[0].text == "Sign: petition.example.org"
    (thanks,) = await taps(emma, "did")
    assert thanks.text.startswith("Thank you.")
    await says(emma, "/actions")
    (action,) = await taps(emma, "act")
    assert [verb(each) for each in action.buttons] == ["letter", "sign", "share", "sent", "case"]


async def shared(reader: Person) -> list[str]:
    await says(reader, "/actions")
    await taps(reader, "act")
    (links,) = await taps(reader, "share")
    return [each.url or "" for each in links.buttons if each.url]


async def test_links_and_a_card_made_once(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    links = await shared(emma)
    assert [link.split("/")[2] for link in links] == [
        "t.me",
        "wa.me",
        "x.com",
        "bsky.app",
        "www.facebook.com",
    ]
    assert all("l_26_001" in link for link in links)
    (card,) = await taps(emma, "card")
    (again,) = await taps(emma, "card")
    assert card.file is not None
    assert card.file.kind == "photo"
    assert card.file.content.startswith(b"\x89PNG")
    assert again.file is card.file
    assert card.text.startswith(
        "Arman Sepidkuh (Iran) – Execution imminent. Please write a letter by 17 March 2026:"
    )


async def test_the_card_of_a_persian_reader_is_another(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    await stage.subscribe(nasrin, "fa", mode="safe")
    await shared(emma)
    await taps(emma, "card")
    await shared(nasrin)
    (card,) = await taps(nasrin, "card")
    assert in_the_open(card) == "پیام تازه"
    assert len({each.chat_id for each in stage.emulator.requests("sendPhoto")}) == 2
    assert stage.emulator.requests("sendPhoto")[-1].params["has_spoiler"] is True


async def test_a_death_is_not_passed_on(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await shared(emma)
    mina = stage.emulator.person(9001, first_name="Mina")
    await list_says(stage, key_of(ARMAN), "Executed")
    await approve(mina, ARMAN)
    await wait_until(lambda: any("has been executed" in each.text for each in emma.messages))
    (refused,) = await taps(emma, "card")
    assert refused.file is None
    assert stage.emulator.requests("sendPhoto") == []
