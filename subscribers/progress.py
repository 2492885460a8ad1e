"""Progress: how far a broadcast has come, and how a moderator reads it. Every reader it was meant for is in one class.

Counts are exact: books that are rounded do not balance (delivery.md 2.4). They are for moderators, about deliveries;
what is passed on about an action (`/report`) rounds them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from alerts.alert import AlertStatus
from alerts.broadcast import Broadcast
from alerts.locales import N_, Catalogue
from alerts.render import person
from alerts.render.builder import TextBuilder
from alerts.render.message import Keyboard, Message
from subscribers.delivery import DeliveryStatus

_S: Final = DeliveryStatus
_WAITS: Final = (_S.PENDING, _S.DISPATCHED)
_WORDS: Final = {
    _S.PENDING: N_("Waiting"),
    _S.DISPATCHED: N_("On the way"),
    _S.SENT: N_("Sent"),
    _S.GONE: N_("Chat gone"),
    _S.FAILED: N_("Failed"),
    _S.UNKNOWN: N_("Uncertain"),
    _S.CANCELLED: N_("Cancelled"),
}
_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How many messages of an alert stand in each class; `rate`: how many a second were tried in the last minute."""

    books: dict[DeliveryStatus, int] = field(default_factory=dict)
    rate: float = 0.0

    def of(self, *statuses: DeliveryStatus) -> int:
        """How many stand in these classes."""
        return sum(self.books.get(status, 0) for status in statuses)

    @property
    def total(self) -> int:
        """Everybody it was meant for."""
        return sum(self.books.values())

    @property
    def left(self) -> int:
        """Those whose message has not ended yet."""
        return self.of(*_WAITS)

    @property
    def time_left(self) -> timedelta | None:
        """At this rate; None when nothing leaves just now."""
        return timedelta(seconds=self.left / self.rate) if self.rate and self.left else None


def compose(
    catalogue: Catalogue, broadcast: Broadcast, progress: Progress, now: datetime, keyboard: Keyboard = ()
) -> Message:
    """The live message: where it stands, each class, how fast, how much longer."""
    text = _headed(catalogue, broadcast)
    text.line(_standing(catalogue, broadcast, progress, now)).line()
    _add_books(text, catalogue, progress)
    if broadcast.is_live and broadcast.pause_left(now) is None and progress.left:
        _add_speed(text, catalogue, progress)
    return text.build(keyboard, silent=True)


def compose_end(catalogue: Catalogue, broadcast: Broadcast, progress: Progress) -> Message:
    """The end report: each class once, together everybody it was meant for."""
    text = _headed(catalogue, broadcast)
    if not progress.total:
        text.line(catalogue.t("No reader has asked for news like this, so nobody was written to."))
        return text.build(silent=True)
    text.line(_ended(catalogue, broadcast)).line()
    _add_books(text, catalogue, progress)
    return text.build(silent=True)


def compose_pause(
    catalogue: Catalogue, broadcast: Broadcast, now: datetime, keyboard: Keyboard = ()
) -> Message:
    """To all moderators: somebody has paused it; or it goes on again."""
    text = _headed(catalogue, broadcast)
    paused = _paused(catalogue, broadcast, now)
    return text.line(paused or catalogue.t("It is being sent again.")).build(keyboard)


def _headed(catalogue: Catalogue, broadcast: Broadcast) -> TextBuilder:
    alert = broadcast.alert
    number = catalogue.identifier(alert.number or "")
    name = person.name(catalogue, alert.facts.view)
    return TextBuilder(catalogue).bold(number).line(f" – {name}")


def _standing(catalogue: Catalogue, broadcast: Broadcast, progress: Progress, now: datetime) -> str:
    if broadcast.alert.status is not AlertStatus.PUBLISHED:
        return _ended(catalogue, broadcast)
    if broadcast.fanned_out_at is not None and not progress.left:
        return _ended(catalogue, broadcast)
    return _paused(catalogue, broadcast, now) or catalogue.t("It is being sent.")


def _ended(catalogue: Catalogue, broadcast: Broadcast) -> str:
    status = broadcast.alert.status
    if status is AlertStatus.STOPPED:
        return catalogue.t("A moderator has stopped it for good: nobody else gets it.")
    if status is AlertStatus.SUPERSEDED:
        return catalogue.t("A later message has overtaken it: nobody else gets it.")
    if status is AlertStatus.EXPIRED:
        return catalogue.t("Its time is over: nobody else gets it.")
    return catalogue.t("Sending has ended.")


def _paused(catalogue: Catalogue, broadcast: Broadcast, now: datetime) -> str | None:
    left = broadcast.pause_left(now)
    if left is None:
        return None
    if broadcast.is_kept:
        return catalogue.t("Sending is paused until a moderator lets it go on.")
    return catalogue.n(
        "Sending is paused. It goes on by itself in %(number)s minute, unless somebody confirms the pause.",
        "Sending is paused. It goes on by itself in %(number)s minutes, unless somebody confirms the pause.",
        _minutes(left),
    )


def _add_books(text: TextBuilder, catalogue: Catalogue, progress: Progress) -> None:
    """A class that nobody is in is left out; “Sent” never is."""
    for status, words in _WORDS.items():
        number = progress.of(status)
        if number or status is _S.SENT:
            text.line(_line(catalogue, catalogue.t(words), catalogue.number(number)))
    text.line(_line(catalogue, catalogue.t("All readers it was meant for"), catalogue.number(progress.total)))


def _add_speed(text: TextBuilder, catalogue: Catalogue, progress: Progress) -> None:
    time_left = progress.time_left
    if time_left is None:
        text.line(catalogue.t("Nothing has left in the last minute."))
        return
    text.line()
    text.line(_line(catalogue, catalogue.t("Messages a second"), _rate(catalogue, progress.rate)))
    text.line(
        catalogue.n("About %(number)s minute left", "About %(number)s minutes left", _minutes(time_left))
    )


def _line(catalogue: Catalogue, what: str, number: str) -> str:
    return catalogue.t("%(what)s: %(number)s", what=what, number=number)


def _rate(catalogue: Catalogue, rate: float) -> str:
    return catalogue.number(round(rate)) if rate >= 1 else catalogue.t("fewer than %(number)s", number=1)


def _minutes(left: timedelta) -> int:
    return max(1, math.ceil(left.total_seconds() / _MINUTE))
