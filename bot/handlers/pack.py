"""/pack: one PDF with the best letter of each open action, to print, sign and post on a quiet evening."""

from __future__ import annotations

from typing import Final

from alerts.action import LetterRefusal
from alerts.locales import N_
from alerts.render.paper import printed
from alerts.render.typeset import PrintedLetter, letter_pdf
from bot.context import Call
from bot.files import MadeFile, send_file
from bot.handlers import act
from bot.handlers.letter import compose_best, is_warned, remember_warned
from subscribers.subscriber import Mode

MOST: Final = 10
"""Letters in one pack."""

THEN: Final = "pack"
"""What the note before the first letter goes on to."""


async def pack(call: Call) -> None:
    """The letters, the nearest deadline first; each is served by the rule, dealt and counted as any other."""
    if call.mode is Mode.READ_ONLY:
        await call.say(act.REFUSALS[LetterRefusal.READ_ONLY])
        return
    found = [action for action, _ in await act.open_now(call) if action.letters and not action.held]
    if not found:
        await call.say(N_("There are no open urgent actions now."))
        return
    if not await is_warned(call, THEN):
        return
    letters: list[PrintedLetter] = []
    for action in found[:MOST]:
        standing = await act.find(call, action.number)
        if standing is None or await act.refusal_of(call, standing) is not None:
            continue
        composed = await compose_best(call, standing)
        if not isinstance(composed, LetterRefusal):
            letters.append(printed(composed.letter, composed.written_in, call.now.date()))
    if not letters:
        await call.say(N_("There are no open urgent actions now."))
        return
    caption = call.catalogue.n(
        "%(number)s letter to print, sign and post.",
        "%(number)s letters to print, sign and post.",
        len(letters),
    )
    name = f"UA-{call.now:%Y-%m-%d}-{call.catalogue.locale}.pdf"
    await send_file(call, MadeFile(lambda: letter_pdf(letters), name, caption, key=None))


async def on_warned(call: Call) -> None:
    """The note has been read: the pack."""
    await pack(await remember_warned(call))
