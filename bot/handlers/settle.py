"""A moderator's answer to a question about an action, by the buttons under it. The first answer counts."""

from __future__ import annotations

from typing import Final

from alerts import settle
from alerts.alert import AlertKind
from alerts.locales import N_
from alerts.moderators import actor_of
from alerts.question import Question, QuestionKind
from alerts.store import questions
from bot.context import Call
from bot.handlers import chain

_ANSWERED: Final = N_("That question is answered already, or has no cause any more.")
_LABELS: Final = {
    QuestionKind.DEADLINE_NEAR: {
        "q-more": N_("More time"),
        "q-end": N_("Let it end"),
        "q-news": N_("There is news"),
    },
    QuestionKind.REVIEW_DUE: {"q-stands": N_("It still stands"), "q-news": N_("There is news")},
    QuestionKind.NAME_CHANGED: {"q-news": N_("Write an update"), "q-none": N_("No need")},
}
"""What can be answered with one tap."""


def buttons_of(question: Question) -> dict[str, str]:
    """Verb -> message id of its label; empty for a question that the list itself must answer."""
    return _LABELS.get(question.kind, {})


async def _open(call: Call, question_id: int) -> Question | None:
    """The question, if nobody has answered it yet."""
    async with call.services.sessions.begin() as session:
        found = await questions.by_id(session, question_id)
    if found is None:
        await call.say(_ANSWERED)
    return found


async def _close(call: Call, question_id: int, verb: str) -> Question | None:
    actor = actor_of(call.services.sealer, call.user)
    closed = await settle.close(call.services.sessions, question_id, verb, actor=actor, now=call.now)
    if closed is None:
        await call.say(_ANSWERED)
    return closed


async def on_more(call: Call, question_id: int) -> None:
    """More time: a draft that somebody else approves. The question closes when the deadline has moved."""
    if question := await _open(call, question_id):
        await chain.on_more_time(call, question.detail["action"])


async def on_end(call: Call, question_id: int) -> None:
    """Let it end at its deadline."""
    if question := await _close(call, question_id, "let_end"):
        number = call.catalogue.identifier(question.detail["number"])
        await call.say(N_("%(number)s ends at its deadline by itself."), number=number)


async def on_none(call: Call, question_id: int) -> None:
    """Nothing follows from it."""
    if await _close(call, question_id, "no_need"):
        await call.say(N_("Good. The letters stay as they are."))


async def on_news(call: Call, question_id: int) -> None:
    """News: the next alert of that action is written; the question closes when it is out."""
    if question := await _open(call, question_id):
        await chain.on_write(call, question.detail["action"], AlertKind.UPDATE_NEW_DEMAND)


async def on_stands(call: Call, question_id: int) -> None:
    """It still stands: asked again in a day."""
    actor = actor_of(call.services.sealer, call.user)
    action = await settle.still_stands(call.services.sessions, question_id, actor=actor, now=call.now)
    if action is None:
        await call.say(_ANSWERED)
    elif action.held:
        words = N_("Noted. The letters of %(number)s stay held: a moderator holds them. /action shows it.")
        await call.say(words, number=call.catalogue.identifier(action.number))
    else:
        words = N_("Noted: %(number)s stands. I ask again in a day.")
        await call.say(words, number=call.catalogue.identifier(action.number))


TAPS: Final = {
    "q-more": lambda call, parts: on_more(call, int(parts[0])),
    "q-end": lambda call, parts: on_end(call, int(parts[0])),
    "q-none": lambda call, parts: on_none(call, int(parts[0])),
    "q-news": lambda call, parts: on_news(call, int(parts[0])),
    "q-stands": lambda call, parts: on_stands(call, int(parts[0])),
}
"""The verbs of these buttons."""
