"""From the row of an alert to the value, with or without the hands that were on it."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Facts, Hand, Part
from alerts.tables import AlertRow, HandRow


def as_alert(row: AlertRow, hands: Sequence[HandRow] = ()) -> Alert:
    """The alert; readers' side leaves `hands` out."""
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
        backgrounds=dict(row.backgrounds),
        created_at=row.created_at,
        action_id=row.action_id,
        number=row.number,
        reason=row.reason,
        pending_at=row.pending_at,
        approved_at=row.approved_at,
        published_at=row.published_at,
        hands=tuple(_as_hand(hand) for hand in hands),
    )


def _as_hand(row: HandRow) -> Hand:
    return Hand(row.revision, row.actor, Part(row.part), row.at, row.core_hash, row.locale_hashes)
