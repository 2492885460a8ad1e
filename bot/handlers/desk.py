"""What waits for moderators: drafts with before and after, the exact messages, and questions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from alerts.alert import Alert, Disposition
from alerts.draft import draft_known
from alerts.locales import N_
from alerts.moderators import actor_of
from alerts.publish import render_all
from alerts.render.changes import render_draft
from alerts.render.message import Button, Keyboard, Message, Variant
from alerts.render.question import render_question
from alerts.store import questions as questions_store
from alerts.store import review
from bot.context import Call
from bot.handlers.reading import number_of
from bot.handlers.refusals import WORDS as REFUSED
from subscribers import audience

MOST_LISTED: Final = 20
DISPOSITIONS: Final = {
    Disposition.ACTION: N_("With letters"),
    Disposition.ALERT: N_("Alert"),
    Disposition.DIGEST: N_("Digest only"),
    Disposition.RECORD: N_("Record only"),
}


async def drafts(call: Call) -> None:
    """/drafts: everything on its way, most urgent first."""
    async with call.services.sessions() as session:
        waiting = await review.waiting(session, MOST_LISTED)
    if not waiting:
        await call.say(N_("No drafts wait."))
        return
    for alert in waiting:
        await call.reply(card(call, alert))


def card(call: Call, alert: Alert) -> Message:
    """A draft in short, with the button that opens it."""
    look = Button(call.catalogue.t("Look and decide"), call.binding.bind("look", alert.id))
    return render_draft(call.catalogue, alert, keyboard=((look,),))


async def draft(call: Call) -> None:
    """/draft 5: the draft, then exactly what would be sent in every language, then the decision."""
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft? For example: /draft 5. /drafts shows what waits."))
        return
    await show_draft(call, number)


async def show_draft(call: Call, alert_id: int) -> None:
    """Everything an approver must have seen."""
    async with call.services.sessions() as session:
        alert = await review.alert_by_id(session, alert_id)
        number = await review.number_to_come(session, alert, call.now) if alert else None
    if alert is None:
        await call.say(N_("I do not know a draft of that number. /drafts shows what waits."))
        return
    await call.reply(render_draft(call.catalogue, alert))
    if alert.goes_out:
        await _show_previews(call, alert, number)
    await call.reply(await _decision(call, alert))


async def _show_previews(call: Call, alert: Alert, number: str | None) -> None:
    messages = render_all(replace(alert, number=number), call.services.catalogues)
    for locale in call.services.catalogues.codes:
        preview = messages[locale, Variant.NORMAL]
        # A moderator's buttons must not serve a letter that is not out yet.
        await call.reply(replace(preview, keyboard=(), silent=True))


async def _decision(call: Call, alert: Alert) -> Message:
    t = call.catalogue.t
    reach = await _reach(call, alert) if alert.goes_out else {}
    lines = [t("Draft %(number)s, revision %(revision)s", number=alert.id, revision=alert.revision)]
    if reach:
        total = sum(reach.values())
        seconds = round(total / call.services.settings.telegram.rate)
        shares = [
            f"{call.services.catalogues[code].name}: {call.catalogue.number(n)}"
            for code, n in sorted(reach.items())
        ]
        lines.append(
            t(
                "Goes to %(total)s chats (%(shares)s), about %(seconds)s seconds.",
                total=total,
                shares=call.catalogue.listing(shares),
                seconds=seconds,
            )
        )
    elif alert.goes_out:
        lines.append(t("Nobody has asked for this topic yet."))
    return call.plain("%(text)s", text="\n".join(lines), keyboard=_decision_keyboard(call, alert))


async def _reach(call: Call, alert: Alert) -> dict[str, int]:
    """Chats by locale that would get it now."""
    sessions = call.services.sessions
    async with sessions() as session:
        action = await review.open_action_of(session, alert.case_id)
    return await audience.count(sessions, alert.topics(), call.now, action.id if action else None)


def _decision_keyboard(call: Call, alert: Alert) -> Keyboard:
    bind, t = call.binding.bind, call.catalogue.t
    name = call.catalogue.isolate(alert.facts.view.name)
    rows: list[tuple[Button, ...]] = []
    if alert.is_own_work_of(actor_of(call.services.sealer, call.user)):
        rows.append((Button(t("Hand in for approval"), bind("submit", alert.id, alert.revision)),))
    else:
        label = t("Approve: %(name)s", name=name)
        rows.append((Button(label, bind("approve", alert.id, alert.revision)),))
    rows.append(
        tuple(
            Button(
                f"✓ {t(label)}" if kind is alert.disposition else t(label), bind(f"as-{kind.value}", alert.id)
            )
            for kind, label in DISPOSITIONS.items()
        )
    )
    rows.append(
        (
            Button(t("Send back"), bind("return", alert.id)),
            Button(t("Turn down"), bind("reject", alert.id)),
        )
    )
    return tuple(rows)


async def make_draft(call: Call, case_id: int) -> None:
    """A draft of what the list says about a case now."""
    result = await draft_known(call.services.sessions, case_id, call.now)
    if isinstance(result, Alert):
        await show_draft(call, result.id)
    else:
        await call.say(
            REFUSED[result] if result else N_("The list says nothing about this case that could be told.")
        )


async def questions(call: Call) -> None:
    """/questions: what the lists leave open."""
    async with call.services.sessions() as session:
        waiting = await questions_store.open_questions(session, MOST_LISTED)
    if not waiting:
        await call.say(N_("No questions are open."))
    for question in waiting:
        await call.reply(render_question(call.catalogue, question))
