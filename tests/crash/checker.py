"""What must hold after every crash. Pure: reads the record of Telegram, the ledger, and who was killed when.

A copy is explained by what its sender could not know: its lease lapsed in the hands of somebody who was killed, or the
answer broke. Leases that lapse in living hands, and answers that were waited for in vain, are counted as stalls: right
when a machine stands still for so long, wrong when it does not. Explained or not, there are never more copies of a message than its kind allows. Who is wanted,
and how a message is recognised, the scene says; nothing is asked of the bot.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

IN_DOUBT = frozenset(
    {"cut_before", "gateway_before", "cut_after", "gateway_after", "garbage_after", "half_after", "late"}
)
"""Broken answers after which nobody can tell whether a message arrived, and late ones, which nobody may wait for."""

SWALLOWED = frozenset({"cut_before", "gateway_before"})
"""Those of them that no message arrived for. As many as there may be copies leave a reader out, and nobody can know."""

_ENDED = frozenset({"sent", "gone", "failed", "unknown", "cancelled"})


@dataclass(frozen=True)
class Call:
    """One line of the record: a request that reached Telegram, at `at` seconds of the machine's monotonic clock."""

    at: float
    method: str
    accepted: bool
    chat: int | None = None
    text: str | None = None
    reply_to: int | None = None
    message_id: int | None = None
    fault: str = ""
    offset: int | None = None


@dataclass(frozen=True)
class Row:
    """A row of the ledger; `chat` is None once its reader is forgotten."""

    id: int
    alert_id: int | None
    chat: int | None
    operation: str
    status: str
    attempts: int
    copies: int


@dataclass(frozen=True)
class Lapse:
    """The lease of a row ran out in a worker's hands, which was noticed at `at`: the worker was taken for dead.

    Or the worker lived, and had `waited` for an answer for as long as it may.
    """

    row: int
    worker: str
    at: float
    waited: bool = False


@dataclass(frozen=True)
class Books:
    """The ledger as it stands in the end, and every lease that lapsed on the way."""

    rows: Sequence[Row]
    lapses: Sequence[Lapse] = ()


@dataclass(frozen=True)
class Kill:
    """A process died at `at` that had claimed under this name (empty: it never did). Then somebody lived `back`."""

    at: float
    back: float
    worker: str = ""


@dataclass(frozen=True)
class Subject:
    """One message to many: how its text is recognised, for whom it is, how often it may be sent to one chat.

    `may_miss` are chats that may get it or not; what has a higher `place` in its chain is newer. Answers to people are
    not `booked` in the ledger; one may come again when its update was taken up again.
    """

    alert_id: int | None
    pattern: str
    chats: frozenset[int]
    most: int = 2
    may_miss: frozenset[int] = frozenset()
    place: int = 0
    booked: bool = True


@dataclass(frozen=True)
class Bounds:
    """The window of one worker in rows; seconds of a lease, and of a recovery beyond it.

    What the `desk` is told is nobody's delivery.
    """

    window: int = 64
    lease: float = 1.0
    recovery: float = 5.0
    desk: frozenset[int] = frozenset()


@dataclass
class Verdict:
    """What was found wrong (nothing, when all is well): cases by what they are of. And numbers for people."""

    found: defaultdict[str, list[object]] = field(default_factory=lambda: defaultdict(list))
    numbers: Counter[str] = field(default_factory=Counter)

    def blame(self, words: str, cases: Iterable[object]) -> None:
        """Note cases of something wrong."""
        for case in cases:
            self.found[words].append(case)

    @property
    def faults(self) -> list[str]:
        """A sentence for each kind of fault, with the first few cases of it."""
        return [f"{len(cases)} {words}: {cases[:5]}" for words, cases in self.found.items()]


def check(
    calls: Sequence[Call], books: Books, kills: Sequence[Kill], subjects: Sequence[Subject], bounds: Bounds
) -> Verdict:
    """Everything the issue asks of a crash: nothing lost, unexpected, doubled beyond reason, out of order, unbooked."""
    verdict = Verdict()
    sent = [call for call in calls if call.method == "sendMessage" and call.chat not in bounds.desk]
    sendings = [(call, _subject_of(call, subjects)) for call in sent]
    verdict.blame(
        "unexpected messages", [call for call, subject in sendings if subject is None and call.accepted]
    )
    for subject in subjects:
        own = [call for call, known in sendings if known is subject]
        _check_subject(verdict, subject, own, books, kills)
    _check_windows(verdict, books, kills, bounds)
    _check_order(verdict, sendings)
    _check_silence(verdict, calls)
    _check_books(verdict, books.rows, subjects)
    _check_recovery(verdict, sent, kills, bounds)
    verdict.numbers["kills"] = len(kills)
    return verdict


def _subject_of(call: Call, subjects: Sequence[Subject]) -> Subject | None:
    """What a message is about; None for what nobody asked for."""
    fits = [each for each in subjects if re.search(each.pattern, call.text or "") and call.chat in each.chats]
    return fits[0] if len(fits) == 1 else None


def _check_subject(
    verdict: Verdict, subject: Subject, calls: Sequence[Call], books: Books, kills: Sequence[Kill]
) -> None:
    """Who was left out, and who heard more often than there are reasons for."""
    copies = Counter(call.chat for call in calls if call.accepted)
    doubts = Counter(call.chat for call in calls if call.fault in IN_DOUBT)
    swallowed = Counter(call.chat for call in calls if call.fault in SWALLOWED)
    mine = {
        row.chat: row for row in books.rows if row.alert_id == subject.alert_id and row.operation == "send"
    }
    killed = {kill.worker for kill in kills}
    dead = Counter(lapse.row for lapse in books.lapses if lapse.worker in killed and not lapse.waited)
    stalls = Counter(lapse.row for lapse in books.lapses if lapse.worker not in killed or lapse.waited)
    for chat in subject.chats:
        row = mine.get(chat) if subject.booked else None
        # Of an answer, and of somebody who is forgotten, no row says whose hands it was in.
        known = doubts[chat] + (dead[row.id] if row else len(kills))
        stalled = stalls[row.id] if row else 0
        wanted = copies[chat] - 1
        if not copies[chat] and chat not in subject.may_miss:
            verdict.numbers["swallowed"] += 1
            if row is None or row.status != "unknown" or swallowed[chat] < subject.most:
                verdict.blame("lost", [(chat, row)])
        elif wanted > known + stalled:
            verdict.blame("copies that nothing explains", [(chat, row)])
        verdict.numbers["stalls"] += wanted > known
        verdict.numbers["copies"] += max(0, copies[chat] - 1)
    verdict.numbers["sent"] += copies.total()
    verdict.blame(
        f"chats with over {subject.most} copies", [(c, n) for c, n in copies.items() if n > subject.most]
    )


def _check_windows(verdict: Verdict, books: Books, kills: Sequence[Kill], bounds: Bounds) -> None:
    """What a worker held when it was killed, and others had to take up, is no more than its window."""
    windows = [
        sum(one.worker == kill.worker and one.at >= kill.at and not one.waited for one in books.lapses)
        for kill in kills
    ]
    verdict.numbers["widest window"] = max(windows, default=0)
    verdict.blame("windows too wide", [width for width in windows if width > bounds.window])


def _check_order(verdict: Verdict, sendings: Sequence[tuple[Call, Subject | None]]) -> None:
    """In each chat nothing old comes after something newer of its chain, and replies answer what that chat got."""
    chats: defaultdict[int, list[tuple[Call, Subject]]] = defaultdict(list)
    for call, subject in sendings:
        if call.accepted and subject is not None and call.chat is not None:
            chats[call.chat].append((call, subject))
    late, astray = [], []
    for chat, heard in chats.items():
        late += [chat for (_, one), (_, other) in pairwise(heard) if other.place < one.place]
        known = {call.message_id for call, _ in heard}
        astray += [chat for call, _ in heard if call.reply_to is not None and call.reply_to not in known]
    verdict.blame("chats that heard something old after something newer", late)
    verdict.blame("replies to what the chat never got", astray)


def _check_silence(verdict: Verdict, calls: Sequence[Call]) -> None:
    """Whoever has been told that all is deleted hears nothing more, but for what was in the air."""
    told = {call.chat: call.at for call in reversed(calls) if call.method == "editMessageText"}
    sent = [call for call in calls if call.method == "sendMessage" and call.accepted]
    verdict.blame(
        "messages to the forgotten", [one for one in sent if one.at > told.get(one.chat, one.at) + 1.0]
    )


def _check_books(verdict: Verdict, rows: Sequence[Row], subjects: Sequence[Subject]) -> None:
    """One row for each of the eligible, every one of them ended, and none of anything else."""
    for subject in [each for each in subjects if each.booked]:
        mine = [row for row in rows if row.alert_id == subject.alert_id and row.operation == "send"]
        chats = Counter(row.chat for row in mine if row.chat is not None)
        forgotten = len(mine) - chats.total()
        wanted = subject.chats - subject.may_miss
        verdict.blame("without a row", wanted - chats.keys())
        verdict.blame("rows of strangers", chats.keys() - subject.chats)
        verdict.blame("rows too many", [chat for chat, number in chats.items() if number > 1])
        if forgotten > len(subject.may_miss):
            verdict.blame("rows too many that belong to nobody", [forgotten])
    left = {chat for subject in subjects for chat in subject.may_miss}
    waiting = [row for row in rows if row.status not in _ENDED and row.operation == "send"]
    held = [row for row in waiting if row.status == "dispatched" or row.chat not in {*left, None}]
    verdict.blame("rows that never ended", held)
    known = {subject.alert_id for subject in subjects}
    verdict.blame("rows of nothing known", [row for row in rows if row.alert_id not in known])


def _check_recovery(verdict: Verdict, calls: Sequence[Call], kills: Sequence[Kill], bounds: Bounds) -> None:
    """While anything is left to send, the next message after a kill comes within the lease and five seconds."""
    times = [call.at for call in calls]
    slow = []
    for kill in kills:
        later = [at for at in times if at > kill.back]
        if later and later[0] - kill.back > bounds.lease + bounds.recovery:
            slow.append(round(later[0] - kill.back, 1))
    verdict.blame("recoveries that took too long", slow)
