from __future__ import annotations

from bot.demo.stage import Stage
from bot.emulator import Person
from tests.journeys.desk import after, is_sheet, number_of, offers, write_alert
from tests.journeys.steps import about, answer, approve, hears_about, list_says, moderators


async def writes_in_two_languages(author: Person) -> None:
    """From the certainty to the petition, with a text in English and one in Persian."""
    asked = await after(author, author.taps("one source only"), "What should readers know besides?")
    assert asked.labels[0] == "English"
    await after(author, author.says("not yet"), "Please tap one of the buttons above")
    for language, words in (("English", "He was seventeen."), ("فارسی", "هفده ساله بود.")):
        await after(author, author.taps(language, message=asked), f"for readers of {language}")
        asked = await after(author, author.says(words), "What should readers know besides?")
        assert language not in asked.labels
    await after(author, author.taps("Go on", message=asked), "Is there a petition")


async def test_somebody_whom_no_list_has(stage: Stage) -> None:
    """The whole conversation, with a restart in the middle, mistakes, and nothing lost."""
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    await stage.subscribe(emma, "en", topic="IR/*")
    await stage.subscribe(nasrin, "fa")
    mina, omid = await moderators(stage)

    await after(mina, mina.says("/alert"), "Who is it about?")
    asked = await after(mina, mina.says("Zal  Simorghi"), "Which one?")
    assert asked.labels == ["A new case of this name"]
    await after(mina, mina.taps("A new case of this name"), "In which country?")
    await after(mina, mina.says("Persia"), "In which country? Two letters")
    await after(mina, mina.says("xx"), "In which country? Two letters")
    await after(mina, mina.says("ir"), "What has happened?")
    await after(mina, mina.says("they moved him"), "Please tap one of the buttons above")
    await stage.stop_bot()
    await stage.start_bot()
    await after(mina, mina.taps("Execution scheduled"), "For which day is it set?")
    await after(mina, mina.says("soon"), "That is not a date")
    await after(mina, mina.says("2026-03-14"), "According to whom?")
    await after(mina, mina.sends_sticker(), "Please write it as a text")
    await after(mina, mina.says("Lantern Documentation Group"), "How sure")
    await writes_in_two_languages(mina)
    await after(mina, mina.says("http://petition.example.org"), "That is not a link I can use")
    sheet = await after(mina, mina.says("https://petition.example.org/zal"), is_sheet)
    assert "Zal Simorghi (Iran) – Execution scheduled" in sheet.text
    assert "Goes to 2 chats" in sheet.text

    await after(mina, mina.taps("Hand in for approval", message=sheet), "is not out yet")
    assert about(emma, "Zal Simorghi") == []
    await approve(omid, "Zal Simorghi")
    english = await hears_about(emma, "Zal Simorghi")
    persian = await hears_about(nasrin, "Zal Simorghi")
    assert "He was seventeen." in english.text
    assert "14 March 2026" in english.text
    assert "هفده ساله بود." in persian.text
    await emma.taps("Sign the petition", message=english)
    petitions = await emma.hears("Petitions for UA-")
    assert [button.url for button in petitions.buttons if button.url] == ["https://petition.example.org/zal"]


async def test_its_country_is_no_topic_before_it_is_approved(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    before = (await answer(emma, "/topics")).labels
    assert "Iran" in before
    sheet = await write_alert(mina, "Zal Simorghi", new_in="SA")
    await after(mina, mina.taps("Hand in for approval", message=sheet), "is not out yet")
    assert (await answer(emma, "/topics")).labels == before
    await approve(omid, "Zal Simorghi")
    await hears_about(emma, "Zal Simorghi")
    assert set((await answer(emma, "/topics")).labels) - set(before) == {"Saudi Arabia"}


async def test_cancel_keeps_nothing(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    await after(mina, mina.says("/alert"), "Who is it about?")
    asked = await after(mina, mina.says("Zal Simorghi"), "Which one?")
    await after(mina, mina.says("/cancel"), "Nothing was stored of it")
    await after(mina, mina.taps("A new case of this name", message=asked), "That button is too old")
    await after(mina, mina.says("Zal Simorghi"), "I am a bot and cannot chat")
    assert (await after(mina, mina.says("/drafts"))).text == "No drafts wait."


async def test_buttons_of_an_earlier_alert_do_not_speak_for_this_one(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    await after(mina, mina.says("/alert"), "Who is it about?")
    await after(mina, mina.says("Hiwa"), "Which one?")
    earlier = await after(mina, mina.taps("Hiwa Bafrin"), "What has happened?")
    await after(mina, mina.says("/alert"), "Who is it about?")
    await after(mina, mina.says("Delara"), "Which one?")
    await after(mina, mina.taps("Delara Kuhnavard"), "What has happened?")
    await after(mina, mina.taps("Executed", message=earlier), "That button is too old")
    assert "According to whom?" in (await after(mina, mina.taps("Reported executed"))).text


async def test_executed_needs_more_than_one_source(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    await after(mina, mina.says("/alert"), "Who is it about?")
    await after(mina, mina.says("Hiwa"), "Which one?")
    await after(mina, mina.taps("Hiwa Bafrin"), "What has happened?")
    await after(mina, mina.taps("Executed"), "According to whom?")
    await after(mina, mina.says("Somebody"), "How sure")
    await after(mina, mina.taps("one source only"), "needs an official word or two independent sources")
    assert "What should readers know" in (await after(mina, mina.taps("officially confirmed"))).text


async def test_one_draft_a_person_said_before_anything_is_written(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    await mina.hears("Arman Sepidkuh")
    await after(mina, mina.says("/alert"), "Who is it about?")
    await after(mina, mina.says("سپیدکوه"), "Which one?")
    told = await after(mina, mina.taps("Arman Sepidkuh (IR)"), "There is a draft about this case already")
    assert offers(told, "Look and decide")
    await after(mina, mina.taps("Look and decide", message=told), is_sheet)


async def test_forwarded_words_are_not_taken(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    await after(mina, mina.says("/alert"), "Who is it about?")
    await after(mina, mina.forwards("Zal Simorghi"), "forwarded messages change nothing")
    sheet = await write_alert(mina, "Zal Simorghi", new_in="IR")
    assert number_of(sheet) == 1
