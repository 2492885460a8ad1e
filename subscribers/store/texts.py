"""What a claimed row says: the frozen text of its alert, or the digest composed for its reader. Kept for one round.

Frozen texts are sent as they are; a digest is composed at dispatch from published alerts and open actions. Those who are
told the same get the same object, so that it is composed, and made ready for sending, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from alerts.alert import Alert
from alerts.locales import SOURCE_LOCALE, Catalogues
from alerts.render.message import Message, Variant
from alerts.store import published
from subscribers import digest
from subscribers.delivery import NO_WORDS, WORDLESS, Claim, Operation
from subscribers.store import days
from subscribers.subscriber import Subscriber
from subscribers.subscription import wants

_MOST_KEPT: Final = 1_000
"""Digests, and sets of wishes; beyond that, what was composed is let go of."""

_News = tuple[tuple[Alert, ...], tuple[digest.OpenAction, ...]]


@dataclass(frozen=True, slots=True)
class _Edition:
    """A day's news for everybody, each piece with its topics."""

    window: days.Window
    alerts: Sequence[tuple[Alert, frozenset[str]]]
    actions: Sequence[tuple[digest.OpenAction, frozenset[str]]]

    def for_keys(self, keys: frozenset[str]) -> _News:
        """Of all that, what somebody who asked for these topics wants."""
        return (
            tuple(alert for alert, topics in self.alerts if wants(keys, topics)),
            tuple(action for action, topics in self.actions if wants(keys, topics)),
        )


class Texts:
    """Messages by alert, locale and variant, read from the database once; digests by what is in them."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues
        self._frozen: dict[int, dict[tuple[str, Variant], Message]] = {}
        self._editions: dict[str, _Edition] = {}
        self._wanted: dict[tuple[str, frozenset[str]], _News] = {}
        self._digests: dict[tuple[str, str, Variant, tuple[int, ...], tuple[int, ...]], Message] = {}

    def renew(self, claims: Sequence[Claim]) -> None:
        """Alerts about to be edited have a text that is newer than what is kept."""
        edited = {claim.alert_id for claim in claims if claim.operation is Operation.EDIT}
        if edited:
            self._frozen = {alert: said for alert, said in self._frozen.items() if alert not in edited}

    async def message_for(
        self, session: AsyncSession, claim: Claim, reader: Subscriber, now: datetime
    ) -> Message | None:
        """The message of a claimed row; None when there is nothing (any more) to say. `reader` with keys."""
        if claim.operation in WORDLESS:
            return NO_WORDS
        if claim.alert_id is not None:
            return await self._alert(session, claim.alert_id, reader)
        assert claim.digest_day is not None
        return await self._digest(session, claim.digest_day, reader, now)

    async def _alert(self, session: AsyncSession, alert_id: int, reader: Subscriber) -> Message | None:
        """In the reader's locale, else in English."""
        if alert_id not in self._frozen:
            self._frozen[alert_id] = await published.frozen_messages(session, alert_id)
        said, variant = self._frozen[alert_id], reader.variant
        return said.get((reader.locale, variant)) or said.get((SOURCE_LOCALE, variant))

    async def _digest(
        self, session: AsyncSession, day: str, reader: Subscriber, now: datetime
    ) -> Message | None:
        if day not in self._editions:
            self._editions[day] = await _read_edition(session, day, now)
        alerts, actions = self._news(day, reader.keys)
        if not digest.has_news(alerts, actions):
            return None
        locale = self._catalogues.negotiate(reader.locale)
        contents = tuple(alert.id for alert in alerts), tuple(action.id for action, _ in actions)
        place = (day, locale, reader.variant, *contents)
        if place not in self._digests:
            _make_room(self._digests)
            self._digests[place] = digest.compose(
                self._catalogues[locale], reader.variant, self._editions[day].window.day, alerts, actions, now
            )
        return self._digests[place]

    def _news(self, day: str, keys: frozenset[str]) -> _News:
        if (day, keys) not in self._wanted:
            _make_room(self._wanted)
            self._wanted[day, keys] = self._editions[day].for_keys(keys)
        return self._wanted[day, keys]


def _make_room(kept: dict[Any, Any]) -> None:
    if len(kept) >= _MOST_KEPT:
        kept.clear()


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
