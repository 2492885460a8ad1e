from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from alerts.case import CaseStatus, CaseView, Certainty, as_told, may_move, split_status
from alerts.day import Day

# Domain.md section 2, copied by hand as it stands there; the code has its own.
_CLEMENCY = "stayed commuted pardoned forgiven acquitted"
_COMMON = "executed_reported executed died_in_custody unknown_fate"
TABLE = {
    "at_risk": "sentenced acquitted released",
    "sentenced": f"appeal_pending upheld quashed {_CLEMENCY}",
    "appeal_pending": f"upheld quashed {_CLEMENCY}",
    "upheld": f"retrial_requested quashed sent_for_implementation scheduled imminent {_CLEMENCY}",
    "retrial_requested": f"retrial_rejected quashed scheduled imminent {_CLEMENCY}",
    "retrial_rejected": f"retrial_requested sent_for_implementation scheduled imminent {_CLEMENCY}",
    "sent_for_implementation": f"scheduled imminent retrial_requested quashed {_CLEMENCY}",
    "scheduled": f"imminent scheduled upheld retrial_requested quashed {_CLEMENCY}",
    "imminent": f"scheduled retrial_requested quashed upheld {_CLEMENCY}",
    "stayed": f"upheld retrial_requested quashed scheduled imminent {_CLEMENCY}",
    "quashed": "sentenced acquitted released commuted at_risk",
    "commuted": "released sentenced",
    "pardoned": "released sentenced",
    "forgiven": "released commuted sentenced",
    "acquitted": "released sentenced at_risk",
    "released": "sentenced at_risk",
    "executed_reported": "executed imminent stayed upheld unknown_fate",
    "executed": "",
    "died_in_custody": "",
    "unknown_fate": "at_risk sentenced appeal_pending upheld retrial_requested retrial_rejected"
    " sent_for_implementation scheduled imminent quashed released"
    f" {_CLEMENCY} executed_reported executed died_in_custody",
    "merged": "",
    "retracted": "",
}
NO_WAY_OUT = {"executed", "died_in_custody", "merged", "retracted"}
ROAD = ["sentenced", "appeal_pending", "upheld", "sent_for_implementation", "scheduled", "imminent"]


def legal() -> set[tuple[str, str]]:
    moves = {(before, after) for before, row in TABLE.items() for after in row.split()}
    moves |= set(itertools.product(TABLE.keys() - NO_WAY_OUT, _COMMON.split()))
    moves |= set(itertools.combinations(ROAD, 2))  # forward jumps: stages often go unannounced
    return moves | {(status, status) for status in TABLE}


def test_the_table_of_the_test_knows_every_status():
    assert set(TABLE) == {status.value for status in CaseStatus}
    assert len(TABLE) == 22


@pytest.mark.parametrize("before", list(CaseStatus))
def test_exactly_the_moves_of_the_table_are_legal(before: CaseStatus):
    allowed = {after.value for after in CaseStatus if may_move(before, after)}
    assert allowed == {after for known, after in legal() if known == before.value}


@pytest.mark.parametrize("after", list(CaseStatus))
def test_and_nothing_else_leads_to_a_status(after: CaseStatus):
    sources = {before.value for before in CaseStatus if may_move(before, after)}
    assert sources == {before for before, known in legal() if known == after.value}


@pytest.mark.parametrize("after", list(CaseStatus))
def test_a_new_case_may_stand_anywhere(after: CaseStatus):
    assert may_move(None, after)


def test_no_list_brings_the_dead_back():
    for before in ("executed", "died_in_custody"):
        assert [after for after in CaseStatus if may_move(CaseStatus(before), after)] == [CaseStatus(before)]


@pytest.mark.parametrize(
    ("word", "status", "detail"),
    [
        ("stayed", "stayed", None),
        ("stayed/incompetent", "stayed", "incompetent"),
        (" imminent / solitary+last_visit ", "imminent", "solitary+last_visit"),
        ("imminent/", "imminent", None),
        ("stayed/a/b", "stayed", "a/b"),
    ],
)
def test_a_mapping_may_carry_a_detail(word: str, status: str, detail: str | None):
    assert split_status(word) == (CaseStatus(status), detail)


@pytest.mark.parametrize("word", ["", "Stayed", "stay", "/incompetent", "executed reported"])
def test_a_word_that_is_not_ours_is_refused(word: str):
    with pytest.raises(ValueError, match="not a valid CaseStatus"):
        split_status(word)


FULL = CaseView(
    name_latin="Tamsin Quillfeather",
    name_native="تمسین کوئیل‌فِدِر",
    aliases=("T. Quill", "Tam"),
    status=CaseStatus.IMMINENT,
    detail="solitary",
    word="Moved",
    status_since=Day(2026, 3),
    execution_date=Day(2026, 4, 1),
    birth_date=Day(1999),
    gender="f",
    country="XH",
    province="North Quay",
    prison="Harbour Prison",
    charges=("moharebeh", "baghi"),
    court="Court 3",
    verdict_date=Day(2020, 1, 31),
    minor_at_offence=False,
    political=True,
    source_name="Harbour Watch",
    source_url="https://watch.example/1",
    certainty=Certainty.CORROBORATED,
    note="a note",
    extras=(("decision", "denied"), ("hearing", None)),
)


@pytest.mark.parametrize("view", [FULL, CaseView(), replace(FULL, minor_at_offence=None, extras=())])
def test_a_view_is_read_back_as_it_was_stored(view: CaseView):
    assert CaseView.from_json(view.to_json()) == view


def test_what_is_absent_takes_no_room():
    assert CaseView().to_json() == {}
    assert CaseView(minor_at_offence=False).to_json() == {"minor_at_offence": False}


@pytest.mark.parametrize(
    ("view", "name"),
    [
        (CaseView(name_latin="Ann Example", name_native="آن"), "Ann Example"),
        (CaseView(name_native="آن"), "آن"),
        (CaseView(), "(no name)"),
    ],
)
def test_a_case_can_always_be_called_something(view: CaseView, name: str):
    assert view.name == name


@pytest.mark.parametrize("certainty", [None, *Certainty])
@pytest.mark.parametrize("status", list(CaseStatus))
def test_only_an_execution_that_nobody_vouches_for_is_told_otherwise(
    status: CaseStatus, certainty: Certainty | None
):
    view = replace(FULL, status=status, certainty=certainty)
    is_vouched = certainty in {Certainty.OFFICIAL, Certainty.CORROBORATED}
    if status == "executed" and not is_vouched:
        assert as_told(view) == replace(view, status=CaseStatus.EXECUTED_REPORTED)
    else:
        assert as_told(view) == view
