"""What is stored, deleting it, and help."""

from __future__ import annotations

import json
from typing import Final

from alerts.locales import N_
from alerts.render.builder import neutral_line
from alerts.render.message import Button
from bot.buttons import reader_data
from bot.context import Call
from bot.erasing import forget_chat
from subscribers import erase
from subscribers.subscriber import ChatKind, Mode

_ALL: Final = N_("Everything that is stored about this chat.")
STORED: Final = N_(
    "%(name)s runs this bot (%(contact)s).\n\n"
    "Stored about you: your chat number (encrypted; the key is kept apart), language, mode, whether messages are for"
    " a screen reader, topics and the cases you follow, a pause, the month you joined, which consent you gave,"
    " whether you have seen the note on letters, your country only if you asked us to remember it; which alerts"
    " were sent to you, for %(hours)s hours; while an urgent action is open, the numbers of its messages in this"
    " chat (encrypted), so that corrections can reach you and old buttons go. What you tell us with “I sent it” is"
    " counted, and is no longer linked to you 48 hours after the action has closed; that an address failed, until"
    " moderators have looked at it. If Telegram says that this chat is closed to us, that and when, until all of"
    " this is deleted. No name, no phone number, nothing you write. What you send is kept, encrypted, only until it"
    " has been handled: mostly a moment.\n\n"
    "Telegram itself sees who talks to bots, and messages with bots are not end-to-end encrypted.\n\n"
    "/forget deletes everything at once. Questions and complaints: %(officer)s"
)


async def privacy(call: Call) -> None:
    """/privacy: controller, what is kept, what Telegram sees, how to end it."""
    organisation = call.services.settings.require_organisation()
    isolate = call.catalogue.isolate
    await call.reply(
        call.plain(
            STORED,
            name=isolate(organisation.name),
            contact=isolate(organisation.contact),
            hours=call.services.settings.privacy.retention_hours,
            officer=isolate(organisation.privacy_officer or organisation.contact),
        )
    )


async def export(call: Call) -> None:
    """/export: a file with every row and column about this chat, opened; made in memory and kept nowhere."""
    stored = await erase.export(call.services.sessions, call.chat)
    if stored is None:
        await call.say(N_("Nothing is stored about this chat."))
        return
    is_safe = call.mode is Mode.SAFE
    document = json.dumps(stored, ensure_ascii=False, indent=1, default=str).encode()
    await call.bot.send_document(
        call.chat,
        document,
        filename="stored.json",
        caption=neutral_line(call.catalogue) if is_safe else call.catalogue.t(_ALL),
        protect_content=is_safe,
    )


async def forget(call: Call) -> None:
    """/forget asks once; there is no way back."""
    if call.subscriber is None:
        await call.say(N_("Nothing is stored about this chat."))
        return
    yes = Button(call.catalogue.t("Yes, delete everything"), reader_data("forget", "yes"))
    await call.reply(
        call.plain(N_("Delete everything stored about this chat, for good?"), keyboard=((yes,),))
    )


async def on_forget(call: Call) -> None:
    """Delete the chat's rows and what the database's journal still holds of them."""
    await forget_chat(call.services, call.chat)
    await call.replace(call.plain(N_("Everything about this chat is deleted. /start begins anew.")))


async def show_help(call: Call) -> None:
    """/help: every command this person may give here, and who runs the bot."""
    t = call.catalogue.t
    in_group = call.kind is ChatKind.GROUP
    lines = [
        f"/{line.name} – {t(line.summary)}"
        for line in call.services.menu
        if (call.role is not None or not line.for_moderators) and (line.in_groups or not in_group)
    ]
    organisation = call.services.settings.require_organisation()
    who = t(
        "This bot is run by %(name)s: %(contact)s",
        name=call.catalogue.isolate(organisation.name),
        contact=call.catalogue.isolate(organisation.contact),
    )
    await call.reply(call.written("\n".join([*lines, "", who])))
