"""The facts of a report, gathered from both sides; numbers that could point to somebody stay behind.

One rule for every count of readers: it is rounded down to a multiple of five, so that nought to four are not shown
(`subscribers.act.shown`). Hiding small cells alone is not enough: whoever subtracts the others from the sum has them,
and to hide further cells instead tells those who know the rule almost as much. Of rounded numbers each may be up to
four more, so what the sum leaves over belongs to no cell in particular. Two reports a day apart differ only by fives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from alerts.action import Action
from alerts.alert import Alert, Part
from alerts.letter.words import LetterKind
from alerts.render.report import ActionReport, Broadcast, Entry, Tally
from alerts.store import letters, published, review
from bot.context import Services
from subscribers.act import HIDDEN_BELOW, ActChannel, shown
from subscribers.delivery import DeliveryStatus
from subscribers.store import acts, ledger

_ENDS: Final[dict[str, tuple[DeliveryStatus, ...]]] = {
    "sent": (DeliveryStatus.SENT,),
    "gone": (DeliveryStatus.GONE,),
    "failed": (DeliveryStatus.FAILED,),
    "unknown": (DeliveryStatus.UNKNOWN,),
    "waiting": (DeliveryStatus.PENDING, DeliveryStatus.DISPATCHED),
    "cancelled": (DeliveryStatus.CANCELLED,),
}
_WAYS: Final = tuple(way for way in ActChannel if way is not ActChannel.REPLY)


async def gather(services: Services, action: Action, now: datetime) -> ActionReport:
    """All that may be told of an action, as of `now`."""
    async with services.sessions() as session:
        chain = await published.alerts_of_action(session, action.id)
        case_ids = [*action.case_ids, *(case_id for alert in chain for case_id in alert.case_ids)]
        cases = await published.published_cases(session, list(dict.fromkeys(case_ids)))
        entries = [await _entry(session, alert) for alert in chain]
        books = await ledger.books_of_chain(session, action.id)
        by_language = await letters.served(session, action.id)
        by_kind = await letters.served_by_kind(session, action.id)
        counts = await acts.counts(session, action.id)
    languages = services.catalogues.codes
    ways = {way.value: number for way, number in counts.by_channel.items() if way is not ActChannel.REPLY}
    letters_shown = tallies(complete(by_language, languages), complete(by_kind, LetterKind))
    acts_reported = tallies(complete(ways, _WAYS), complete(counts.by_language, languages))
    return ActionReport(
        action=action,
        cases=tuple(cases),
        entries=tuple(entries),
        broadcasts=tuple(
            broadcast(alert.number or "", books[alert.id]) for alert in chain if alert.id in books
        ),
        letters_by_language=letters_shown[0],
        letters_by_kind=letters_shown[1],
        acts_by_channel=acts_reported[0],
        acts_by_language=acts_reported[1],
        replies=rounded(counts.replies),
        step=HIDDEN_BELOW,
        as_of=now,
        organisation=services.settings.require_organisation().name,
    )


async def _entry(session: AsyncSession, alert: Alert) -> Entry:
    reviewed = await review.alert_by_id(session, alert.id)
    assert reviewed is not None
    return Entry(
        at=alert.published_at or alert.created_at,
        number=alert.number or "",
        kind=alert.kind,
        status=alert.status_in_law,
        deadline=alert.facts.deadline,
        approvals=len({hand.actor for hand in reviewed.hands_of(Part.APPROVER)}),
    )


def rounded(number: int) -> int | None:
    """Down to a multiple of five; None below that."""
    return shown(number - number % HIDDEN_BELOW)


def complete(counts: Mapping[str, int], codes: Iterable[str]) -> dict[str, int]:
    """The counts with a nought for every code that has none: that somebody chose one at all is not to be seen."""
    return dict.fromkeys(codes, 0) | dict(counts)


def tallies(*lists: Mapping[str, int]) -> list[Tally]:
    """The same things counted in several ways, each list complete; they share one sum.

    The sum stays below the most that rounded cells can stand for: at that, every one of them would be known.
    """
    most = min(
        sum(number - number % HIDDEN_BELOW + HIDDEN_BELOW - 1 for number in one.values()) for one in lists
    )
    total = rounded(min(sum(lists[0].values()), most - 1))
    return [Tally(total, {code: rounded(number) for code, number in one.items()}) for one in lists]


def broadcast(number: str, books: Mapping[DeliveryStatus, int]) -> Broadcast:
    """An alert's books as they may be shown."""
    ends = {end: sum(books.get(status, 0) for status in statuses) for end, statuses in _ENDS.items()}
    return Broadcast(number, tallies(ends)[0])
