"""Station: approved alerts become published, their texts frozen for every locale and variant.

In one transaction the alert gets its number and chain, readers' view of the case moves, and what the chain said
before is overtaken. An alert that may no longer be published goes back to pending; nothing is sent from here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit, names
from alerts.action import Action
from alerts.alert import Alert, AlertStatus, Refusal, may_publish
from alerts.case import CLOSED, DEATHS, RELIEF, CaseStatus, CaseView
from alerts.locales import Catalogues
from alerts.render.alert import render_alert
from alerts.render.message import Message, Variant
from alerts.store import cases, review

ENDS_ACTION = (DEATHS | CLOSED | RELIEF) - {
    CaseStatus.STAYED,
    CaseStatus.EXECUTED_REPORTED,
    CaseStatus.QUASHED,
}
"""Statuses after which there is nothing left to write for in this chain."""


@dataclass(frozen=True, slots=True)
class Published:
    """What one run did: alert ids that went out, and those that went back, with the reason."""

    out: tuple[int, ...]
    back: tuple[tuple[int, Refusal], ...]


async def publish(
    sessions: async_sessionmaker[AsyncSession], catalogues: Catalogues, needed: int, now: datetime
) -> Published:
    """Publish what is approved, most urgent first, each in a transaction of its own."""
    out: list[int] = []
    back: list[tuple[int, Refusal]] = []
    async with sessions() as session:
        ids = [alert.id for alert in await review.approved(session)]
    for alert_id in ids:
        async with sessions.begin() as session:
            refusal = await _publish_one(session, alert_id, catalogues, needed, now)
        if refusal is None:
            out.append(alert_id)
        else:
            back.append((alert_id, refusal))
    return Published(tuple(out), tuple(back))


async def _publish_one(
    session: AsyncSession, alert_id: int, catalogues: Catalogues, needed: int, now: datetime
) -> Refusal | None:
    alert = await review.alert_by_id(session, alert_id)
    assert alert is not None
    case = await cases.case_by_id(session, alert.case_id)
    assert case is not None
    if refusal := may_publish(alert, needed, None if alert.is_by_hand else case.seen, now):
        await _send_back(session, alert, refusal, now)
        return refusal
    if alert.goes_out:
        alert = await _join_chain(session, alert, now)
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
    return None


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
    """Give the alert its action: the case's open one as an update, or a new one with the next number."""
    current = await review.open_action_of(session, alert.case_id)
    letters = alert.offers_letters
    if current is None:
        action = await review.open_new_action(session, _new_action(alert, now))
    else:
        action = replace(
            current,
            updates=current.updates + 1,
            letters=letters,
            deadline=alert.facts.deadline or current.deadline,
            petition_url=alert.facts.petition_url or current.petition_url,
            petition_title=alert.facts.petition_title or current.petition_title,
        )
    if alert.status_in_law in ENDS_ACTION:
        action = replace(action, closed_at=now, letters=False)
    await review.save_action(session, action)
    await review.end_alerts(session, action.id, AlertStatus.SUPERSEDED, now, but=alert.id)
    return replace(alert, action_id=action.id, number=action.latest_number)


def _new_action(alert: Alert, now: datetime) -> Action:
    return Action(
        id=0,
        case_id=alert.case_id,
        year=now.year,
        sequence=0,
        updates=0,
        kind=alert.kind,
        letters=alert.offers_letters,
        deadline=alert.facts.deadline,
        petition_url=alert.facts.petition_url,
        petition_title=alert.facts.petition_title,
        opened_at=now,
    )
