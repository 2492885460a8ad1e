"""One draft with all that an approver must have seen: before and after, the exact messages, then the decision."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from alerts import join
from alerts.alert import (
    OPEN,
    Alert,
    AlertStatus,
    Disposition,
    Part,
    Refusal,
    may_approve,
    may_submit,
)
from alerts.locales import N_, SOURCE_LOCALE, terms
from alerts.moderators import actor_of
from alerts.publish import render_all
from alerts.render import person
from alerts.render.case import render_background
from alerts.render.changes import about, render_draft
from alerts.render.message import Button, Keyboard, Message, Variant
from alerts.store import actions, cases, review
from bot.buttons import Binding
from bot.context import Call
from bot.handlers import letter_sheet
from bot.handlers.refusals import WORDS as REFUSED
from subscribers import audience

MOST_OTHERS: Final = 5
"""Drafts that are offered to be put together with the one that is shown."""
DISPOSITIONS: Final = {
    Disposition.ACTION: N_("With letters"),
    Disposition.ALERT: N_("Alert"),
    Disposition.DIGEST: N_("Digest only"),
    Disposition.RECORD: N_("Record only"),
}


async def show_draft(call: Call, alert_id: int) -> None:
    """The draft, the message as it would be sent, what stands in the way, the buttons.

    Ten messages for one look would be too many for Telegram and for a tired reader: the languages that somebody has
    written in, the moderator's own and English come at once, the others by a button.
    """
    async with call.services.sessions.begin() as session:
        alert = await review.alert_to_change(session, alert_id)
        number = await _number(session, alert, call.now) if alert else None
    if alert is None:
        await call.say(N_("I do not know a draft of that number. /drafts shows what waits."))
        return
    await call.reply(replace(render_draft(call.catalogue, alert), silent=True))
    if alert.goes_out:
        await _show_previews(call, alert, number, _shown_first(call, alert))
    refusal = await _in_the_way(call, alert)
    others = await join.candidates(call.services.sessions, alert) if alert.status in OPEN else []
    await call.offer(
        await _decision(call, alert, refusal),
        lambda binding: (
            *_decision_keyboard(call, alert, refusal, binding),
            *_joint_keyboard(call, alert, others, binding),
        ),
    )


async def _number(session: AsyncSession, alert: Alert, now: datetime) -> str | None:
    return await actions.reserve_number(session, alert, now) if alert.status in OPEN else alert.number


def _shown_first(call: Call, alert: Alert) -> list[str]:
    wanted = {SOURCE_LOCALE, call.catalogue.locale, *alert.texts, *alert.backgrounds}
    return [code for code in call.services.catalogues.codes if code in wanted]


async def show_others(call: Call, alert_id: int) -> None:
    """The messages in the languages that the sheet did not show, as they would be sent."""
    async with call.services.sessions.begin() as session:
        alert = await review.alert_to_change(session, alert_id)
        number = await _number(session, alert, call.now) if alert else None
    if alert is not None and alert.goes_out:
        first = _shown_first(call, alert)
        others = [code for code in call.services.catalogues.codes if code not in first]
        await _show_previews(call, alert, number, others)


async def _show_previews(call: Call, alert: Alert, number: str | None, locales: Sequence[str]) -> None:
    messages = render_all(replace(alert, number=number), call.services.catalogues)
    for locale in locales:
        preview = messages[locale, Variant.NORMAL]
        # A moderator's buttons must not serve a letter that is not out yet.
        await call.reply(replace(preview, keyboard=(), silent=True))
        if (background := render_background(call.services.catalogues[locale], [alert])) is not None:
            await call.reply(replace(background, silent=True))


async def _decision(call: Call, alert: Alert, refusal: Refusal | None) -> Message:
    t = call.catalogue.t
    lines = [
        t("Draft %(number)s, revision %(revision)s", number=alert.id, revision=alert.revision),
        about(call.catalogue, alert),
        t(
            "%(disposition)s · %(standing)s",
            disposition=terms.disposition(call.catalogue, alert.disposition),
            standing=terms.standing(call.catalogue, alert.status),
        ),
    ]
    if alert.status not in OPEN:
        return call.written("\n".join(lines))
    if alert.status is AlertStatus.RETURNED and alert.reason:
        reason = person.listed(call.catalogue, alert.reason, limit=1000)
        lines.append(t("Why: %(reason)s", reason=reason))
    lines += await _reach_lines(call, alert)
    lines += await _held_line(call, alert)
    lines += await letter_sheet.lines(call, alert)
    lines += _approvals_line(call, alert)
    if refusal is not None and alert.status is AlertStatus.PENDING:
        lines.append(t(REFUSED[refusal]))
    return call.written("\n".join(lines))


async def _in_the_way(call: Call, alert: Alert) -> Refusal | None:
    """Why this moderator cannot approve it now, told before they try."""
    async with call.services.sessions() as session:
        case, companions = await cases.cases_of(session, alert)
    actor = actor_of(call.services.sealer, call.user)
    return may_approve(alert, actor, alert.revision, case, call.now, companions)


async def _reach_lines(call: Call, alert: Alert) -> list[str]:
    """To how many chats, by language, and for how long; nothing for what only stands in the records."""
    if not alert.goes_out:
        return []
    t, services = call.catalogue.t, call.services
    async with services.sessions() as session:
        action = await actions.chain_for(session, alert)
    chain = action.id if action else None
    reach = await audience.count(services.sessions, alert.topics(), call.now, chain, alert.kind)
    if not reach:
        return [t("Nobody has asked for this topic yet.")]
    total = sum(reach.values())
    shares = [
        f"{services.catalogues[code].name}: {call.catalogue.number(n)}" for code, n in sorted(reach.items())
    ]
    seconds = math.ceil(total / services.settings.telegram.rate)
    return [
        call.catalogue.n(
            "Goes to %(number)s chat (%(shares)s), within %(duration)s.",
            "Goes to %(number)s chats (%(shares)s), within %(duration)s.",
            total,
            shares=call.catalogue.listing(shares),
            duration=call.catalogue.n("%(number)s second", "%(number)s seconds", seconds),
        )
    ]


async def _held_line(call: Call, alert: Alert) -> list[str]:
    """Whoever approves letters for an action whose letters are held lets them go on; that must be said."""
    async with call.services.sessions() as session:
        action = await actions.chain_for(session, alert)
    if action is None or not action.held or not alert.offers_letters:
        return []
    return [call.catalogue.t("The letters of this action are held; with this they go on.")]


def _approvals_line(call: Call, alert: Alert) -> list[str]:
    needed, given = call.services.settings.moderation.approvals, len(alert.hands_of(Part.APPROVER))
    if needed == 1:
        return []
    return [call.catalogue.t("Approvals: %(given)s of %(needed)s", given=given, needed=needed)]


def _decision_keyboard(call: Call, alert: Alert, refusal: Refusal | None, binding: Binding) -> Keyboard:
    """What this moderator can do now with what this message shows; what would be refused is not offered."""
    t = call.catalogue.t

    def button(label: str, verb: str) -> Button:
        return Button(label, binding.bind(verb, alert.id, alert.revision))

    if alert.status not in OPEN:
        return ()
    rows: list[tuple[Button, ...]] = []
    if refusal is None:
        label = t("Approve: %(name)s", name=call.catalogue.isolate(alert.facts.view.name))
        rows.append((button(label, "approve"),))
    if may_submit(alert) is None:
        rows.append((button(t("Hand in for approval"), "submit"),))
    looks = [Button(t("Other languages"), binding.bind("others", alert.id))] if alert.goes_out else []
    if alert.offers_letters:
        looks.append(Button(t("Show the letter"), binding.bind("letter-of", alert.id)))
    rows += [tuple(looks)] if looks else []
    rows.append(
        tuple(
            button(f"✓ {t(label)}" if kind is alert.disposition else t(label), f"as-{kind.value}")
            for kind, label in DISPOSITIONS.items()
        )
    )
    change = button(t("Change it"), "edit")
    if alert.status is AlertStatus.RETURNED:
        return (*rows, (change,))
    return (*rows, (change, button(t("Send back"), "return"), button(t("Turn down"), "reject")))


def _joint_keyboard(call: Call, alert: Alert, others: Sequence[Alert], binding: Binding) -> Keyboard:
    """Drafts for the same prison that could go into this one, and people who could be taken out of it."""
    if alert.status not in OPEN:
        return ()
    t, isolate = call.catalogue.t, call.catalogue.isolate
    rows = [
        (
            Button(
                t(
                    "Put together with draft %(number)s: %(name)s",
                    number=one.id,
                    name=isolate(one.facts.view.name),
                ),
                binding.bind("join", alert.id, alert.revision, one.id),
            ),
        )
        for one in others[:MOST_OTHERS]
    ]
    rows += [
        (
            Button(
                t("Without %(name)s", name=isolate(one.view.name)),
                binding.bind("part", alert.id, alert.revision, one.case_id),
            ),
        )
        for one in alert.facts.also
    ]
    return tuple(rows)
