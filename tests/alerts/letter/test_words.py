from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.case import CaseStatus, CaseView
from alerts.day import Day
from alerts.letter import Addressee, Letter, LetterKind, kind_for
from alerts.letter.words import is_dated, people

S, K = CaseStatus, LetterKind
ONE = CaseView(name_latin="Arman Nemuneh", status=S.UPHELD)
STAYED = replace(ONE, status=S.STAYED)


@pytest.mark.parametrize(
    ("views", "kind"),
    [
        ([ONE], K.SENTENCED),
        ([replace(ONE, status=S.SENT_FOR_IMPLEMENTATION)], K.SENTENCED),
        ([replace(ONE, status=S.AT_RISK)], K.SENTENCED),
        ([replace(ONE, status=None)], K.SENTENCED),
        ([replace(ONE, status=S.IMMINENT)], K.IMMINENT),
        ([replace(ONE, status=S.SCHEDULED)], K.IMMINENT),
        ([replace(ONE, execution_date=Day(2031, 9, 24))], K.IMMINENT),
        ([STAYED], K.STAYED),
        ([replace(STAYED, execution_date=Day(2031, 9, 24), minor_at_offence=True)], K.STAYED),
        ([replace(ONE, minor_at_offence=True)], K.MINOR),
        ([replace(ONE, minor_at_offence=True, status=S.IMMINENT)], K.MINOR),
        ([ONE, ONE], K.GROUP),
        ([ONE, STAYED], K.GROUP),
        ([STAYED, STAYED], K.STAYED),
        ([replace(ONE, group_size=16)], K.GROUP),
        ([replace(ONE, group_size=0)], K.GROUP),
        ([replace(ONE, group_size=1)], K.SENTENCED),
    ],
)
def test_the_kind_fits_the_cases(views, kind):
    assert kind_for(views, own_government=False) is kind
    assert kind_for(views, own_government=True) is K.OWN_GOVERNMENT


def test_people_are_counted():
    group = replace(ONE, group_size=15)
    assert [
        people(views) for views in ([ONE], [ONE, ONE], [ONE, group], [ONE, replace(group, group_size=0)])
    ] == [
        *(1, 2, 16),
        0,  # not known
    ]


def test_a_date_means_nothing_once_the_execution_is_stayed():
    dated = replace(ONE, execution_date=Day(2031, 9, 24))
    assert [is_dated(dated), is_dated(ONE), is_dated(replace(dated, status=S.STAYED))] == [True, False, False]


def test_paper_is_signed_by_hand():
    sender = "[your name, town, country]"
    body = f"Dear Sir,\n\nPlease answer.\n\nYours,\n\n{sender}"
    letter = Letter("UA-26/014", "en", K.MINOR, 1, "Subject", body, Addressee("prosecutor"), sender)
    assert letter.unsigned == "Dear Sir,\n\nPlease answer.\n\nYours,"
