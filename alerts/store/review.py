"""Alerts on their way through review, and the chains (actions) they belong to. Never read by readers' surfaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.action import Action
from alerts.alert import OPEN, Alert, AlertKind, AlertStatus, Disposition, Facts, Hand, Part
from alerts.case import CaseView
from alerts.render.message import Message, Variant
from alerts.tables import ActionRow, AlertRow, AlertTextRow, AlertTopicRow, CaseRow, HandRow

_TOLD: Final = (AlertStatus.PENDING, AlertStatus.RETURNED, AlertStatus.REJECTED)
"""Standings that somebody must hear of."""


def _as_hand(row: HandRow) -> Hand:
    return Hand(row.revision, row.actor, Part(row.part), row.at, row.core_hash, row.locale_hashes)


def _as_alert(row: AlertRow, hands: Sequence[HandRow]) -> Alert:
    assert row.id is not None
    return Alert(
        id=row.id,
        case_id=row.case_id,
        kind=AlertKind(row.kind),
        status=AlertStatus(row.status),
        disposition=Disposition(row.disposition),
        lane=row.lane,
        revision=row.revision,
        author=row.author,
        facts=Facts.from_json(row.facts),
        texts=dict(row.texts),
        created_at=row.created_at,
        action_id=row.action_id,
        number=row.number,
        reason=row.reason,
        pending_at=row.pending_at,
        approved_at=row.approved_at,
        published_at=row.published_at,
        hands=tuple(_as_hand(hand) for hand in hands),
    )


def as_action(row: ActionRow) -> Action:
    """The chain as a value."""
    assert row.id is not None
    return Action(
        id=row.id,
        case_id=row.case_id,
        year=row.year,
        sequence=row.sequence,
        updates=row.updates,
        kind=AlertKind(row.kind),
        letters=row.letters,
        deadline=row.deadline,
        petition_url=row.petition_url,
        petition_title=row.petition_title,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


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
    return [_as_alert(row, hands.get(row.id or 0, [])) for row in rows]


async def alert_by_id(session: AsyncSession, alert_id: int) -> Alert | None:
    """One alert with its hands."""
    found = await _alerts(session, col(AlertRow.id) == alert_id)
    return found[0] if found else None


async def open_alert_of(session: AsyncSession, case_id: int) -> Alert | None:
    """The one alert of a case that is on its way, if any."""
    found = await _alerts(session, col(AlertRow.case_id) == case_id, col(AlertRow.status).in_(OPEN))
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
    """The moderators know how this revision stands; or they no longer do."""
    rows = update(AlertRow).where(col(AlertRow.id) == alert.id)
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
        "reason": alert.reason,
        "pending_at": alert.pending_at,
        "approved_at": alert.approved_at,
        "published_at": alert.published_at,
    }


async def add_hand(session: AsyncSession, alert: Alert, hand: Hand) -> Alert:
    """Remember somebody's part in a revision, once; returns the alert with it."""
    known = {(one.revision, one.actor, one.part) for one in alert.hands}
    if (hand.revision, hand.actor, hand.part) in known:
        return alert
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


async def open_action_of(session: AsyncSession, case_id: int) -> Action | None:
    """The chain of a case that is not closed, if any (its deadline may have passed)."""
    row = await session.scalar(
        select(ActionRow)
        .where(col(ActionRow.case_id) == case_id, col(ActionRow.closed_at).is_(None))
        .order_by(col(ActionRow.id).desc())
        .limit(1)
    )
    return as_action(row) if row else None


async def open_new_action(session: AsyncSession, action: Action) -> Action:
    """Store a new chain under the year's next number (its `id` and `sequence` are ignored)."""
    last = await session.scalar(
        select(func.max(ActionRow.sequence)).where(col(ActionRow.year) == action.year)
    )
    numbered = replace(action, sequence=(last or 0) + 1)
    row = ActionRow(
        case_id=action.case_id,
        year=action.year,
        sequence=numbered.sequence,
        opened_at=action.opened_at,
        **_action_columns(numbered),
    )
    session.add(row)
    await session.flush()
    assert row.id is not None
    return replace(numbered, id=row.id)


async def number_to_come(session: AsyncSession, alert: Alert, now: datetime) -> str | None:
    """The number `alert` would get if it were published now; None when it sends nothing."""
    if alert.number or not alert.goes_out:
        return alert.number
    current = await open_action_of(session, alert.case_id)
    if current is not None:
        return replace(current, updates=current.updates + 1).latest_number
    last = await session.scalar(select(func.max(ActionRow.sequence)).where(col(ActionRow.year) == now.year))
    return f"UA-{now.year % 100:02d}/{(last or 0) + 1:03d}"


async def save_action(session: AsyncSession, action: Action) -> None:
    """Write back a chain."""
    rows = update(ActionRow).where(col(ActionRow.id) == action.id)
    await session.execute(rows.values(**_action_columns(action)))


def _action_columns(action: Action) -> dict[str, Any]:
    return {
        "updates": action.updates,
        "kind": action.kind.value,
        "letters": action.letters,
        "deadline": action.deadline,
        "petition_url": action.petition_url,
        "petition_title": action.petition_title,
        "closed_at": action.closed_at,
    }


async def actions_past_deadline(session: AsyncSession, now: datetime) -> list[Action]:
    """Chains not closed whose deadline has passed."""
    rows = await session.scalars(
        select(ActionRow).where(col(ActionRow.closed_at).is_(None), col(ActionRow.deadline) <= now)
    )
    return [as_action(row) for row in rows]


async def end_alerts(
    session: AsyncSession, action_id: int, ending: AlertStatus, now: datetime, but: int | None = None
) -> None:
    """End a chain's published alerts (all `but` one): what was not yet sent of them is not sent any more."""
    await session.execute(
        update(AlertRow)
        .where(
            col(AlertRow.action_id) == action_id,
            col(AlertRow.id).is_distinct_from(but),
            col(AlertRow.status) == AlertStatus.PUBLISHED,
        )
        .values(status=ending.value, ended_at=now)
    )


async def freeze(
    session: AsyncSession, alert: Alert, messages: Mapping[tuple[str, Variant], Message]
) -> None:
    """Store the texts of a published alert for every (locale, variant), and its topic keys."""
    for (locale, variant), message in messages.items():
        session.add(
            AlertTextRow(alert_id=alert.id, locale=locale, variant=variant.value, message=message.to_json())
        )
    session.add_all([AlertTopicRow(alert_id=alert.id, key=key) for key in sorted(alert.topics())])
    await session.flush()


async def publish_view(
    session: AsyncSession, case_id: int, view: CaseView, words: str, now: datetime
) -> None:
    """Let readers know this view of the case; `words` are its normalised names for search."""
    rows = update(CaseRow).where(col(CaseRow.id) == case_id)
    await session.execute(rows.values(published=view.to_json(), published_words=words, published_at=now))
