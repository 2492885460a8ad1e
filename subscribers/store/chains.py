"""An alert's message in each chat, so that what follows can answer it and its buttons can go; ids are sealed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.columns import sealer_of, to_microseconds
from alerts.render.message import Message
from subscribers.delivery import Claim, Envelope, Operation
from subscribers.store.ledger import MESSAGE as KEPT
from subscribers.store.ledger import affected
from subscribers.store.many import execute_many
from subscribers.store.people import open_chat
from subscribers.subscriber import ChatKind, Mode, Subscriber

MESSAGE: Final = "chain_rows.message"
"""Purpose under which message ids are sealed."""

_KINDS: Final = {kind.value: kind for kind in ChatKind}
_MODES: Final = {mode.value: mode for mode in Mode}

UNBUTTON_LANE: Final = 3
"""With the least urgent: a button that is still there offers nothing that is over."""

# What a new message answers is the first message of its chain in that chat; anything else acts on its own alert's message,
# or on one that is kept to be deleted.
_ADDRESSES: Final = text("""
SELECT d.id AS delivery_id, p.id, p.chat, p.kind, p.locale, p.mode, p.active, p.consent_version, p.letter_warned,
    p.plain, a.action_id, c.message,
    CASE WHEN d.operation = 'send' THEN NULL
        WHEN d.alert_id IS NOT NULL THEN (
            SELECT s.message FROM deliveries s
            WHERE s.alert_id = d.alert_id AND s.subscriber_id = p.id AND s.operation = 'send'
        ) ELSE (
            SELECT s.message FROM deliveries s
            WHERE s.subscriber_id = p.id AND s.digest_day = d.digest_day AND s.operation = 'send'
        ) END AS kept
FROM deliveries d
    JOIN subscribers p ON p.id = d.subscriber_id
    LEFT JOIN alerts a ON a.id = d.alert_id
    LEFT JOIN chain_rows c ON c.subscriber_id = p.id
        AND c.alert_id = CASE WHEN d.operation <> 'send' THEN d.alert_id ELSE (
            SELECT f.alert_id FROM chain_rows f JOIN alerts b ON b.id = f.alert_id
            WHERE f.action_id = a.action_id AND f.subscriber_id = p.id
            ORDER BY b.published_at, f.alert_id LIMIT 1
        ) END
WHERE d.id IN :ids
""").bindparams(bindparam("ids", expanding=True))

# Through subscribers, since one may have been erased while the message was on its way.
_REMEMBER: Final = text("""
INSERT INTO chain_rows (alert_id, action_id, subscriber_id, message, has_buttons)
SELECT :alert, :action, p.id, :message, TRUE FROM subscribers p WHERE p.id = :subscriber
ON CONFLICT DO NOTHING
""")

_FORGET_CLOSED: Final = text("""
DELETE FROM chain_rows WHERE action_id IN (SELECT id FROM actions WHERE closed_at <= :before)
""")

_FORGET_SAFE: Final = text("""
DELETE FROM chain_rows
WHERE subscriber_id IN (SELECT id FROM subscribers WHERE mode = 'safe')
    AND NOT EXISTS (
        SELECT 1 FROM deliveries d JOIN alerts a ON a.id = d.alert_id
        WHERE a.action_id = chain_rows.action_id AND d.subscriber_id = chain_rows.subscriber_id
            AND d.operation = 'send' AND (d.done_at IS NULL OR d.done_at > :before)
    )
""")


# Once for each message and for good: what the ledger has done is written beside the message before the ledger
# forgets. What it only cancelled (a reader had left) may be done when they are back.
_BARE: Final = text("""
UPDATE chain_rows SET has_buttons = FALSE
WHERE has_buttons AND alert_id IN (SELECT id FROM alerts WHERE status <> 'published')
    AND EXISTS (
        SELECT 1 FROM deliveries d
        WHERE d.alert_id = chain_rows.alert_id AND d.subscriber_id = chain_rows.subscriber_id
            AND d.operation = 'unbutton' AND d.status NOT IN ('pending', 'dispatched', 'cancelled')
    )
""")

_UNBUTTON: Final = text("""
INSERT INTO deliveries (alert_id, subscriber_id, operation, lane, asleep, status, attempts, copies)
SELECT c.alert_id, c.subscriber_id, 'unbutton', :lane, FALSE, 'pending', 0, 0
FROM chain_rows c JOIN subscribers p ON p.id = c.subscriber_id
WHERE c.has_buttons AND c.alert_id IN (SELECT id FROM alerts WHERE status <> 'published')
    AND p.active AND p.gone_at IS NULL
ON CONFLICT DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a claimed row goes: the chat, the chain it belongs to and the message there that it answers or acts on."""

    subscriber: Subscriber
    action_id: int | None
    reply_to: int | None

    def has_room_for(self, claim: Claim) -> bool:
        """Whether there is still something to act on; a new message needs nothing."""
        return claim.operation is Operation.SEND or self.reply_to is not None

    def envelope(self, claim: Claim, message: Message) -> Envelope:
        """All that an attempt at a claimed row needs."""
        return Envelope(
            delivery_id=claim.delivery_id,
            attempt=claim.attempt,
            operation=claim.operation,
            subscriber_id=claim.subscriber_id,
            chat=self.subscriber.chat,
            message=message,
            reply_to=self.reply_to,
            action_id=self.action_id,
            is_alert=claim.is_alert,
        )


async def addresses(session: AsyncSession, delivery_ids: Collection[int]) -> dict[int, Address]:
    """By delivery id; absent when the subscriber has been erased. Keys are not loaded."""
    rows = await session.execute(_ADDRESSES, {"ids": list(delivery_ids)})
    return {row[0]: _as_address(session, row) for row in rows}


def _as_address(session: AsyncSession, row: Row[Any]) -> Address:
    _, id_, chat, kind, locale, mode, active, consent, warned, plain, action_id, message, kept = tuple(row)
    subscriber = Subscriber(
        id=id_,
        chat=open_chat(session, bytes(chat)),
        kind=_KINDS[kind],
        locale=locale,
        mode=_MODES[mode],
        active=bool(active),
        consent_version=consent,
        paused_until=None,
        letter_warned=bool(warned),
        plain=bool(plain),
    )
    if kept is not None:
        return Address(subscriber, action_id, _opened(session, kept, KEPT))
    if message is not None:
        return Address(subscriber, action_id, _opened(session, message, MESSAGE))
    return Address(subscriber, action_id, None)


def _opened(session: AsyncSession, sealed: bytes, purpose: str) -> int:
    return int(sealer_of(session).open(bytes(sealed), purpose))


async def remember(session: AsyncSession, sent: Collection[tuple[int, int, int, int]]) -> None:
    """(alert, action, subscriber, message id) of messages sent."""
    sealer = sealer_of(session)
    values = [
        {
            "alert": alert,
            "action": action,
            "subscriber": subscriber,
            "message": sealer.seal(str(message), MESSAGE),
        }
        for alert, action, subscriber, message in sent
    ]
    if values:
        await execute_many(session, _REMEMBER, values)


async def take_buttons(session: AsyncSession) -> int:
    """Pending rows for the messages of ended alerts that still have buttons, for readers who listen; how many."""
    await session.execute(_BARE)
    return affected(await session.execute(_UNBUTTON, {"lane": UNBUTTON_LANE}))


async def forget_closed(session: AsyncSession, before: datetime) -> int:
    """Delete the rows of chains closed by then; how many."""
    return affected(await session.execute(_FORGET_CLOSED, {"before": to_microseconds(before)}))


async def forget_safe(session: AsyncSession, before: datetime) -> int:
    """Delete safe-mode readers' rows of chains from which nothing reached them since; how many."""
    return affected(await session.execute(_FORGET_SAFE, {"before": to_microseconds(before)}))
