"""Station: due lists -> cases, changes and questions. A list may be wrong or empty; nobody is alerted from here.

What an edition means is weighed in `alerts.lists.edition`; this file fetches, stores and keeps each list's clock.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import httpx
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.case import Case
from alerts.change import Change, compare
from alerts.errors import FetchError, ListError
from alerts.fetch import Document, Validators, fetch
from alerts.lists.edition import Findings, weigh
from alerts.lists.mapping import Reader, Row, WatchedList
from alerts.question import Question, QuestionKind
from alerts.store import cases, editions, questions
from alerts.store.cases import Trace
from alerts.store.editions import ListState

URGENT_DAYS: Final = 14
"""Domain.md section 2, rule 6: what moderators get of a baseline."""
FAILURES_TOLD: Final = 2
"""Periods without a successful reading after which moderators are told (safety.md 37)."""
_LONGEST_WAIT: Final = timedelta(hours=1)
_FETCH_SUBJECT: Final = "fetch:"

_log = logging.getLogger(__name__)
_Sessions = async_sessionmaker[AsyncSession]


class Outcome(StrEnum):
    """How a reading ended."""

    BASELINE = "baseline"
    ACCEPTED = "accepted"
    SAME = "same"  # the same document, or not modified
    HELD = "held"
    FAILED = "failed"  # nothing could be got


@dataclass(frozen=True, slots=True)
class CaseChange:
    """An accepted change and the case's name after it."""

    case_name: str
    change: Change


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reading of one list brought. `cases` counts those of a baseline, `questions` are newly asked."""

    list_name: str
    outcome: Outcome
    cases: int = 0
    changes: tuple[CaseChange, ...] = ()
    questions: tuple[Question, ...] = ()
    urgent: tuple[Case, ...] = ()
    reason: str | None = None
    explanation: str | None = None


async def watch(
    sessions: _Sessions, lists: Sequence[WatchedList], client: httpx.AsyncClient, now: datetime
) -> list[Reading]:
    """Read the lists that are due, at once; one list's fault stops no other. Faults of ours are raised at the end."""
    due = []
    async with sessions.begin() as session:
        for watched in lists:
            state = await editions.list_state(session, watched.name)
            if state.next_due is None or state.next_due <= now:
                due.append((watched, state))
    read = [_read_list(sessions, watched, state, client, now) for watched, state in due]
    ended = await asyncio.gather(*read, return_exceptions=True)
    faults = [one for one in ended if isinstance(one, Exception)]
    if faults:
        raise ExceptionGroup("reading lists failed", faults)
    return [one for one in ended if isinstance(one, Reading)]


async def read_edition(
    sessions: _Sessions,
    watched: WatchedList,
    document: bytes,
    now: datetime,
    validators: Validators | None = None,
) -> Reading:
    """Read one document of a list: a baseline the first time, then changes; or held, and the last edition stays."""
    sha256 = hashlib.sha256(document).hexdigest()
    async with sessions.begin() as session:
        state = await editions.list_state(session, watched.name)
        if (state.body_sha256, state.mapping_sha256) == (sha256, watched.mapping_sha256):
            return await _note_same(session, watched, state, now)
        ends = await editions.expects_newline(session, state, sha256, now)
    try:
        reader = await asyncio.to_thread(Reader, document, watched, after_newline=ends)
    except ListError as error:
        return await _hold(sessions, watched, error, sha256, now)
    async with sessions.begin() as session:
        traces = await cases.traces_of_list(session, watched.name)
    sifted = await asyncio.to_thread(_sift, reader, traces)
    async with sessions.begin() as session:
        known = {case.list_key: case for case in await cases.cases_by_id(session, sifted.case_ids)}
    findings = await asyncio.to_thread(weigh, known, sifted.rows, watched)
    async with sessions.begin() as session:
        current = await editions.list_state(session, watched.name)
        if current.body_sha256 != state.body_sha256 or current.accepted_at != state.accepted_at:
            return Reading(watched.name, Outcome.SAME)  # another reading of the same list was quicker
        accepted = replace(
            _well(current, watched, now),
            accepted_at=now,
            body_sha256=sha256,
            mapping_sha256=watched.mapping_sha256,
            ends_with_newline=reader.ends_with_newline,
            etag=validators.etag if validators else None,
            last_modified=validators.last_modified if validators else None,
        )
        outcome = Outcome.BASELINE if state.accepted_at is None else Outcome.ACCEPTED
        await editions.save_list(session, accepted)
        edition = await editions.add_edition(session, watched.name, now, sha256, sifted.count, outcome.value)
        return await _accept(session, watched, findings, edition, outcome, now)


@dataclass(frozen=True, slots=True)
class _Sifted:
    """An edition without the rows that stand as they stood: what to weigh, against which cases."""

    rows: list[Row]
    case_ids: set[int]
    count: int


def _sift(reader: Reader, traces: Sequence[Trace]) -> _Sifted:
    """Leave out every row that equals, under the same key, the one its case was last read from."""
    entries = list(reader.entries())
    seen = Counter(entry.key for entry in entries)
    digests = {trace.key: trace.digest for trace in traces}
    same = {
        entry.key
        for entry in entries
        if seen[entry.key] == 1 and entry.key and digests.get(entry.key) == entry.digest
    }
    return _Sifted(
        rows=[reader.understand(entry) for entry in entries if entry.key not in same],
        case_ids={trace.id for trace in traces if trace.key not in same},
        count=len(entries),
    )


async def _read_list(
    sessions: _Sessions, watched: WatchedList, state: ListState, client: httpx.AsyncClient, now: datetime
) -> Reading:
    understood_alike = state.mapping_sha256 == watched.mapping_sha256
    validators = Validators(state.etag, state.last_modified) if understood_alike else Validators()
    try:
        document = await fetch(client, watched, validators)
    except FetchError as error:
        return await _fail(sessions, watched, error, now)
    except ListError as error:
        return await _hold(sessions, watched, error, "", now)
    if isinstance(document, Document):
        return await read_edition(sessions, watched, document.body, now, document.validators)
    async with sessions.begin() as session:
        return await _note_same(session, watched, await editions.list_state(session, watched.name), now)


async def _accept(
    session: AsyncSession,
    watched: WatchedList,
    findings: Findings,
    edition: int,
    outcome: Outcome,
    now: datetime,
) -> Reading:
    """Store what was found: cases, the changes (none at a baseline), and the questions."""
    is_baseline = outcome is Outcome.BASELINE
    moved = ((one.case, one.key, one.view, one.digest) for one in findings.moved)
    await cases.update_cases(session, moved, now)
    await cases.set_missing(session, [case.id for case in findings.gone], now)
    await cases.set_missing(session, [case.id for case in findings.back], None)
    new = [(row.key, row.view, row.digest) for row in findings.new]
    ids = await cases.insert_cases(session, watched.name, new, now)
    changes = () if is_baseline else _changes(findings, ids)
    await editions.record_changes(session, edition, [one.change for one in changes], now)
    asked = await _settle_questions(session, watched, findings, changes, edition, now)
    urgent = await cases.urgent_cases(session, watched.name, URGENT_DAYS, now) if is_baseline else []
    _log.info("list %s: %s, %d changes, %d questions", watched.name, outcome, len(changes), len(asked))
    return Reading(
        watched.name, outcome, len(ids) if is_baseline else 0, tuple(changes), tuple(asked), tuple(urgent)
    )


def _changes(findings: Findings, ids: dict[str, int]) -> tuple[CaseChange, ...]:
    found = [(one.view, one.case.id, one.changes) for one in findings.moved]
    found += [(row.view, ids[row.key], compare(None, row.view)) for row in findings.new]
    return tuple(
        CaseChange(view.name, Change(case_id, one.field, one.before, one.after))
        for view, case_id, fields in found
        for one in fields
    )


async def _settle_questions(
    session: AsyncSession,
    watched: WatchedList,
    findings: Findings,
    changes: Iterable[CaseChange],
    edition: int,
    now: datetime,
) -> list[Question]:
    """Close what this edition no longer raises or has answered by itself; ask what is new."""
    raised = {(one.kind, one.subject) for one in (*findings.questions, *findings.news, *findings.still)}
    moved_on = {one.change.case_id for one in changes if one.change.field in {"status", "execution_date"}}
    known = await questions.open_of_list(session, watched.name)
    over = [one.id for one in known if one.id is not None and _is_over(one, raised, moved_on)]
    await questions.close(session, over, now)
    return await questions.ask(session, (*findings.questions, *findings.news), edition, now)


def _is_over(
    question: Question, raised: Collection[tuple[QuestionKind, str]], moved_on: Collection[int]
) -> bool:
    """Whether an open question has no cause any more. A date's goes when date or status moves on."""
    if question.kind is QuestionKind.KEY_CHANGED:
        return False
    if question.kind in {QuestionKind.DATE_REMOVED, QuestionKind.DATE_PASSED}:
        return question.case_id in moved_on
    return (question.kind, question.subject) not in raised


async def _note_same(session: AsyncSession, watched: WatchedList, state: ListState, now: datetime) -> Reading:
    await editions.save_list(session, _well(state, watched, now))
    if state.trouble is not None:
        held = [
            one
            for one in await questions.open_of_list(session, watched.name)
            if one.kind is QuestionKind.HELD
        ]
        await questions.close(session, [one.id for one in held if one.id is not None], now)
    return Reading(watched.name, Outcome.SAME)


async def _hold(
    sessions: _Sessions, watched: WatchedList, error: ListError, sha256: str, now: datetime
) -> Reading:
    """The last good edition stays; moderators are told once, until the list is well again."""
    async with sessions.begin() as session:
        state = await editions.list_state(session, watched.name)
        edition = await editions.add_edition(session, watched.name, now, sha256, 0, "held", error.reason)
        asked = await questions.ask(session, [_held(watched, error.reason, error)], edition, now)
        well = _well(state, watched, now)
        await editions.save_list(session, replace(well, trouble=str(error), failures=state.failures + 1))
    _log.warning("list %s: edition held: %s", watched.name, error.reason)
    return Reading(
        watched.name, Outcome.HELD, questions=tuple(asked), reason=error.reason, explanation=str(error)
    )


async def _fail(sessions: _Sessions, watched: WatchedList, error: FetchError, now: datetime) -> Reading:
    """Nothing was got: look again later, and tell the moderators once when it lasts."""
    asked: list[Question] = []
    async with sessions.begin() as session:
        state = await editions.list_state(session, watched.name)
        failures = state.failures + 1
        if failures >= FAILURES_TOLD:
            known = await questions.open_of_list(session, watched.name)
            if not any(one.subject.startswith(_FETCH_SUBJECT) for one in known):
                asked = await questions.ask(
                    session, [_held(watched, _FETCH_SUBJECT + error.reason, error)], None, now
                )
        wait = min(watched.every * 2 ** min(failures - 1, 10), max(watched.every, _LONGEST_WAIT))
        await editions.save_list(
            session, replace(state, failures=failures, trouble=str(error), next_due=now + wait)
        )
    _log.warning("list %s: not read, %d times in a row: %s", watched.name, failures, error.reason)
    return Reading(
        watched.name, Outcome.FAILED, questions=tuple(asked), reason=error.reason, explanation=str(error)
    )


def _held(watched: WatchedList, subject: str, error: ListError) -> Question:
    detail = {"reason": error.reason, "explanation": str(error)}
    return Question(QuestionKind.HELD, watched.name, subject, watched.title, detail)


def _well(state: ListState, watched: WatchedList, now: datetime) -> ListState:
    """A list that answered: its clock set on, its troubles over."""
    return replace(state, checked_at=now, next_due=now + watched.every, failures=0, trouble=None)
