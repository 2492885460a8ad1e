"""Every message as its reader sees it, against the reviewed files in tests/rendered/<locale>/."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import letter as letters
from alerts.case import Case
from alerts.question import ACTIONS, Question, QuestionKind
from alerts.render.action import render_actions
from alerts.render.alert import render_alert
from alerts.render.case import render_case, render_cases
from alerts.render.changes import render_draft
from alerts.render.letter import SAFETY_NOTE, render_letter
from alerts.render.message import Message, Variant
from alerts.render.question import render_in_danger, render_question
from tests.alerts.render.samples import (
    ALERTS,
    ARMAN,
    CASEY,
    DEADLINE,
    NOW,
    PUBLISHED_ARMAN,
    PUBLISHED_CASEY,
    UPHELD_ARMAN,
    action,
    alert,
)

NUMBERS = {"first_imminent": "UA-26/014", "first_new_case": "UA-26/014", "first_scheduled": "UA-26/014"}
DETAILS = {
    QuestionKind.VANISHED: {"status": "upheld"},
    QuestionKind.KEY_CHANGED: {"before": "1001", "after": "1001.0"},
    QuestionKind.SAME_NAME: {},
    QuestionKind.NO_KEY: {"row": 7},
    QuestionKind.DOUBLE_KEY: {"rows": [4, 9], "names": ["Arman Nemuneh", "Casey Sample"]},
    QuestionKind.UNKNOWN_STATUS: {"word": "Ruled Example", "row": 3},
    QuestionKind.ILLEGAL_TRANSITION: {"before": "executed", "after": "upheld", "word": "Alive"},
    QuestionKind.FORBIDDEN_TEXT: {"field": "name_latin", "word": "?", "row": 3},
    QuestionKind.UNREADABLE_DATE: {"field": "execution_date", "word": "next week", "row": 3},
    QuestionKind.DATE_REMOVED: {"date": "2026-04-16", "status": "scheduled"},
    QuestionKind.DATE_PASSED: {"date": "2026-04-16", "status": "scheduled"},
    QuestionKind.HELD: {"reason": "empty", "explanation": "the list has no rows"},
    QuestionKind.DEADLINE_NEAR: {"number": "UA-26/014", "action": 14, "date": "2026-04-16"},
    QuestionKind.REVIEW_DUE: {"number": "UA-26/014", "action": 14},
    QuestionKind.NAME_CHANGED: {"number": "UA-26/014", "action": 14, "before": "Arman Nemune"},
    QuestionKind.TARGET_DUE: {"date": "2026-04-16"},
    QuestionKind.ADDRESS_FAILED: {"word": "office@example.org"},
}
OF_ACTIONS = {QuestionKind.DEADLINE_NEAR, QuestionKind.REVIEW_DUE, QuestionKind.NAME_CHANGED}


def by_variant(show, render) -> str:
    return "\n".join(f"=== {variant.value}\n{show(render(variant))}" for variant in Variant)


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert(name, catalogue, show, check_reviewed):
    number = NUMBERS.get(name, "UA-26/014.1")
    check_reviewed(
        f"alert_{name}",
        by_variant(show, lambda variant: render_alert(ALERTS[name], catalogue, variant, number=number)),
    )


def test_a_case(catalogue, show, check_reviewed):
    history = [
        replace(alert(UPHELD_ARMAN, None), disposition="digest", published_at=NOW),
        replace(ALERTS["first_imminent"], number="UA-26/014", published_at=NOW),
    ]
    check_reviewed(
        "case", by_variant(show, lambda variant: render_case(catalogue, PUBLISHED_ARMAN, history, variant))
    )


def test_cases_found(catalogue, show, check_reviewed):
    found = [PUBLISHED_ARMAN, PUBLISHED_CASEY]
    check_reviewed("cases", by_variant(show, lambda variant: render_cases(catalogue, found, variant)))


def test_open_actions(catalogue, show, check_reviewed):
    pairs = [
        (action(23, sequence=15, updates=2, deadline=None), PUBLISHED_CASEY),
        (action(), PUBLISHED_ARMAN),
    ]
    check_reviewed(
        "actions", by_variant(show, lambda variant: render_actions(catalogue, pairs, NOW, variant))
    )


def test_no_open_actions(catalogue, show, check_reviewed):
    check_reviewed("actions_none", show(render_actions(catalogue, [], NOW)))


def test_a_draft(catalogue, show, check_reviewed):
    drafts = {
        "changed": replace(ALERTS["first_imminent"], revision=2),
        "new": alert(replace(CASEY, extras=(("ppb_decision", "Clemency Denied"),)), None),
    }
    shown = [show(render_draft(catalogue, draft)) for draft in drafts.values()]
    check_reviewed("draft", "\n".join(shown))


def test_questions(catalogue, show, check_reviewed):
    assert set(DETAILS) == set(QuestionKind)
    asked = [
        Question(kind, ACTIONS if kind in OF_ACTIONS else "example", "1001", "Arman Nemuneh", detail)
        for kind, detail in DETAILS.items()
    ]
    check_reviewed("questions", "\n".join(show(render_question(catalogue, question)) for question in asked))


def test_a_case_in_danger_at_the_first_reading(catalogue, show, check_reviewed):
    case = Case(17, "example", "1001", CASEY)
    check_reviewed("in_danger", show(render_in_danger(catalogue, case)))


def letter_messages(view, catalogue, variant) -> list[Message]:
    kind, judge = letters.kind_for([view], own_government=False), letters.Addressee("head_of_judiciary")
    letter = letters.fill([view], action(), judge, catalogue, kind, variant=1, subject=1)
    return render_letter(letter, catalogue, variant, deadline=DEADLINE)


@pytest.mark.parametrize("variant", [Variant.NORMAL, Variant.SAFE])
def test_a_letter(variant, catalogue, show, check_reviewed):
    shown = [show(message) for message in letter_messages(ARMAN, catalogue, variant)]
    check_reviewed(f"letter_{variant.value}", "\n".join(shown))


def test_the_note_before_a_first_letter(catalogue, check_reviewed):
    check_reviewed("letter_note", catalogue.t(SAFETY_NOTE) + "\n")
