"""What one edition says about the cases we know: who is new, who changed, who is gone, what must be asked.

Pure: takes known cases and rows, gives findings. Order of rows never matters. Rules: domain.md sections 1 and 2,
safety.md 2 and 3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from alerts.case import OUTCOMES, THREATS, Case, CaseView, may_move
from alerts.change import FieldChange, compare
from alerts.lists.mapping import Row, WatchedList
from alerts.names import harmless, match
from alerts.question import SAYS, Question, QuestionKind

LONGEST_SUBJECT = 600


@dataclass(frozen=True, slots=True)
class Moved:
    """A known case whose row was taken over; `changes` may be empty (a detail, a new column, formatting)."""

    case: Case
    key: str
    view: CaseView
    digest: str
    changes: tuple[FieldChange, ...]


@dataclass(slots=True)
class Findings:
    """All that an edition says. `gone` are newly missing cases, `back` those no longer missing.

    `questions` are what this edition raises, asked already or not; `news` are asked once, at the event. `still`
    names vanished rows' questions asked at an earlier edition: not to be asked again, nor closed.
    """

    new: list[Row] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    gone: list[Case] = field(default_factory=list)
    back: list[Case] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    news: list[Question] = field(default_factory=list)
    still: list[Question] = field(default_factory=list)


def weigh(known: Mapping[str, Case], rows: Sequence[Row], watched: WatchedList) -> Findings:
    """Weigh an edition's rows against the cases known by key. With no known cases every sound row is new.

    Rows equal to those last taken over, and their cases, may be left out of both.
    """
    return _Weighing(known, watched).weigh(rows)


class _Weighing:
    """One edition being weighed."""

    def __init__(self, known: Mapping[str, Case], watched: WatchedList) -> None:
        self._known = known
        self._watched = watched
        self._findings = Findings()

    def weigh(self, rows: Sequence[Row]) -> Findings:
        by_key: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_key[row.key].append(row)
        strangers, doubled = by_key.pop("", []), []
        absent = [case for key, case in self._known.items() if key not in by_key]
        for key, same in by_key.items():
            case = self._known.get(key)
            if len(same) > 1:
                doubled += same
                self._ask_double(key, same, case)
            elif case is None:
                strangers.append(same[0])
            else:
                self._take(case, same[0])
        found = self._place(strangers, doubled, absent)
        missing = {case.id: case for case in absent if case.id not in found}
        self._miss(missing.values())
        self._findings.back = [
            case for case in self._known.values() if case.missing_since is not None and case.id not in missing
        ]
        return self._findings

    def _place(self, strangers: list[Row], doubled: list[Row], absent: list[Case]) -> set[int]:
        """Find out who the rows under unknown keys are; gives the ids of the cases they are or may be.

        Rows whose key is double have been asked about; whom they may be has not vanished either.
        """
        matches = match([row.view for row in strangers + doubled], [case.seen for case in absent])
        found = {absent[place].id for matched in matches if matched for place in matched.candidates}
        for row, matched in zip(strangers, matches, strict=False):
            if matched is None:
                self._welcome(row)
                continue
            candidates = [absent[place] for place in matched.candidates]
            if row.waits:
                self._ask_waiting(row, None)
            elif matched.certain:
                self._carry_on(candidates[0], row)
            else:
                self._ask(
                    QuestionKind.SAME_NAME,
                    row.key,
                    row.view,
                    None,
                    {"keys": sorted(case.list_key for case in candidates)},
                )
        return found

    def _welcome(self, row: Row) -> None:
        if row.waits:
            self._ask_waiting(row, None)
        elif row.key:
            self._findings.new.append(row)
        else:
            self._ask(QuestionKind.NO_KEY, f"|{row.view.name}", row.view, None, {"row": row.number})

    def _carry_on(self, case: Case, row: Row) -> None:
        """The same person under another key, or under none (then the old one is kept)."""
        if row.key:
            detail = {"before": case.list_key, "after": row.key}
            asked = self._question(
                QuestionKind.KEY_CHANGED, f"{case.list_key}|{row.key}", row.view, case, detail
            )
            self._findings.news.append(asked)
        self._take(case, row)

    def _take(self, case: Case, row: Row) -> None:
        """What a row says of a known case is taken over, or waits."""
        if row.waits:
            self._ask_waiting(row, case)
            return
        view, before = _with_kept_extras(case.seen, row.view), case.seen
        assert view.status is not None
        assert before.status is not None
        if not may_move(before.status, view.status):
            detail = {"before": str(before.status), "after": str(view.status), "word": view.word}
            detail |= _outcome(view)
            self._ask(QuestionKind.ILLEGAL_TRANSITION, f"{case.list_key}|{view.status}", view, case, detail)
            return
        key, changes = row.key or case.list_key, compare(before, view, self._watched.also)
        self._findings.moved.append(Moved(case, key, view, row.digest, changes))
        if before.execution_date is not None and view.execution_date is None and view.status in THREATS:
            detail = {"date": str(before.execution_date), "status": str(view.status)}
            self._findings.news.append(self._question(QuestionKind.DATE_REMOVED, key, view, case, detail))

    def _miss(self, cases: Iterable[Case]) -> None:
        for case in cases:
            detail = {"status": str(case.seen.status)}
            asked = self._question(QuestionKind.VANISHED, case.list_key, case.seen, case, detail)
            if case.missing_since is None:
                self._findings.gone.append(case)
                self._findings.questions.append(asked)
            else:
                self._findings.still.append(asked)

    def _ask_double(self, key: str, rows: list[Row], case: Case | None) -> None:
        detail = {
            "rows": sorted(row.number for row in rows),
            "names": sorted({harmless(r.view.name) for r in rows}),
        }
        first = min((row.view for row in rows), key=lambda view: view.name)
        self._ask(QuestionKind.DOUBLE_KEY, key, case.seen if case else first, case, detail)

    def _ask_waiting(self, row: Row, case: Case | None) -> None:
        key = row.key or f"|{row.view.name}"
        if row.unknown_word is not None:
            detail = {"word": row.unknown_word, "row": row.number}
            self._ask(QuestionKind.UNKNOWN_STATUS, f"{key}|{row.unknown_word}", row.view, case, detail)
        for problem in row.problems:
            detail = {"field": problem.field, "word": problem.word, "row": row.number} | _outcome(row.view)
            self._ask(problem.kind, f"{key}|{problem.field}|{problem.word}", row.view, case, detail)

    def _ask(
        self, kind: QuestionKind, subject: str, view: CaseView, case: Case | None, detail: dict[str, Any]
    ) -> None:
        self._findings.questions.append(self._question(kind, subject, view, case, detail))

    def _question(
        self, kind: QuestionKind, subject: str, view: CaseView, case: Case | None, detail: dict[str, Any]
    ) -> Question:
        return Question(
            kind=kind,
            list_name=self._watched.name,
            subject=harmless(subject)[:LONGEST_SUBJECT],
            case_name=harmless(view.name),
            detail=detail,
            case_id=case.id if case else None,
        )


def _outcome(view: CaseView) -> dict[str, str]:
    """What a row that waits says of an end or a stay: while it waits, the letters of its case do too."""
    return {SAYS: str(view.status)} if view.status in OUTCOMES else {}


def _with_kept_extras(before: CaseView, after: CaseView) -> CaseView:
    """Details of columns that this document lacks stay as last read: columns come and go."""
    if after.extras == before.extras:
        return after
    present = {column for column, _ in after.extras}
    kept = tuple(pair for pair in before.extras if pair[0] not in present)
    return replace(after, extras=after.extras + kept) if kept else after
