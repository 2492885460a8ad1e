from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from alerts.locales import load
from alerts.question import Question, QuestionKind
from alerts.render.message import TEXT_UNITS, Message, units
from alerts.render.question import render_question
from alerts.render.target import FIELDS, render_proposal, render_target, render_targets
from alerts.target import AddressState, Kept, TargetEntry
from tests.alerts.officials import CHECKED, an_entry

TODAY = date(2026, 11, 22)
EN = load()["en"]
WHOLE: dict[str, Any] = {
    "title": {"en": "Chief Justice", "fa": "رئیس"},
    "name": "Kim Sample",
    "organisation": "Supreme Court",
    "gender": "f",
    "salutations": {"en": "Your Honour,"},
    "phone": "+98 00 000000",
    "url": "https://judiciary.example/form",
    "handle": "@office",
    "reader_countries": ["DE"],
    "provinces": ["Kuhpayeh"],
    "prisons": ["Sabzdasht"],
    "active_from": "2025-01-01",
    "active_until": "2027-01-01",
    "note": "Answers within a month.",
}


def kept(entry: TargetEntry | None = None, **changes: Any) -> Kept:
    return replace(Kept(1, "ir-judiciary", value=entry or an_entry(), verified_at=CHECKED), **changes)


def exact(message: Message) -> list[str]:
    """What stands there monospaced."""
    encoded = message.text.encode("utf-16-le")
    return [
        encoded[2 * one.offset : 2 * (one.offset + one.length)].decode("utf-16-le")
        for one in message.entities
        if one.kind == "code"
    ]


def test_one_official_with_everything():
    entry = an_entry(**WHOLE)
    message = render_target(EN, kept(entry, states={"@office": AddressState.BLOCKED}), TODAY)
    lines = message.text.splitlines()
    assert lines[:5] == [
        "Chief Justice, Supreme Court (Iran)",
        "an address failed and checked",
        "Key: ir-judiciary",
        "Last checked on 1 November 2026; again by 30 January 2027.",
        "",
    ]
    assert exact(message) == [*entry.addresses, *entry.sources]
    assert "Social media: @office (refuses letters)" in lines
    assert "Gender of who holds the office: woman" in lines
    assert {line.split(":")[0] for line in lines[5:]} == {
        label for field, label in FIELDS.items() if field != "example"
    }


def test_a_proposal_shows_what_would_change_and_what_goes():
    after = an_entry(emails=["desk@judiciary.example"], languages=[], country="AE")
    assert render_proposal(EN, an_entry(), after).text.splitlines() == [
        "Proposed change: Head of the Judiciary (United Arab Emirates)",
        "Key: ir-judiciary",
        "Changed from “Iran” to “United Arab Emirates”.",
        "E-mail: desk@judiciary.example",
        "Languages to write in: nothing",
    ]


def test_everything_of_the_longest_entry_is_shown_before_somebody_agrees():
    room = {"note": "a." * 380, "emails": [f"a{'.a' * 20}{n}@judiciary.example" for n in range(12)]}
    entry = an_entry(**room)
    message = render_proposal(EN, None, entry)
    assert units(message.text) < TEXT_UNITS
    assert exact(message) == [*entry.emails, *entry.sources]


def test_text_of_an_entry_becomes_no_link():
    message = render_proposal(EN, None, an_entry(note="see www.evil.example or @evil", name="evil.example"))
    assert "evil.example" not in message.text
    assert "@evil" not in message.text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "checked"),
        ({"verified_at": None}, "must be checked"),
        ({"retired_at": CHECKED}, "retired"),
        ({"value": an_entry(example=True)}, "example, never served"),
        (
            {"value": an_entry(active_until="2026-11-01")},
            "term of office over, not served and must be checked",
        ),
        ({"proposal": an_entry(note="x")}, "a proposal waits and checked"),
        ({"states": dict.fromkeys(an_entry().emails, AddressState.BOUNCED)}, "an address failed and checked"),
        (
            {"value": an_entry(postal=[]), "states": dict.fromkeys(an_entry().emails, AddressState.BOUNCED)},
            "no address works and checked",
        ),
    ],
)
def test_the_list_says_where_each_stands(changes: dict[str, Any], says: str):
    page = [kept(**changes), kept(an_entry(country="US", title="Board"))]
    assert render_targets(EN, page, 9, TODAY).text.splitlines() == [
        "9 officials are kept",
        "",
        "Iran",
        f"Head of the Judiciary: {says}",
        "",
        "United States",
        "Board: checked",
    ]


def asked(kind: QuestionKind, **detail: str) -> str:
    question = Question(kind, "targets", "ir-judiciary", "ir-judiciary (Chief Justice)", detail)
    return render_question(EN, question).text


def test_a_question_about_an_official_names_no_list():
    checked = datetime(2026, 8, 1, tzinfo=UTC).date().isoformat()
    assert asked(QuestionKind.TARGET_DUE, date=checked) == (
        "Question about an official’s address\nir-judiciary (Chief Justice): this address was last checked on"
        " 1 August 2026. Is it still right? /targets"
    )
    assert asked(QuestionKind.TARGET_DUE).endswith(
        "ir-judiciary (Chief Justice): nobody has checked this address yet. Is it right? /targets"
    )
    assert asked(QuestionKind.ADDRESS_FAILED, word="office").startswith(
        "Question about an official’s address"
    )
