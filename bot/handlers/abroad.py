"""Officials near the reader (embassies, their own minister or member of parliament): where do they live?

Asked each time and stored nowhere, unless the reader says "remember this", which is off to begin with.
"""

from __future__ import annotations

import re
from typing import Final

from alerts.locales import N_
from alerts.render.message import Button, Keyboard, Message
from bot.buttons import reader_data
from bot.context import Call
from bot.handlers import act, addressees
from bot.handlers.act import Standing
from bot.handlers.letter import serve_best
from subscribers import enrol

KEEP: Final = "yes"
_FORGET: Final = "no"
_IN_A_ROW: Final = 2
_MOST: Final = 90
"""Countries; Telegram takes 100 buttons in a message."""


async def home(call: Call, number: str, keep: str) -> None:
    """Where do you live? A tap on "Remember this" changes the question in its place."""
    standing = await act.may_act(call, number)
    if standing is None:
        return
    question = await _question(call, standing, keeps=keep == KEEP)
    if question is None:
        await call.say(N_("I know no embassy or politician near you for this action yet."))
    elif keep == "":
        await call.reply(question)
    else:
        await call.replace(question)


async def _question(call: Call, standing: Standing, *, keeps: bool) -> Message | None:
    codes = await addressees.countries(call, standing)
    if not codes:
        return None
    number, keep = standing.action.number, KEEP if keeps else _FORGET
    named = sorted((call.catalogue.country(code), code) for code in codes)[:_MOST]
    buttons = [Button(name, reader_data("from", number, code, keep)) for name, code in named]
    rows: Keyboard = tuple(
        tuple(buttons[start : start + _IN_A_ROW]) for start in range(0, len(buttons), _IN_A_ROW)
    )
    if call.subscriber is None:
        return call.plain(N_("Where do you live? I store nothing of it."), keyboard=rows)
    label = call.catalogue.t("Remember this")
    toggle = Button(f"✓ {label}" if keeps else label, reader_data("home", number, _FORGET if keeps else KEEP))
    asked = N_("Where do you live? I forget it at once, unless you say “Remember this” first.")
    return call.plain(asked, keyboard=(*rows, (toggle,)))


async def on_country(call: Call, number: str, country: str, keep: str) -> None:
    """The letter to the official nearest to the reader; the country is in its buttons and, if asked for, remembered."""
    standing = await act.may_act(call, number)
    if standing is None or not re.fullmatch(r"[A-Z]{2}", country):
        return
    target = await addressees.first_abroad(call, standing, country)
    if target is None:
        await call.say(N_("I know no embassy or politician there for this action yet."))
        return
    if keep == KEEP and call.subscriber is not None:
        await enrol.remember_country(call.services.sessions, call.chat, country)
    await serve_best(call, standing, target.id, country)
