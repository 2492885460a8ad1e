"""Subscribing in three taps, and changing language, mode and topics afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from alerts.locales import N_, Catalogue
from alerts.render.message import Button, Keyboard, Message
from alerts.store import coverage, published
from bot.buttons import reader_data
from bot.context import Call
from subscribers import enrol
from subscribers.subscriber import CONSENT_VERSION, ChatKind, Mode
from subscribers.subscription import EVERYTHING, case_of, country_key, is_key

STARTING: Final = "s"
CHANGING: Final = "c"
"""Third part of the buttons' data. While nothing is stored about a chat, the language it chose stands there instead."""
ON: Final = "on"
OFF: Final = "off"
"""Third part of a topic's button once there is a choice to change: what the tap does, so that doing it twice is once."""
_IN_A_ROW: Final = 2
PAUSE_DAYS: Final = 7
MOST_PAUSE_DAYS: Final = 365

CONSENT: Final = N_(
    "I send urgent alerts about people who face execution, and letters you can write for them.\n\n"
    "A subscription can reveal a political opinion. By going on you agree that this bot stores your"
    " chat number (encrypted), your language and what you choose here. No name, no phone number, nothing you write."
    " /privacy lists everything, /forget deletes it."
)
MODES: Final = {
    Mode.NORMAL: N_("Only me"),
    Mode.SAFE: N_("Others may see it: hide names"),
    Mode.READ_ONLY: N_("I am inside the country: only read"),
}


async def start(call: Call) -> None:
    """First contact, or a reminder of what is set."""
    subscriber = call.subscriber
    if subscriber and subscriber.active:
        if subscriber.listens(call.now) or subscriber.paused_until is None:
            await call.say(N_("You are subscribed. /topics changes what you hear, /help shows everything."))
        else:
            day = call.catalogue.date(subscriber.paused_until.date())
            await call.say(N_("You are subscribed, with silence until %(day)s. /resume ends it."), day=day)
        return
    await call.reply(_language_question(call, STARTING))


async def language(call: Call) -> None:
    """Change the language of everything."""
    await call.reply(_language_question(call, CHANGING if call.subscriber else STARTING))


def _language_question(call: Call, flow: str) -> Message:
    """Asked in every language, the guessed one first; nothing is stored by choosing."""
    catalogues = call.services.catalogues
    codes = sorted(catalogues.codes, key=lambda code: code != call.catalogue.locale)
    asked_in = codes if flow == STARTING else codes[:1]
    text = "\n".join(catalogues[code].t("Which language?") for code in asked_in)
    buttons = [Button(catalogues[code].name, reader_data("lang", code, flow)) for code in codes]
    rows = (tuple(buttons[start : start + _IN_A_ROW]) for start in range(0, len(buttons), _IN_A_ROW))
    return call.written(text, keyboard=tuple(rows))


async def on_language(call: Call, code: str, flow: str) -> None:
    """Tap 1: the language. What follows is in it, and nothing is stored before the next tap."""
    if code not in call.services.catalogues.codes:
        return
    sessions = call.services.sessions
    if flow == CHANGING and not await _is_known(call):  # what stands above that button asks for no consent
        return
    call = replace(call, catalogue=call.services.catalogues[code])
    if flow == CHANGING:
        await enrol.choose_language(sessions, call.chat, code)
        await call.replace(call.plain(N_("From now on I write to you in this language.")))
        return
    if call.kind is ChatKind.GROUP:
        await call.replace(await _topics_question(call, code))
    else:
        await call.replace(_mode_question(call, code))


async def safety(call: Call) -> None:
    """Change the mode."""
    if await _is_known(call):
        await call.reply(_mode_question(call, CHANGING))


def _mode_question(call: Call, flow: str) -> Message:
    rows = tuple(
        (Button(call.catalogue.t(label), reader_data("mode", mode.value, flow)),)
        for mode, label in MODES.items()
    )
    question = call.catalogue.t(
        "Who may see your phone?\n\n"
        "If others may see it, names are hidden until you touch them and the first line says nothing."
        " If you are inside the country, I send you news only: no letters, no petitions."
    )
    return call.written(_with_consent(call, question, flow), keyboard=rows)


def _with_consent(call: Call, question: str, flow: str) -> str:
    """Above the buttons whose tap is the first thing we store."""
    return question if flow in {STARTING, CHANGING} else f"{call.catalogue.t(CONSENT)}\n\n{question}"


async def _agree(call: Call, locale: str) -> Call:
    """The tap below the consent: from here on the chat is known, in the language it chose."""
    sessions, catalogue = call.services.sessions, call.services.catalogues[locale]
    await enrol.begin(sessions, call.chat, call.kind, locale, CONSENT_VERSION, call.now)
    subscriber = await enrol.subscriber_of(sessions, call.chat)
    return replace(call, catalogue=catalogue, subscriber=subscriber)


async def on_mode(call: Call, mode: str, flow: str) -> None:
    """Tap 2: who may see the phone, and with it the consent that stands above the button."""
    if mode not in MODES:
        return
    if flow in call.services.catalogues.codes:
        call = await _agree(call, flow)
    if not await _is_known(call):
        return
    sessions = call.services.sessions
    await enrol.choose_mode(sessions, call.chat, Mode(mode))
    call = replace(call, subscriber=await enrol.subscriber_of(sessions, call.chat))
    if flow == CHANGING:
        await call.replace(call.plain(N_("Done. Messages from now on look that way.")))
    else:
        await call.replace(await _topics_question(call, STARTING))


async def topics(call: Call) -> None:
    """Change the countries."""
    if await _is_known(call):
        await call.reply(await _topics_question(call, CHANGING))


async def _topics_question(call: Call, flow: str) -> Message:
    keys = call.subscriber.keys if call.subscriber else frozenset()
    offered = [(EVERYTHING, call.catalogue.t("Everything"))]
    offered += [(country_key(code), name) for code, name in await _countries(call)]
    rows: Keyboard = tuple(
        (Button(f"✓ {label}" if key in keys else label, reader_data("topic", key, _does(key in keys, flow))),)
        for key, label in offered
    )
    if flow == CHANGING:
        rows = (*rows, (Button(call.catalogue.t("Done"), reader_data("topic", "done", flow)),))
    question = _with_consent(call, call.catalogue.t("What do you want to hear about?"), flow)
    return call.written(question, keyboard=rows)


def _does(is_chosen: bool, flow: str) -> str:  # noqa: FBT001 - what the button shows
    """What a topic's button does: subscribes, or changes what it shows."""
    if flow != CHANGING:
        return flow
    return OFF if is_chosen else ON


async def _countries(call: Call) -> list[tuple[str, str]]:
    """Countries that the watched lists cover and those of published cases, by name; never an unapproved word of ours."""
    lists = call.services.settings.lists
    async with call.services.sessions() as session:
        covered = await coverage.countries_of_lists(session, [watched.name for watched in lists])
        codes = {*await published.countries(session), *covered}
    codes |= {watched.country for watched in lists if watched.country}
    return sorted(((code, call.catalogue.country(code)) for code in codes), key=lambda pair: pair[1])


async def on_topic(call: Call, key: str, flow: str) -> None:
    """Tap 3 (in a group the second, with the consent above it) subscribes; later taps switch a topic on and off."""
    if flow in call.services.catalogues.codes and call.kind is ChatKind.GROUP and is_key(key):
        call, flow = await _agree(call, flow), STARTING
    subscriber = call.subscriber
    if subscriber is None:
        await _is_known(call)
        return
    if key == "done":
        await call.replace(
            call.plain(
                N_("You hear about: %(topics)s."), topics=_topic_names(call.catalogue, subscriber.keys)
            )
        )
        return
    if not is_key(key):
        return
    sessions = call.services.sessions
    if flow == STARTING:
        followed = {one for one in subscriber.keys if case_of(one)}  # who comes back still follows these
        await enrol.choose_topics(sessions, call.chat, {key, *followed})
        await enrol.resume(sessions, call.chat)
        await call.replace(
            call.plain(
                N_(
                    "You are subscribed: %(topics)s.\n\n"
                    "Alerts arrive as soon as moderators have approved them, and a summary once a day."
                    " /actions shows what you can do now, /topics adds countries, /stop ends it."
                ),
                topics=_topic_names(call.catalogue, frozenset({key})),
            )
        )
        return
    if flow not in {ON, OFF}:
        return
    await enrol.choose_topics(
        sessions, call.chat, subscriber.keys | {key} if flow == ON else subscriber.keys - {key}
    )
    call = replace(call, subscriber=await enrol.subscriber_of(sessions, call.chat))
    await call.replace(await _topics_question(call, CHANGING))


def _topic_names(catalogue: Catalogue, keys: frozenset[str]) -> str:
    if EVERYTHING in keys:
        return catalogue.t("everything")
    countries = sorted(catalogue.country(key.split("/")[0]) for key in keys if "/" in key)
    followed = [key.removeprefix("case:") for key in sorted(keys) if key.startswith("case:")]
    names = countries + [catalogue.t("case %(number)s", number=int(number)) for number in followed]
    return catalogue.listing(names) if names else catalogue.t("nothing yet")


async def pause(call: Call) -> None:
    """Silence for a number of days."""
    if not await _is_known(call):
        return
    wanted = call.words or str(PAUSE_DAYS)
    days = int(wanted) if wanted.isdecimal() else 0
    if not 1 <= days <= MOST_PAUSE_DAYS:
        await call.say(N_("For how many days? For example: /pause 7"))
        return
    until = call.now + timedelta(days=days)
    await enrol.pause(call.services.sessions, call.chat, until)
    await call.reply(
        call.plain(
            N_("Silence until %(day)s. /resume ends it earlier."), day=call.catalogue.date(until.date())
        )
    )


async def resume(call: Call) -> None:
    """Hear alerts again after /pause or /stop."""
    if await _is_known(call):
        await enrol.resume(call.services.sessions, call.chat)
        await call.say(N_("You hear alerts again."))


async def stop(call: Call) -> None:
    """No more messages; the choices stay for a return, /forget removes them too."""
    if call.subscriber is None:
        await call.say(N_("You are not subscribed, so I send you nothing. /start begins."))
        return
    await enrol.stop(call.services.sessions, call.chat)
    await call.say(N_("I am silent from now on. /resume brings me back, /forget deletes what is stored."))


async def _is_known(call: Call) -> bool:
    if call.subscriber is not None:
        return True
    await call.say(N_("You are not subscribed yet. /start begins."))
    return False
