"""Changing one field of a draft: choose it, write it anew. What is chosen by buttons is bot/handlers/marks.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from alerts import review
from alerts.alert import Alert, Refusal, may_edit
from alerts.locales import N_
from alerts.render.message import Button
from alerts.store import review as store
from bot.context import Call
from bot.handlers import conversation
from bot.handlers.fields import (
    BACKGROUND,
    Edit,
    edited,
    limit_of,
    petitions,
    text_problem,
    value_problem,
)
from bot.handlers.moderate import UNKNOWN, step_of, tell_refusal
from bot.handlers.reading import number_of
from bot.handlers.sheet import show_draft

EMPTY: Final = "-"
"""What is written to leave a field empty."""
_TITLE: Final = "petition-title"
_ANEW: Final = N_("Write it anew, or a single - to leave it empty. /cancel leaves it as it is.")
_WHAT: Final = N_(
    "What should change in draft %(number)s?\n\nWho changes a draft cannot approve it; putting right the source or the"
    " prison of a list’s draft is no such change."
)


async def edit(call: Call) -> None:
    """/edit 5: choose what to change."""
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft? For example: /edit 5"))
        return
    await show_fields(call, number)


async def open_draft(call: Call, alert_id: int, revision: int | None = None) -> Alert | None:
    """The draft, if it can be edited (in the `revision` that was shown, if a button was tapped); says why not."""
    async with call.services.sessions() as session:
        alert = await store.alert_by_id(session, alert_id)
    if alert is None:
        await call.say(UNKNOWN)
        return None
    is_stale = revision not in {None, alert.revision}
    if refusal := may_edit(alert) or (Refusal.STALE_REVISION if is_stale else None):
        await tell_refusal(call, refusal)
        return None
    return alert


async def show_fields(call: Call, alert_id: int, revision: int | None = None) -> None:
    """What can be changed in a draft, one button each."""
    alert = await open_draft(call, alert_id, revision)
    if alert is None:
        return
    t, bind = call.catalogue.t, call.binding.bind
    fields = {
        "source_name": t("According to whom"),
        "prison": t("Prison"),
        "name_latin": t("Name in Latin script"),
        "name_native": t("Name in its own script"),
        "petition": t("Petition link"),
        "deadline": t("Deadline"),
        "goal": t("Letters hoped for"),
        **{code: t("Text: %(language)s", language=name) for code, name in _languages(call).items()},
    }
    lists = {"ask": t("What is asked for"), "marks": t("Marks of the case"), "said": t("Announced or not")}
    rows = [_field_row(call, alert_id, field, label) for field, label in fields.items()]
    rows += [
        (Button(label, bind("e-list", alert_id, alert.revision, name)),) for name, label in lists.items()
    ]
    rows.append((Button(t("Background"), bind("e-list", alert_id, alert.revision, "background")),))
    await call.reply(call.plain(_WHAT, number=alert_id, keyboard=tuple(rows)))


async def show_backgrounds(call: Call, alert: Alert) -> None:
    """The longer story behind it, language by language."""
    rows = [
        _field_row(call, alert.id, f"{BACKGROUND}{code}", f"✓ {name}" if code in alert.backgrounds else name)
        for code, name in _languages(call).items()
    ]
    words = N_("In which language? About 400 words that readers find under Details.")
    await call.reply(call.plain(words, keyboard=tuple(rows)))


def _languages(call: Call) -> dict[str, str]:
    catalogues = call.services.catalogues
    return {code: catalogues[code].name for code in catalogues.codes}


def _field_row(call: Call, alert_id: int, field: str, label: str) -> tuple[Button, ...]:
    return (Button(label, call.binding.bind("e-field", alert_id, field)),)


async def on_edit_field(call: Call, alert_id: int, field: str) -> None:
    """The tap: the next message is the new value."""
    await conversation.begin(call, "edit", field, {"alert": alert_id})
    await call.say(_ANEW)


async def on_edit_words(call: Call, field: str, answers: dict[str, Any]) -> None:
    """The new value of one field of a draft."""
    written = call.words.strip()
    if not written:
        await call.say(N_("Please write it as a text, or /cancel."))
        return
    value = "" if written == EMPTY else written
    async with call.services.sessions() as session:
        alert = await store.alert_by_id(session, answers["alert"])
    if alert is None:
        await conversation.end(call)
        await call.say(UNKNOWN)
    elif field == _TITLE:
        await _take_title(call, alert, answers["link"], value)
    else:
        await _take_value(call, alert, field, value)


async def _take_value(call: Call, alert: Alert, field: str, value: str) -> None:
    hosts = call.services.settings.moderation.petition_hosts
    if problem := value_problem(alert, field, value, hosts, call.now):
        await call.say(problem, most=limit_of(field))
        return
    if field == "petition" and value:
        await conversation.begin(call, "edit", _TITLE, {"alert": alert.id, "link": value})
        await call.say(
            N_("What is the petition called? Readers see it on the button; a single - for no title.")
        )
        return
    if field == "petition":
        change = Edit(replace(alert.facts, petitions=()))
    else:
        change = edited(alert, field, value, call.services.catalogues.codes)
    await apply(call, alert, change)


async def _take_title(call: Call, alert: Alert, link: str, title: str) -> None:
    if problem := text_problem(title, limit_of("name_latin")):
        await call.say(problem, most=limit_of("name_latin"))
        return
    await apply(call, alert, Edit(replace(alert.facts, petitions=petitions(link, title))))


async def apply(call: Call, alert: Alert, change: Edit) -> None:
    """The next revision of exactly what was read, shown; what was being written is done with."""
    await conversation.end(call)
    result = await review.edit(
        step_of(call, alert.id), change.facts, change.texts, alert.revision, backgrounds=change.backgrounds
    )
    if isinstance(result, Alert):
        await show_draft(call, result.id)
    else:
        await tell_refusal(call, result)
