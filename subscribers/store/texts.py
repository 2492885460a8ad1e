"""What a claimed row says: the frozen text of its alert, or the digest composed for its reader. Kept for one round.

Frozen texts are sent as they are; a digest is composed at dispatch from published alerts and open actions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from alerts.alert import Alert
from alerts.locales import SOURCE_LOCALE, Catalogues
from alerts.render.message import Message, Variant
from alerts.store import published
from subscribers import digest
from subscribers.delivery import NO_WORDS, Claim, Operation
from subscribers.store import days
from subscribers.subscriber import Subscriber
from subscribers.subscription import wants


@dataclass(frozen=True, slots=True)
class _Edition:
    """A day's news for everybody, each piece with its topics."""

    window: days.Window
    alerts: Sequence[tuple[Alert, frozenset[str]]]
    actions: Sequence[tuple[digest.OpenAction, frozenset[str]]]


class Texts:
    """Messages by alert, locale and variant, read from the database once; digests by reader."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues
        self._frozen: dict[tuple[int, str, Variant], Message | None] = {}
        self._editions: dict[str, _Edition] = {}

    async def message_for(
        self, session: AsyncSession, claim: Claim, reader: Subscriber, now: datetime
    ) -> Message | None:
        """The message of a claimed row; None when there is nothing (any more) to say. `reader` with keys."""
        if claim.operation is Operation.UNBUTTON:
            return NO_WORDS
        if claim.alert_id is not None:
            return await self._alert(session, claim.alert_id, reader)
        assert claim.digest_day is not None
        return await self._digest(session, claim.digest_day, reader, now)

    async def _alert(self, session: AsyncSession, alert_id: int, reader: Subscriber) -> Message | None:
        """In the reader's locale, else in English."""
        place = (alert_id, reader.locale, reader.variant)
        if place not in self._frozen:
            message = await published.frozen_message(session, *place)
            if message is None:
                message = await published.frozen_message(session, alert_id, SOURCE_LOCALE, reader.variant)
            self._frozen[place] = message
        return self._frozen[place]

    async def _digest(
        self, session: AsyncSession, day: str, reader: Subscriber, now: datetime
    ) -> Message | None:
        if day not in self._editions:
            self._editions[day] = await _read_edition(session, day, now)
        edition = self._editions[day]
        alerts = [alert for alert, topics in edition.alerts if wants(reader.keys, topics)]
        actions = [action for action, topics in edition.actions if wants(reader.keys, topics)]
        if not digest.has_news(alerts, actions):
            return None
        catalogue = self._catalogues[self._catalogues.negotiate(reader.locale)]
        return digest.compose(catalogue, reader.variant, edition.window.day, alerts, actions, now)


async def _read_edition(session: AsyncSession, day: str, now: datetime) -> _Edition:
    """What stands now; nobody is asked to write for a case whose outcome is being checked."""
    window = await days.window_of(session, day)
    alerts = await published.alerts_in_window(session, window.since, window.until)
    actions = await published.open_actions(session, now)
    members = {case_id for action, _ in actions for case_id in action.case_ids}
    checked = await published.cases_waiting(session, members)
    topics = await published.topics_of_actions(session, [action.id for action, _ in actions])
    return _Edition(
        window,
        [(alert, alert.topics()) for alert in alerts],
        [
            (pair, topics.get(pair[0].id, frozenset()))
            for pair in actions
            if checked.isdisjoint(pair[0].case_ids)
        ],
    )
