from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.alert import (
    ENDS,
    OPEN,
    Alert,
    AlertKind,
    AlertStatus,
    Companion,
    Disposition,
    Facts,
    Hand,
    Part,
    Refusal,
    is_enough,
    makes_editor,
    may_approve,
    may_edit,
    may_publish,
    may_submit,
    may_turn_down,
)
from alerts.case import Case, CaseStatus, CaseView, Certainty
from alerts.day import Day
from alerts.demand import Demand, Petition
from tests.alerts.reviewing import (
    ANNA,
    BEFORE,
    BEN,
    CARA,
    DAY,
    HOUR,
    NOW,
    VIEW,
    S,
    a_case,
    an_alert,
    approved_by,
)

MOMENT = timedelta(microseconds=1)
EXECUTED = replace(VIEW, status=S.EXECUTED)


def stating(view: CaseView, **changes: Any) -> Alert:
    return an_alert(view, **changes)


def test_open_is_what_is_on_its_way():
    assert {"draft", "pending", "returned", "approved"} == OPEN


@pytest.mark.parametrize("status", list(AlertStatus))
def test_each_step_fits_some_standings_only(status: AlertStatus):
    alert = an_alert(status=status)
    wrong = Refusal.WRONG_STATUS
    assert may_submit(alert) == (None if status in {"draft", "returned"} else wrong)
    assert may_edit(alert) == (None if status in OPEN else wrong)
    assert may_turn_down(alert, "why") == (None if status in OPEN else wrong)
    assert may_approve(alert, ANNA, 1, a_case(), NOW) == (None if status == "pending" else wrong)
    ready = replace(approved_by(alert, ANNA), status=status)
    assert may_publish(ready, 1, a_case(), NOW) == (None if status == "approved" else wrong)


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_turning_down_needs_a_reason(reason: str):
    assert may_turn_down(an_alert(), reason) is Refusal.REASON_MISSING


# --- approving


@pytest.mark.parametrize("revision", [1, 3])
def test_only_the_revision_that_stands_is_approved(revision: int):
    assert may_approve(an_alert(revision=2), ANNA, revision, a_case(), NOW) is Refusal.STALE_REVISION


def test_an_author_cannot_approve_whatever_the_hands_say():
    alert = an_alert(author=ANNA, hands=())
    assert may_approve(alert, ANNA, 1, a_case(), NOW) is Refusal.OWN_WORK
    assert may_approve(alert, BEN, 1, a_case(), NOW) is None


@pytest.mark.parametrize("edited", [1, 2])
def test_an_editor_of_this_or_an_earlier_revision_cannot_approve(edited: int):
    alert = an_alert(revision=2, hands=(Hand(edited, ANNA, Part.EDITOR, NOW),))
    assert may_approve(alert, ANNA, 2, a_case(), NOW) is Refusal.OWN_WORK
    assert may_approve(alert, BEN, 2, a_case(), NOW) is None


def test_nobody_approves_twice_while_it_counts():
    alert = replace(approved_by(an_alert(), ANNA), status=AlertStatus.PENDING)
    assert may_approve(alert, ANNA, 1, a_case(), NOW) is Refusal.ALREADY_APPROVED
    assert may_approve(alert, BEN, 1, a_case(), NOW) is None
    assert may_approve(alert, ANNA, 1, a_case(), NOW + DAY + MOMENT) is None


@pytest.mark.parametrize(
    ("alert", "case", "refusal"),
    [
        (an_alert(), a_case(replace(VIEW, status=S.STAYED)), Refusal.STATUS_MOVED_ON),
        (an_alert(), a_case(replace(VIEW, status=None)), Refusal.STATUS_MOVED_ON),
        (an_alert(), a_case(missing_since=NOW), Refusal.VANISHED),
        (an_alert(), a_case(published=EXECUTED), Refusal.NEEDS_CORRECTION),
        (stating(EXECUTED), a_case(EXECUTED, published=EXECUTED), None),
        (
            stating(EXECUTED),
            a_case(EXECUTED, published=replace(VIEW, status=S.DIED_IN_CUSTODY)),
            Refusal.NEEDS_CORRECTION,
        ),
        (an_alert(kind=AlertKind.CORRECTION), a_case(published=EXECUTED), None),
        (an_alert(), a_case(published=replace(VIEW, status=S.EXECUTED_REPORTED)), None),
        (
            stating(replace(EXECUTED, certainty=Certainty.SINGLE_SOURCE)),
            a_case(replace(EXECUTED, certainty=Certainty.OFFICIAL)),
            Refusal.NEEDS_CERTAINTY,
        ),
        # The list calls it executed and nobody vouches for that: only "reported" is still what it says.
        (
            stating(replace(EXECUTED, certainty=None)),
            a_case(replace(EXECUTED, certainty=None)),
            Refusal.STATUS_MOVED_ON,
        ),
        (
            stating(replace(VIEW, status=S.EXECUTED_REPORTED)),
            a_case(replace(EXECUTED, certainty=Certainty.UNCONFIRMED)),
            None,
        ),
        # A moderator's own word may be ahead of the list, never of what readers were told for certain.
        (an_alert(author=BEN), a_case(replace(VIEW, status=S.STAYED), missing_since=NOW), None),
        (an_alert(author=BEN), a_case(published=EXECUTED), Refusal.NEEDS_CORRECTION),
        (
            stating(replace(EXECUTED, certainty=Certainty.UNCONFIRMED), author=BEN),
            a_case(),
            Refusal.NEEDS_CERTAINTY,
        ),
    ],
)
def test_facts_must_stand_when_it_is_approved_and_when_it_goes_out(
    alert: Alert, case: Any, refusal: Refusal | None
):
    assert may_approve(alert, ANNA, 1, case, NOW) is refusal
    assert may_publish(approved_by(alert, ANNA), 1, case, NOW) is refusal


@pytest.mark.parametrize("certainty", [Certainty.OFFICIAL, Certainty.CORROBORATED])
def test_a_vouched_execution_may_be_told(certainty: Certainty):
    view = replace(EXECUTED, certainty=certainty)
    assert may_approve(stating(view), ANNA, 1, a_case(view), NOW) is None


@pytest.mark.parametrize(
    ("disposition", "refusal"),
    [
        (Disposition.ACTION, Refusal.DEADLINE_PASSED),
        (Disposition.ALERT, Refusal.DEADLINE_PASSED),
        (Disposition.DIGEST, None),
        (Disposition.RECORD, None),
    ],
)
def test_a_deadline_that_has_come_stops_what_goes_out(disposition: Disposition, refusal: Refusal | None):
    alert = an_alert(disposition=disposition)
    deadline = alert.facts.deadline
    assert deadline is not None
    assert may_approve(alert, ANNA, 1, a_case(), deadline - MOMENT) is None
    assert may_approve(alert, ANNA, 1, a_case(), deadline) is refusal
    ready = approved_by(alert, ANNA, at=deadline - HOUR)
    assert may_publish(ready, 1, a_case(), deadline - MOMENT) is None
    assert may_publish(ready, 1, a_case(), deadline) is refusal


# --- publishing


def test_without_approval_nothing_is_published_whatever_is_configured():
    for needed in (-1, 0, 1, 2):
        assert (
            may_publish(an_alert(status=AlertStatus.APPROVED), needed, a_case(), NOW)
            is Refusal.TOO_FEW_APPROVALS
        )


@pytest.mark.parametrize(
    ("actors", "needed", "refusal"),
    [
        ((ANNA,), 1, None),
        ((ANNA, BEN), 1, None),
        ((ANNA, BEN), 2, None),
        ((ANNA,), 2, Refusal.TOO_FEW_APPROVALS),
        ((ANNA, ANNA), 2, Refusal.TOO_FEW_APPROVALS),
        ((ANNA, BEN), 3, Refusal.TOO_FEW_APPROVALS),
    ],
)
def test_as_many_people_as_configured(actors: tuple[str, ...], needed: int, refusal: Refusal | None):
    alert = approved_by(an_alert(), *actors)
    assert may_publish(alert, needed, a_case(), NOW) is refusal
    assert is_enough(alert, needed, NOW) is (refusal is None)


def test_an_approval_lasts_a_day():
    alert = approved_by(an_alert(), ANNA)
    assert may_publish(alert, 1, a_case(), NOW + DAY) is None
    assert may_publish(alert, 1, a_case(), NOW + DAY + MOMENT) is Refusal.LAPSED
    assert not is_enough(alert, 1, NOW + DAY + MOMENT)


def test_a_lapsed_approval_does_not_make_up_the_number():
    alert = approved_by(approved_by(an_alert(), ANNA, at=NOW - DAY - MOMENT), BEN)
    assert may_publish(alert, 2, a_case(), NOW) is Refusal.LAPSED
    assert may_publish(alert, 1, a_case(), NOW) is None


def test_an_approval_of_another_revision_does_not_count():
    alert = replace(approved_by(an_alert(), ANNA), revision=2)
    assert may_publish(alert, 1, a_case(), NOW) is Refusal.TOO_FEW_APPROVALS


@pytest.mark.parametrize("part", [Part.AUTHOR, Part.EDITOR])
def test_an_approval_by_a_maker_does_not_count(part: Part):
    alert = approved_by(an_alert(), ANNA)
    made = replace(alert, hands=(*alert.hands, Hand(1, ANNA, part, NOW)))
    assert may_publish(made, 1, a_case(), NOW) is Refusal.TOO_FEW_APPROVALS
    assert may_publish(replace(alert, author=ANNA), 1, a_case(), NOW) is Refusal.TOO_FEW_APPROVALS
    assert not is_enough(made, 1, NOW)


FACTS = an_alert().facts
OTHER_VIEWS: dict[str, Any] = {
    "name_latin": "Somebody Else",
    "name_native": "دیگری",
    "aliases": ("T.",),
    "status": S.UPHELD,
    "detail": "solitary",
    "word": "Moved",
    "status_since": Day(2026),
    "execution_date": Day(2027, 1, 1),
    "birth_date": Day(1990),
    "gender": "f",
    "country": "XX",
    "province": "Quay",
    "prison": "Elsewhere",
    "charges": ("drug",),
    "court": "Court 1",
    "verdict_date": Day(2020),
    "minor_at_offence": True,
    "political": True,
    "protest": True,
    "unfair_trial": True,
    "torture": False,
    "hunger_strike": True,
    "announced": "unannounced",
    "group_size": 3,
    "source_name": "Others",
    "source_url": "https://other.example",
    "certainty": Certainty.UNCONFIRMED,
    "note": "x",
    "extras": (("a", "b"),),
}


def every_change() -> list[Any]:
    views = {
        name: {"facts": replace(FACTS, view=replace(VIEW, **{name: value}))}
        for name, value in OTHER_VIEWS.items()
    }
    others = {
        "before": {"facts": replace(FACTS, before=None)},
        "deadline": {"facts": replace(FACTS, deadline=NOW + 8 * DAY)},
        "no deadline": {"facts": replace(FACTS, deadline=None)},
        "demands": {"facts": replace(FACTS, demands=(Demand.HALT,))},
        "goal": {"facts": replace(FACTS, goal=1000)},
        "somebody else": {"facts": replace(FACTS, also=(Companion(2, VIEW, by_hand=True),))},
        "a background": {"backgrounds": {"en": "She was arrested in 2020."}},
        "petition": {"facts": replace(FACTS, petitions=(Petition("https://petition.example"),))},
        "case": {"case_id": 2},
        "kind": {"kind": AlertKind.CORRECTION},
        "disposition": {"disposition": Disposition.ALERT},
        "lane": {"lane": 1},
        "a text": {"texts": {"en": "She was moved."}},
        "an empty text": {"texts": {"en": ""}},
    }
    return [pytest.param(change, id=name) for name, change in (views | others).items()]


def test_the_changes_name_every_field_of_a_view():
    assert set(OTHER_VIEWS) == set(CaseView.__slots__)


@pytest.mark.parametrize("change", every_change())
def test_any_change_of_what_was_approved_voids_the_approval(change: dict[str, Any]):
    alert = replace(approved_by(an_alert(), ANNA), **change)
    others = [a_case(id=2)]
    assert may_publish(alert, 1, a_case(alert.facts.view), NOW, others) is Refusal.TOO_FEW_APPROVALS


@pytest.mark.parametrize(
    "texts", [{}, {"en": "One."}, {"en": "One.", "fa": "دو."}, {"en": "one", "fa": "یک", "de": "eins"}]
)
def test_a_text_more_less_or_other_voids_the_approval(texts: dict[str, str]):
    alert = replace(
        approved_by(an_alert(texts={"en": "One.", "fa": "یک."}), ANNA),
        texts=texts,
    )
    assert may_publish(alert, 1, a_case(), NOW) is Refusal.TOO_FEW_APPROVALS


def test_what_happens_to_it_afterwards_leaves_the_approval():
    alert = replace(
        approved_by(an_alert(texts={"en": "One."}), ANNA),
        number="UA-26/001",
        action_id=4,
        approved_at=NOW,
        pending_at=NOW,
        reason="was returned",
    )
    assert may_publish(alert, 1, a_case(), NOW) is None


def test_the_hash_survives_storage():
    alert = an_alert(replace(VIEW, **(OTHER_VIEWS | {"status": S.IMMINENT})))
    stored = replace(alert, facts=Facts.from_json(alert.facts.to_json()))
    assert stored == alert
    assert stored.core_hash() == alert.core_hash()


# --- several people


HIWA = replace(VIEW, name_latin="Bertram Oakenshade")


def of_two(*, by_hand: bool = False, view: CaseView = HIWA, **changes: Any) -> Alert:
    return an_alert(facts=replace(FACTS, also=(Companion(2, view, by_hand),)), **changes)


@pytest.mark.parametrize(
    ("alert", "companion", "refusal"),
    [
        (of_two(), a_case(HIWA, id=2), None),
        (of_two(), a_case(replace(HIWA, status=S.STAYED), id=2), Refusal.STATUS_MOVED_ON),
        (of_two(), a_case(HIWA, id=2, missing_since=NOW), Refusal.VANISHED),
        (
            of_two(),
            a_case(HIWA, id=2, published=replace(HIWA, status=S.EXECUTED)),
            Refusal.NEEDS_CORRECTION,
        ),
        (of_two(by_hand=True), a_case(replace(HIWA, status=S.UPHELD), id=2), None),
    ],
)
def test_what_an_alert_says_must_hold_of_each_of_its_cases(
    alert: Alert, companion: Case, refusal: Refusal | None
):
    assert may_approve(alert, ANNA, 1, a_case(), NOW, [companion]) is refusal
    assert may_publish(approved_by(alert, ANNA), 1, a_case(), NOW, [companion]) is refusal


def test_an_alert_about_several_as_each_of_them_has_it():
    alert = of_two(case_id=1)
    assert alert.case_ids == (1, 2)
    assert alert.as_about(1) == replace(alert, facts=FACTS)
    assert alert.as_about(2) == replace(alert, case_id=2, facts=replace(FACTS, view=HIWA))
    assert {"case:1", "case:2"} <= alert.topics()
    assert Facts.from_json(alert.facts.to_json()) == alert.facts


# --- whose work it is


@pytest.mark.parametrize(
    ("view", "bars"),
    [
        ({"source_name": "Others"}, False),
        ({"source_url": "https://other.example"}, False),
        ({"prison": "Elsewhere"}, False),
        ({"name_latin": "Tamsin Quilfeather"}, False),
        ({"aliases": ("T.",)}, False),
        ({"name_latin": "Bertram Oakenshade"}, True),
        ({"name_latin": None}, True),
        ({"name_native": "تمسین"}, True),
        ({"certainty": Certainty.CORROBORATED}, True),
        ({"prison": "Elsewhere", "status": S.EXECUTED}, True),
        *(
            ({name: value}, True)
            for name, value in OTHER_VIEWS.items()
            if name in {"status", "gender", "note"}
        ),
    ],
)
def test_putting_right_bars_nobody_and_editing_does(view: dict[str, Any], bars: bool):  # noqa: FBT001
    alert = an_alert()
    facts = replace(alert.facts, view=replace(VIEW, **view))
    assert makes_editor(alert, facts, alert.texts) is bars
    assert makes_editor(replace(alert, author=BEN), facts, alert.texts)
    assert makes_editor(approved_by(alert, CARA), facts, alert.texts)
    assert makes_editor(alert, facts, {"en": "Free text."})
    assert makes_editor(alert, facts, alert.texts, {"en": "A story."})
    assert makes_editor(alert, facts, alert.texts, {}) is bars


@pytest.mark.parametrize(
    "facts",
    [
        replace(FACTS, deadline=None),
        replace(FACTS, petitions=(Petition("https://petition.example"),)),
        replace(FACTS, before=None),
    ],
)
def test_deadline_petition_and_what_was_before_are_edits(facts: Facts):
    assert makes_editor(an_alert(), facts, {})


# --- what it is to readers


@pytest.mark.parametrize("status", list(CaseStatus))
@pytest.mark.parametrize("kind", list(AlertKind))
def test_letters_are_asked_for_only_under_a_threat(status: CaseStatus, kind: AlertKind):
    no_letters = "stayed commuted pardoned forgiven acquitted released quashed"
    no_letters += " executed executed_reported died_in_custody merged retracted"
    alert = an_alert(replace(VIEW, status=status), kind=kind)
    is_more_time_under_a_stay = (status, kind) == ("stayed", "update_deadline_extended")
    asks = status.value not in no_letters.split() or is_more_time_under_a_stay
    assert alert.offers_letters is (asks and kind not in ENDS)
    for disposition in (Disposition.RECORD, Disposition.DIGEST, Disposition.ALERT):
        assert not replace(alert, disposition=disposition).offers_letters


@pytest.mark.parametrize("status", list(CaseStatus))
def test_deaths_are_silent(status: CaseStatus):
    is_death = status in {"executed", "executed_reported", "died_in_custody"}
    assert an_alert(replace(VIEW, status=status)).is_silent is is_death


def test_two_dispositions_send_messages():
    assert {kind for kind in Disposition if an_alert(disposition=kind).goes_out} == {"alert", "action"}


def test_a_date_is_new_when_it_was_not_known_or_another():
    dated = replace(VIEW, execution_date=Day(2027, 1, 1))
    assert Facts(dated).has_new_date
    assert Facts(dated, BEFORE).has_new_date
    assert Facts(dated, replace(dated, execution_date=Day(2027, 1, 2))).has_new_date
    assert not Facts(dated, dated).has_new_date
    assert not Facts(VIEW, dated).has_new_date


@pytest.mark.parametrize(
    ("view", "topics"),
    [
        ({"country": None}, {"*/*"}),
        ({}, {"*/*", "XH/*"}),
        ({"gender": "m"}, {"*/*", "XH/*"}),
        ({"gender": "f"}, {"*/*", "XH/*", "*/women", "XH/women"}),
        ({"minor_at_offence": False, "political": False}, {"*/*", "XH/*"}),
        (
            {"minor_at_offence": True, "political": True},
            {"*/*", "XH/*", "*/minor", "XH/minor", "*/political", "XH/political"},
        ),
        ({"country": None, "minor_at_offence": True}, {"*/*", "*/minor"}),
    ],
)
def test_topics(view: dict[str, Any], topics: set[str]):
    assert an_alert(replace(VIEW, **view), case_id=7).topics() == topics | {"case:7"}
