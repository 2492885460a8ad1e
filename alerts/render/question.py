"""A question to moderators in words: what the list says, and why only they can settle it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from alerts.case import Case, CaseStatus
from alerts.day import Day
from alerts.locales import N_, Catalogue, terms
from alerts.question import ACTIONS, Question, QuestionKind
from alerts.render import person
from alerts.render.builder import TextBuilder, neutral
from alerts.render.message import Keyboard, Message

_WORDS: Final = {
    QuestionKind.VANISHED: N_(
        "%(name)s is no longer on the list (last status: %(status)s). That says nothing by itself. Do you know more?"
    ),
    QuestionKind.KEY_CHANGED: N_(
        "The list gives %(name)s another key: %(before)s became %(after)s. Name and birth date agree, so the case goes"
        " on. For you to know."
    ),
    QuestionKind.SAME_NAME: N_(
        "A row under another key has the name of %(name)s, but nothing else agrees. Is it the same person? The row"
        " waits."
    ),
    QuestionKind.NO_KEY: N_("%(name)s: the row has no key. It waits until the list is corrected."),
    QuestionKind.DOUBLE_KEY: N_(
        "Rows %(rows)s have one key: %(names)s. They wait until the list is corrected."
    ),
    QuestionKind.UNKNOWN_STATUS: N_(
        "%(name)s: the list says “%(word)s”, which the configuration does not know. The row waits; add the word to"
        " [lists.statuses]."
    ),
    QuestionKind.ILLEGAL_TRANSITION: N_(
        "%(name)s: the list moves the case from “%(before)s” to “%(after)s”, a step that the law does not know. The row"
        " waits. Is the list right?"
    ),
    QuestionKind.FORBIDDEN_TEXT: N_(
        "%(name)s: the field “%(field)s” has hidden or control characters. The row waits until the list is corrected."
    ),
    QuestionKind.UNREADABLE_DATE: N_(
        "%(name)s: “%(word)s” in the field “%(field)s” is not a date. The row waits until the list is corrected."
    ),
    QuestionKind.DATE_REMOVED: N_(
        "%(name)s: the list has taken back the date of execution, %(date)s; the status stays “%(status)s”. What does"
        " it mean?"
    ),
    QuestionKind.DATE_PASSED: N_(
        "%(name)s: the date of execution, %(date)s, has come and the status is still “%(status)s”. What happened?"
    ),
    QuestionKind.HELD: N_("This edition of the list is held, the last good one stays: %(explanation)s"),
    QuestionKind.DEADLINE_NEAR: N_(
        "%(number)s, %(name)s: the deadline is near (%(date)s). More time, let it end, or is there news?"
    ),
    QuestionKind.REVIEW_DUE: N_(
        "%(number)s, %(name)s: an execution may be imminent. Does the action still stand? After 48 hours without an"
        " answer its letters are held."
    ),
    QuestionKind.NAME_CHANGED: N_(
        "%(number)s: the list now writes the name as %(name)s (before: %(before)s). Does the action need an update?"
    ),
    QuestionKind.TARGET_DUE: N_(
        "%(name)s: this address was last checked on %(date)s. Is it still right? /targets"
    ),
    QuestionKind.ADDRESS_FAILED: N_(
        "%(name)s: readers report that “%(word)s” does not work. The next address is served until you have looked:"
        " /targets"
    ),
}
_NEVER_CHECKED: Final = N_("%(name)s: nobody has checked this address yet. Is it right? /targets")
_NO_LISTS: Final = frozenset({QuestionKind.TARGET_DUE, QuestionKind.ADDRESS_FAILED})
"""Asked about officials to write to, whom no list names."""
_UNKNOWN: Final = "–"
_LONG: Final = 400
_STATUSES: Final = frozenset(CaseStatus)


def render_in_danger(catalogue: Catalogue, case: Case, keyboard: Keyboard = ()) -> Message:
    """A case that a list's first reading found in danger already; a moderator may draft from it."""
    name = person.listed(catalogue, case.list_name)
    text = TextBuilder(catalogue)
    text.bold(catalogue.t("In danger at the first reading of the list “%(list)s”", list=name)).line()
    text.line(person.full_name(catalogue, case.seen))
    for line in person.status_and_date(catalogue, case.seen):
        text.line(line)
    return text.build(keyboard, silent=True)


def render_question(catalogue: Catalogue, question: Question, keyboard: Keyboard = ()) -> Message:
    """One question with the name of its list; buttons are the caller's."""
    text = TextBuilder(catalogue)
    _add_question(text, catalogue, question)
    return text.build(keyboard)


def render_questions(
    catalogue: Catalogue, questions: Sequence[Question], total: int, keyboard: Keyboard = ()
) -> Message:
    """A page of open questions; `total` counts all pages."""
    text = TextBuilder(catalogue)
    text.line(catalogue.n("%(number)s question is open", "%(number)s questions are open", total))
    for question in questions:
        _add_question(text.line(), catalogue, question)
    return text.build(keyboard)


def _add_question(text: TextBuilder, catalogue: Catalogue, question: Question) -> None:
    values = {key: _in_words(catalogue, key, value) for key, value in question.detail.items()}
    blanks = dict.fromkeys(
        ("status", "before", "after", "rows", "names", "word", "field", "date", "explanation", "number"),
        _UNKNOWN,
    )
    name = person.listed(catalogue, question.case_name)
    text.bold(_title(catalogue, question)).line()
    text.line(catalogue.t(_words(question), **(blanks | values | {"name": name})))


def _title(catalogue: Catalogue, question: Question) -> str:
    if question.list_name == ACTIONS:
        return catalogue.t("Question about an urgent action")
    if question.kind in _NO_LISTS:
        return catalogue.t("Question about an official’s address")
    return catalogue.t(
        "Question about the list “%(list)s”", list=person.listed(catalogue, question.list_name)
    )


def _words(question: Question) -> str:
    if question.kind is QuestionKind.TARGET_DUE and "date" not in question.detail:
        return _NEVER_CHECKED
    return _WORDS[question.kind]


def _in_words(catalogue: Catalogue, key: str, value: Any) -> str:
    """A status, a field or a date in words; other text as the list has it."""
    if isinstance(value, list):
        return catalogue.listing([_in_words(catalogue, key, part) for part in value])
    if isinstance(value, int):
        return catalogue.number(value)
    word = str(value)
    if key in {"number", "explanation"}:
        return catalogue.identifier(word) if key == "number" else catalogue.original(neutral(word, _LONG))
    if word in _STATUSES:
        return terms.status(catalogue, CaseStatus(word))
    if key == "date":
        day = Day.parse(word)  # ours, since the question came from a date that was read
        return catalogue.day(day) if day else _UNKNOWN
    field = terms.field(catalogue, word) if key == "field" else None
    return field or person.listed(catalogue, word, _LONG)
