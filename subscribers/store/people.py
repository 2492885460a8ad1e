"""Subscribers and what they asked for; chat ids are sealed on the way in and opened on the way out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, column, delete, false, func, or_, select, true, update
from sqlalchemy import table as named
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.alert import AlertKind
from alerts.columns import sealer_of
from subscribers.delivery import Operation
from subscribers.store.ledger import affected, engine_of
from subscribers.subscriber import ChatKind, Mode, Subscriber
from subscribers.tables import (
    ActRow,
    AddressFailureRow,
    ChainRow,
    DeliveryRow,
    SubscriberRow,
    SubscriptionRow,
)

CHAT: Final = "subscribers.chat"
"""Purpose under which chat ids are sealed."""

# Tables of `alerts` are only read, by name.
_ALERTS: Final = named("alerts", column("id"), column("action_id"), column("published_at"))
_TOPICS: Final = named("alert_topics", column("alert_id"), column("key"))

_TAKE_BACK: Final = frozenset({AlertKind.CORRECTION, AlertKind.STOP_ACTION})
"""Kinds that reach further than memory does (see the fan-out in `ledger`)."""

_INSERT: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_for(session: AsyncSession) -> Any:
    """The engine's INSERT that knows ON CONFLICT."""
    return _INSERT[engine_of(session)]


def seal_chat(session: AsyncSession, chat: int) -> bytes:
    """A chat id as stored."""
    return sealer_of(session).seal(str(chat), CHAT)


def open_chat(session: AsyncSession, sealed: bytes) -> int:
    """Inverse of `seal_chat`; KeyFileError with another key."""
    return int(sealer_of(session).open(sealed, CHAT))


def is_eligible(now: datetime) -> ColumnElement[bool]:
    """Whoever may be sent something new: has consented, is not gone, has not paused."""
    paused = col(SubscriberRow.paused_until)
    return (
        col(SubscriberRow.active)
        & col(SubscriberRow.gone_at).is_(None)
        & or_(paused.is_(None), paused <= now)
    )


async def by_chat(session: AsyncSession, chat: int) -> Subscriber | None:
    """The subscriber of a chat, with all keys."""
    rows = select(SubscriberRow).where(col(SubscriberRow.chat) == seal_chat(session, chat))
    row = await session.scalar(rows.execution_options(populate_existing=True))
    if row is None or row.id is None:
        return None
    keys = (await keys_of(session, [row.id])).get(row.id, frozenset())
    return Subscriber(
        id=row.id,
        chat=chat,
        kind=ChatKind(row.kind),
        locale=row.locale,
        mode=Mode(row.mode),
        active=row.active,
        consent_version=row.consent_version,
        paused_until=row.paused_until,
        letter_warned=row.letter_warned,
        plain=row.plain,
        country=row.country,
        keys=keys,
    )


async def keys_of(session: AsyncSession, subscriber_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The topic keys of some subscribers; those without any are absent."""
    rows = await session.execute(
        select(col(SubscriptionRow.subscriber_id), col(SubscriptionRow.key)).where(
            col(SubscriptionRow.subscriber_id).in_(subscriber_ids)
        )
    )
    found: dict[int, set[str]] = {}
    for subscriber_id, key in rows:
        found.setdefault(subscriber_id, set()).add(key)
    return {subscriber_id: frozenset(keys) for subscriber_id, keys in found.items()}


async def insert_if_new(
    session: AsyncSession, chat: int, kind: ChatKind, locale: str, joined_month: str
) -> None:
    """A row for a chat that has none: silent until it is made active."""
    row = insert_for(session)(SubscriberRow).values(
        chat=seal_chat(session, chat),
        kind=kind.value,
        locale=locale,
        mode=Mode.NORMAL.value,
        active=False,
        consent_version=0,
        joined_month=joined_month,
        letter_warned=False,
        plain=False,
        gone_held=False,
    )
    await session.execute(row.on_conflict_do_nothing())


async def change(session: AsyncSession, chat: int, **values: object) -> bool:
    """Set columns of one chat's row; False when there is none."""
    rows = update(SubscriberRow).where(col(SubscriberRow.chat) == seal_chat(session, chat))
    return affected(await session.execute(rows.values(**values))) == 1


async def add_keys(session: AsyncSession, subscriber_id: int, keys: Collection[str]) -> None:
    """Ask for some topics too."""
    if keys:
        rows = [{"subscriber_id": subscriber_id, "key": key} for key in sorted(keys)]
        await session.execute(insert_for(session)(SubscriptionRow).values(rows).on_conflict_do_nothing())


async def remove_keys(session: AsyncSession, subscriber_id: int, keys: Collection[str]) -> None:
    """Ask for some topics no longer."""
    await session.execute(
        delete(SubscriptionRow).where(
            col(SubscriptionRow.subscriber_id) == subscriber_id, col(SubscriptionRow.key).in_(keys)
        )
    )


async def mark_gone(session: AsyncSession, subscriber_ids: Collection[int], now: datetime) -> None:
    """Telegram refuses these chats for good: no row of theirs is claimed any more; erasing is another station's."""
    rows = update(SubscriberRow).where(
        col(SubscriberRow.id).in_(subscriber_ids), col(SubscriberRow.gone_at).is_(None)
    )
    await session.execute(rows.values(gone_at=now))


async def erase(session: AsyncSession, subscriber_ids: Collection[int]) -> None:
    """Delete subscribers with topics, chain rows and reports of addresses.

    Ledger rows and what they said they sent stay for the count, linked to nobody and without the ids of messages.
    """
    theirs = update(DeliveryRow).where(
        col(DeliveryRow.subscriber_id).in_(subscriber_ids), col(DeliveryRow.message).is_not(None)
    )
    await session.execute(theirs.values(message=None))
    await session.execute(delete(SubscriberRow).where(col(SubscriberRow.id).in_(subscriber_ids)))


async def move(session: AsyncSession, subscriber_id: int, new_chat: int) -> None:
    """A group has a new id. When that chat is known already, the one of the two that has consented stays."""
    sealed = seal_chat(session, new_chat)
    rows = select(col(SubscriberRow.id), col(SubscriberRow.active)).where(
        col(SubscriberRow.chat) == sealed, col(SubscriberRow.id) != subscriber_id
    )
    other = (await session.execute(rows)).one_or_none()
    if other is not None and other.active:
        await erase(session, [subscriber_id])
        return
    if other is not None:
        await erase(session, [other.id])
    await session.execute(
        update(SubscriberRow).where(col(SubscriberRow.id) == subscriber_id).values(chat=sealed)
    )


async def stored_about(session: AsyncSession, subscriber_id: int) -> dict[str, Any]:
    """Every column of every row about one subscriber, by table, the subscriber's chat id left sealed."""
    stored: dict[str, Any] = {}
    tables: tuple[tuple[str, Any, Any], ...] = (
        ("subscriber", SubscriberRow, SubscriberRow.id),
        ("subscriptions", SubscriptionRow, SubscriptionRow.subscriber_id),
        ("deliveries", DeliveryRow, DeliveryRow.subscriber_id),
        ("chain_rows", ChainRow, ChainRow.subscriber_id),
        ("acts", ActRow, ActRow.subscriber_id),
        ("address_failures", AddressFailureRow, AddressFailureRow.subscriber_id),
    )
    for name, table, owner in tables:
        rows = await session.scalars(select(table).where(col(owner) == subscriber_id))
        stored[name] = [row.model_dump() for row in rows]
    return stored


async def audience(
    session: AsyncSession,
    topics: Collection[str],
    action_id: int | None,
    now: datetime,
    kind: AlertKind | None = None,
) -> dict[str, int]:
    """How many would get an alert of this kind with these topics (and chain), by locale; what its fan-out will do."""
    asked = _who_ask_for(topics)
    reached = select(col(ChainRow.subscriber_id)).where(col(ChainRow.action_id) == action_id)
    chain = _topics_of_chain(action_id)
    forgotten = chain.where(_is_forgotten(), true() if kind in _TAKE_BACK else false())
    is_safe = col(SubscriberRow.mode) == Mode.SAFE.value
    rows = (
        select(col(SubscriberRow.locale), func.count().label("number"))
        .where(
            is_eligible(now),
            or_(
                col(SubscriberRow.id).in_(asked),
                col(SubscriberRow.id).in_(reached),
                is_safe & col(SubscriberRow.id).in_(_who_ask_for(chain)),
                col(SubscriberRow.id).in_(_who_ask_for(forgotten)),
            ),
        )
        .group_by(col(SubscriberRow.locale))
        .order_by(col(SubscriberRow.locale))
    )
    return {row.locale: row.number for row in await session.execute(rows)}


def _who_ask_for(topics: Collection[str] | Select[str]) -> Select[int]:
    return select(col(SubscriptionRow.subscriber_id)).where(col(SubscriptionRow.key).in_(topics))


def _topics_of_chain(action_id: int | None) -> Select[str]:
    """The topic keys of all that was published in a chain."""
    return (
        select(_TOPICS.c.key)
        .join(_ALERTS, _ALERTS.c.id == _TOPICS.c.alert_id)
        .where(_ALERTS.c.action_id == action_id, _ALERTS.c.published_at.is_not(None))
    )


def _is_forgotten() -> ColumnElement[bool]:
    """Of an alert neither messages nor deliveries are remembered, so that nobody knows any more who got it."""
    told = select(col(ChainRow.alert_id)).where(col(ChainRow.alert_id) == _ALERTS.c.id)
    sent = select(col(DeliveryRow.id)).where(
        col(DeliveryRow.alert_id) == _ALERTS.c.id, col(DeliveryRow.operation) == Operation.SEND.value
    )
    return ~told.exists() & ~sent.exists()
