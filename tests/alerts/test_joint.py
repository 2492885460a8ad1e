from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.alert import OPEN, Alert, AlertKind, AlertStatus, Companion, Disposition, Facts, Refusal
from alerts.day import Day
from alerts.demand import Demand, Petition
from alerts.joint import TOGETHER, alone_again, joined, may_join, without
from tests.alerts.reviewing import ANNA, DAY, HOUR, NOW, VIEW, S, an_alert

MOMENT = timedelta(microseconds=1)
OTHER = replace(VIEW, name_latin="Bertram Oakenshade", name_native="برترام")
ALERT = an_alert()


def another(**changes: Any) -> Alert:
    view = replace(OTHER, **changes.pop("view", {}))
    return an_alert(view, **{"id": 2, "case_id": 2, "facts": Facts(view, deadline=NOW + 3 * DAY), **changes})


@pytest.mark.parametrize(
    "other",
    [
        another(),
        another(kind=AlertKind.UPDATE_NEW_DEMAND),
        another(author=ANNA),
        another(view={"prison": " HARBOUR prison "}),
        another(created_at=NOW - TOGETHER),
        *(another(status=status) for status in sorted(OPEN)),
    ],
)
def test_people_of_one_prison_may_become_one_action(other: Alert):
    assert may_join(ALERT, other) is None
    assert may_join(other, ALERT) is None


@pytest.mark.parametrize(
    "other",
    [
        another(view={"prison": "Quay Prison"}),
        another(view={"prison": None}),
        another(view={"country": "XQ"}),
        another(view={"country": None}),
        another(view={"status": S.EXECUTED}),
        another(view={"status": S.STAYED}),
        another(view={"status": S.SENTENCED}),  # the headline is made from the leading case
        another(view={"execution_date": Day(2026, 11, 9)}),
        another(view={"source_name": None}),
        another(view={"name_latin": "tamsin quillfeather"}),  # one person in two lists?
        another(created_at=NOW - TOGETHER - MOMENT),
        another(created_at=NOW + TOGETHER + MOMENT),
        another(kind=AlertKind.CORRECTION),
        another(kind=AlertKind.STOP_ACTION),
        another(case_id=1),
    ],
)
def test_others_may_not(other: Alert):
    assert may_join(ALERT, other) is Refusal.NOT_TOGETHER
    assert may_join(other, ALERT) is Refusal.NOT_TOGETHER


@pytest.mark.parametrize("status", sorted(set(AlertStatus) - OPEN))
def test_what_is_not_on_its_way_is_put_together_with_nothing(status: AlertStatus):
    assert may_join(ALERT, another(status=status)) is Refusal.WRONG_STATUS
    assert may_join(replace(ALERT, status=status), another()) is Refusal.WRONG_STATUS


def test_together_they_are_as_urgent_as_the_more_urgent_of_both():
    petition = Petition("https://petition.example")
    facts = Facts(
        OTHER, deadline=NOW + 3 * DAY, demands=(Demand.HALT, Demand.DISCLOSE), petitions=(petition,)
    )
    mine = replace(ALERT, lane=1, disposition=Disposition.ALERT, texts={"en": "Hers."})
    mine = replace(mine, facts=replace(mine.facts, demands=(Demand.COMMUTE, Demand.HALT)))
    both = joined(mine, another(facts=facts, lane=0, texts={"en": "His."}, author=ANNA), NOW + HOUR)
    assert both.case_ids == (1, 2)
    assert both.facts.also == (Companion(2, OTHER, by_hand=True),)
    assert (both.lane, both.disposition, both.facts.deadline) == (0, Disposition.ACTION, NOW + 3 * DAY)
    assert both.facts.demands == (Demand.COMMUTE, Demand.HALT, Demand.DISCLOSE)
    assert (both.facts.petitions, both.texts) == ((petition,), {"en": "Hers."})
    assert (both.revision, both.status, both.pending_at) == (2, AlertStatus.PENDING, NOW + HOUR)


@pytest.mark.parametrize(
    ("status", "then"),
    [("draft", "draft"), ("pending", "pending"), ("returned", "pending"), ("approved", "pending")],
)
def test_what_was_handed_in_waits_again_and_approvals_are_void(status: str, then: str):
    both = joined(replace(ALERT, status=AlertStatus(status), approved_at=NOW), another(), NOW)
    assert (both.status, both.approved_at) == (then, None)


def test_three_become_one_and_each_can_be_taken_out_again():
    third = another(id=3, case_id=3, view={"name_latin": "Cass Thornwick", "name_native": None})
    all_three = joined(ALERT, joined(another(), third, NOW), NOW)
    assert all_three.case_ids == (1, 2, 3)
    assert without(all_three, 2, NOW).case_ids == (1, 3)
    assert without(all_three, 2, NOW).revision == all_three.revision + 1


def test_people_of_one_day_may_become_one_action():
    dated = replace(ALERT, facts=replace(ALERT.facts, view=replace(VIEW, execution_date=Day(2026, 11, 9))))
    assert may_join(dated, another(view={"execution_date": Day(2026, 11, 9)})) is None
    assert may_join(dated, another(view={"execution_date": Day(2026, 11, 10)})) is Refusal.NOT_TOGETHER


def test_people_of_two_sources_may_become_one_action():
    assert may_join(ALERT, another(view={"source_name": "Quay Watch", "certainty": None})) is None


def test_nobody_is_joined_whose_status_is_another_than_that_of_a_companion():
    mixed = joined(ALERT, another(view={"status": S.SENTENCED}), NOW)
    third = another(id=3, case_id=3, view={"name_latin": "Cass Thornwick", "name_native": None})
    assert may_join(mixed, third) is Refusal.NOT_TOGETHER


def test_what_was_asked_for_the_one_alone_goes_out_with_that_one():
    demands = (Demand.HALT, Demand.INVESTIGATE_TORTURE, Demand.RELEASE)
    facts = Facts(replace(OTHER, torture=True, protest=True), demands=demands)
    mine = replace(ALERT, facts=replace(ALERT.facts, demands=(Demand.HALT,)))
    both = joined(mine, another(facts=facts), NOW)
    assert both.facts.demands == demands
    assert without(both, 2, NOW).facts.demands == (Demand.HALT,)


def test_a_draft_that_went_into_another_stands_again():
    gone = replace(another(revision=4), status=AlertStatus.CANCELLED, reason="joined")
    moved = replace(OTHER, province="Quay")
    again = alone_again(gone, moved, NOW + HOUR)
    assert (again.status, again.reason, again.revision) == (AlertStatus.PENDING, None, 5)
    assert (again.facts.view, again.pending_at) == (moved, NOW + HOUR)
