"""What waits for moderators, page by page: drafts and questions; and a draft made from what a list says."""

from __future__ import annotations

from typing import Final

from alerts.alert import Alert
from alerts.draft import draft_known
from alerts.locales import N_
from alerts.render import person
from alerts.render.changes import render_waiting
from alerts.render.message import Button, Keyboard
from alerts.render.question import render_questions
from alerts.store import questions as questions_store
from alerts.store import review
from bot.context import Call
from bot.handlers.reading import number_of
from bot.handlers.refusals import WORDS as REFUSED
from bot.handlers.sheet import show_draft

DRAFTS_A_PAGE: Final = 8
QUESTIONS_A_PAGE: Final = 5


async def drafts(call: Call) -> None:
    """/drafts: everything on its way, most urgent first."""
    await _drafts_from(call, 0)


async def questions(call: Call) -> None:
    """/questions: what the lists leave open, oldest first."""
    await _questions_from(call, 0)


async def on_page(call: Call, matter: str, start: int) -> None:
    """A tap on "More"."""
    await (_drafts_from if matter == "drafts" else _questions_from)(call, start)


async def _drafts_from(call: Call, start: int) -> None:
    async with call.services.sessions() as session:
        total = await review.count_waiting(session)
        waiting = await review.waiting(session, DRAFTS_A_PAGE, start)
    if not waiting:
        await call.say(N_("No drafts wait."))
        return
    rows: Keyboard = tuple(
        (Button(_label(call, alert), call.binding.bind("look", alert.id)),) for alert in waiting
    )
    more = _more(call, "drafts", start + DRAFTS_A_PAGE, total)
    await call.reply(render_waiting(call.catalogue, waiting, total, keyboard=rows + more))


def _label(call: Call, alert: Alert) -> str:
    return f"{call.catalogue.number(alert.id)} {person.name(call.catalogue, alert.facts.view)}"


async def _questions_from(call: Call, start: int) -> None:
    async with call.services.sessions() as session:
        total = await questions_store.count_open(session)
        waiting = await questions_store.open_questions(session, QUESTIONS_A_PAGE, start)
    if not waiting:
        await call.say(N_("No questions are open."))
        return
    more = _more(call, "questions", start + QUESTIONS_A_PAGE, total)
    await call.reply(render_questions(call.catalogue, waiting, total, keyboard=more))


def _more(call: Call, matter: str, start: int, total: int) -> Keyboard:
    if start >= total:
        return ()
    label = call.catalogue.t("More (%(number)s)", number=total - start)
    return ((Button(label, call.binding.bind("page", matter, start)),),)


async def draft(call: Call) -> None:
    """/draft 5: the draft, then exactly what would be sent in every language, then the decision."""
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft? For example: /draft 5. /drafts shows what waits."))
        return
    await show_draft(call, number)


async def make_draft(call: Call, case_id: int) -> None:
    """A draft of what the list says about a case now."""
    result = await draft_known(call.services.sessions, case_id, call.now)
    if isinstance(result, Alert):
        await show_draft(call, result.id)
    else:
        await call.say(
            REFUSED[result] if result else N_("The list says nothing about this case that could be told.")
        )
