"""A small world for these tests: fictional cases, alerts already published, readers, and a messenger that records."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from alerts.alert import AlertKind, AlertStatus, Disposition
from alerts.case import CaseStatus, CaseView
from alerts.columns import to_microseconds
from alerts.day import Day
from alerts.locales import Catalogues, load
from alerts.render.message import Message, Variant
from alerts.tables import ActionCaseRow, ActionRow, AlertRow, AlertTextRow, AlertTopicRow, CaseRow, TargetRow
from bot.database import Sessions
from subscribers import enrol
from subscribers.delivery import DeliveryStatus, Envelope, Operation, Outcome, OutcomeKind
from subscribers.pace import Pace
from subscribers.send import Messenger, Sending
from subscribers.subscriber import CONSENT_VERSION, ChatKind, Mode
from subscribers.tables import DeliveryRow, SubscriberRow

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FAST = 100_000.0
CATALOGUES: Catalogues = load()

VIEW = CaseView(
    name_latin="Arman Nemuneh",
    name_native="آرمان نمونه",
    status=CaseStatus.IMMINENT,
    country="IR",
    gender="m",
    source_name="Example Watch",
)


async def open_case(
    sessions: Sessions, view: CaseView = VIEW, *, deadline: datetime | None = NOW + timedelta(days=7)
) -> tuple[int, int]:
    """A published case with an open action; (case id, action id)."""
    async with sessions.begin() as session:
        number = await session.scalar(select(func.count()).select_from(CaseRow)) or 0
        case = CaseRow(
            list_name="example",
            list_key=f"row-{number}",
            seen=view.to_json(),
            published=view.to_json(),
            published_words=(view.name_latin or "").lower(),
            published_at=NOW,
        )
        session.add(case)
        await session.flush()
        action = ActionRow(
            case_id=case.id,
            year=2026,
            sequence=number + 1,
            kind="first",
            letters=True,
            deadline=deadline,
            opened_at=NOW,
        )
        session.add(action)
        await session.flush()
        session.add(ActionCaseRow(action_id=action.id, case_id=case.id))
        return case.id, action.id


async def publish(
    sessions: Sessions,
    case: tuple[int, int] | None = None,
    *,
    view: CaseView = VIEW,
    lane: int = 0,
    kind: AlertKind = AlertKind.FIRST,
    disposition: Disposition = Disposition.ACTION,
    status: AlertStatus = AlertStatus.PUBLISHED,
    at: datetime = NOW,
    topics: Sequence[str] | None = None,
    locales: Sequence[str] = ("en", "fa"),
) -> int:
    """A published alert with frozen texts ("17 en normal") and topics; what it supersedes ends."""
    case_id, action_id = case or await open_case(sessions, view)
    facts = {"before": None, "deadline": None, "petitions": []}
    row = AlertRow(
        case_id=case_id,
        action_id=action_id,
        number=f"UA-26/{action_id:03d}",
        kind=kind.value,
        status=status.value,
        disposition=disposition.value,
        lane=lane,
        author="list:example",
        facts={"view": view.to_json(), **facts},
        texts={},
        created_at=at,
        published_at=at,
    )
    chain = update(AlertRow).where(AlertRow.action_id == action_id, AlertRow.status == "published")
    async with sessions.begin() as session:
        await session.execute(chain.values(status="superseded"))
        session.add(row)
        await session.flush()
        keys = ["*/*", f"{view.country}/*", f"case:{case_id}"] if topics is None else topics
        session.add_all(AlertTopicRow(alert_id=row.id, key=key) for key in keys)
        session.add_all(frozen(row.id, locale, variant) for locale in locales for variant in Variant)
    return row.id


def frozen(alert_id: int, locale: str, variant: Variant) -> AlertTextRow:
    """A text that says what it is."""
    message = Message(f"{alert_id} {locale} {variant.value}")
    return AlertTextRow(alert_id=alert_id, locale=locale, variant=variant.value, message=message.to_json())


async def open_target(sessions: Sessions, *, verified_at: datetime = NOW) -> int:
    """An invented official."""
    async with sessions.begin() as session:
        number = await session.scalar(select(func.count()).select_from(TargetRow)) or 0
        row = TargetRow(
            key=f"office-{number}", country="IR", kind="head_of_judiciary", value={}, verified_at=verified_at
        )
        session.add(row)
        await session.flush()
        return row.id


async def close_action(sessions: Sessions, action_id: int, at: datetime = NOW) -> None:
    """Nothing more is asked for."""
    async with sessions.begin() as session:
        await session.execute(update(ActionRow).where(ActionRow.id == action_id).values(closed_at=at))


async def join(
    sessions: Sessions,
    chat: int,
    *keys: str,
    locale: str = "en",
    mode: Mode = Mode.NORMAL,
    kind: ChatKind = ChatKind.PRIVATE,
) -> None:
    """A reader who has gone through the three taps; hears everything unless keys are given."""
    await enrol.begin(sessions, chat, kind, locale, CONSENT_VERSION, NOW)
    await enrol.choose_mode(sessions, chat, mode)
    await enrol.choose_topics(sessions, chat, keys or ("*/*",))
    await enrol.resume(sessions, chat)


async def crowd(sessions: Sessions, count: int, *keys: str) -> list[int]:
    """Many readers; their chats."""
    chats = [7_000_000_000 + number for number in range(count)]
    for chat in chats:
        await join(sessions, chat, *keys)
    return chats


async def statuses(sessions: Sessions) -> Counter[str]:
    """How many deliveries stand in each status."""
    async with sessions() as session:
        rows = await session.execute(select(DeliveryRow.status, func.count()).group_by(DeliveryRow.status))
        return Counter(dict(rows.all()))


async def rows(sessions: Sessions) -> list[DeliveryRow]:
    """The whole ledger, oldest row first."""
    async with sessions() as session:
        return list(await session.scalars(select(DeliveryRow).order_by(DeliveryRow.id)))


async def subscriber_rows(sessions: Sessions) -> list[SubscriberRow]:
    async with sessions() as session:
        return list(await session.scalars(select(SubscriberRow).order_by(SubscriberRow.id)))


async def end_alert(sessions: Sessions, alert_id: int, status: AlertStatus = AlertStatus.STOPPED) -> None:
    """A moderator's stop."""
    async with sessions.begin() as session:
        await session.execute(update(AlertRow).where(AlertRow.id == alert_id).values(status=status.value))


async def pause_broadcast(sessions: Sessions, alert_id: int, until: datetime | None) -> None:
    """A moderator's pause, or its end."""
    async with sessions.begin() as session:
        await session.execute(update(AlertRow).where(AlertRow.id == alert_id).values(paused_until=until))


async def add_row(
    sessions: Sessions,
    operation: Operation,
    *,
    alert_id: int | None = None,
    digest_day: str | None = None,
    lane: int = 3,
    subscriber_id: int = 1,
) -> None:
    """One more thing to do about a message that was sent."""
    row = DeliveryRow(
        alert_id=alert_id,
        digest_day=digest_day,
        subscriber_id=subscriber_id,
        operation=operation.value,
        lane=lane,
        status="pending",
    )
    async with sessions.begin() as session:
        session.add(row)


async def age_leases(sessions: Sessions) -> None:
    """Let every lease have run out."""
    async with sessions.begin() as session:
        await session.execute(update(DeliveryRow).values(lease_until=to_microseconds(NOW) * 0))


async def clear_waits(sessions: Sessions) -> None:
    """Let every back-off be over."""
    async with sessions.begin() as session:
        await session.execute(update(DeliveryRow).values(not_before=None))


Answer = Callable[[Envelope], Outcome]


@dataclass
class FakeMessenger:
    """Records what it was given; answers as told, else "sent" with a new message id. Not before `gate` is set."""

    answer: Answer | None = None
    delay: float = 0.0
    gate: asyncio.Event | None = None
    sent: list[Envelope] = field(default_factory=list)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def has_sent(self, count: int) -> None:
        """Wait until it was given that many."""
        while len(self.sent) < count:
            self._moved.clear()
            await self._moved.wait()

    async def perform(self, envelope: Envelope, leaving: Callable[[], None]) -> Outcome:
        leaving()
        self.sent.append(envelope)
        self._moved.set()
        await asyncio.sleep(self.delay)
        if self.gate is not None:
            await self.gate.wait()
        if self.answer is not None:
            return self.answer(envelope)
        return Outcome(OutcomeKind.SENT, message_id=1000 + len(self.sent))

    @property
    def chats(self) -> list[int]:
        return [envelope.chat for envelope in self.sent]

    @property
    def texts(self) -> list[str]:
        return [envelope.message.text for envelope in self.sent]


def always(kind: OutcomeKind, **values: object) -> Answer:
    """The same answer to everything."""
    return lambda envelope: Outcome(kind, reason="test", **values)


def sending(
    sessions: Sessions, messenger: Messenger, *, pace: Pace | None = None, worker: str = "one"
) -> Sending:
    """The station's tools, at full speed and without chance."""
    return Sending(sessions, messenger, CATALOGUES, pace or Pace(FAST, jitter=lambda: 0.0), worker)


DEATH = CaseView(
    name_latin="Behrang Azmoon", status=CaseStatus.EXECUTED, country="IR", source_name="Example Watch"
)
RELIEF = CaseView(
    name_latin="Delara Mesal", status=CaseStatus.PARDONED, country="IR", source_name="Example Watch"
)
SCHEDULED = CaseView(
    name_latin="Sam Sample",
    status=CaseStatus.SCHEDULED,
    execution_date=Day(2026, 12, 24),
    country="US",
    source_name="Example Watch",
)
ENDED = frozenset(DeliveryStatus) - {DeliveryStatus.PENDING, DeliveryStatus.DISPATCHED}
