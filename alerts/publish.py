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
from alerts.action import Action, read_number
from alerts.alert import Alert, AlertStatus, Refusal, may_publish
from alerts.case import CLOSED, DEATHS, OUTCOMES, RELIEF, CaseStatus, CaseView
from alerts.locales import Catalogues
from alerts.render.alert import render_alert
from alerts.render.message import Message, Variant
from alerts.store import actions, cases, editions, review

ENDS_ACTION = (DEATHS | CLOSED | RELIEF) - {
    CaseStatus.STAYED,
    CaseStatus.EXECUTED_REPORTED,
    CaseStatus.QUASHED,
}
"""Statuses after which there is nothing left to write for in this chain."""
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
    if await editions.unweighed_changes(session, 1, alert.case_id):
        return None
    case = await cases.case_by_id(session, alert.case_id)
    assert case is not None
    if refusal := may_publish(alert, needed, case, now):
        await _send_back(session, alert, refusal, now)
        return refusal
    if alert.goes_out:
        alert = await _join_chain(session, alert, now)
    else:
        await _hold_chain(session, alert, now)
        alert = replace(alert, number=None)  # one that was shown while it was still to go out
    alert = replace(alert, status=AlertStatus.PUBLISHED, published_at=now)
    await review.save(session, alert)
    await review.freeze(session, alert, render_all(alert, catalogues))
    view = alert.facts.view
    await review.publish_view(session, alert.case_id, view, search_words(view), now)
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
    if current is None:
        action = await actions.open_new_action(session, _new_action(alert, now))
    else:
        action = replace(
            current,
            updates=current.updates + 1,
            letters=alert.offers_letters,
            deadline=alert.facts.deadline or current.deadline,
            petitions=alert.facts.petitions or current.petitions,
            demands=alert.facts.demands or current.demands,
            goal=alert.facts.goal or current.goal,
            reviewed_at=now,
            closed_at=None if alert.offers_letters else current.closed_at,
        )
    if alert.status_in_law in ENDS_ACTION:
        action = replace(action, closed_at=now, letters=False)
    await actions.save_action(session, action)
    await review.supersede(session, action.id, now, but=alert.id)
    return replace(alert, action_id=action.id, number=action.latest_number)


async def _hold_chain(session: AsyncSession, alert: Alert, now: datetime) -> None:
    """An outcome that is only recorded still ends the letters, and what was not yet sent of the chain."""
    current = await actions.open_action_of(session, alert.case_id)
    if current is None or alert.status_in_law not in ENDS_ACTION | OUTCOMES | RELIEF:
        return
    closed_at = now if alert.status_in_law in ENDS_ACTION else None
    await actions.save_action(session, replace(current, letters=False, closed_at=closed_at))
    await review.supersede(session, current.id, now, but=alert.id)


def _new_action(alert: Alert, now: datetime) -> Action:
    """Under the number that its approvers saw.

    A chain that asks for nothing by a deadline is closed from its beginning: nothing would ever close it.
    """
    year, sequence = read_number(alert.number or "") or (now.year, 0)
    return Action(
        id=0,
        case_id=alert.case_id,
        year=year,
        sequence=sequence,
        updates=0,
        kind=alert.kind,
        letters=alert.offers_letters,
        deadline=alert.facts.deadline,
        petitions=alert.facts.petitions,
        demands=alert.facts.demands,
        goal=alert.facts.goal,
        reviewed_at=now,
        case_ids=(alert.case_id, *(one.case_id for one in alert.facts.also)),
        opened_at=now,
        closed_at=None if alert.facts.deadline else now,
    )
