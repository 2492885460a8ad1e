"""Writing an alert by hand, step by step. Each step's answer is stored as it is given, so a restart loses nothing.

The draft comes into being at the last step; its author hands it in, somebody else approves it. A button counts
only under the question that is open: one further up belongs to an earlier step, or to another alert.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from alerts.alert import AlertKind, Refusal
from alerts.case import CERTAIN, Case, CaseStatus, Certainty, split_status
from alerts.day import Day
from alerts.locales import N_, terms
from alerts.render.message import Button, Keyboard, Message
from alerts.store import review
from bot.context import Call
from bot.handlers import conversation
from bot.handlers.composing import compose, find_cases, gone_on_with
from bot.handlers.fields import NAME_LIMIT, TEXT_LIMIT, petition_problem, text_problem
from bot.handlers.moderate import tell_refusal
from bot.handlers.refusals import WORDS as REFUSED
from bot.handlers.sheet import show_draft

STATUSES: Final = (
    "imminent/solitary",
    "imminent/last_visit",
    "imminent/family_summoned",
    "scheduled",
    "upheld",
    "sentenced",
    "stayed",
    "stayed/returned_to_ward",
    "commuted",
    "forgiven",
    "pardoned",
    "acquitted",
    "released",
    "executed_reported",
    "executed",
    "died_in_custody",
)
_IN_A_ROW: Final = 2
_OPEN: Final = "open"
"""The message whose buttons count."""
_AS_BEFORE: Final = "as-before"
"""The status that readers know: the word on its button, and where the answers keep it."""
_TOO_OLD: Final = N_("That button is too old. /alert begins anew.")
_WHICH_COUNTRY: Final = N_("In which country? Two letters, for example IR.")
Answers = dict[str, Any]


async def alert(call: Call) -> None:
    """/alert: begin with the case."""
    words = N_("Who is it about? Write the name or a part of it, in either script. /cancel leaves.")
    await _ask(call, "case", {}, call.plain(words))


async def about(call: Call, members: Sequence[Case], **answers: object) -> None:
    """Begin with the cases of an action: with the one, or with the question which of them it is."""
    if len(members) == 1:
        await _pick_case(call, answers, str(members[0].id))
        return
    rows = tuple(
        (Button((case.published or case.seen).name, call.binding.bind("w-case", case.id)),)
        for case in members
    )
    await _ask(call, "case", answers, call.plain(N_("Whom is the news about?"), keyboard=rows))


async def cancel(call: Call) -> None:
    """/cancel: nothing of it is kept."""
    if await conversation.current(call) is None:
        await call.say(N_("There is nothing to leave."))
        return
    await conversation.end(call)
    await call.say(N_("Left. Nothing was stored of it."))


async def _ask(call: Call, step: str, answers: Answers, question: Message) -> None:
    """Put the question of a step and remember where we stand."""
    asked = await call.reply(question)
    await conversation.begin(call, "alert", step, {**answers, _OPEN: asked})


async def _take_case(call: Call, answers: Answers) -> None:
    name = " ".join(call.words.split())
    if problem := text_problem(name, NAME_LIMIT):
        await call.say(problem, most=NAME_LIMIT)
        return
    found = await find_cases(call)
    bind = call.binding.bind
    rows: list[tuple[Button, ...]] = [
        (Button(f"{case.seen.name} ({case.seen.country or '?'})", bind("w-case", case.id)),) for case in found
    ]
    rows.append((Button(call.catalogue.t("A new case of this name"), bind("w-case", "new")),))
    question = call.plain(
        N_("Which one? If it is none of these, write the name again."), keyboard=tuple(rows)
    )
    await _ask(call, "case", {**answers, "name": name}, question)


async def _pick_case(call: Call, answers: Answers, picked: str) -> None:
    if picked == "new":
        await _ask(call, "country", answers, call.plain(_WHICH_COUNTRY))
        return
    async with call.services.sessions() as session:
        waiting = await review.open_alert_of(session, int(picked))
    if waiting is None:
        await _ask_status(call, {**answers, "case": int(picked)})
        return
    await conversation.end(call)
    look = Button(call.catalogue.t("Look and decide"), call.binding.bind("look", waiting.id))
    await call.reply(call.plain(REFUSED[Refusal.OPEN_DRAFT_EXISTS], keyboard=((look,),)))


async def _take_country(call: Call, answers: Answers) -> None:
    code = call.words.strip().upper()
    is_code = len(code) == len("XX") and code.isascii() and code.isalpha()
    if is_code and call.catalogue.country(code) != call.catalogue.identifier(code):
        await _ask_status(call, {**answers, "country": code})
    else:
        await call.say(_WHICH_COUNTRY)


async def _ask_status(call: Call, answers: Answers) -> None:
    case = await gone_on_with(call, answers)
    stands = _as_published(case)
    buttons = [
        Button(_label(call, *split_status(choice)), call.binding.bind("w-status", choice))
        for choice in STATUSES
        if choice != stands
    ]
    if stands:
        words = _label(call, *split_status(stands))
        label = call.catalogue.t("As before: %(status)s", status=words)
        buttons.insert(0, Button(label, call.binding.bind("w-status", _AS_BEFORE)))
        answers = {**answers, _AS_BEFORE: stands}
    rows: Keyboard = tuple((button,) for button in buttons)
    is_correction = answers.get("kind") == AlertKind.CORRECTION
    lines = [call.catalogue.t("What is right?") if is_correction else call.catalogue.t("What has happened?")]
    if case is not None:  # of several in one action, it must not be taken to be about another
        lines.insert(0, call.catalogue.isolate((case.published or case.seen).name))
    await _ask(call, "status", answers, call.written("\n".join(lines), rows))


def _as_published(case: Case | None) -> str | None:
    """The status that readers know, where an action is gone on with: something else about it may be news."""
    view = case.published if case else None
    if view is None or view.status is None:
        return None
    return f"{view.status.value}/{view.detail}" if view.detail else view.status.value


def _label(call: Call, status: CaseStatus, detail: str | None) -> str:
    words = terms.status(call.catalogue, status)
    sign = terms.details(call.catalogue, detail)
    return f"{words}: {sign}" if sign else words


async def _pick_status(call: Call, answers: Answers, picked: str) -> None:
    picked = answers[_AS_BEFORE] if picked == _AS_BEFORE else picked
    if picked == CaseStatus.SCHEDULED:
        words = N_("For which day is it set? Write it as 2026-03-20, or skip.")
        await _ask(call, "date", {**answers, "status": picked}, call.plain(words, keyboard=_skip(call)))
    else:
        await _ask_source(call, {**answers, "status": picked})


async def _take_date(call: Call, answers: Answers, *, skipped: bool = False) -> None:
    try:
        day = None if skipped else Day.parse(call.words)
    except ValueError:
        await call.say(N_("That is not a date. Write it as 2026-03-20, or skip."))
        return
    await _ask_source(call, {**answers, "date": str(day) if day else None})


async def _ask_source(call: Call, answers: Answers) -> None:
    words = N_("According to whom? Readers see these words: “according to …”.")
    await _ask(call, "source", answers, call.plain(words))


async def _take_source(call: Call, answers: Answers) -> None:
    source = " ".join(call.words.split())
    if problem := text_problem(source, NAME_LIMIT):
        await call.say(problem, most=NAME_LIMIT)
        return
    rows = tuple(
        (Button(terms.certainty(call.catalogue, kind), call.binding.bind("w-sure", kind.value)),)
        for kind in Certainty
    )
    await _ask(
        call, "certainty", {**answers, "source": source}, call.plain(N_("How sure is it?"), keyboard=rows)
    )


async def _pick_certainty(call: Call, answers: Answers, picked: str) -> None:
    if answers["status"] == CaseStatus.EXECUTED and Certainty(picked) not in CERTAIN:
        await call.say(REFUSED[Refusal.NEEDS_CERTAINTY])
        return
    await _ask_text(call, {**answers, "certainty": picked, "texts": {}})


async def _ask_text(call: Call, answers: Answers) -> None:
    """Free text in any languages, the writer's own offered first; where nobody writes, it falls back visibly."""
    catalogues = call.services.catalogues
    left = [code for code in catalogues.codes if code not in answers["texts"]]
    left.sort(key=lambda code: code != call.catalogue.locale)
    buttons = [Button(catalogues[code].name, call.binding.bind("w-lang", code)) for code in left]
    rows = [tuple(buttons[start : start + _IN_A_ROW]) for start in range(0, len(buttons), _IN_A_ROW)]
    rows.append((Button(call.catalogue.t("Go on"), call.binding.bind("w-skip")),))
    words = N_(
        "What should readers know besides? Choose a language and write one or two sentences in it, or go on."
    )
    await _ask(call, "text", answers, call.plain(words, keyboard=tuple(rows)))


async def _pick_language(call: Call, answers: Answers, code: str) -> None:
    if code in call.services.catalogues:
        name = call.services.catalogues[code].name
        asked = call.plain(N_("One or two sentences for readers of %(language)s:"), language=name)
        await _ask(call, "words", {**answers, "locale": code}, asked)


async def _ask_petition(call: Call, answers: Answers, **_: bool) -> None:
    words = N_("Is there a petition to sign? Send its https link, or skip.")
    await _ask(call, "petition", answers, call.plain(words, keyboard=_skip(call)))


def _skip(call: Call) -> Keyboard:
    return ((Button(call.catalogue.t("Skip"), call.binding.bind("w-skip")),),)


async def _take_text(call: Call, answers: Answers) -> None:
    text = call.words.strip()
    if problem := text_problem(text, TEXT_LIMIT):
        await call.say(problem, most=TEXT_LIMIT)
        return
    await _ask_text(call, {**answers, "texts": {**answers["texts"], answers["locale"]: text}})


async def _take_petition(call: Call, answers: Answers, *, skipped: bool = False) -> None:
    link = "" if skipped else call.words.strip()
    if problem := petition_problem(link, call.services.settings.moderation.petition_hosts):
        await call.say(problem)
        return
    result = await compose(call, {**answers, "petition": link})
    if isinstance(result, Refusal):  # nothing that was written is lost: the step stays open
        await tell_refusal(call, result)
        return
    await conversation.end(call)
    await show_draft(call, result)


_TAKES: Final[dict[str, Callable[[Call, Answers], Awaitable[None]]]] = {
    "case": _take_case,
    "country": _take_country,
    "date": _take_date,
    "source": _take_source,
    "words": _take_text,
    "petition": _take_petition,
}
_SKIPS: Final = {"date": _take_date, "text": _ask_petition, "petition": _take_petition}
_PICKS: Final[dict[str, tuple[str, Callable[[Call, Answers, str], Awaitable[None]]]]] = {
    "w-case": ("case", _pick_case),
    "w-status": ("status", _pick_status),
    "w-sure": ("certainty", _pick_certainty),
    "w-lang": ("text", _pick_language),
}
PICKS: Final = (*_PICKS, "w-skip")
"""The verbs of this conversation's buttons."""


async def on_words(call: Call, step: str, answers: Answers) -> None:
    """A message while writing: the answer to the open step, if it takes words."""
    take = _TAKES.get(step)
    if take is None:
        await call.say(N_("Please tap one of the buttons above, or /cancel."))
    elif not call.words.strip():
        await call.say(N_("Please write it as a text, or /cancel."))
    else:
        await take(call, answers)


async def on_pick(call: Call, verb: str, parts: list[str]) -> None:
    """A tap while writing; a button of an earlier question does nothing any more."""
    standing = await conversation.current(call)
    is_open = standing is not None and standing.answers.get(_OPEN) == call.message_id
    if standing is None or standing.matter != "alert" or not is_open:
        await call.say(_TOO_OLD)
    elif verb == "w-skip" and standing.step in _SKIPS:
        await _SKIPS[standing.step](call, standing.answers, skipped=True)
    elif verb in _PICKS and _PICKS[verb][0] == standing.step:
        await _PICKS[verb][1](call, standing.answers, parts[0])
    else:
        await call.say(_TOO_OLD)
