"""/pack: one PDF with a letter for each open action, to print, sign and post on a quiet evening.

Each goes to the official first in rank whom the post reaches in time; actions without one are named beside it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from alerts.action import Action, LetterRefusal
from alerts.locales import N_
from alerts.render.paper import printed
from alerts.render.typeset import PrintedLetter, letter_pdf
from bot.context import Call
from bot.files import MadeFile, send_file
from bot.handlers import act, addressees
from bot.handlers.letter import Composed, compose_best, is_warned, remember_warned
from subscribers.subscriber import Mode

MOST: Final = 10
"""Letters in one pack."""

THEN: Final = "pack"
"""What the note before the first letter goes on to."""

_NO_POST: Final = N_(
    "Nobody is reached by post in time for %(numbers)s. Please send these by e-mail: /actions"
)


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
    letters, left_out = await _sorted_out(call, found)
    if letters:
        caption = call.catalogue.n(
            "%(number)s letter to print, sign and post.",
            "%(number)s letters to print, sign and post.",
            len(letters),
        )
        name = f"UA-{call.now:%Y-%m-%d}-{call.catalogue.locale}.pdf"
        await send_file(call, MadeFile(lambda: letter_pdf(letters), name, caption, key=None))
    await _say_rest(call, letters, left_out)


async def _sorted_out(call: Call, found: list[Action]) -> tuple[list[PrintedLetter], list[Action]]:
    """(the letters, at most `MOST`; the actions before the last of them that nothing can be posted for)."""
    letters: list[PrintedLetter] = []
    left_out: list[Action] = []
    for action in found:
        if len(letters) == MOST:
            break
        standing = await act.find(call, action.number)
        if standing is None or await act.refusal_of(call, standing) is not None:
            continue
        target = addressees.for_paper(call, standing, await addressees.in_rank(call, standing, ""))
        if target is None:
            left_out.append(action)
            continue
        composed = await compose_best(call, standing, target.id)
        if not isinstance(composed, LetterRefusal):
            letters.append(_on_paper(call, composed))
    return letters, left_out


def _on_paper(call: Call, composed: Composed) -> PrintedLetter:
    """An office of which no address is kept is written to by way of the embassy, and the paper says so."""
    paper = printed(composed.letter, composed.written_in, call.now.date())
    if not composed.target.is_generic:
        return paper
    return replace(paper, addressee=(*paper.addressee, composed.written_in.t("By way of the embassy")))


async def _say_rest(call: Call, letters: list[PrintedLetter], left_out: list[Action]) -> None:
    """What is not in the file, in a message of its own: in safe mode a file's caption says nothing."""
    t = call.catalogue.t
    lines = [] if letters else [t("There is nothing to print and post now.")]
    if left_out:
        numbers = [call.catalogue.identifier(action.number) for action in left_out]
        lines.append(t(_NO_POST, numbers=call.catalogue.listing(numbers)))
    if lines:
        await call.reply(call.written("\n".join(lines)))


async def on_warned(call: Call) -> None:
    """The note has been read: the pack."""
    await pack(await remember_warned(call))
