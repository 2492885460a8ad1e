"""Changing one field of a draft: its source, prison, petition or the text of a language."""

from __future__ import annotations

from typing import Any, Final

from alerts.alert import Alert, Refusal, may_edit
from alerts.locales import N_
from alerts.render.message import Button
from alerts.store import review
from bot.context import Call
from bot.handlers import conversation
from bot.handlers.composing import TEXT_LIMIT, petition_problem, put_right, text_problem
from bot.handlers.moderate import UNKNOWN, tell_refusal
from bot.handlers.reading import number_of
from bot.handlers.sheet import show_draft

EMPTY: Final = "-"
"""What is written to leave a field empty."""


async def edit(call: Call) -> None:
    """/edit 5: choose what to change."""
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft? For example: /edit 5"))
        return
    await show_fields(call, number)


async def show_fields(call: Call, alert_id: int, revision: int | None = None) -> None:
    """What can be changed in a draft (in the `revision` that was shown, if a button was tapped), one button each."""
    async with call.services.sessions() as session:
        alert = await review.alert_by_id(session, alert_id)
    if alert is None:
        await call.say(UNKNOWN)
        return
    is_stale = revision not in {None, alert.revision}
    if refusal := may_edit(alert) or (Refusal.STALE_REVISION if is_stale else None):
        await tell_refusal(call, refusal)
        return
    t, catalogues = call.catalogue.t, call.services.catalogues
    fields = {"source_name": t("According to whom"), "prison": t("Prison"), "petition": t("Petition link")}
    fields |= {code: t("Text: %(language)s", language=catalogues[code].name) for code in catalogues.codes}
    rows = tuple(
        (Button(label, call.binding.bind("e-field", alert_id, field)),) for field, label in fields.items()
    )
    await call.reply(
        call.plain(
            N_(
                "What should change in draft %(number)s?\n\nWho changes a draft cannot approve it; putting right the"
                " source or the prison of a list’s draft is no such change."
            ),
            number=alert_id,
            keyboard=rows,
        )
    )


async def on_edit_field(call: Call, alert_id: int, field: str) -> None:
    """The tap: the next message is the new value."""
    await conversation.begin(call, "edit", field, {"alert": alert_id})
    await call.say(N_("Write it anew, or a single - to leave it empty. /cancel leaves it as it is."))


async def on_edit_words(call: Call, field: str, answers: dict[str, Any]) -> None:
    """The new value of one field of a draft."""
    written = call.words.strip()
    if not written:
        await call.say(N_("Please write it as a text, or /cancel."))
        return
    value = "" if written == EMPTY else written
    if problem := petition_problem(value) if field == "petition" else text_problem(value, TEXT_LIMIT):
        await call.say(problem, most=TEXT_LIMIT)
        return
    await conversation.end(call)
    result = await put_right(call, answers["alert"], field, value)
    if isinstance(result, Alert):
        await show_draft(call, result.id)
    else:
        await tell_refusal(call, result)
