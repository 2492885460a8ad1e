from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from alerts import audit, review
from alerts import draft as station
from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Part, Refusal
from alerts.case import CaseStatus, CaseView, Certainty
from alerts.day import Day
from alerts.demand import Petition
from alerts.draft import draft, draft_known, view_before
from alerts.drafting import facts_for
from alerts.store import actions, editions
from alerts.store.editions import StoredChange
from bot.database import Sessions
from tests.alerts import reviewing as on
from tests.alerts.reviewing import ANNA, BEFORE, BEN, DAY, HOUR, NOW, VIEW, S
from tests.conftest import ENGINES

LIST = "list:harbour"
IN_A_MONTH, NEXT_WEEK = Day(2026, 12, 3), Day(2026, 11, 9)


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


async def weighed(sessions: Sessions) -> bool:
    async with sessions.begin() as session:
        return await editions.unweighed_changes(session) == []


# --- a change becomes a draft


async def test_a_change_of_status_becomes_a_pending_draft_by_the_list(sessions: Sessions):
    alert = await on.drafted(sessions)
    assert (alert.kind, alert.status, alert.disposition) == ("first", "pending", "action")
    assert (alert.lane, alert.revision, alert.author, alert.pending_at) == (0, 1, LIST, NOW)
    assert (alert.facts.view, alert.facts.before) == (VIEW, BEFORE)
    assert alert.facts.deadline == NOW.replace(day=10, hour=23, minute=59)
    assert [(hand.actor, hand.part) for hand in alert.hands] == [(LIST, Part.AUTHOR)]
    assert await on.verbs(sessions) == [(LIST, "draft")]
    assert await weighed(sessions)


async def test_nothing_waits_nothing_happens(sessions: Sessions):
    await on.add_case(sessions)
    assert await draft(sessions, NOW) == 0
    assert await on.trail(sessions) == []


async def test_a_second_run_makes_nothing_more(sessions: Sessions):
    alert = await on.drafted(sessions)
    assert await draft(sessions, NOW + HOUR) == 0
    assert await on.alert(sessions, alert.id) == alert


async def test_a_new_row_is_a_change_from_nothing(sessions: Sessions):
    case_id = await on.add_new_case(sessions, replace(VIEW, execution_date=NEXT_WEEK))
    assert await draft(sessions, NOW) == 1
    alert = await on.open_alert(sessions, case_id)
    assert alert is not None
    assert alert.facts.before is None
    assert alert.facts.has_new_date


TABLE: list[tuple[CaseStatus, str, str, int, str]] = [
    (S.SCHEDULED, "first", "update_new_demand", 1, "action"),
    (S.SENT_FOR_IMPLEMENTATION, "first", "update_new_demand", 1, "action"),
    (S.RETRIAL_REJECTED, "first", "update_new_demand", 1, "action"),
    (S.IMMINENT, "first", "update_new_demand", 0, "action"),
    (S.EXECUTED_REPORTED, "executed_notice", "executed_notice", 0, "alert"),
    (S.EXECUTED, "executed_notice", "executed_notice", 0, "alert"),
    (S.DIED_IN_CUSTODY, "executed_notice", "executed_notice", 0, "alert"),
    (S.STAYED, "good_news", "good_news", 1, "alert"),
    (S.SENTENCED, "first", "update_new_demand", 2, "digest"),
    (S.APPEAL_PENDING, "first", "update_new_demand", 2, "digest"),
    (S.AT_RISK, "first", "update_new_demand", 2, "digest"),
    (S.QUASHED, "first", "update_new_demand", 2, "digest"),
    (S.RETRIAL_REQUESTED, "first", "update_new_demand", 2, "digest"),
    (S.UNKNOWN_FATE, "first", "update_new_demand", 2, "digest"),
    (S.COMMUTED, "good_news", "good_news", 2, "digest"),
    (S.PARDONED, "good_news", "good_news", 2, "digest"),
    (S.FORGIVEN, "good_news", "good_news", 2, "digest"),
    (S.ACQUITTED, "good_news", "good_news", 2, "digest"),
    (S.RELEASED, "good_news", "good_news", 2, "digest"),
]


async def open_an_action(sessions: Sessions, case_id: int) -> None:
    async with sessions.begin() as session:
        value = actions.Action(
            id=0,
            case_id=case_id,
            year=2026,
            sequence=0,
            updates=0,
            kind=AlertKind.FIRST,
            letters=True,
            deadline=NOW + DAY,
            petitions=(Petition("https://petition.example"),),
            opened_at=NOW,
        )
        await actions.open_new_action(session, value)


@pytest.mark.parametrize("has_action", [False, True])
async def test_what_each_status_becomes(sessions: Sessions, has_action: bool):  # noqa: FBT001
    for status, first, update, lane, disposition in TABLE:
        case_id = await on.add_case(sessions, key=status)
        if has_action:
            await open_an_action(sessions, case_id)
        await on.change_case(sessions, case_id, status=status)
        await draft(sessions, NOW)
        alert = await on.open_alert(sessions, case_id)
        assert alert is not None, status
        expected = (update if has_action else first, lane, disposition)
        assert (alert.kind, alert.lane, alert.disposition) == expected, status
        assert alert.facts.petitions == ((Petition("https://petition.example"),) if has_action else ())
        is_threat = disposition == "action" or (first == "first" and status != "quashed")
        assert (alert.facts.deadline is not None) is is_threat, status


async def test_a_date_alone_is_news(sessions: Sessions):
    alert = await on.drafted(sessions, status=S.UPHELD, execution_date=IN_A_MONTH)
    assert (alert.kind, alert.lane, alert.disposition) == ("first", 1, "action")
    assert alert.facts.before == BEFORE
    assert alert.facts.view == replace(BEFORE, execution_date=IN_A_MONTH)


async def test_status_and_date_of_one_edition_are_one_draft(sessions: Sessions):
    alert = await on.drafted(sessions, status=S.SCHEDULED, execution_date=NEXT_WEEK)
    assert (alert.lane, alert.revision) == (0, 1)
    assert alert.facts.before == BEFORE
    assert alert.facts.has_new_date


async def test_of_a_batch_cut_short_a_case_is_weighed_whole(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(station, "BATCH", 1)
    alert = await on.drafted(sessions, status=S.SCHEDULED, execution_date=NEXT_WEEK)
    assert (alert.facts.before, alert.revision) == (BEFORE, 1)
    assert await weighed(sessions)


@pytest.mark.parametrize(
    "change",
    [
        {"name_latin": "Tamsin Quilfeather"},
        {"prison": "Other Prison"},
        {"source_name": "Others"},
        {"note": "a note"},
        {"certainty": Certainty.CORROBORATED},
    ],
)
async def test_other_fields_are_only_recorded(sessions: Sessions, change: dict[str, Any]):
    case_id = await on.add_case(sessions)
    await on.change_case(sessions, case_id, **change)
    assert await draft(sessions, NOW) == 0
    assert await on.open_alert(sessions, case_id) is None
    assert await weighed(sessions)


async def test_what_came_and_went_before_anybody_looked_is_only_recorded(sessions: Sessions):
    case_id = await on.add_case(sessions)
    await on.change_case(sessions, case_id, status=S.IMMINENT)
    await on.change_case(sessions, case_id, status=S.UPHELD)
    assert await draft(sessions, NOW) == 0
    assert await on.open_alert(sessions, case_id) is None


async def test_one_case_that_fails_holds_up_no_other(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    broken, sound = [await on.add_new_case(sessions, key=key) for key in ("1", "2")]
    real = station.view_before

    def fail_once(seen: CaseView, changes: list[StoredChange]) -> CaseView | None:
        if changes[0].case_id == broken:
            raise ZeroDivisionError
        return real(seen, changes)

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(station, "view_before", fail_once)
        assert await draft(sessions, NOW) == 1
    assert await on.open_alert(sessions, sound) is not None
    assert f"case {broken} could not be weighed" in caplog.text
    assert await draft(sessions, NOW) == 1
    assert await on.open_alert(sessions, broken) is not None


def test_the_view_before_takes_back_what_readers_hear_of():
    seen = replace(VIEW, detail="solitary", execution_date=NEXT_WEEK)

    def change(field: str, before: str | None) -> StoredChange:
        return StoredChange(1, 1, 1, field, before, None)

    assert view_before(seen, [change("prison", "Elsewhere")]) == seen
    assert view_before(seen, [change("status", "upheld"), change("status", "stayed")]) == replace(
        seen, status=S.UPHELD, detail=None
    )
    assert view_before(seen, [change("execution_date", None)]) == replace(seen, execution_date=None)
    assert view_before(seen, [change("execution_date", "2026-12")]) == replace(
        seen, execution_date=Day(2026, 12)
    )
    assert view_before(seen, [change("certainty", "unconfirmed")]) == replace(
        seen, certainty=Certainty.UNCONFIRMED
    )
    assert view_before(seen, [change("status", None), change("status", "upheld")]) is None


# --- executed needs to be vouched for


@pytest.mark.parametrize("certainty", [None, Certainty.SINGLE_SOURCE, Certainty.UNCONFIRMED])
async def test_an_execution_nobody_vouches_for_is_told_as_reported(
    sessions: Sessions, certainty: Certainty | None
):
    alert = await on.drafted(sessions, status=S.EXECUTED, certainty=certainty, word="Dead")
    assert alert.facts.view == replace(BEFORE, status=S.EXECUTED_REPORTED, certainty=certainty, word="Dead")
    assert (await on.case(sessions, alert.case_id)).seen.status is S.EXECUTED
    approved = await on.approve(sessions, alert.id)
    assert isinstance(approved, Alert)
    assert approved.status_in_law is S.EXECUTED_REPORTED


async def test_it_cannot_be_approved_as_executed(sessions: Sessions):
    alert = await on.drafted(sessions, status=S.EXECUTED, certainty=Certainty.SINGLE_SOURCE)
    claimed = replace(alert.facts, view=replace(alert.facts.view, status=S.EXECUTED))
    await review.edit(on.step(sessions, alert.id, BEN), claimed, None)
    await review.submit(on.step(sessions, alert.id, BEN))
    assert await on.approve(sessions, alert.id) is Refusal.STATUS_MOVED_ON


async def test_by_hand_too_it_is_reported(sessions: Sessions):
    unsure = replace(VIEW, status=S.EXECUTED, certainty=Certainty.SINGLE_SOURCE)
    assert facts_for(unsure, None, None, NOW).view.status is S.EXECUTED_REPORTED
    sure = replace(unsure, certainty=Certainty.CORROBORATED)
    assert facts_for(sure, None, None, NOW).view.status is S.EXECUTED


async def test_the_confirmation_is_news_by_itself(sessions: Sessions):
    case_id = await on.add_case(sessions, replace(VIEW, status=S.EXECUTED, certainty=Certainty.SINGLE_SOURCE))
    await on.change_case(sessions, case_id, certainty=Certainty.OFFICIAL)
    assert await draft(sessions, NOW) == 1
    alert = await on.open_alert(sessions, case_id)
    assert alert is not None
    assert alert.facts.before is not None
    assert (alert.facts.before.status, alert.status_in_law) == (S.EXECUTED_REPORTED, S.EXECUTED)
    assert (alert.kind, alert.lane) == ("executed_notice", 0)


async def test_the_confirmation_reaches_a_draft_that_waits(sessions: Sessions):
    alert = await on.drafted(sessions, status=S.EXECUTED, certainty=Certainty.SINGLE_SOURCE)
    await on.change_case(sessions, alert.case_id, certainty=Certainty.CORROBORATED)
    assert await draft(sessions, NOW) == 1
    revised = await on.alert(sessions, alert.id)
    assert (revised.status_in_law, revised.revision) == (S.EXECUTED, 2)
    assert isinstance(await on.approve(sessions, alert.id), Alert)


# --- one open draft per case


async def test_new_facts_make_the_next_revision_and_void_what_was_approved(sessions: Sessions):
    alert = await on.drafted(sessions)
    assert isinstance(await on.approve(sessions, alert.id), Alert)
    await on.change_case(sessions, alert.case_id, status=S.STAYED)
    assert await draft(sessions, NOW + HOUR) == 1
    revised = await on.alert(sessions, alert.id)
    assert (revised.kind, revised.lane, revised.disposition) == ("good_news", 1, "alert")
    assert (revised.status, revised.revision, revised.approved_at) == ("pending", 2, None)
    assert (revised.pending_at, revised.facts.deadline) == (NOW + HOUR, None)
    assert (revised.facts.before, revised.status_in_law) == (BEFORE, S.STAYED)
    assert revised.hands_of(Part.APPROVER) == []
    assert (await on.verbs(sessions))[-1] == (LIST, "revise")
    assert await audit.verify_trail(sessions) is None


async def test_facts_that_leave_nothing_to_tell_end_the_draft(sessions: Sessions):
    alert = await on.drafted(sessions)
    await on.approve(sessions, alert.id)
    await on.change_case(sessions, alert.case_id, status=S.UPHELD)
    assert await draft(sessions, NOW) == 1
    ended = await on.alert(sessions, alert.id)
    assert (ended.status, ended.reason) == ("cancelled", "overtaken")
    assert await on.open_alert(sessions, alert.case_id) is None
    assert (await on.verbs(sessions))[-1] == (LIST, "overtake")


async def test_so_does_a_date_that_is_taken_back(sessions: Sessions):
    alert = await on.drafted(sessions, status=S.UPHELD, execution_date=IN_A_MONTH)
    await on.change_case(sessions, alert.case_id, execution_date=None)
    await draft(sessions, NOW)
    assert (await on.alert(sessions, alert.id)).status == "cancelled"


async def test_spelling_revises_the_text_and_leaves_what_moderators_chose(sessions: Sessions):
    alert = await on.drafted(sessions)
    await review.triage(on.step(sessions, alert.id), Disposition.DIGEST)
    await on.change_case(sessions, alert.case_id, name_latin="Tamsin Quilfeather")
    assert await draft(sessions, NOW + HOUR) == 1
    revised = await on.alert(sessions, alert.id)
    assert revised.facts.view.name_latin == "Tamsin Quilfeather"
    assert (revised.revision, revised.disposition, revised.lane) == (3, "digest", 0)
    assert revised.facts.deadline == alert.facts.deadline


async def test_what_a_moderator_put_right_is_not_undone_by_another_change(sessions: Sessions):
    alert = await on.drafted(sessions)
    right = replace(alert.facts, view=replace(alert.facts.view, prison="Right Prison"))
    await review.edit(on.step(sessions, alert.id, BEN), right, None)
    await on.change_case(sessions, alert.case_id, birth_date=Day(1990))
    await draft(sessions, NOW)
    view = (await on.alert(sessions, alert.id)).facts.view
    assert (view.prison, view.birth_date) == ("Right Prison", Day(1990))
    await on.change_case(sessions, alert.case_id, prison="List's Prison")
    await draft(sessions, NOW)
    assert (await on.alert(sessions, alert.id)).facts.view.prison == "List's Prison"


async def test_free_text_goes_when_it_speaks_of_another_status(sessions: Sessions):
    alert = await on.drafted(sessions)
    await review.edit(on.step(sessions, alert.id, BEN), None, {"en": "She was moved to solitary."})
    await review.submit(on.step(sessions, alert.id, BEN))
    await on.change_case(sessions, alert.case_id, prison="Other Prison")
    await draft(sessions, NOW)
    assert (await on.alert(sessions, alert.id)).texts == {"en": "She was moved to solitary."}
    await on.change_case(sessions, alert.case_id, status=S.EXECUTED)
    await draft(sessions, NOW)
    assert (await on.alert(sessions, alert.id)).texts == {}


@pytest.mark.parametrize(
    ("change", "status"), [({"prison": "Other"}, "draft"), ({"status": S.STAYED}, "pending")]
)
async def test_a_draft_in_somebodys_hands_is_handed_in_by_news_alone(
    sessions: Sessions, change: dict[str, Any], status: str
):
    alert = await on.drafted(sessions)
    await review.edit(on.step(sessions, alert.id, BEN), None, {"en": "Half a sen"})
    await on.change_case(sessions, alert.case_id, **change)
    await draft(sessions, NOW)
    assert (await on.alert(sessions, alert.id)).status == status


async def test_a_returned_draft_of_the_list_comes_back_with_its_change(sessions: Sessions):
    alert = await on.drafted(sessions)
    await review.turn_down(on.step(sessions, alert.id), AlertStatus.RETURNED, "the prison is wrong")
    await on.change_case(sessions, alert.case_id, prison="Right Prison")
    await draft(sessions, NOW)
    revised = await on.alert(sessions, alert.id)
    assert (revised.status, revised.reason) == ("pending", None)


async def test_after_a_rejection_the_next_change_is_a_new_draft(sessions: Sessions):
    alert = await on.drafted(sessions)
    await review.turn_down(on.step(sessions, alert.id), AlertStatus.REJECTED, "false")
    await on.change_case(sessions, alert.case_id, status=S.SCHEDULED)
    await draft(sessions, NOW)
    following = await on.open_alert(sessions, alert.case_id)
    assert following is not None
    assert (following.id != alert.id, following.revision, following.status_in_law) == (True, 1, S.SCHEDULED)


# --- a moderator's own alert, ahead of the list


async def by_hand(sessions: Sessions) -> Alert:
    case_id = await on.add_case(sessions)
    heard = replace(VIEW, detail="solitary", source_name="her lawyer", certainty=Certainty.SINGLE_SOURCE)
    return await on.write_by_hand(sessions, case_id, heard, texts={"en": "Her family was called."})


@pytest.mark.parametrize("field", ["prison", "source_name", "note", "name_latin"])
async def test_the_list_does_not_take_back_what_a_moderator_heard(sessions: Sessions, field: str):
    alert = await by_hand(sessions)
    await on.change_case(sessions, alert.case_id, **{field: "Other words"})
    await draft(sessions, NOW)
    left = await on.alert(sessions, alert.id)
    taken = {"prison", "name_latin"} & {field}
    assert on.differing(left.facts.view, alert.facts.view) == taken
    assert (left.status, left.kind, left.lane, left.texts) == ("pending", alert.kind, 0, alert.texts)


async def test_a_list_that_comes_to_say_the_same_leaves_it_as_it_is(sessions: Sessions):
    alert = await by_hand(sessions)
    approved = await on.approve(sessions, alert.id, BEN)
    await on.change_case(sessions, alert.case_id, status=S.IMMINENT, source_name="Harbour Watch 2")
    assert await draft(sessions, NOW) == 0
    assert await on.alert(sessions, alert.id) == approved
    assert await weighed(sessions)


async def test_a_list_with_news_makes_it_the_lists_word(sessions: Sessions):
    alert = await by_hand(sessions)
    await on.approve(sessions, alert.id, BEN)
    told = await on.change_case(sessions, alert.case_id, status=S.STAYED, word="Stopped")
    await draft(sessions, NOW)
    revised = await on.alert(sessions, alert.id)
    assert revised.facts.view == told  # who says so and how surely come along
    assert (revised.status, revised.kind, revised.texts) == ("pending", "good_news", {})
    assert await on.approve(sessions, alert.id, ANNA) is Refusal.OWN_WORK


# --- asked for by a moderator


async def test_a_draft_of_what_is_known(sessions: Sessions):
    case_id = await on.add_case(sessions, VIEW)
    alert = await draft_known(sessions, case_id, NOW)
    assert isinstance(alert, Alert)
    assert alert == await on.open_alert(sessions, case_id)
    assert (alert.author, alert.status, alert.facts.view, alert.facts.before) == (LIST, "pending", VIEW, None)
    assert await draft_known(sessions, case_id, NOW) is Refusal.OPEN_DRAFT_EXISTS


@pytest.mark.parametrize("status", [None, S.MERGED, S.RETRACTED])
async def test_there_may_be_nothing_to_tell(sessions: Sessions, status: CaseStatus | None):
    case_id = await on.add_case(sessions, replace(VIEW, status=status))
    assert await draft_known(sessions, case_id, NOW) is None
    assert await draft_known(sessions, 404, NOW) is None


async def test_known_executions_are_reported_ones_too(sessions: Sessions):
    case_id = await on.add_case(sessions, replace(VIEW, status=S.EXECUTED, certainty=None))
    alert = await draft_known(sessions, case_id, NOW)
    assert isinstance(alert, Alert)
    assert alert.status_in_law is S.EXECUTED_REPORTED
