from __future__ import annotations

from dataclasses import replace

from alerts.case import CaseStatus
from alerts.demand import Demand
from alerts.letter import Addressee, phone_script, talking_points
from alerts.locales import load
from tests.alerts.render.samples import ARMAN, CASEY, action

EN = load()["en"]
ASKS = replace(action(), demands=(Demand.HALT, Demand.COMMUTE))
PROSECUTOR = Addressee("prosecutor")


def test_talking_points_say_what_is_known_and_what_to_ask():
    assert talking_points([CASEY], ASKS, EN) == [
        "Casey Sample – Oklahoma.",
        "According to what has been published: Execution scheduled. Date of execution: 16 April 2026.",
        "Reported charges: murder.",
        "Ask for: stop the execution and commute the death sentence.",
        "Say in a few words why you care, stay polite, and ask for a reply.",
    ]


def test_what_is_true_is_an_argument():
    told = replace(CASEY, torture=True, unfair_trial=True, minor_at_offence=True)
    points = talking_points([told], ASKS, EN)[3:-2]
    assert [point.split()[0] for point in points] == ["Under", "The", "Torture"]


def test_a_group_is_counted():
    group = replace(CASEY, group_size=16, province=None)
    assert talking_points([group], ASKS, EN)[0] == "16 people – United States."
    assert talking_points([replace(group, group_size=0)], ASKS, EN)[0] == "a group of people – United States."
    both = [replace(CASEY, country=None, province=None), replace(group, group_size=15)]
    assert talking_points(both, ASKS, EN)[0] == "16 people: Casey Sample."


def test_people_who_stand_differently_are_not_lumped_together():
    points = talking_points([ARMAN, CASEY], ASKS, EN)
    assert [point for point in points if point.startswith("According to")] == []


def test_a_call_has_three_lines():
    assert phone_script([CASEY], ASKS, PROSECUTOR, EN) == [
        "Good day. I am calling about: Casey Sample – Oklahoma.",
        "According to what has been published: Execution scheduled. Date of execution: 16 April 2026.",
        "My request: Stop the execution. Whom may I ask for an answer? Thank you.",
    ]
    mixed = [ARMAN, replace(ARMAN, status=CaseStatus.UPHELD)]
    assert phone_script(mixed, ASKS, PROSECUTOR, EN)[1] == "A life is in danger."


def test_the_request_is_one_the_addressee_can_meet():
    asked = {
        kind: phone_script([CASEY], ASKS, Addressee(kind), EN)[2]
        for kind in ("embassy_in_readers_country", "own_mp")
    }
    assert asked == {
        "embassy_in_readers_country": "My request: Stop the execution."
        " Please pass it on to the authorities responsible. Thank you.",
        "own_mp": "My request to the authorities there: Stop the execution."
        " Please raise the case with them. Thank you.",
    }
