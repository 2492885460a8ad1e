"""Station: approved alerts become published, their texts frozen for every locale and variant.

In one transaction the alert gets its number and chain, readers' view of the case moves, and what the chain said
before is overtaken. An alert that may no longer be published goes back to pending, and one whose case has news
that nobody has weighed yet waits for that; nothing is sent from here.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit, names
from alerts.action import Action
from alerts.alert import Alert, AlertStatus, Refusal, may_publish
from alerts.case import CaseView, as_told
from alerts.chain import for_those_left, gone_on, is_overtaken, noted, opened
from alerts.locales import Catalogues
from alerts.render.alert import render_alert
from alerts.render.message import Message, Variant
from alerts.store import actions, cases, editions, review

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """What one run did: alert ids that went out, those that went back with the reason, and faults of ours."""

    out: tuple[int, ...]
    back: tuple[tuple[int, Refusal], ...]
    failed: tuple[int, ...] = ()


async def publish(
    sessions: async_sessionmaker[AsyncSession], catalogues: Catalogues, needed: int, now: datetime
) -> Published:
    """Publish what is approved, most urgent first, each in a transaction of its own.

    One that fails is logged and tried again next time; it holds up no other.
    """
    out: list[int] = []
    back: list[tuple[int, Refusal]] = []
    failed: list[int] = []
    async with sessions() as session:
        ids = [alert.id for alert in await review.approved(session)]
    for alert_id in ids:
        try:
            async with sessions.begin() as session:
                result = await _publish_one(session, alert_id, catalogues, needed, now)
        except Exception:  # noqa: BLE001 - a fault of one must not hold up the others
            _log.exception("alert %d could not be published; it is tried again", alert_id)
            failed.append(alert_id)
            continue
        if isinstance(result, Refusal):
            back.append((alert_id, result))
        elif result is not None:
            out.append(alert_id)
    return Published(tuple(out), tuple(back), tuple(failed))


async def _publish_one(
    session: AsyncSession, alert_id: int, catalogues: Catalogues, needed: int, now: datetime
) -> Alert | Refusal | None:
    """The alert as published, or why it went back; None when somebody was quicker, or news of its case waits."""
    alert = await review.alert_to_change(session, alert_id)
    if alert is None or alert.status is not AlertStatus.APPROVED:
        return None
    if await editions.news_waits(session, alert.case_ids):
        return None
    case, companions = await cases.cases_of(session, alert)
    if refusal := may_publish(alert, needed, case, now, companions):
        await _send_back(session, alert, refusal, now)
        return refusal
    if alert.goes_out:
        alert = await _join_chain(session, alert, now)
    else:
        await _note_in_chain(session, alert, now)
        alert = replace(alert, number=None)  # one that was shown while it was still to go out
    alert = replace(alert, status=AlertStatus.PUBLISHED, published_at=now)
    await review.save(session, alert)
    await review.freeze(session, alert, render_all(alert, catalogues))
    for case_id, view in zip(alert.case_ids, alert.facts.views, strict=True):
        await review.publish_view(session, case_id, view, search_words(view), now)
    await audit.record(
        session,
        now=now,
        actor="publish",
        verb="publish",
        subject=f"alert:{alert.id}",
        detail={"number": alert.number, "core": alert.core_hash()},
    )
    return alert


def render_all(alert: Alert, catalogues: Catalogues) -> dict[tuple[str, Variant], Message]:
    """The message for every locale and variant; the preview shows exactly these."""
    return {
        (locale, variant): render_alert(alert, catalogues[locale], variant, number=alert.number)
        for locale in catalogues.codes
        for variant in Variant
    }


def search_words(view: CaseView) -> str:
    """Every name of the view, normalised, for /cases."""
    written = [view.name_latin, view.name_native, *view.aliases]
    return " ".join(names.normalise(name) for name in written if name)


async def _send_back(session: AsyncSession, alert: Alert, refusal: Refusal, now: datetime) -> None:
    """Void its approvals by a new revision and let the moderators look again."""
    await review.save(
        session,
        replace(
            alert, status=AlertStatus.PENDING, revision=alert.revision + 1, pending_at=now, approved_at=None
        ),
    )
    await audit.record(
        session,
        now=now,
        actor="publish",
        verb="send_back",
        subject=f"alert:{alert.id}",
        detail={"reason": refusal.value},
    )


async def _join_chain(session: AsyncSession, alert: Alert, now: datetime) -> Alert:
    """Give the alert its action: the case's, as an update, or a new one with the next number."""
    current = await actions.chain_for(session, alert)
    current = await actions.to_change(session, current.id) if current else None
    if current is None:
        action = await actions.open_new_action(session, opened(alert, now))
    else:
        action = gone_on(current, alert, now)
        await _move(session, current, action, alert, now)
    return replace(alert, action_id=action.id, number=action.latest_number)


async def _note_in_chain(session: AsyncSession, alert: Alert, now: datetime) -> None:
    """An outcome or a stop that is only recorded still ends the letters, and what was not yet sent of the chain."""
    current = await actions.open_action_of(session, alert.case_id)
    current = await actions.to_change(session, current.id) if current else None
    action = noted(current, alert, now) if current else None
    if current is not None and action is not None:
        await _move(session, current, action, alert, now)


async def _move(session: AsyncSession, current: Action, action: Action, alert: Alert, now: datetime) -> None:
    """From `current` to `action`: who left it, what it overtakes; a hold that comes or goes with it is noted."""
    left = set(current.case_ids) - set(action.case_ids)
    await actions.leave(session, action.id, left, now)
    if left:
        others = await cases.cases_by_id(session, action.case_ids)
        action = for_those_left(action, [case.published or as_told(case.seen) for case in others])
    await actions.save_action(session, action)
    before = [one for one in await review.standing(session, action.id) if one.id != alert.id]
    overtaken = [one.id for one in before if is_overtaken(one, alert, action.case_ids)]
    await review.supersede(session, action.id, overtaken, now)
    if action.held is not current.held and action.letters:
        verb, subject = "hold" if action.held else "resume", f"action:{action.number}"
        detail = {"alert": alert.id}
        await audit.record(session, now=now, actor="publish", verb=verb, subject=subject, detail=detail)
