from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.steps import about, answer, hears_about, moderators, publish, tap

ARMAN = "Arman Sepidkuh"


async def test_good_news_answers_the_first_message(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    follower = stage.emulator.person(5003, first_name="Follower")
    stranger = stage.emulator.person(5004, first_name="Stranger")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await stage.subscribe(nasrin, "fa", topic="IR/*")
    await stage.subscribe(follower, "en", topic="US/*")
    await stage.subscribe(stranger, "en", topic="US/*")

    await publish(stage, mina, ARMAN)
    firsts = {person.id: await hears_about(person, ARMAN) for person in (emma, nasrin)}
    await answer(follower, "/case 1")
    assert (await tap(follower, "follow:1")).text == "You follow this case now and hear everything about it."

    await publish(stage, mina, ARMAN, "Returned to ward")
    english, persian = await hears_about(emma, ARMAN), await hears_about(nasrin, ARMAN)
    assert english.text.startswith("The execution of Arman Sepidkuh (Iran) has been stayed.")
    assert persian.text.startswith("اجرای حکم اعدام آرمان سپیدکوه (ایران) متوقف شده است.")
    assert english.reply_to == firsts[emma.id].message_id
    assert persian.reply_to == firsts[nasrin.id].message_id
    news = await follower.hears("has been stayed")
    assert news.reply_to is None  # there is no first message in this chat
    assert about(stranger, ARMAN) == []


async def test_who_has_left_the_topic_still_hears_how_it_went_on(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en", topic="IR/*")
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    await answer(emma, "/topics")
    await tap(emma, "topic:IR/*:off")
    assert (await tap(emma, "topic:done:c")).text == "You hear about: nothing yet."

    await publish(stage, mina, ARMAN, "Returned to ward")
    await emma.hears("has been stayed")


async def test_unfollowing_in_persian_digits(stage: Stage) -> None:
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    mina, _ = await moderators(stage)
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    await stage.subscribe(nasrin, "fa", topic="US/*")
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    assert (await answer(nasrin, "/follow ۱")).text.startswith("از این پس این پرونده را دنبال می‌کنید")
    assert (await answer(nasrin, "/unfollow ۱")).text == "دیگر این پرونده را دنبال نمی‌کنید."
    assert (await answer(nasrin, "/unfollow ۱")).text == "شما این پرونده را دنبال نمی‌کنید."
