from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from alerts import audit, review
from alerts.alert import Alert, AlertStatus, Disposition, Facts, Part, Refusal
from alerts.case import CaseView, Certainty
from alerts.draft import draft, draft_known
from alerts.store import cases
from alerts.store import review as store
from bot.database import Sessions
from tests.alerts import reviewing as on
from tests.alerts.reviewing import ANNA, BEFORE, BEN, CARA, DAY, HOUR, MINUTE, NOW, VIEW, S
from tests.conftest import ENGINES

LIST = "list:harbour"
TEXT = {"en": "Her family was called to a last visit."}


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


def corrected(alert: Alert, **view: Any) -> Facts:
    return replace(alert.facts, view=replace(alert.facts.view, **view))


async def last_line(sessions: Sessions) -> tuple[str, str, str, dict[str, Any]]:
    line = (await on.trail(sessions))[-1]
    return line.actor, line.verb, line.subject, line.detail


def noted(alert: Alert, **more: str) -> dict[str, Any]:
    return {
        "revision": alert.revision,
        "status": alert.status.value,
        "disposition": alert.disposition.value,
        "core": alert.core_hash(),
        **more,
    }


# --- each step and its line in the trail


async def test_a_draft_by_hand_goes_from_writing_to_approval(sessions: Sessions):
    case_id = await on.add_case(sessions)
    own = on.an_alert(case_id=case_id, texts=TEXT, hands=())
    alert = await review.write(sessions, own, actor=ANNA, now=NOW)
    assert isinstance(alert, Alert)
    assert (alert.author, alert.status, alert.is_by_hand) == (ANNA, "draft", True)
    assert await last_line(sessions) == (ANNA, "write", f"alert:{alert.id}", noted(alert))
    pending = await review.submit(on.step(sessions, alert.id, ANNA, NOW + MINUTE))
    assert pending == replace(alert, status=AlertStatus.PENDING, pending_at=NOW + MINUTE)
    assert await last_line(sessions) == (ANNA, "submit", f"alert:{alert.id}", noted(pending))
    approved = await review.approve(on.step(sessions, alert.id, BEN, NOW + HOUR), 1, 1)
    assert isinstance(approved, Alert)
    assert (approved.status, approved.approved_at, approved.revision) == ("approved", NOW + HOUR, 1)
    assert await last_line(sessions) == (BEN, "approve", f"alert:{alert.id}", noted(approved))
    assert await on.alert(sessions, alert.id) == approved
    (hand,) = approved.hands_of(Part.APPROVER)
    assert (hand.actor, hand.core_hash, hand.locale_hashes) == (
        BEN,
        approved.core_hash(),
        approved.locale_hashes(),
    )
    assert await audit.verify_trail(sessions) is None


@pytest.mark.parametrize(
    ("verdict", "verb"), [(AlertStatus.RETURNED, "return"), (AlertStatus.REJECTED, "reject")]
)
async def test_turning_down(sessions: Sessions, verdict: AlertStatus, verb: str):
    alert = await on.drafted(sessions)
    result = await review.turn_down(on.step(sessions, alert.id), verdict, " not so \n")
    assert isinstance(result, Alert)
    assert (result.status, result.reason) == (verdict, "not so")
    assert await last_line(sessions) == (ANNA, verb, f"alert:{alert.id}", noted(result, reason="not so"))
    assert await on.alert(sessions, alert.id) == result


async def test_what_was_returned_is_handed_in_again_without_its_reason_or_rejected(sessions: Sessions):
    alert = await on.drafted(sessions)
    await review.turn_down(on.step(sessions, alert.id), AlertStatus.RETURNED, "why")
    back = await review.submit(on.step(sessions, alert.id, BEN, NOW + HOUR))
    assert isinstance(back, Alert)
    assert (back.status, back.reason, back.pending_at) == ("pending", None, NOW + HOUR)
    assert isinstance(await on.approve(sessions, alert.id, BEN), Alert)  # handing in bars nobody
    await review.turn_down(on.step(sessions, alert.id), AlertStatus.RETURNED, "why")
    ended = await review.turn_down(on.step(sessions, alert.id), AlertStatus.REJECTED, "never mind")
    assert isinstance(ended, Alert)
    assert ended.status == "rejected"
    assert await on.open_alert(sessions, alert.case_id) is None


async def test_what_is_handed_in_while_its_return_is_told_is_told_too(sessions: Sessions):
    alert = await on.drafted(sessions)
    returned = await review.turn_down(on.step(sessions, alert.id), AlertStatus.RETURNED, "why")
    assert isinstance(returned, Alert)
    back = await review.submit(on.step(sessions, alert.id, BEN, NOW + HOUR))
    async with sessions.begin() as session:
        await store.mark_told(session, returned)
        assert await store.untold(session, 5) == [back]


async def test_a_draft_that_has_moved_on_is_neither_handed_in_nor_triaged(sessions: Sessions):
    alert = await on.drafted(sessions)
    at = on.step(sessions, alert.id)
    assert await review.triage(at, Disposition.RECORD, alert.revision + 1) is Refusal.STALE_REVISION
    assert isinstance(await review.triage(at, Disposition.RECORD, alert.revision), Alert)
    assert await review.triage(at, Disposition.RECORD, alert.revision) is Refusal.STALE_REVISION
    await review.turn_down(at, AlertStatus.RETURNED, "why")
    assert await review.submit(at, alert.revision) is Refusal.STALE_REVISION
    assert isinstance(await review.submit(at, alert.revision + 1), Alert)


@pytest.mark.parametrize("verdict", sorted(set(AlertStatus) - {AlertStatus.RETURNED, AlertStatus.REJECTED}))
async def test_there_are_two_verdicts(sessions: Sessions, verdict: AlertStatus):
    alert = await on.drafted(sessions)
    with pytest.raises(ValueError, match="is no verdict"):
        await review.turn_down(on.step(sessions, alert.id), verdict, "why")
    assert await on.alert(sessions, alert.id) == alert


async def every_step(sessions: Sessions, alert_id: int) -> list[Any]:
    at = on.step(sessions, alert_id, CARA)
    return [
        await review.submit(at),
        await review.edit(at, None, TEXT),
        await review.triage(at, Disposition.RECORD),
        await review.approve(at, 1, 1),
        await review.turn_down(at, AlertStatus.REJECTED, "why"),
    ]


async def test_there_may_be_no_such_alert(sessions: Sessions):
    assert await every_step(sessions, 404) == [None] * 5
    assert await on.trail(sessions) == []


@pytest.mark.parametrize("status", sorted(set(AlertStatus) - {"draft", "pending", "returned", "approved"}))
async def test_what_is_over_stays_as_it_is(sessions: Sessions, status: AlertStatus):
    alert = replace(await on.drafted(sessions), status=status)
    async with sessions.begin() as session:
        await store.save(session, alert)
    lines = await on.trail(sessions)
    assert await every_step(sessions, alert.id) == [Refusal.WRONG_STATUS] * 5
    assert await on.alert(sessions, alert.id) == alert
    assert await on.trail(sessions) == lines


async def test_refusals_leave_no_trace(sessions: Sessions):
    alert = await on.drafted(sessions)
    lines = await on.trail(sessions)
    assert await review.submit(on.step(sessions, alert.id)) is Refusal.WRONG_STATUS
    assert await review.approve(on.step(sessions, alert.id), 2, 1) is Refusal.STALE_REVISION
    assert (
        await review.turn_down(on.step(sessions, alert.id), AlertStatus.REJECTED, " ")
        is Refusal.REASON_MISSING
    )
    assert (await on.alert(sessions, alert.id), await on.trail(sessions)) == (alert, lines)


# --- editing


async def test_an_editor_is_barred_and_others_are_not(sessions: Sessions):
    alert = await on.drafted(sessions)
    edited = await review.edit(on.step(sessions, alert.id, ANNA), None, TEXT)
    assert isinstance(edited, Alert)
    assert (edited.status, edited.revision, edited.texts) == ("draft", 2, TEXT)
    assert await last_line(sessions) == (ANNA, "edit", f"alert:{alert.id}", noted(edited))
    await review.submit(on.step(sessions, alert.id, BEN))
    assert await on.approve(sessions, alert.id, ANNA) is Refusal.OWN_WORK
    assert isinstance(await on.approve(sessions, alert.id, BEN), Alert)


async def test_an_edit_voids_approvals(sessions: Sessions):
    alert = await on.drafted(sessions)
    await on.approve(sessions, alert.id, ANNA)
    edited = await review.edit(on.step(sessions, alert.id, BEN), corrected(alert, prison="Other"), None)
    assert isinstance(edited, Alert)
    assert (edited.status, edited.approved_at, edited.hands_of(Part.APPROVER)) == ("draft", None, [])
    assert edited.is_own_work_of(BEN)  # after an approval even the prison is an edit


async def test_putting_right_bars_nobody_and_leaves_it_pending(sessions: Sessions):
    alert = await on.drafted(sessions)
    facts = corrected(alert, prison="Right Prison", name_latin="Tamsin Quilfeather")
    right = await review.edit(on.step(sessions, alert.id, ANNA, NOW + HOUR), facts, None)
    assert isinstance(right, Alert)
    assert (right.status, right.revision, right.pending_at) == ("pending", 2, NOW)
    assert await last_line(sessions) == (ANNA, "put_right", f"alert:{alert.id}", noted(right))
    assert await review.approve(on.step(sessions, alert.id, ANNA), 1, 1) is Refusal.STALE_REVISION
    assert isinstance(await on.approve(sessions, alert.id, ANNA), Alert)


async def test_another_name_is_not_put_right_but_edited(sessions: Sessions):
    alert = await on.drafted(sessions)
    await review.edit(on.step(sessions, alert.id, ANNA), corrected(alert, name_latin="Someone Else"), None)
    await review.submit(on.step(sessions, alert.id, ANNA))
    assert await on.approve(sessions, alert.id, ANNA) is Refusal.OWN_WORK


async def test_putting_right_hands_in_what_was_returned_but_not_what_somebody_writes(sessions: Sessions):
    alert = await on.drafted(sessions)
    await review.turn_down(on.step(sessions, alert.id), AlertStatus.RETURNED, "the prison")
    facts = corrected(alert, prison="Right Prison")
    back = await review.edit(on.step(sessions, alert.id, ANNA), facts, None)
    assert isinstance(back, Alert)
    assert (back.status, back.reason) == ("pending", None)
    await review.edit(on.step(sessions, alert.id, BEN), None, {"en": "Half a sen"})
    still = await review.edit(on.step(sessions, alert.id, ANNA), corrected(back, source_name="Others"), None)
    assert isinstance(still, Alert)
    assert (still.status, still.is_own_work_of(ANNA)) == ("draft", False)


async def test_an_author_edits_and_remains_the_author(sessions: Sessions):
    alert = await on.write_by_hand(sessions, await on.add_case(sessions))
    await review.edit(on.step(sessions, alert.id, BEN), None, TEXT)
    await review.submit(on.step(sessions, alert.id, BEN))
    assert await on.approve(sessions, alert.id, ANNA) is Refusal.OWN_WORK
    assert await on.approve(sessions, alert.id, BEN) is Refusal.OWN_WORK
    assert isinstance(await on.approve(sessions, alert.id, CARA), Alert)


# --- triage


@pytest.mark.parametrize("disposition", [Disposition.RECORD, Disposition.DIGEST, Disposition.ALERT])
async def test_triage_voids_approvals_and_bars_nobody(sessions: Sessions, disposition: Disposition):
    alert = await on.drafted(sessions)
    await on.approve(sessions, alert.id, ANNA)
    moved = await review.triage(on.step(sessions, alert.id, ANNA), disposition)
    assert isinstance(moved, Alert)
    assert (moved.status, moved.disposition, moved.revision) == ("pending", disposition, 2)
    assert (moved.approved_at, moved.hands_of(Part.APPROVER)) == (None, [])
    assert await last_line(sessions) == (ANNA, "triage", f"alert:{alert.id}", noted(moved))
    assert isinstance(await on.approve(sessions, alert.id, ANNA), Alert)


async def test_choosing_what_was_chosen_changes_nothing(sessions: Sessions):
    alert = await on.drafted(sessions)
    approved = await on.approve(sessions, alert.id)
    lines = await on.trail(sessions)
    assert await review.triage(on.step(sessions, alert.id), Disposition.ACTION) == approved
    assert await on.trail(sessions) == lines


async def test_triage_does_not_hand_in_a_draft(sessions: Sessions):
    alert = await on.drafted(sessions)
    await review.edit(on.step(sessions, alert.id), None, TEXT)
    moved = await review.triage(on.step(sessions, alert.id, BEN), Disposition.DIGEST)
    assert isinstance(moved, Alert)
    assert moved.status == "draft"


# --- several approvals


async def test_two_approvals_when_two_are_asked_for(sessions: Sessions):
    alert = await on.drafted(sessions)
    first = await on.approve(sessions, alert.id, ANNA, needed=2)
    assert isinstance(first, Alert)
    assert (first.status, first.approved_at) == ("pending", None)
    assert await on.approve(sessions, alert.id, ANNA, needed=2) is Refusal.ALREADY_APPROVED
    second = await on.approve(sessions, alert.id, BEN, needed=2, now=NOW + HOUR)
    assert isinstance(second, Alert)
    assert (second.status, second.approved_at) == ("approved", NOW + HOUR)
    assert [hand.actor for hand in second.hands_of(Part.APPROVER)] == [ANNA, BEN]


async def test_a_lapsed_approval_is_given_again(sessions: Sessions):
    alert = await on.drafted(sessions)
    later = NOW + DAY + MINUTE
    await on.approve(sessions, alert.id, ANNA, needed=2)
    second = await on.approve(sessions, alert.id, BEN, needed=2, now=later)
    assert isinstance(second, Alert)
    assert second.status == "pending"
    again = await on.approve(sessions, alert.id, ANNA, needed=2, now=later)
    assert isinstance(again, Alert)
    assert again.status == "approved"
    stored = (await on.alert(sessions, alert.id)).hands_of(Part.APPROVER)
    assert {(hand.actor, hand.at) for hand in stored} == {(ANNA, later), (BEN, later)}


@pytest.mark.parametrize("needed", [2, 3])
async def test_those_who_approve_at_once_all_count(sessions: Sessions, needed: int):
    alert = await on.drafted(sessions)
    people = [ANNA, BEN, CARA][:needed]
    await asyncio.gather(*(review.approve(on.step(sessions, alert.id, actor), 1, needed) for actor in people))
    stored = await on.alert(sessions, alert.id)
    assert stored.status == "approved"
    assert {hand.actor for hand in stored.hands_of(Part.APPROVER)} == set(people)


async def test_an_approval_and_an_edit_at_once_never_make_an_approved_edit(sessions: Sessions):
    for key in range(5):
        case_id = await on.add_new_case(sessions, key=str(key))
        await draft(sessions, NOW)
        alert = await on.open_alert(sessions, case_id)
        assert alert is not None
        await asyncio.gather(
            review.approve(on.step(sessions, alert.id, ANNA), 1, 1),
            review.edit(on.step(sessions, alert.id, BEN), None, TEXT),
        )
        stored = await on.alert(sessions, alert.id)
        assert (stored.status, stored.revision, stored.texts) == ("draft", 2, TEXT)
        assert stored.hands_of(Part.APPROVER) == []


async def test_two_who_write_at_once_make_one_draft(sessions: Sessions):
    case_id = await on.add_case(sessions)
    own = on.an_alert(case_id=case_id, hands=())
    results = await asyncio.gather(
        *(review.write(sessions, own, actor=actor, now=NOW) for actor in (ANNA, BEN, CARA)),
        draft_known(sessions, case_id, NOW),
    )
    assert [isinstance(result, Alert) for result in results].count(True) == 1
    assert {result for result in results if not isinstance(result, Alert)} == {Refusal.OPEN_DRAFT_EXISTS}


# --- what the list says meanwhile


async def test_no_approval_while_news_waits_to_be_weighed(sessions: Sessions):
    """A moderator's own alert too: the next revision is about to come."""
    listed = await on.drafted(sessions)
    by_hand = await on.write_by_hand(sessions, await on.add_case(sessions, key="2"))
    for alert in (listed, by_hand):
        await on.change_case(sessions, alert.case_id, execution_date=on.VIEW.execution_date, prison="Other")
        assert await on.approve(sessions, alert.id, BEN) is Refusal.STATUS_MOVED_ON
    await draft(sessions, NOW)
    for alert in (listed, by_hand):
        assert isinstance(await on.approve(sessions, alert.id, BEN), Alert)


async def test_a_row_that_vanished_is_not_approved_until_it_is_back(sessions: Sessions):
    alert = await on.drafted(sessions)
    for since, expected in ((NOW, Refusal.VANISHED), (None, None)):
        async with sessions.begin() as session:
            await cases.set_missing(session, [alert.case_id], since)
        result = await on.approve(sessions, alert.id)
        assert (result if isinstance(result, Refusal) else None) is expected


async def published(sessions: Sessions, view: CaseView) -> int:
    case_id = await on.add_case(sessions, view)
    async with sessions.begin() as session:
        await store.publish_view(session, case_id, view, "", NOW)
    return case_id


@pytest.mark.parametrize("end", [S.EXECUTED, S.DIED_IN_CUSTODY])
async def test_only_a_correction_brings_somebody_back(sessions: Sessions, end: Any):
    case_id = await published(sessions, replace(VIEW, status=end))
    alert = await on.write_by_hand(sessions, case_id, lane=2)
    assert (alert.kind, alert.lane) == ("correction", 0)
    assert isinstance(await on.approve(sessions, alert.id, BEN), Alert)


async def test_a_list_that_lags_behind_cannot_bring_somebody_back(sessions: Sessions):
    case_id = await published(sessions, replace(VIEW, status=S.EXECUTED))
    async with sessions.begin() as session:
        found = await cases.case_by_id(session, case_id)
        assert found is not None
        await cases.update_cases(session, [(found, "1", BEFORE, "digest")], NOW)
    await on.change_case(sessions, case_id, status=S.SCHEDULED)
    await draft(sessions, NOW)
    alert = await on.open_alert(sessions, case_id)
    assert alert is not None
    assert await on.approve(sessions, alert.id) is Refusal.NEEDS_CORRECTION


async def test_a_claim_by_hand_needs_certainty(sessions: Sessions):
    view = replace(VIEW, status=S.EXECUTED, certainty=Certainty.SINGLE_SOURCE)
    alert = await on.write_by_hand(sessions, await on.add_case(sessions), view)
    assert await on.approve(sessions, alert.id, BEN) is Refusal.NEEDS_CERTAINTY
