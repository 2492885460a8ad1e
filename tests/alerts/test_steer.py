"""Holding, resuming, more time and stops of an open action, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts import audit, expire, review, settle, steer
from alerts.action import Action, LetterRefusal, end_of_day, may_serve_letter
from alerts.alert import Alert, Disposition, Refusal
from alerts.day import Day, zone_of
from alerts.draft import draft
from alerts.locales import Catalogues, load
from alerts.publish import publish
from alerts.question import ACTIONS, Question
from alerts.store import actions, questions
from bot.database import Sessions
from tests.alerts import joining as with_two
from tests.alerts import reviewing as on
from tests.alerts.joining import drafted, joint, only_action, out
from tests.alerts.reviewing import ANNA, BEN, DAY, HOUR, MINUTE, NOW, VIEW, S
from tests.conftest import ENGINES

SUBJECT = "action:UA-26/001"


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return load()


async def steps(sessions: Sessions) -> list[tuple[str, str]]:
    """Who did what to the action."""
    return [(line.actor, line.verb) for line in await on.trail(sessions) if line.subject == SUBJECT]


def refused(action: Action) -> LetterRefusal | None:
    return may_serve_letter(action, NOW, outcome_waits=False, read_only=False)


# --- hold and resume


async def test_one_holds_and_another_resumes(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    for _ in range(2):  # once more does nothing more
        held = await steer.hold(sessions, 1, actor=ANNA, now=NOW + MINUTE)
        assert isinstance(held, Action)
        assert (held, refused(held)) == (await only_action(sessions), LetterRefusal.HELD)
    for _ in range(2):
        going_on = await steer.resume(sessions, 1, actor=BEN, now=NOW + HOUR)
        assert isinstance(going_on, Action)
        assert (refused(going_on), going_on.reviewed_at) == (None, NOW + HOUR)
    assert await steps(sessions) == [(ANNA, "hold"), (BEN, "resume")]
    assert await audit.verify_trail(sessions) is None


async def test_a_stay_holds_until_a_moderator_resumes(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    await on.change_case(sessions, 1, status=S.STAYED)
    await draft(sessions, NOW)
    await out(sessions, catalogues, await with_two.open_draft(sessions, 1), NOW + HOUR)
    assert refused(await only_action(sessions)) is LetterRefusal.HELD
    resumed = await steer.resume(sessions, 1, actor=ANNA, now=NOW + HOUR)
    assert isinstance(resumed, Action)
    assert refused(resumed) is None
    assert await steps(sessions) == [("publish", "hold"), (ANNA, "resume")]


async def test_nothing_of_a_closed_action_is_changed(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    late = NOW + 8 * DAY
    for step in (steer.hold, steer.resume, steer.extend):
        assert await step(sessions, 1, actor=ANNA, now=late) is Refusal.ACTION_CLOSED
        assert await step(sessions, 999, actor=ANNA, now=late) is None
    await expire.close_past_deadline(sessions, late)
    assert await steer.stop(sessions, 1, {}, actor=ANNA, now=late) is Refusal.ACTION_CLOSED
    assert await steer.stop(sessions, 999, {}, actor=ANNA, now=late) is None


async def test_where_no_letters_are_asked_for_there_is_nothing_to_hold(
    sessions: Sessions, catalogues: Catalogues
):
    alert = await drafted(sessions)
    await review.triage(on.step(sessions, alert.id, ANNA), Disposition.ALERT)
    await out(sessions, catalogues, await on.alert(sessions, alert.id))
    assert await steer.hold(sessions, 1, actor=ANNA, now=NOW) is Refusal.NO_LETTERS


# --- more time


async def test_more_time_takes_two_people(sessions: Sessions, catalogues: Catalogues):
    first = await out(sessions, catalogues, await drafted(sessions))
    later = NOW + 6 * DAY
    update = await steer.extend(sessions, 1, actor=ANNA, now=later)
    assert isinstance(update, Alert)
    assert (update.kind, update.status, update.author) == ("update_deadline_extended", "pending", ANNA)
    assert update.facts.deadline == end_of_day((later + 7 * DAY).date(), zone_of(None))
    assert update.facts.view == update.facts.before == VIEW
    assert with_two.refusal(await on.approve(sessions, update.id, ANNA, now=later)) is Refusal.OWN_WORK
    assert await steer.extend(sessions, 1, actor=BEN, now=later) is Refusal.OPEN_DRAFT_EXISTS
    update = await out(sessions, catalogues, update, later)
    action = await only_action(sessions)
    assert (update.number, action.deadline, action.letters) == ("UA-26/001.1", update.facts.deadline, True)
    assert (await on.alert(sessions, first.id)).status == "superseded"


async def test_approved_after_the_deadline_it_takes_the_action_up_again(
    sessions: Sessions, catalogues: Catalogues
):
    await out(sessions, catalogues, await drafted(sessions))
    update = await steer.extend(sessions, 1, actor=ANNA, now=NOW + 6 * DAY)
    assert isinstance(update, Alert)
    late = NOW + 8 * DAY
    await expire.close_past_deadline(sessions, late)
    await out(sessions, catalogues, update, late)
    assert (await only_action(sessions)).is_open(late)


async def test_a_date_gives_no_more_time(sessions: Sessions, catalogues: Catalogues):
    dated = replace(VIEW, status=S.SCHEDULED, execution_date=Day(2026, 11, 9))
    await out(sessions, catalogues, await drafted(sessions, dated))
    assert await steer.extend(sessions, 1, actor=ANNA, now=NOW + DAY) is Refusal.NO_LATER_DEADLINE


async def test_held_letters_stay_held_with_more_time(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    await steer.hold(sessions, 1, actor=ANNA, now=NOW)
    update = await steer.extend(sessions, 1, actor=ANNA, now=NOW + 2 * DAY)
    assert isinstance(update, Alert)
    assert not update.offers_letters
    await out(sessions, catalogues, update, NOW + 2 * DAY)
    action = await only_action(sessions)
    assert (action.held, action.letters, action.deadline) == (True, True, update.facts.deadline)


async def test_more_time_is_for_everybody_in_the_action(sessions: Sessions, catalogues: Catalogues):
    both = await out(sessions, catalogues, await joint(sessions))
    update = await steer.extend(sessions, 1, actor=ANNA, now=NOW + 2 * DAY)
    assert isinstance(update, Alert)
    assert (update.case_ids, [one.by_hand for one in update.facts.also]) == (both.case_ids, [True])
    await out(sessions, catalogues, update, NOW + 2 * DAY)
    assert (await on.alert(sessions, both.id)).status == "superseded"


# --- stop


async def test_a_stop_holds_at_once_and_ends_with_two_people(sessions: Sessions, catalogues: Catalogues):
    both = await out(sessions, catalogues, await joint(sessions))
    stop = await steer.stop(sessions, 1, {"en": "His family asks for silence."}, actor=ANNA, now=NOW)
    assert isinstance(stop, Alert)
    assert (stop.kind, stop.lane, stop.status, stop.case_ids) == ("stop_action", 0, "pending", both.case_ids)
    assert refused(await only_action(sessions)) is LetterRefusal.HELD
    assert with_two.refusal(await on.approve(sessions, stop.id, ANNA)) is Refusal.OWN_WORK
    await out(sessions, catalogues, stop, NOW + HOUR)
    action = await only_action(sessions)
    assert (action.letters, action.closed_at) == (False, NOW + HOUR)
    assert refused(action) is LetterRefusal.CLOSED
    assert (await on.alert(sessions, both.id)).status == "superseded"


async def test_a_stop_that_is_only_recorded_ends_the_letters_all_the_same(
    sessions: Sessions, catalogues: Catalogues
):
    await out(sessions, catalogues, await drafted(sessions))
    stop = await steer.stop(sessions, 1, {}, actor=ANNA, now=NOW)
    assert isinstance(stop, Alert)
    quiet = await review.triage(on.step(sessions, stop.id, BEN), Disposition.RECORD)
    assert isinstance(quiet, Alert)
    await out(sessions, catalogues, quiet)
    assert refused(await only_action(sessions)) is LetterRefusal.CLOSED


async def test_where_a_draft_is_open_the_letters_are_held_and_no_more(
    sessions: Sessions, catalogues: Catalogues
):
    await out(sessions, catalogues, await drafted(sessions))
    await on.change_case(sessions, 1, status=S.SCHEDULED)
    await draft(sessions, NOW)
    assert await steer.stop(sessions, 1, {}, actor=ANNA, now=NOW) is Refusal.OPEN_DRAFT_EXISTS
    assert (await only_action(sessions)).held


async def test_another_date_does_not_turn_a_stop_into_an_update(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    stop = await steer.stop(sessions, 1, {"en": "Please wait."}, actor=ANNA, now=NOW)
    assert isinstance(stop, Alert)
    await on.change_case(sessions, 1, execution_date=Day(2026, 11, 5))
    await draft(sessions, NOW)
    revised = await on.alert(sessions, stop.id)
    assert (revised.kind, revised.texts, revised.revision) == ("stop_action", {"en": "Please wait."}, 2)
    assert revised.facts.view.execution_date == Day(2026, 11, 5)


async def test_after_a_stop_a_new_threat_is_a_new_action(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    stop = await steer.stop(sessions, 1, {}, actor=ANNA, now=NOW)
    assert isinstance(stop, Alert)
    await out(sessions, catalogues, stop)
    await on.change_case(sessions, 1, status=S.SCHEDULED, execution_date=Day(2026, 12, 1))
    await draft(sessions, NOW + DAY)
    news = await out(sessions, catalogues, await with_two.open_draft(sessions, 1), NOW + DAY)
    assert (news.kind, news.number) == ("first", "UA-26/002")


async def test_two_who_hold_and_stop_and_publish_at_once(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    await asyncio.gather(
        steer.hold(sessions, 1, actor=ANNA, now=NOW),
        steer.stop(sessions, 1, {}, actor=BEN, now=NOW),
        steer.extend(sessions, 1, actor=ANNA, now=NOW + 2 * DAY),
        expire.close_past_deadline(sessions, NOW),
        publish(sessions, catalogues, 1, NOW),
    )
    assert (await only_action(sessions)).held
    assert [one for one in await steps(sessions) if one[1] == "hold"] != []
    assert await audit.verify_trail(sessions) is None


# --- what moderators are asked


async def asked(sessions: Sessions) -> list[Question]:
    async with sessions.begin() as session:
        return await questions.open_of_list(session, ACTIONS)


async def test_a_deadline_is_asked_about_once_a_day_before(sessions: Sessions, catalogues: Catalogues):
    calm = replace(VIEW, status=S.UPHELD)
    first = await out(sessions, catalogues, await drafted(sessions, calm))
    deadline = first.facts.deadline
    assert deadline is not None
    assert await expire.ask_about_actions(sessions, deadline - DAY - MINUTE) == 0
    assert await expire.ask_about_actions(sessions, deadline - DAY) == 1
    (question,) = await asked(sessions)
    assert question.detail == {"number": "UA-26/001", "action": 1, "date": str(deadline.date())}
    assert question.id is not None
    closed = await settle.close(sessions, question.id, "let_end", actor=ANNA, now=deadline - HOUR)
    assert closed == question
    assert await settle.close(sessions, question.id, "let_end", actor=BEN, now=deadline) is None
    assert await expire.ask_about_actions(sessions, deadline - MINUTE) == 0
    assert await steps(sessions) == [(ANNA, "let_end")]


async def test_with_another_deadline_the_question_has_no_cause_and_is_asked_anew(
    sessions: Sessions, catalogues: Catalogues
):
    first = await out(sessions, catalogues, await drafted(sessions, replace(VIEW, status=S.UPHELD)))
    assert first.facts.deadline is not None
    near = first.facts.deadline - HOUR
    await expire.ask_about_actions(sessions, near)
    update = await steer.extend(sessions, 1, actor=ANNA, now=near)
    assert isinstance(update, Alert)
    update = await out(sessions, catalogues, update, near)
    assert await expire.ask_about_actions(sessions, near) == 0
    assert await asked(sessions) == []
    assert update.facts.deadline is not None
    assert await expire.ask_about_actions(sessions, update.facts.deadline - HOUR) == 1


async def test_an_imminent_action_is_asked_about_each_day(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    assert await expire.ask_about_actions(sessions, NOW + DAY - MINUTE) == 0
    assert await expire.ask_about_actions(sessions, NOW + DAY) == 1
    assert await expire.ask_about_actions(sessions, NOW + DAY + HOUR) == 0
    (question,) = await asked(sessions)
    assert (question.kind, question.case_name, question.id) == (
        "review_due",
        "Tamsin Quillfeather",
        question.id,
    )
    assert question.id is not None
    action = await settle.still_stands(sessions, question.id, actor=ANNA, now=NOW + DAY + HOUR)
    assert action is not None
    assert (action.reviewed_at, action.held) == (NOW + DAY + HOUR, False)
    assert await settle.still_stands(sessions, question.id, actor=BEN, now=NOW + 2 * DAY) is None
    assert await expire.ask_about_actions(sessions, NOW + 2 * DAY) == 0
    assert await expire.ask_about_actions(sessions, NOW + 2 * DAY + HOUR) == 1


async def test_a_review_that_nobody_answers_holds_the_letters_until_somebody_does(
    sessions: Sessions, catalogues: Catalogues
):
    await out(sessions, catalogues, await drafted(sessions))
    await expire.ask_about_actions(sessions, NOW + DAY)
    assert await expire.hold_unreviewed(sessions, NOW + 3 * DAY - MINUTE) == 0
    assert await expire.hold_unreviewed(sessions, NOW + 3 * DAY) == 1
    assert await expire.hold_unreviewed(sessions, NOW + 3 * DAY) == 0
    (question,) = await asked(sessions)
    assert question.id is not None
    action = await settle.still_stands(sessions, question.id, actor=ANNA, now=NOW + 4 * DAY)
    assert action == await only_action(sessions)
    assert refused(action) is None
    assert await steps(sessions) == [("expire", "hold"), (ANNA, "stands"), (ANNA, "resume")]


async def test_an_answer_does_not_resume_what_a_moderator_holds(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    await expire.ask_about_actions(sessions, NOW + DAY)
    await expire.hold_unreviewed(sessions, NOW + 3 * DAY)
    await steer.resume(sessions, 1, actor=ANNA, now=NOW + 3 * DAY)
    await expire.ask_about_actions(sessions, NOW + 3 * DAY)
    assert await asked(sessions) == []  # somebody has just looked at it
    await expire.ask_about_actions(sessions, NOW + 4 * DAY)
    await steer.hold(sessions, 1, actor=ANNA, now=NOW + 4 * DAY)
    (question,) = await asked(sessions)
    assert question.id is not None
    action = await settle.still_stands(sessions, question.id, actor=BEN, now=NOW + 4 * DAY)
    assert action is not None
    assert action.held
    assert await expire.hold_unreviewed(sessions, NOW + 6 * DAY) == 0


async def test_only_what_readers_know_as_imminent_is_reviewed(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions, replace(VIEW, status=S.UPHELD)))
    assert await expire.ask_about_actions(sessions, NOW + 5 * DAY) == 0
    assert await expire.hold_unreviewed(sessions, NOW + 5 * DAY) == 0
    async with sessions.begin() as session:
        assert [one.id for one in await actions.asking(session, NOW + 5 * DAY)] == [1]


async def test_questions_of_a_closed_action_have_no_cause(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    late = NOW + 8 * DAY
    await expire.ask_about_actions(sessions, NOW + DAY)
    await expire.close_past_deadline(sessions, late)
    assert await expire.ask_about_actions(sessions, late + timedelta(minutes=1)) == 0
    assert await asked(sessions) == []


# --- a name that the list spells otherwise


async def test_another_spelling_asks_whether_the_letter_needs_it(sessions: Sessions, catalogues: Catalogues):
    await out(sessions, catalogues, await drafted(sessions))
    await on.change_case(sessions, 1, name_latin="Tamsyn Quillfeather")
    assert await draft(sessions, NOW) == 0
    (question,) = await asked(sessions)
    assert (question.kind, question.case_name) == ("name_changed", "Tamsyn Quillfeather")
    assert question.detail == {"number": "UA-26/001", "action": 1, "before": "Tamsin Quillfeather"}


async def test_without_an_action_it_is_only_recorded(sessions: Sessions):
    await on.add_case(sessions)
    await on.change_case(sessions, 1, name_latin="Tamsyn Quillfeather")
    assert await draft(sessions, NOW) == 0
    assert await asked(sessions) == []
