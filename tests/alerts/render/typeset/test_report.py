from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pypdfium2
import pytest

from alerts.render.typeset import Section, report_pdf
from alerts.render.typeset.report import _is_of_numbers
from tests.alerts.render.typeset.samples import HOSTILE, REPORT, read


def test_the_report_says_what_came_in():
    paper = read(report_pdf(REPORT))
    assert paper.text.splitlines() == [
        "What came of UA-26/014",
        "Arman Nemuneh, 3 to 20 March 2026",
        "Timeline",
        "Date What",
        "3 March 2026 Published",
        "5 March 2026 Update",
        "Letters",
        "Language Served Sent",
        "German 1,204 310",
        "Turkish 88 <5",
        "Under 5 hidden.",
        "Replies",
        "No reply was reported.",
        "Example Society 1 / 1",
    ]


def test_a_screen_reader_finds_headings_and_table_headers():
    paper = read(report_pdf(REPORT))
    assert (paper.language, paper.tagged, paper.title) == ("en", True, "What came of UA-26/014")
    assert [tag for tag in paper.tags if tag in {"H1", "H2", "Table"}] == [
        "H1",
        "H2",
        "Table",
        "H2",
        "Table",
        "H2",
    ]
    assert paper.tags.count("TH") == 5


def test_a_long_table_repeats_its_header_and_counts_pages_in_the_readers_digits():
    rows = tuple((f"زبان {number}", "۱٬۲۰۴") for number in range(60))
    report = replace(
        REPORT,
        locale="fa",
        is_rtl=True,
        sections=(Section("نامه", ("زبان", "تعداد"), rows),),
        digits="۰۱۲۳۴۵۶۷۸۹",
    )
    paper = read(report_pdf(report))
    assert [page.count("تعداد") for page in paper.pages] == [1, 1]
    assert [page.count("۲") >= 1 for page in paper.pages] == [True, True]
    assert paper.language == "fa"


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,204", "<5", "–", ""], True),
        (["۱٬۲۰۴", "۲۵٫۷٪"], True),
        (["25.7%", "0 %", "±3"], True),
        (["12", "n/a"], False),
        (["", ""], False),
    ],
)
def test_columns_of_numbers_are_told_from_others(cells, numbers):
    assert _is_of_numbers(cells) is numbers


def test_many_columns_of_long_words_do_not_run_into_one_another():
    header = (
        "Nummer",
        "Vorgesehen für",
        "Verschickt",
        "Chat geschlossen",
        "Fehlgeschlagen",
        "Ungewiss",
        "Abgebrochen",
    )
    section = Section("", header, (("UA-26/014.1", "9.930", "9.870", "55", "<5", "<5", "<5"),))
    page = pypdfium2.PdfDocument(report_pdf(replace(REPORT, locale="de", sections=(section,))))[
        0
    ].get_textpage()
    boxes = [page.get_rect(number) for number in range(page.count_rects())]
    apart = [
        one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        for one, other in combinations(boxes, 2)
    ]
    assert (len(boxes) > len(header), all(apart)) == (True, True)


def test_short_rows_are_filled_up():
    section = Section("", ("A", "B", "C"), (("one",), ("two", "three", "four")))
    lines = read(report_pdf(replace(REPORT, sections=(section,)))).text.splitlines()
    assert lines[2:5] == ["A B C", "one", "two three four"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text):
    short = text[:200]
    section = Section(short, (short, "n"), ((short, "1"), (short, "2")), short)
    paper = read(report_pdf(replace(REPORT, title=short, subtitle=short, sections=(section,), footer=short)))
    assert "1 / 1" in paper.text
