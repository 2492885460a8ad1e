"""Writing an alert by hand, step by step, and editing a draft. Each step's answer is stored as it is given.

The draft comes into being at the last step; its author hands it in, somebody else approves it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from alerts.case import CaseStatus, Certainty, split_status
from alerts.locales import N_, terms
from alerts.render.message import Button, Keyboard
from bot.context import Call
from bot.handlers import conversation, desk
from bot.handlers.composing import compose, find_cases, petition_problem, put_right
from bot.handlers.moderate import tell_result
from bot.handlers.reading import number_of

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
    "released",
    "executed_reported",
    "executed",
)
SKIP: Final = "skip"
Answers = dict[str, Any]


async def alert(call: Call) -> None:
    """/alert: begin with the case."""
    await _ask_case(call, {})


async def cancel(call: Call) -> None:
    """/cancel: nothing of it is kept."""
    await conversation.end(call)
    await call.say(N_("Left. Nothing was stored of it."))


async def _ask_case(call: Call, answers: Answers) -> None:
    await conversation.begin(call, "alert", "case", answers)
    await call.say(N_("Who is it about? Write the name or a part of it, in either script. /cancel leaves."))


async def _take_case(call: Call, answers: Answers) -> None:
    found = await find_cases(call)
    rows: list[tuple[Button, ...]] = [
        (Button(f"{case.seen.name} ({case.seen.country or '?'})", call.binding.bind("w-case", case.id)),)
        for case in found
    ]
    rows.append((Button(call.catalogue.t("A new case of this name"), call.binding.bind("w-case", "new")),))
    await conversation.begin(call, "alert", "case", {**answers, "name": call.words.strip()})
    await call.reply(call.plain(N_("Which one?"), keyboard=tuple(rows)))


async def _pick_case(call: Call, answers: Answers, picked: str) -> None:
    if picked != "new":
        await _ask_status(call, {**answers, "case": int(picked)})
        return
    await conversation.begin(call, "alert", "country", answers)
    await call.say(N_("In which country? Two letters, for example IR."))


async def _take_country(call: Call, answers: Answers) -> None:
    code = call.words.strip().upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha():  # noqa: PLR2004 - ISO 3166-1 alpha-2
        await call.say(N_("In which country? Two letters, for example IR."))
        return
    await _ask_status(call, {**answers, "country": code})


async def _ask_status(call: Call, answers: Answers) -> None:
    await conversation.begin(call, "alert", "status", answers)
    rows = []
    for choice in STATUSES:
        status, detail = split_status(choice)
        rows.append((Button(_label(call, status, detail), call.binding.bind("w-status", choice)),))
    await call.reply(call.plain(N_("What has happened?"), keyboard=tuple(rows)))


def _label(call: Call, status: CaseStatus, detail: str | None) -> str:
    words = terms.status(call.catalogue, status)
    sign = terms.details(call.catalogue, detail)
    return f"{words}: {sign}" if sign else words


async def _pick_status(call: Call, answers: Answers, picked: str) -> None:
    if picked in STATUSES:
        await conversation.begin(call, "alert", "source", {**answers, "status": picked})
        await call.say(N_("According to whom? Readers see these words: “according to …”."))


async def _take_source(call: Call, answers: Answers) -> None:
    await conversation.begin(call, "alert", "certainty", {**answers, "source": call.words.strip()})
    rows = tuple(
        (Button(terms.certainty(call.catalogue, kind), call.binding.bind("w-sure", kind.value)),)
        for kind in Certainty
    )
    await call.reply(call.plain(N_("How sure is it?"), keyboard=rows))


async def _pick_certainty(call: Call, answers: Answers, picked: str) -> None:
    await _ask_text(call, {**answers, "certainty": Certainty(picked).value, "texts": {}})


async def _ask_text(call: Call, answers: Answers) -> None:
    """Free text per language, in the order of the catalogues; what is skipped falls back visibly."""
    left = [code for code in call.services.catalogues.codes if code not in answers["texts"]]
    if not left:
        await _ask_petition(call, answers)
        return
    await conversation.begin(call, "alert", "text", {**answers, "locale": left[0]})
    language = call.services.catalogues[left[0]].name
    await call.reply(
        call.plain(
            N_("What should readers of %(language)s know besides? One or two sentences, or skip."),
            language=language,
            keyboard=_skip(call),
        )
    )


def _skip(call: Call) -> Keyboard:
    return ((Button(call.catalogue.t("Skip"), call.binding.bind("w-skip")),),)


async def _take_text(call: Call, answers: Answers, *, skipped: bool = False) -> None:
    text = "" if skipped else call.words.strip()
    await _ask_text(call, {**answers, "texts": {**answers["texts"], answers["locale"]: text}})


async def _ask_petition(call: Call, answers: Answers) -> None:
    await conversation.begin(call, "alert", "petition", answers)
    await call.reply(
        call.plain(N_("Is there a petition to sign? Send its https link, or skip."), keyboard=_skip(call))
    )


async def _take_petition(call: Call, answers: Answers, *, skipped: bool = False) -> None:
    link = "" if skipped else call.words.strip()
    if problem := petition_problem(link):
        await call.say(problem)
        return
    result = await compose(call, {**answers, "petition": link})
    if isinstance(result, int):
        await conversation.end(call)
        await desk.show_draft(call, result)
    else:
        await conversation.end(call)
        await tell_result(call, result)


_TAKES: Final[dict[str, Callable[[Call, Answers], Awaitable[None]]]] = {
    "case": _take_case,
    "country": _take_country,
    "source": _take_source,
    "text": _take_text,
    "petition": _take_petition,
}
_PICKS: Final[dict[str, tuple[str, Callable[[Call, Answers, str], Awaitable[None]]]]] = {
    "w-case": ("case", _pick_case),
    "w-status": ("status", _pick_status),
    "w-sure": ("certainty", _pick_certainty),
}


async def on_words(call: Call, step: str, answers: Answers) -> None:
    """A message while writing: the answer to the open step, if it takes words."""
    take = _TAKES.get(step)
    if take is None or not call.words.strip():
        await call.say(N_("Please tap one of the buttons above, or /cancel."))
    else:
        await take(call, answers)


async def on_pick(call: Call, verb: str, parts: list[str]) -> None:
    """A tap while writing; a button of an earlier step does nothing any more."""
    standing = await conversation.current(call)
    if standing is None or standing.matter != "alert":
        await call.say(N_("That button is too old. /alert begins anew."))
    elif verb == "w-skip" and standing.step == "text":
        await _take_text(call, standing.answers, skipped=True)
    elif verb == "w-skip" and standing.step == "petition":
        await _take_petition(call, standing.answers, skipped=True)
    elif verb in _PICKS and _PICKS[verb][0] == standing.step:
        await _PICKS[verb][1](call, standing.answers, parts[0])
    else:
        await call.say(N_("That button is too old. /alert begins anew."))


async def edit(call: Call) -> None:
    """/edit 5: choose what to change."""
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft? For example: /edit 5"))
        return
    bind, t = call.binding.bind, call.catalogue.t
    rows = [
        (Button(t("According to whom"), bind("e-field", number, "source_name")),),
        (Button(t("Prison"), bind("e-field", number, "prison")),),
        (Button(t("Petition link"), bind("e-field", number, "petition")),),
    ]
    rows += [
        (
            Button(
                t("Text: %(language)s", language=call.services.catalogues[code].name),
                bind("e-field", number, code),
            ),
        )
        for code in call.services.catalogues.codes
    ]
    await call.reply(call.plain(N_("What should change?"), keyboard=tuple(rows)))


async def on_edit_field(call: Call, alert_id: int, field: str) -> None:
    """The tap: the next message is the new value."""
    await conversation.begin(call, "edit", field, {"alert": alert_id})
    await call.say(N_("Write it anew. /cancel leaves it as it is."))


async def on_edit_words(call: Call, field: str, answers: Answers) -> None:
    """The new value of one field of a draft."""
    if field == "petition" and (problem := petition_problem(call.words.strip())):
        await call.say(problem)
        return
    await conversation.end(call)
    result = await put_right(call, answers["alert"], field)
    if result is None or not hasattr(result, "id"):
        await tell_result(call, result)
    else:
        await desk.show_draft(call, answers["alert"])
