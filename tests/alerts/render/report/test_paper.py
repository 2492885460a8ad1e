from __future__ import annotations

import pytest

from alerts.locales import load
from alerts.render.report import as_csv, printed
from alerts.render.typeset import report_pdf
from tests.alerts.render.report.samples import NOTHING_YET, REPORT, tables
from tests.alerts.render.typeset.samples import read

CATALOGUES = load()


def test_numbers_days_and_instants_in_the_readers_words():
    paper = printed(REPORT, CATALOGUES["en"])
    assert (paper.title, paper.subtitle, paper.footer) == (
        "What came of UA-26/014",
        "A group of 2 people (Arman Nemuneh and Casey Sample – Iran) · As of 3 April 2026, 13:00 (Tehran time)",
        "Example Society",
    )
    rows = {section.title: section.rows for section in paper.sections}
    assert rows["Timeline"][0] == (
        "20 March 2026, 13:00 (Tehran time)",
        "UA-26/014",
        "Urgent action",
        "Execution imminent",
        "1",
    )
    assert rows["Reach, at least"][0][1:5] == ("9,930", "9,870", "55", "<5")
    assert rows["Summary"][-1] == ("Replies reported", "fewer than 5")
    assert rows["Who it was for, and the outcome"][0][3] == "1 April 2026"


def test_persian_has_its_digits_and_both_calendars():
    paper = printed(REPORT, CATALOGUES["fa"])
    assert (paper.is_rtl, paper.digits) == (True, "۰۱۲۳۴۵۶۷۸۹")
    assert paper.sections[1].rows[0][3] == "۱۲ فروردین ۱۴۰۵ (۱ آوریل ۲۰۲۶)"
    assert paper.sections[4].rows[0][2] == "۹٬۸۷۰"
    assert paper.sections[4].rows[0][0] == "\u2066UA-26/014\u2069"


def test_an_empty_table_says_so_without_a_header():
    sections = {section.title: section for section in printed(NOTHING_YET, CATALOGUES["en"]).sections}
    petitions = sections["Petitions"]
    assert (petitions.header, petitions.rows, petitions.note) == ((), (), "There was no petition.")


@pytest.mark.parametrize("locale", CATALOGUES.codes)
def test_it_prints_in_every_language(locale: str):
    paper = read(report_pdf(printed(REPORT, CATALOGUES[locale])))
    assert (paper.language, paper.tagged) == (locale, True)
    assert "petition" in paper.text


def test_paper_and_spreadsheet_have_the_same_tables():
    catalogue = CATALOGUES["en"]
    titles = [section.title for section in printed(REPORT, catalogue).sections]
    assert titles == list(tables(as_csv(REPORT, catalogue)))
