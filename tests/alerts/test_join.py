"""Drafts put together, taken apart, published and gone on with, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts import audit, join, review, steer
from alerts.alert import Alert, Disposition, Refusal
from alerts.day import Day
from alerts.demand import Demand, demands_for
from alerts.draft import draft
from alerts.locales import Catalogues, load
from alerts.publish import publish
from alerts.store import cases
from alerts.store import published as readers
from alerts.store import review as store
from bot.database import Sessions
from tests.alerts import joining as with_two
from tests.alerts import reviewing as on
from tests.alerts.joining import OTHER, drafted, joint, only_action, out
from tests.alerts.reviewing import ANNA, BEN, CARA, DAY, HOUR, NOW, VIEW, S
from tests.conftest import ENGINES


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return load()


async def test_the_sheet_is_offered_what_may_be_put_together(sessions: Sessions):
    mine, other = await drafted(sessions), await drafted(sessions, OTHER, "2")
    await drafted(sessions, replace(OTHER, name_latin="Cass Thornwick", prison="Quay Prison"), "3")
    assert [one.id for one in await join.candidates(sessions, mine)] == [other.id]
    assert [one.id for one in await join.candidates(sessions, other)] == [mine.id]


async def test_two_drafts_become_one_that_who_joined_them_cannot_approve(sessions: Sessions):
    both = await joint(sessions)
    first, second = both.case_ids
    assert (both.facts.view, both.facts.also[0].view) == (VIEW, OTHER)
    assert (both.status, both.revision) == ("pending", 2)
    gone = await on.alert(sessions, both.id + 1)
    assert (gone.status, gone.reason) == ("cancelled", "joined")
    assert [
        line.detail.get("into") or line.detail.get("joined") for line in (await on.trail(sessions))[-2:]
    ] == [
        both.id,
        gone.id,
    ]
    assert await on.open_alert(sessions, first) == await on.open_alert(sessions, second) == both
    refused = await review.approve(on.step(sessions, both.id, ANNA), both.revision, 1)
    assert refused is Refusal.OWN_WORK
    assert await audit.verify_trail(sessions) is None


async def test_what_was_seen_before_is_not_joined_and_nobody_is_joined_twice(sessions: Sessions):
    mine, other = await drafted(sessions), await drafted(sessions, OTHER, "2")
    stale = await join.join(on.step(sessions, mine.id), other.id, mine.revision + 1)
    assert stale is Refusal.STALE_REVISION
    results = await asyncio.gather(
        join.join(on.step(sessions, mine.id), other.id, 1),
        join.join(on.step(sessions, other.id, BEN), mine.id, 1),
    )
    assert sorted(type(one).__name__ for one in results) == ["Alert", "Refusal"]
    assert await join.join(on.step(sessions, mine.id), 999) is None
    assert await join.join(on.step(sessions, 999), mine.id) is None


async def test_whoever_is_taken_out_has_their_own_draft_again(sessions: Sessions):
    both = await joint(sessions)
    _, second = both.case_ids
    assert await join.part(on.step(sessions, both.id, CARA), 999) is Refusal.STALE_REVISION
    left = await join.part(on.step(sessions, both.id, CARA), second, both.revision)
    assert isinstance(left, Alert)
    again = await with_two.open_draft(sessions, second)
    assert (left.case_ids, again.case_ids, again.facts.view) == ((both.case_id,), (second,), OTHER)
    assert (again.status, again.revision, again.reason) == ("pending", 2, None)
    assert await audit.verify_trail(sessions) is None


async def test_a_case_with_an_action_of_its_own_is_not_put_into_another(
    sessions: Sessions, catalogues: Catalogues
):
    await out(sessions, catalogues, await drafted(sessions))
    await on.change_case(sessions, 1, status=S.SCHEDULED)
    await draft(sessions, NOW)
    other = await drafted(sessions, replace(OTHER, status=S.SCHEDULED), "2")
    mine = await with_two.open_draft(sessions, 1)
    assert await join.join(on.step(sessions, other.id), mine.id) is Refusal.NOT_TOGETHER
    assert await join.candidates(sessions, other) == []
    both = await join.join(on.step(sessions, mine.id), other.id)
    assert isinstance(both, Alert)
    update = await out(sessions, catalogues, both)
    assert update.number == "UA-26/001.1"
    assert (await only_action(sessions)).case_ids == (1, 2)


# --- while it waits


async def test_news_of_one_takes_that_one_out_and_the_other_waits_on(sessions: Sessions):
    both = await joint(sessions)
    first, second = both.case_ids
    await on.change_case(sessions, second, status=S.STAYED)
    refused = await review.approve(on.step(sessions, both.id, BEN), both.revision, 1)
    assert refused is Refusal.STATUS_MOVED_ON
    assert await draft(sessions, NOW + HOUR) == 1
    left, own = await on.alert(sessions, both.id), await with_two.open_draft(sessions, second)
    assert (left.case_ids, left.status, left.revision) == ((first,), "pending", both.revision + 1)
    assert (own.id, own.kind, own.status_in_law, own.status) == (
        both.id + 1,
        "good_news",
        S.STAYED,
        "pending",
    )
    async with sessions.begin() as session:
        assert await readers.cases_waiting(session, [first, second]) == {second}


async def test_a_spelling_of_one_is_put_right_where_it_stands(sessions: Sessions):
    both = await joint(sessions)
    await on.change_case(sessions, both.case_ids[1], name_latin="Bertrand Oakenshade")
    await draft(sessions, NOW)
    revised = await on.alert(sessions, both.id)
    assert revised.case_ids == both.case_ids
    assert (revised.facts.also[0].view.name_latin, revised.revision) == ("Bertrand Oakenshade", 3)


async def test_a_change_that_says_nothing_new_changes_nothing(sessions: Sessions):
    both = await joint(sessions)
    await on.change_case(sessions, both.case_ids[1], word="Moved")
    await draft(sessions, NOW)
    assert await on.alert(sessions, both.id) == both


async def test_an_outcome_of_the_leading_one_is_told_alone(sessions: Sessions):
    both = await joint(sessions)
    first, second = both.case_ids
    await on.change_case(sessions, first, status=S.EXECUTED)
    await draft(sessions, NOW)
    notice, own = await on.alert(sessions, both.id), await with_two.open_draft(sessions, second)
    assert (notice.case_ids, notice.kind) == ((first,), "executed_notice")
    assert (own.case_ids, own.status_in_law, own.status) == ((second,), S.IMMINENT, "pending")


@pytest.mark.parametrize("changes", [{"status": S.SCHEDULED}, {"execution_date": Day(2026, 11, 9)}])
@pytest.mark.parametrize("leads", [True, False])
async def test_whoever_moves_on_takes_nobody_along(
    sessions: Sessions,
    changes: dict[str, Any],
    leads: bool,  # noqa: FBT001
):
    both = await joint(sessions)
    first, second = both.case_ids
    moved = first if leads else second
    await on.change_case(sessions, moved, **changes)
    await draft(sessions, NOW + HOUR)
    theirs, other = await with_two.open_draft(sessions, first), await with_two.open_draft(sessions, second)
    assert (theirs.id, theirs.case_ids, other.case_ids) == (both.id, (first,), (second,))
    expected = {first: VIEW, second: OTHER}
    expected[moved] = replace(expected[moved], **changes)
    assert (theirs.facts.view, other.facts.view) == (expected[first], expected[second])
    assert (theirs.status, other.status) == ("pending", "pending")
    assert await join.candidates(sessions, theirs) == []


async def test_a_stop_for_both_stays_one_when_the_leading_one_moves_on(
    sessions: Sessions, catalogues: Catalogues
):
    first = await out(sessions, catalogues, await joint(sessions))
    stop = await steer.stop(sessions, (await only_action(sessions)).id, {}, actor=ANNA, now=NOW)
    assert isinstance(stop, Alert)
    await on.change_case(sessions, first.case_id, status=S.SCHEDULED)
    await draft(sessions, NOW + HOUR)
    still = await on.alert(sessions, stop.id)
    assert (still.kind, still.case_ids) == ("stop_action", first.case_ids)


async def test_what_comes_to_nothing_leaves_the_others_their_drafts(sessions: Sessions):
    first = await on.add_case(sessions, replace(VIEW, status=S.UPHELD))
    await on.change_case(sessions, first, status=S.IMMINENT)
    await draft(sessions, NOW)
    mine, other = await with_two.open_draft(sessions, first), await drafted(sessions, OTHER, "2")
    await join.join(on.step(sessions, mine.id), other.id)
    await on.change_case(sessions, first, status=S.UPHELD)
    await draft(sessions, NOW)
    assert (await on.alert(sessions, mine.id)).status == "cancelled"
    assert (await with_two.open_draft(sessions, other.case_id)).case_ids == (other.case_id,)


async def test_who_vanished_from_the_list_stands_in_the_way(sessions: Sessions):
    both = await joint(sessions)
    async with sessions.begin() as session:
        await cases.set_missing(session, [both.case_ids[1]], NOW)
    assert await review.approve(on.step(sessions, both.id, BEN), 2, 1) is Refusal.VANISHED


# --- once it is out


async def test_one_action_for_both_and_each_is_known_to_readers(sessions: Sessions, catalogues: Catalogues):
    alert = await out(sessions, catalogues, await joint(sessions))
    action = await only_action(sessions)
    assert (action.case_ids, action.letters, action.number) == (alert.case_ids, True, alert.number)
    async with sessions.begin() as session:
        found = await readers.published_cases(session, list(alert.case_ids))
        assert [one.view for one in found] == [VIEW, OTHER]
        for case_id, view in zip(alert.case_ids, (VIEW, OTHER), strict=True):
            (told,) = await readers.case_history(session, case_id)
            assert (told.id, told.facts.view) == (alert.id, view)


async def test_later_news_of_one_goes_on_in_the_chain_and_what_was_said_for_both_stands(
    sessions: Sessions, catalogues: Catalogues
):
    first = await out(sessions, catalogues, await joint(sessions))
    await on.change_case(sessions, first.case_ids[1], status=S.SCHEDULED)
    await draft(sessions, NOW + HOUR)
    news = await with_two.open_draft(sessions, first.case_ids[1])
    assert news.kind == "update_new_demand"
    news = await out(sessions, catalogues, news, NOW + HOUR)
    assert (news.number, news.action_id) == ("UA-26/001.1", first.action_id)
    assert [(await on.alert(sessions, one.id)).status for one in (first, news)] == ["published", "published"]
    assert (await only_action(sessions)).deadline == first.facts.deadline


async def test_news_of_one_leaves_a_hold_to_the_other(sessions: Sessions, catalogues: Catalogues):
    first = await out(sessions, catalogues, await joint(sessions))
    await steer.hold(sessions, (await only_action(sessions)).id, actor=ANNA, now=NOW)
    await on.change_case(sessions, first.case_ids[1], status=S.SCHEDULED)
    await draft(sessions, NOW + HOUR)
    news = await with_two.open_draft(sessions, first.case_ids[1])
    assert news.offers_letters
    await out(sessions, catalogues, news, NOW + HOUR)
    assert (await only_action(sessions)).held
    assert ("publish", "resume") not in [(line.actor, line.verb) for line in await on.trail(sessions)]


@pytest.mark.parametrize("tortured", [True, False])
@pytest.mark.parametrize("disposition", [Disposition.ALERT, Disposition.RECORD])
async def test_torture_is_asked_about_as_long_as_somebody_alleges_it(
    sessions: Sessions,
    catalogues: Catalogues,
    disposition: Disposition,
    tortured: bool,  # noqa: FBT001
):
    mine = await drafted(sessions, replace(VIEW, torture=True))
    other = await drafted(sessions, replace(OTHER, torture=tortured), "2")
    both = await join.join(on.step(sessions, mine.id), other.id)
    assert isinstance(both, Alert)
    first = await out(sessions, catalogues, both)
    assert Demand.INVESTIGATE_TORTURE in (await only_action(sessions)).demands
    await notice_of(sessions, catalogues, first.case_id, disposition)
    asked = (await only_action(sessions)).demands
    assert asked == demands_for(other.facts.view)
    assert (Demand.INVESTIGATE_TORTURE in asked) is tortured


@pytest.mark.parametrize("disposition", [Disposition.ALERT, Disposition.RECORD])
@pytest.mark.parametrize("leads", [True, False])
async def test_an_outcome_of_one_leaves_the_letters_for_the_other_and_the_last_ends_them(
    sessions: Sessions,
    catalogues: Catalogues,
    disposition: Disposition,
    leads: bool,  # noqa: FBT001
):
    first = await out(sessions, catalogues, await joint(sessions))
    before = await only_action(sessions)
    ended, left = first.case_ids if leads else first.case_ids[::-1]
    await notice_of(sessions, catalogues, ended, disposition)
    action = await only_action(sessions)
    assert (action.case_ids, action.case_id) == ((left,), left)
    assert (action.letters, action.deadline, action.closed_at) == (True, before.deadline, None)
    assert (await on.alert(sessions, first.id)).status == "published"
    await notice_of(sessions, catalogues, left, disposition)
    action = await only_action(sessions)
    assert (action.letters, action.closed_at) == (False, NOW + HOUR)
    assert (await on.alert(sessions, first.id)).status == "superseded"


async def notice_of(
    sessions: Sessions, catalogues: Catalogues, case_id: int, disposition: Disposition
) -> Alert:
    await on.change_case(sessions, case_id, status=S.EXECUTED)
    await draft(sessions, NOW + HOUR)
    notice = await with_two.open_draft(sessions, case_id)
    await review.triage(on.step(sessions, notice.id, ANNA), disposition)
    return await out(sessions, catalogues, await on.alert(sessions, notice.id), NOW + HOUR)


async def test_what_comes_later_of_one_who_left_is_told_in_the_same_chain(
    sessions: Sessions, catalogues: Catalogues
):
    first = await out(sessions, catalogues, await joint(sessions))
    _, second = first.case_ids
    await on.change_case(sessions, second, status=S.QUASHED)
    await draft(sessions, NOW)
    quashed = await with_two.open_draft(sessions, second)
    await review.triage(on.step(sessions, quashed.id, ANNA), Disposition.ALERT)
    await out(sessions, catalogues, await on.alert(sessions, quashed.id), NOW + HOUR)
    assert (await only_action(sessions)).case_ids == (first.case_id,)
    await on.change_case(sessions, second, status=S.SENTENCED)
    await draft(sessions, NOW + DAY)
    again = await with_two.open_draft(sessions, second)
    await review.triage(on.step(sessions, again.id, ANNA), Disposition.ACTION)
    again = await out(sessions, catalogues, await on.alert(sessions, again.id), NOW + DAY)
    action = await only_action(sessions)
    assert (again.kind, again.number, action.case_ids) == ("update_new_demand", "UA-26/001.2", first.case_ids)


async def test_changes_of_both_at_once_and_an_approval_between_them(
    sessions: Sessions, catalogues: Catalogues
):
    both = await joint(sessions)
    for case_id in both.case_ids:
        await on.change_case(sessions, case_id, execution_date=None, province="Quay")
    await asyncio.gather(
        draft(sessions, NOW),
        draft(sessions, NOW),
        review.approve(on.step(sessions, both.id, BEN), both.revision, 1),
        publish(sessions, catalogues, 1, NOW),
    )
    revised = await on.alert(sessions, both.id)
    assert {view.province for view in revised.facts.views} == {"Quay"}
    assert (revised.status, revised.case_ids) == ("pending", both.case_ids)
    async with sessions.begin() as session:
        assert await store.neighbours(session, revised, timedelta(hours=6)) == []
