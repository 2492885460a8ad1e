from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from alerts.action import Action, LetterRefusal, may_serve_letter
from alerts.alert import Alert, AlertKind, Companion, Disposition, Facts
from alerts.case import CaseStatus
from alerts.chain import ENDS_ACTION, LEAVES, for_those_left, gone_on, is_overtaken, noted, opened
from alerts.demand import Demand, Petition, demands_for
from tests.alerts.reviewing import DAY, HOUR, NOW, VIEW, S, an_alert

K = AlertKind
SOON, LATER = NOW + 3 * DAY, NOW + 20 * DAY
OTHER = replace(VIEW, name_latin="Bertram Oakenshade")
ACTION = Action(
    id=1,
    case_id=1,
    year=2026,
    sequence=14,
    updates=0,
    kind=K.FIRST,
    letters=True,
    deadline=NOW + 7 * DAY,
    opened_at=NOW - HOUR,
    demands=(Demand.HALT, Demand.COMMUTE),
    goal=500,
    reviewed_at=NOW - HOUR,
    case_ids=(1,),
)
OF_TWO = replace(ACTION, case_ids=(1, 2))


def news(status: CaseStatus = S.IMMINENT, case_id: int = 1, **changes: Any) -> Alert:
    """An update about one case."""
    facts = Facts(replace(VIEW, status=status), deadline=changes.pop("deadline", None))
    return an_alert(**{"case_id": case_id, "kind": K.UPDATE_NEW_DEMAND, "facts": facts, **changes})


def of_both(status: CaseStatus = S.IMMINENT, **changes: Any) -> Alert:
    alert = news(status, **changes)
    return replace(alert, facts=replace(alert.facts, also=(Companion(2, OTHER),)))


def test_a_first_alert_opens_an_action_for_all_its_cases():
    alert = of_both(kind=K.FIRST, deadline=SOON, number="UA-26/003")
    action = opened(alert, NOW)
    assert (action.number, action.case_ids, action.letters) == ("UA-26/003", (1, 2), True)
    assert (action.deadline, action.reviewed_at, action.closed_at) == (SOON, NOW, None)


@pytest.mark.parametrize("alert", [news(S.STAYED), news(kind=K.STOP_ACTION, deadline=SOON)])
def test_what_asks_for_nothing_is_closed_from_its_beginning(alert: Alert):
    assert opened(alert, NOW).closed_at == NOW


def test_the_letters_follow_the_newest_alert():
    petition = Petition("https://petition.example")
    facts = Facts(VIEW, deadline=SOON, petitions=(petition,), demands=(Demand.DISCLOSE,), goal=1000)
    moved = gone_on(ACTION, news(facts=facts), NOW)
    assert moved == replace(
        ACTION,
        updates=1,
        deadline=SOON,
        petitions=(petition,),
        demands=(Demand.DISCLOSE,),
        goal=1000,
        reviewed_at=NOW,
    )


def test_an_update_without_letters_ends_them_and_one_with_letters_takes_them_up_again():
    silent = gone_on(ACTION, news(disposition=Disposition.ALERT), NOW)
    assert (silent.letters, silent.closed_at) == (False, None)
    assert gone_on(replace(silent, closed_at=NOW), news(deadline=SOON), NOW).is_open(NOW)


@pytest.mark.parametrize("goes_out", [True, False])
def test_a_stay_keeps_the_action_open_and_holds_its_letters(goes_out: bool):  # noqa: FBT001
    facts = Facts(replace(VIEW, status=S.STAYED), demands=(Demand.COMMUTE, Demand.RETRIAL))
    stay = news(S.STAYED, kind=K.GOOD_NEWS, disposition=Disposition.ALERT, facts=facts)
    moved = gone_on(ACTION, stay, NOW) if goes_out else noted(ACTION, stay, NOW)
    assert moved is not None
    assert (moved.letters, moved.held, moved.deadline) == (True, True, ACTION.deadline)
    assert moved.demands == (Demand.COMMUTE, Demand.RETRIAL)
    assert may_serve_letter(moved, NOW, outcome_waits=False, read_only=False) is LetterRefusal.HELD


def test_a_stay_opens_nothing_that_is_closed():
    assert not gone_on(replace(ACTION, closed_at=NOW), news(S.STAYED, kind=K.GOOD_NEWS), NOW).letters


def test_approved_with_letters_it_lifts_a_hold_and_without_it_does_not():
    held = replace(ACTION, held=True)
    assert not gone_on(held, news(deadline=SOON), NOW).held
    assert gone_on(held, news(disposition=Disposition.ALERT), NOW).held


@pytest.mark.parametrize("held", [True, False])
def test_more_time_changes_the_deadline_and_nothing_else(held: bool):  # noqa: FBT001
    action = replace(ACTION, held=held)
    reach = Disposition.ALERT if held else Disposition.ACTION
    alert = news(kind=K.UPDATE_DEADLINE_EXTENDED, deadline=LATER, disposition=reach)
    assert gone_on(action, alert, NOW) == replace(action, updates=1, deadline=LATER, reviewed_at=NOW)


def test_more_time_under_a_stay_whose_letters_go_on():
    alert = news(S.STAYED, kind=K.UPDATE_DEADLINE_EXTENDED, deadline=LATER)
    moved = gone_on(ACTION, alert, NOW)
    assert (moved.letters, moved.held, moved.deadline) == (True, False, LATER)


@pytest.mark.parametrize("action", [ACTION, OF_TWO, replace(ACTION, held=True)])
def test_after_a_stop_no_letter_is_served(action: Action):
    moved = gone_on(action, of_both(kind=K.STOP_ACTION, disposition=Disposition.ALERT), NOW)
    assert (moved.letters, moved.closed_at, moved.kind) == (False, NOW, K.STOP_ACTION)
    reopened = replace(moved, letters=True, closed_at=None, held=False)
    for one in (moved, reopened):
        assert may_serve_letter(one, NOW, outcome_waits=False, read_only=False) is LetterRefusal.CLOSED
    assert noted(action, news(kind=K.STOP_ACTION, disposition=Disposition.RECORD), NOW) == replace(
        moved, updates=0
    )


def test_a_correction_takes_up_what_was_stopped():
    stopped = gone_on(ACTION, news(kind=K.STOP_ACTION), NOW)
    moved = gone_on(stopped, news(kind=K.CORRECTION, deadline=SOON), NOW)
    assert may_serve_letter(moved, NOW, outcome_waits=False, read_only=False) is None


@pytest.mark.parametrize("status", sorted(LEAVES))
def test_an_outcome_of_the_last_ends_the_letters(status: CaseStatus):
    moved = gone_on(ACTION, news(status, kind=K.GOOD_NEWS), NOW)
    closed_at = NOW if status in ENDS_ACTION else None
    assert (moved.letters, moved.closed_at, moved.case_ids) == (False, closed_at, (1,))


@pytest.mark.parametrize("status", sorted(LEAVES))
@pytest.mark.parametrize(("case_id", "left"), [(1, 2), (2, 1)])
def test_an_outcome_of_one_leaves_the_others_to_their_letters(status: CaseStatus, case_id: int, left: int):
    outcome = news(status, case_id, kind=K.EXECUTED_NOTICE)
    assert gone_on(OF_TWO, outcome, NOW) == replace(OF_TWO, updates=1, case_id=left, case_ids=(left,))
    assert noted(OF_TWO, outcome, NOW) == replace(OF_TWO, case_id=left, case_ids=(left,))


@pytest.mark.parametrize(("set_for", "deadline"), [(SOON, SOON), (LATER, OF_TWO.deadline)])
def test_news_of_one_may_bring_the_deadline_forward_but_not_put_it_off(set_for: datetime, deadline: datetime):
    moved = gone_on(OF_TWO, news(case_id=2, deadline=set_for), NOW)
    assert (moved.deadline, moved.case_id, moved.case_ids) == (deadline, 1, (1, 2))
    assert gone_on(OF_TWO, of_both(deadline=set_for), NOW).deadline == set_for


def test_a_silent_update_about_one_leaves_the_letters_for_the_others():
    moved = gone_on(OF_TWO, news(S.UPHELD, 2, disposition=Disposition.ALERT), NOW)
    assert (moved.letters, moved.demands) == (True, OF_TWO.demands)


@pytest.mark.parametrize(
    ("marks", "demands"),
    [
        ({}, (Demand.HALT,)),
        ({"torture": True}, (Demand.HALT, Demand.INVESTIGATE_TORTURE)),
        ({"political": True}, (Demand.HALT, Demand.RELEASE)),
        ({"protest": True}, (Demand.HALT, Demand.RELEASE)),
    ],
)
def test_what_was_asked_for_one_who_left_is_not_asked_for_the_others(
    marks: dict[str, bool], demands: tuple[Demand, ...]
):
    action = replace(ACTION, demands=(Demand.HALT, Demand.INVESTIGATE_TORTURE, Demand.RELEASE))
    for views in ([replace(OTHER, **marks)], [VIEW, replace(OTHER, **marks)]):
        assert for_those_left(action, views) == replace(action, demands=demands)


def test_where_nothing_is_left_to_ask_the_rule_asks_for_who_stays():
    action = replace(ACTION, demands=(Demand.RELEASE, Demand.INVESTIGATE_TORTURE))
    assert for_those_left(action, [OTHER]).demands == demands_for(OTHER)
    asks_nothing = replace(ACTION, demands=())
    assert for_those_left(asks_nothing, [OTHER]) == asks_nothing


@pytest.mark.parametrize("case_id", [1, 2])
@pytest.mark.parametrize("kind", [K.UPDATE_NEW_DEMAND, K.UPDATE_DEADLINE_EXTENDED])
def test_news_of_one_does_not_lift_a_hold_that_may_be_the_others(case_id: int, kind: AlertKind):
    held = replace(OF_TWO, held=True)
    moved = gone_on(held, news(case_id=case_id, kind=kind, deadline=SOON), NOW)
    assert (moved.held, moved.letters) == (True, True)
    assert may_serve_letter(moved, NOW, outcome_waits=False, read_only=False) is LetterRefusal.HELD
    assert not gone_on(held, of_both(kind=kind, deadline=SOON), NOW).held


def test_once_the_others_have_left_news_of_the_last_one_lifts_the_hold():
    held = gone_on(replace(OF_TWO, held=True), news(S.RELEASED, kind=K.GOOD_NEWS), NOW)
    assert held.held
    assert not gone_on(held, news(case_id=2, deadline=SOON), NOW).held


def test_a_quiet_threat_says_nothing_against_the_letters():
    assert noted(ACTION, news(S.UPHELD, disposition=Disposition.DIGEST), NOW) is None


JOINT, OF_FIRST, OF_SECOND = of_both(id=1), news(case_id=1, id=2), news(case_id=2, id=3)


@pytest.mark.parametrize(
    ("earlier", "by", "still_in", "is_over"),
    [
        (OF_FIRST, OF_FIRST, {1}, True),
        (JOINT, JOINT, {1, 2}, True),
        (JOINT, OF_SECOND, {1, 2}, False),  # news of one: the other's is still to be told
        (JOINT, OF_SECOND, {1}, False),  # an outcome of one, who has left
        (JOINT, OF_FIRST, {1}, True),  # the last one's next update
        (JOINT, OF_SECOND, set(), True),  # the last one's outcome
        (OF_SECOND, OF_FIRST, {1}, False),  # a notice of one who has left still goes out
        (OF_SECOND, OF_SECOND, {1}, True),
        (OF_SECOND, JOINT, {1, 2}, True),
    ],
)
def test_what_an_alert_overtakes(earlier: Alert, by: Alert, still_in: set[int], is_over: bool):  # noqa: FBT001
    assert is_overtaken(earlier, by, still_in) is is_over
