"""A line of the reader's own: asked for, put into the letter, and nowhere else.

Nothing stands in a database: which letter it is for stands in the question, and comes back with the reply.
"""

from __future__ import annotations

from typing import Final

from alerts.locales import N_
from alerts.render.letter import render_letter
from bot.context import Call
from bot.handlers import addressees, sending
from bot.handlers.act import variant_of
from bot.handlers.choices import Choice
from bot.handlers.letter import chosen

MOST: Final = 200
"""Characters of the line."""

_JOINERS: Final = "\u200c\u200d"  # Persian spelling needs them
_ASKED: Final = N_(
    "Reply to this message with one line of your own, %(most)s characters at most: for example, why you care. I put it"
    " into the letter and store it nowhere."
)


async def ask(call: Call, choice: Choice) -> None:
    """The question; the answer is known by the code that stands in it."""
    if await chosen(call, choice) is not None:
        asked = call.catalogue.t(_ASKED, most=MOST)
        await call.ask(call.written(f"{asked}\n\n{call.catalogue.identifier(choice.code)}"))


async def on_line(call: Call, choice: Choice) -> None:
    """The letter once more, with the line in it; its mail links and paper too, since no button could know the line."""
    line = "".join(char for char in " ".join(call.words.split()) if char.isprintable() or char in _JOINERS)
    if not line or len(line) > MOST:
        await call.reply(
            call.plain(N_("Please reply with one line, %(most)s characters at most."), most=MOST)
        )
        return
    composed = await chosen(call, choice, line)
    if composed is None:
        return
    variant = variant_of(call)
    _, *bare = render_letter(composed.letter, call.catalogue, variant, written_in=composed.written_in)
    for message in bare:
        await call.reply(message)
    if composed.target.working_emails:
        await sending.offer_mail(call, composed)
    if addressees.takes_paper(call, composed.standing, composed.target):
        await sending.send_pdf(call, composed, is_personal=True)
