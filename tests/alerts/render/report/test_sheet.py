from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.demand import Petition
from alerts.locales import load
from alerts.render.report import as_csv
from alerts.render.report.sheet import harmless
from tests.alerts.render.report.samples import NOTHING_YET, REPORT, tables

ENGLISH = load()["en"]


def test_the_numbers_of_the_whole_action():
    found = tables(as_csv(REPORT, ENGLISH))
    rounded = (
        "Numbers of readers, letters and replies are rounded down to a multiple of 5, and not shown below it,"
        " so that nobody can be told from them."
    )
    assert found["Summary"] == [
        ["What", "Result"],
        ["Number", "UA-26/014"],
        ["Opened", "2026-03-20 09:30 UTC"],
        ["Deadline", "2026-03-27 20:29 UTC"],
        ["Closed", "2026-04-03 20:29 UTC"],
        ["Readers reached", "9990"],
        ["Letters shown to readers", "1300"],
        ["Letters and signatures reported", "315"],
        ["Goal for these", "500"],
        ["Replies reported", "<5"],
        [rounded],
    ]


def test_for_whom_it_was_and_what_was_published():
    found = tables(as_csv(REPORT, ENGLISH))
    assert found["Who it was for, and the outcome"][1:] == [
        [
            "Arman Nemuneh (آرمان نمونه)",
            "Example Prison, Alborz, Iran",
            "Execution stayed",
            "2026-04-01",
            "According to Example Watch (one source only).",
        ],
        [
            "Casey Sample",
            "Oklahoma, United States",
            "Execution scheduled",
            "2026-03-18",
            "According to Example Death Row Tracker (officially confirmed).",
        ],
    ]
    assert found["Timeline"] == [
        ["Published", "Number", "Kind", "Status", "Approvals"],
        ["2026-03-20 09:30 UTC", "UA-26/014", "Urgent action", "Execution imminent", "1"],
        ["2026-03-27 09:30 UTC", "UA-26/014.1", "Update", "Execution imminent", "2"],
        ["2026-03-27 09:30 UTC", "UA-26/014.2", "Update: more time", "Execution imminent", "1"],
    ]
    assert found["Deadlines, as they were set"][1:] == [
        ["2026-03-20 09:30 UTC", "UA-26/014", "2026-03-27 20:29 UTC"],
        ["2026-03-27 09:30 UTC", "UA-26/014.2", "2026-04-03 20:29 UTC"],
    ]
    assert found["Petitions"][1:] == [
        ["Save Arman", "Example Society", "German", "10000", "2026-04-03 20:29 UTC", PETITION_URL]
    ]


PETITION_URL = "https://petition.example/save"


def test_how_every_broadcast_ended():
    assert tables(as_csv(REPORT, ENGLISH))["Reach, at least"][:-1] == [
        [
            *("Number", "Readers it was for", "Sent", "Chat gone"),
            *("Failed", "Uncertain", "Waiting", "Cancelled"),
        ],
        ["UA-26/014", "9930", "9870", "55", "<5", "<5", "<5", "<5"],
        ["UA-26/014.1", "9990", "9990", "<5", "<5", "<5", "<5", "<5"],
        ["UA-26/014.2", "<5", "<5", "<5", "<5", "<5", "<5", "<5"],
    ]


def test_the_largest_come_first_and_small_ones_are_hidden():
    found = tables(as_csv(REPORT, ENGLISH))
    assert found["Letters shown, by language"] == [
        ["Language", "At least"],
        ["German", "1200"],
        ["Persian", "85"],
        ["English", "<5"],
        ["Together", "1300"],
    ]
    assert found["Letters shown, by kind"][1:-1] == [
        ["Execution near", "1300"],
        ["Under 18 at the time", "<5"],
        ["Together", "1300"],
    ]
    assert found["Reported by readers, by way"] == [
        ["Way", "At least"],
        ["E-mail", "195"],
        ["Petition", "110"],
        ["Post", "5"],
        ["Phone", "<5"],
        ["Together", "315"],
        ["Reported by readers about themselves; nobody has checked it."],
    ]
    assert found["Reported by readers, by language of the letter"][1:-1] == [
        ["German", "310"],
        ["English", "<5"],
        ["Persian", "<5"],
        ["Together", "315"],
    ]


def test_an_action_of_which_nothing_is_known_yet():
    found = tables(as_csv(NOTHING_YET, ENGLISH))
    assert [row[1] for row in found["Summary"][3:-1]] == ["", "still open", "<5", "<5", "<5", "", "<5"]
    assert found["Reported by readers, by way"][1] == ["Together", "<5"]
    assert found["Petitions"][1:] == [["There was no petition."]]


def test_a_spreadsheet_knows_the_encoding_and_every_field_is_quoted():
    document = as_csv(REPORT, ENGLISH)
    assert document.startswith(b'\xef\xbb\xbf"Summary","What","Result"\r\n"Summary","Number","UA-26/014"\r\n')
    lines = document.decode("utf-8-sig").split("\r\n")
    assert [line for line in lines if line and not (line.startswith('"') and line.endswith('"'))] == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r@x", "'@x"),
        ("  =1", "'=1"),
        ("\u2068=1\u2069", "'=1"),
        ("\u200c=1", "'\u200c=1"),
        ("＝1", "'＝1"),
        ("a = b", "a = b"),
        ("two\r\nlines\tof it", "two lines of it"),
        ("\u2068آرمان\u2069 \u2060نمونه‌ای", "آرمان نمونه‌ای"),
    ],
)
def test_nothing_becomes_a_formula(text: str, written: str):
    assert harmless(text) == written


@given(st.text())
def test_no_text_at_all_becomes_a_formula_or_another_line(text: str):
    assert harmless(text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
    assert harmless(text) == " ".join(harmless(text).split())


def test_what_moderators_and_lists_wrote_cannot_leave_its_field():
    hostile = Petition("https://petition.example/", '=HYPERLINK("x")', '","=1+1\r\n=2')
    report = replace(REPORT, action=replace(REPORT.action, petitions=(hostile,)))
    (row,) = tables(as_csv(report, ENGLISH))["Petitions"][1:]
    assert row[:2] == ['\'=HYPERLINK("x")', '","=1+1 =2']
    rows = csv.reader(StringIO(as_csv(report, ENGLISH).decode("utf-8-sig"), newline=""))
    assert [cell for line in rows for cell in line if cell.startswith(("=", "+", "-", "@"))] == []
