"""Alerts on their way through review, and their publication. Never read by readers' surfaces."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy import insert as adding
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.alert import OPEN, Alert, AlertStatus, Hand, Part
from alerts.case import CaseView
from alerts.joint import JOINED
from alerts.render.message import Message, Variant
from alerts.store import cases
from alerts.store.rows import as_alert
from alerts.tables import AlertRow, AlertTextRow, AlertTopicRow, CaseRow, HandRow

_TOLD: Final = (AlertStatus.PENDING, AlertStatus.RETURNED, AlertStatus.REJECTED)
"""Standings that somebody must hear of."""
_NOBODY: Final = "[]"
"""No further cases, as both engines give an empty list of a JSON value."""


async def _alerts(
    session: AsyncSession, *where: ColumnElement[bool], limit: int | None = None, offset: int | None = None
) -> list[Alert]:
    query = select(AlertRow).where(*where).order_by(col(AlertRow.lane), col(AlertRow.id))
    rows = (await session.scalars(query.limit(limit).offset(offset))).all()
    ids = [row.id for row in rows]
    hands: dict[int, list[HandRow]] = {}
    found = await session.scalars(
        select(HandRow).where(col(HandRow.alert_id).in_(ids)).order_by(col(HandRow.id))
    )
    for hand in found:
        hands.setdefault(hand.alert_id, []).append(hand)
    return [as_alert(row, hands.get(row.id or 0, [])) for row in rows]


async def alert_by_id(session: AsyncSession, alert_id: int) -> Alert | None:
    """One alert with its hands."""
    found = await _alerts(session, col(AlertRow.id) == alert_id)
    return found[0] if found else None


async def alert_to_change(session: AsyncSession, alert_id: int) -> Alert | None:
    """One alert, its cases held until the transaction ends: two steps at once become two steps in turn."""
    await hold_cases_of(session, [alert_id])
    return await alert_by_id(session, alert_id)


async def hold_cases_of(session: AsyncSession, ids: Collection[int]) -> None:
    """Hold the cases of some alerts; one that gets a further case meanwhile is held with that one."""
    held: set[int] = set()
    while not (wanted := await _cases_of(session, col(AlertRow.id).in_(ids))) <= held:
        held |= await _hold(session, wanted)


async def draft_to_change(session: AsyncSession, case_id: int) -> Alert | None:
    """The alert of a case that is on its way, if any, held with all its cases; the case is held in any event."""
    held: set[int] = set()
    while not (wanted := {case_id} | await _cases_of(session, *_is_on_its_way(case_id))) <= held:
        held |= await _hold(session, wanted)
    return await open_alert_of(session, case_id)


async def _cases_of(session: AsyncSession, *where: ColumnElement[bool]) -> set[int]:
    """The cases of some alerts, straight from the rows: what was read before may have been changed since."""
    rows = await session.execute(select(col(AlertRow.case_id), col(AlertRow.facts)).where(*where))
    return {case_id for row in rows for case_id in (row.case_id, *_further(row.facts))}


def _further(facts: dict[str, Any]) -> list[int]:
    return [one["case_id"] for one in facts.get("also", ())]


async def _hold(session: AsyncSession, case_ids: set[int]) -> set[int]:
    """In one order, so that two who want several do not wait for each other."""
    for case_id in sorted(case_ids):
        await cases.hold(session, case_id)
    return case_ids


def _is_on_its_way(case_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Open alerts that lead with a case, and all open ones of several, of which there are few."""
    has_further = col(AlertRow.facts)["also"].as_string() != _NOBODY
    return col(AlertRow.status).in_(OPEN), or_(col(AlertRow.case_id) == case_id, has_further)


async def open_alert_of(session: AsyncSession, case_id: int) -> Alert | None:
    """The one alert on its way that is about a case, alone or with others, if any."""
    found = await _alerts(session, *_is_on_its_way(case_id))
    return next((alert for alert in found if case_id in alert.case_ids), None)


async def neighbours(session: AsyncSession, alert: Alert, within: timedelta) -> list[Alert]:
    """The other alerts on their way that came up within some time of this one."""
    return await _alerts(
        session,
        col(AlertRow.status).in_(OPEN),
        col(AlertRow.id) != alert.id,
        col(AlertRow.created_at) >= alert.created_at - within,
        col(AlertRow.created_at) <= alert.created_at + within,
    )


async def joined_draft_of(session: AsyncSession, case_id: int) -> Alert | None:
    """The newest draft of a case, if it went into another one."""
    newest = select(func.max(col(AlertRow.id))).where(col(AlertRow.case_id) == case_id).scalar_subquery()
    went = col(AlertRow.status) == AlertStatus.CANCELLED, col(AlertRow.reason) == JOINED
    found = await _alerts(session, col(AlertRow.id) == newest, *went)
    return found[0] if found else None


async def waiting(session: AsyncSession, limit: int | None = None, offset: int | None = None) -> list[Alert]:
    """Alerts on their way, most urgent first."""
    return await _alerts(session, col(AlertRow.status).in_(OPEN), limit=limit, offset=offset)


async def count_waiting(session: AsyncSession) -> int:
    """How many alerts are on their way."""
    query = select(func.count()).select_from(AlertRow).where(col(AlertRow.status).in_(OPEN))
    return (await session.execute(query)).scalar_one()


async def approved(session: AsyncSession) -> list[Alert]:
    """Approved, not yet published; most urgent first."""
    return await _alerts(session, col(AlertRow.status) == AlertStatus.APPROVED)


async def untold(session: AsyncSession, limit: int) -> list[Alert]:
    """Alerts pending, sent back or turned down of which the moderators have not been told yet."""
    return await _alerts(
        session,
        col(AlertRow.status).in_(_TOLD),
        col(AlertRow.told_revision) < col(AlertRow.revision),
        limit=limit,
    )


async def mark_told(session: AsyncSession, alert: Alert, *, told: bool = True) -> None:
    """The moderators know how this revision stands, unless it has moved on meanwhile; or they no longer do."""
    rows = update(AlertRow).where(col(AlertRow.id) == alert.id)
    if told:
        rows = rows.where(col(AlertRow.status) == alert.status.value)
    await session.execute(rows.values(told_revision=alert.revision if told else alert.revision - 1))


async def insert(session: AsyncSession, alert: Alert) -> Alert:
    """Store a new alert (its `id` is ignored) with its author's hand; returns it with its id."""
    row = AlertRow(
        case_id=alert.case_id,
        author=alert.author,
        created_at=alert.created_at,
        **_columns(alert),
    )
    session.add(row)
    await session.flush()
    assert row.id is not None
    stored = replace(alert, id=row.id)
    return await add_hand(session, stored, Hand(alert.revision, alert.author, Part.AUTHOR, alert.created_at))


async def save(session: AsyncSession, alert: Alert) -> None:
    """Write back everything about an alert but its hands."""
    await session.execute(update(AlertRow).where(col(AlertRow.id) == alert.id).values(**_columns(alert)))


def _columns(alert: Alert) -> dict[str, Any]:
    return {
        "action_id": alert.action_id,
        "number": alert.number,
        "kind": alert.kind.value,
        "status": alert.status.value,
        "disposition": alert.disposition.value,
        "lane": alert.lane,
        "revision": alert.revision,
        "facts": alert.facts.to_json(),
        "texts": dict(alert.texts),
        "backgrounds": dict(alert.backgrounds),
        "reason": alert.reason,
        "pending_at": alert.pending_at,
        "approved_at": alert.approved_at,
        "published_at": alert.published_at,
    }


async def add_hand(session: AsyncSession, alert: Alert, hand: Hand) -> Alert:
    """Remember somebody's part in a revision, once (an approval given again is as of now); the alert with it."""
    same = [one for one in alert.hands if _part_of(one) == _part_of(hand)]
    if same and hand.part is not Part.APPROVER:
        return alert
    if same:
        rows = update(HandRow).where(
            col(HandRow.alert_id) == alert.id,
            col(HandRow.revision) == hand.revision,
            col(HandRow.actor) == hand.actor,
            col(HandRow.part) == hand.part.value,
        )
        await session.execute(rows.values(at=hand.at))
        return replace(alert, hands=(*(one for one in alert.hands if one not in same), hand))
    session.add(
        HandRow(
            alert_id=alert.id,
            revision=hand.revision,
            actor=hand.actor,
            part=hand.part.value,
            core_hash=hand.core_hash,
            locale_hashes=dict(hand.locale_hashes) if hand.locale_hashes is not None else None,
            at=hand.at,
        )
    )
    await session.flush()
    return replace(alert, hands=(*alert.hands, hand))


def _part_of(hand: Hand) -> tuple[int, str, Part]:
    return hand.revision, hand.actor, hand.part


async def standing(session: AsyncSession, action_id: int) -> list[Alert]:
    """A chain's published alerts that nothing has overtaken or ended yet."""
    return await _alerts(
        session, col(AlertRow.action_id) == action_id, col(AlertRow.status) == AlertStatus.PUBLISHED
    )


async def supersede(session: AsyncSession, action_id: int, ids: Collection[int], now: datetime) -> None:
    """End these of a chain's published alerts: what was not yet sent of them is not sent any more."""
    await _end(session, action_id, AlertStatus.SUPERSEDED, now, col(AlertRow.id).in_(ids))


async def expire(session: AsyncSession, action_id: int, now: datetime) -> None:
    """End a chain's published alerts that name a deadline. News of a stay or a death has none and still goes out."""
    names_deadline = col(AlertRow.facts)["deadline"].as_string().is_not(None)
    await _end(session, action_id, AlertStatus.EXPIRED, now, names_deadline)


async def _end(
    session: AsyncSession, action_id: int, ending: AlertStatus, now: datetime, which: ColumnElement[bool]
) -> None:
    of_chain = (col(AlertRow.action_id) == action_id, col(AlertRow.status) == AlertStatus.PUBLISHED)
    rows = update(AlertRow).where(*of_chain, which)
    await session.execute(
        rows.values(status=ending.value, ended_at=now).execution_options(synchronize_session=False)
    )


async def freeze(
    session: AsyncSession, alert: Alert, messages: Mapping[tuple[str, Variant], Message]
) -> None:
    """Store the texts of a published alert for every (locale, variant), and its topic keys."""
    texts = [
        {"alert_id": alert.id, "locale": locale, "variant": variant.value, "message": message.to_json()}
        for (locale, variant), message in messages.items()
    ]
    topics = [{"alert_id": alert.id, "key": key} for key in sorted(alert.topics())]
    for table, rows in ((AlertTextRow, texts), (AlertTopicRow, topics)):
        if rows:
            await session.execute(adding(table), rows)


async def publish_view(
    session: AsyncSession, case_id: int, view: CaseView, words: str, now: datetime
) -> None:
    """Let readers know this view of the case; `words` are its normalised names for search."""
    rows = update(CaseRow).where(col(CaseRow.id) == case_id)
    await session.execute(rows.values(published=view.to_json(), published_words=words, published_at=now))
