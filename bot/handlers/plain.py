"""Messages for a screen reader: no spoilers, no pictograms, each name in one script."""

from __future__ import annotations

from dataclasses import replace

from alerts.locales import N_
from alerts.render.message import Button
from bot.buttons import reader_data
from bot.context import Call
from subscribers import enrol
from subscribers.subscriber import Mode


async def plain(call: Call) -> None:
    """/plain: on or off, with a word on what it does."""
    if call.subscriber is None:
        await call.say(N_("You are not subscribed yet. /start begins."))
        return
    t, is_on = call.catalogue.t, call.subscriber.plain
    button = Button(t("Turn off") if is_on else t("Turn on"), reader_data("plain", "off" if is_on else "on"))
    asked = N_("For screen readers: names in one script, no symbols, nothing hidden. It is on.")
    if not is_on:
        asked = N_("For screen readers: names in one script, no symbols, nothing hidden. It is off.")
    await call.reply(call.plain(asked, keyboard=((button,),)))


async def on_plain(call: Call, choice: str) -> None:
    """The choice counts for everything from now on; in safe mode names stay veiled all the same."""
    if call.subscriber is None or choice not in {"on", "off"}:
        return
    await enrol.choose_plain(call.services.sessions, call.chat, plain=choice == "on")
    call = replace(call, subscriber=await enrol.subscriber_of(call.services.sessions, call.chat))
    if choice == "off":
        await call.replace(call.plain(N_("Done. Messages from now on look as usual.")))
    elif call.mode is Mode.SAFE:
        await call.replace(
            call.plain(N_("Done. As others may see your phone, names stay hidden until you touch them."))
        )
    else:
        await call.replace(call.plain(N_("Done. Messages from now on are made for a screen reader.")))
