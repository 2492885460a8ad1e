from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from tests.alerts.render.report.samples import NOTHING_YET, REPORT


def test_the_reach_is_that_of_the_alert_that_went_furthest():
    assert (REPORT.reach, NOTHING_YET.reach) == (9990, None)
    assert replace(REPORT, broadcasts=REPORT.broadcasts[2:]).reach is None


def test_a_deadline_is_told_when_it_is_set_and_when_it_moves():
    assert [entry.number for entry in REPORT.deadlines] == ["UA-26/014", "UA-26/014.2"]
    news = replace(REPORT.entries[1], deadline=None)
    assert [entry.number for entry in replace(REPORT, entries=(REPORT.entries[0], news)).deadlines] == [
        "UA-26/014"
    ]


def test_instants_are_those_of_the_place():
    assert (REPORT.zone, str(NOTHING_YET.zone)) == (ZoneInfo("Asia/Tehran"), "UTC")
