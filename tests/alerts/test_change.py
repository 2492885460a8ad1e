from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import AlertKind
from alerts.case import Case, CaseStatus, CaseView, Certainty
from alerts.change import Becoming, FieldChange, becomes, compare, date_has_passed
from alerts.day import Day

S, K = CaseStatus, AlertKind
NOW = datetime(2031, 5, 5, 12, tzinfo=UTC)
IN_THREE_DAYS, IN_A_MONTH, IN_TWO_MONTHS = Day(2031, 5, 8), Day(2031, 6, 5), Day(2031, 7, 5)
PAST = Day(2031, 5, 1)
PAT = CaseView(name_latin="Pat Example", status=S.UPHELD)


def test_equal_views_hold_no_change() -> None:
    assert compare(PAT, PAT, ()) == ()


def test_a_new_row_is_a_change_from_nothing() -> None:
    new = replace(PAT, status=S.SCHEDULED, execution_date=IN_A_MONTH, prison="Harbour")
    assert compare(None, new) == (
        FieldChange("status", None, "scheduled"),
        FieldChange("execution_date", None, "2031-06-05"),
    )
    assert compare(None, PAT) == (FieldChange("status", None, "upheld"),)


def test_every_field_of_ours_is_compared_in_words_a_reader_of_the_history_knows() -> None:
    after = replace(
        PAT,
        status=S.STAYED,
        aliases=("Patty", "P."),
        minor_at_offence=True,
        certainty=Certainty.OFFICIAL,
        birth_date=Day(1980),
    )
    assert compare(PAT, after) == (
        FieldChange("status", "upheld", "stayed"),
        FieldChange("aliases", None, "Patty; P."),
        FieldChange("birth_date", None, "1980"),
        FieldChange("minor_at_offence", None, "true"),
        FieldChange("certainty", None, "official"),
    )


def test_a_detail_that_changes_under_an_equal_status_is_no_change() -> None:
    stayed = replace(PAT, status=S.STAYED, word="Stopped")
    assert compare(stayed, replace(stayed, detail="incompetent", word="Unfit")) == ()


def test_columns_named_in_also_count_when_both_readings_have_them() -> None:
    before = replace(PAT, extras=(("decision", None), ("gone", "x"), ("quiet", "a")))
    after = replace(PAT, extras=(("decision", "Denied"), ("quiet", "b"), ("new", "y")))
    assert compare(before, after, ["decision", "gone", "new"]) == (FieldChange("decision", None, "Denied"),)


_views = st.builds(
    CaseView,
    name_latin=st.none() | st.sampled_from(["Pat Example", "Kim Sample"]),
    status=st.sampled_from(S),
    execution_date=st.none() | st.sampled_from([IN_THREE_DAYS, IN_A_MONTH]),
    prison=st.none() | st.sampled_from(["Harbour", "Coast"]),
    note=st.none() | st.text(min_size=1, max_size=5),
)


@given(before=_views, after=_views)
def test_changes_applied_to_the_old_give_the_new(before: CaseView, after: CaseView) -> None:
    plain = before.to_json()
    for change in compare(before, after):
        plain.pop(change.field, None)
        if change.after is not None:
            plain[change.field] = change.after
    assert CaseView.from_json(plain) == after


@pytest.mark.parametrize(
    ("status", "fresh", "update", "lane"),
    [
        (S.IMMINENT, K.FIRST, K.UPDATE_NEW_DEMAND, 0),
        (S.EXECUTED_REPORTED, K.EXECUTED_NOTICE, K.EXECUTED_NOTICE, 0),
        (S.EXECUTED, K.EXECUTED_NOTICE, K.EXECUTED_NOTICE, 0),
        (S.DIED_IN_CUSTODY, K.EXECUTED_NOTICE, K.EXECUTED_NOTICE, 0),
        (S.SCHEDULED, K.FIRST, K.UPDATE_NEW_DEMAND, 1),
        (S.UPHELD, K.FIRST, K.UPDATE_NEW_DEMAND, 1),
        (S.RETRIAL_REJECTED, K.FIRST, K.UPDATE_NEW_DEMAND, 1),
        (S.SENT_FOR_IMPLEMENTATION, K.FIRST, K.UPDATE_NEW_DEMAND, 1),
        (S.STAYED, K.GOOD_NEWS, K.GOOD_NEWS, 1),
        (S.SENTENCED, K.FIRST, K.UPDATE_NEW_DEMAND, 2),
        (S.APPEAL_PENDING, K.FIRST, K.UPDATE_NEW_DEMAND, 2),
        (S.AT_RISK, K.FIRST, K.UPDATE_NEW_DEMAND, 2),
        (S.QUASHED, K.FIRST, K.UPDATE_NEW_DEMAND, 2),
        (S.RETRIAL_REQUESTED, K.FIRST, K.UPDATE_NEW_DEMAND, 2),
        (S.UNKNOWN_FATE, K.FIRST, K.UPDATE_NEW_DEMAND, 2),
        (S.COMMUTED, K.GOOD_NEWS, K.GOOD_NEWS, 2),
        (S.PARDONED, K.GOOD_NEWS, K.GOOD_NEWS, 2),
        (S.FORGIVEN, K.GOOD_NEWS, K.GOOD_NEWS, 2),
        (S.ACQUITTED, K.GOOD_NEWS, K.GOOD_NEWS, 2),
        (S.RELEASED, K.GOOD_NEWS, K.GOOD_NEWS, 2),
    ],
)
def test_what_a_status_becomes(status: CaseStatus, fresh: AlertKind, update: AlertKind, lane: int) -> None:
    after = replace(PAT, status=status)
    assert becomes(None, after, NOW, has_open_action=False) == Becoming(fresh, lane)
    before = replace(PAT, status=S.UNKNOWN_FATE if status is S.UPHELD else S.UPHELD)
    assert becomes(before, after, NOW, has_open_action=False) == Becoming(fresh, lane)
    assert becomes(before, after, NOW, has_open_action=True) == Becoming(update, lane)
    assert becomes(after, after, NOW, has_open_action=True) is None


@pytest.mark.parametrize("status", [S.MERGED, S.RETRACTED])
def test_bookkeeping_alerts_nobody(status: CaseStatus) -> None:
    assert becomes(PAT, replace(PAT, status=status), NOW, has_open_action=True) is None


@pytest.mark.parametrize(
    ("before", "after", "status", "lane"),
    [
        (None, IN_THREE_DAYS, S.UPHELD, 0),
        (None, Day(2031, 5, 5), S.UPHELD, 0),
        (None, Day(2031, 5, 12), S.SENTENCED, 0),
        (None, Day(2031, 5, 13), S.UPHELD, 1),
        (None, IN_A_MONTH, S.STAYED, 1),
        (None, Day(2031, 5), S.UPHELD, 0),
        (None, Day(2031, 6), S.UPHELD, 1),
        (IN_TWO_MONTHS, IN_A_MONTH, S.UPHELD, 1),
        (IN_A_MONTH, IN_THREE_DAYS, S.UPHELD, 0),
        (PAST, IN_A_MONTH, S.UPHELD, 1),
        (IN_A_MONTH, IN_TWO_MONTHS, S.SCHEDULED, 1),
        (IN_A_MONTH, IN_TWO_MONTHS, S.UPHELD, None),
        (IN_A_MONTH, None, S.UPHELD, None),
        (None, PAST, S.UPHELD, None),
        (None, IN_THREE_DAYS, S.EXECUTED, None),
        (IN_A_MONTH, IN_A_MONTH, S.UPHELD, None),
    ],
)
def test_a_new_or_nearer_date_is_urgent_whatever_the_status_says(
    before: Day | None, after: Day | None, status: CaseStatus, lane: int | None
) -> None:
    old = replace(PAT, status=status, execution_date=before)
    new = replace(old, execution_date=after)
    assert becomes(old, new, NOW, has_open_action=False) == (
        None if lane is None else Becoming(K.FIRST, lane)
    )
    update = None if lane is None else Becoming(K.UPDATE_NEW_DEMAND, lane)
    assert becomes(old, new, NOW, has_open_action=True) == update


def test_status_and_date_together_are_one_alert_in_the_more_urgent_lane() -> None:
    new = replace(PAT, status=S.SCHEDULED, execution_date=IN_THREE_DAYS)
    assert becomes(PAT, new, NOW, has_open_action=False) == Becoming(K.FIRST, 0)
    assert becomes(None, new, NOW, has_open_action=False) == Becoming(K.FIRST, 0)
    sentenced = replace(PAT, status=S.SENTENCED, execution_date=IN_A_MONTH)
    assert becomes(None, sentenced, NOW, has_open_action=False) == Becoming(K.FIRST, 1)


def test_a_date_beside_a_stay_does_not_make_it_a_threat() -> None:
    stayed = replace(PAT, status=S.STAYED, execution_date=IN_THREE_DAYS)
    assert becomes(PAT, stayed, NOW, has_open_action=True) == Becoming(K.GOOD_NEWS, 1)


@pytest.mark.parametrize("field", ["name_latin", "prison", "note", "detail", "word"])
def test_other_fields_alert_nobody(field: str) -> None:
    assert becomes(PAT, replace(PAT, **{field: "another"}), NOW, has_open_action=True) is None


def case(**facts: object) -> Case:
    seen = replace(PAT, execution_date=Day(2031, 5, 5))
    plain: dict[str, object] = {"date_seen_at": NOW - timedelta(days=30)}
    return replace(Case(1, "harbour", "1", seen), **(plain | facts))  # type: ignore[arg-type]


EVENING = NOW.replace(hour=18)


def test_a_date_has_passed_from_the_evening_of_its_day_on() -> None:
    assert date_has_passed(case(), EVENING - timedelta(seconds=1)) is False
    assert date_has_passed(case(), EVENING) is True
    assert date_has_passed(case(), EVENING + timedelta(days=400)) is True
    assert date_has_passed(case(date_seen_at=NOW), EVENING) is True


@pytest.mark.parametrize(
    "one",
    [
        case(date_seen_at=NOW + timedelta(days=1)),
        case(date_seen_at=None),
        case(missing_since=NOW),
        case(seen=PAT),
        case(seen=replace(PAT, execution_date=Day(2031, 5))),
        case(seen=replace(PAT, execution_date=Day(2031, 5, 5), status=S.STAYED)),
        case(seen=replace(PAT, execution_date=Day(2031, 5, 5), status=S.EXECUTED)),
    ],
    ids=["past when first seen", "never seen", "missing", "no date", "a month only", "stayed", "executed"],
)
def test_these_have_no_date_to_ask_about(one: Case) -> None:
    assert date_has_passed(one, EVENING + timedelta(days=40)) is False
