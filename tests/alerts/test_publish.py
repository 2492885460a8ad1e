from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from alerts import audit, expire, review
from alerts import publish as station
from alerts.action import Action
from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Refusal
from alerts.case import CaseView
from alerts.day import Day
from alerts.draft import draft, draft_known
from alerts.locales import Catalogues, load
from alerts.publish import Published, publish, render_all, search_words
from alerts.render.alert import render_alert
from alerts.render.message import Message, Variant
from alerts.store import actions, cases
from alerts.store import published as readers
from alerts.store import review as store
from alerts.tables import AlertTextRow, AlertTopicRow
from bot.database import Sessions
from tests.alerts import reviewing as on
from tests.alerts.reviewing import ANNA, BEFORE, BEN, DAY, HOUR, MINUTE, NOW, VIEW, S
from tests.conftest import ENGINES

TEXTS = {"en": "Her family was called.", "fa": "خانواده‌اش را فراخوانده‌اند."}


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return load()


async def ready(sessions: Sessions, view: CaseView = VIEW, key: str = "1", now: datetime = NOW) -> Alert:
    """An approved alert of a new row."""
    case_id = await on.add_new_case(sessions, view, key)
    await draft(sessions, now)
    found = await on.open_alert(sessions, case_id)
    assert found is not None
    return await approved(sessions, found, now)


async def approved(sessions: Sessions, alert: Alert, now: datetime = NOW) -> Alert:
    result = await on.approve(sessions, alert.id, BEN, now=now)
    assert isinstance(result, Alert), result
    return result


async def moved_on(
    sessions: Sessions,
    case_id: int,
    now: datetime = NOW,
    disposition: Disposition | None = None,
    **changes: Any,
) -> Alert:
    """The list says something else, a moderator approves it (as `disposition`)."""
    await on.change_case(sessions, case_id, **changes)
    await draft(sessions, now)
    found = await on.open_alert(sessions, case_id)
    assert found is not None
    if disposition is not None:
        await review.triage(on.step(sessions, found.id, ANNA, now), disposition)
    return await approved(sessions, found, now)


async def only_action(sessions: Sessions, case_id: int) -> Action:
    async with sessions.begin() as session:
        rows = await session.execute(
            select(col(actions.ActionRow.id)).where(col(actions.ActionRow.case_id) == case_id)
        )
        (action_id,) = rows.scalars().all()
        row = await session.get(actions.ActionRow, action_id)
        assert row is not None
        return (await actions.read(session, [row]))[0]


async def statuses(sessions: Sessions, *alert_ids: int) -> list[str]:
    return [(await on.alert(sessions, alert_id)).status.value for alert_id in alert_ids]


async def frozen(sessions: Sessions, alert_id: int) -> dict[tuple[str, Variant], Message]:
    async with sessions.begin() as session:
        rows = await session.scalars(select(AlertTextRow).where(col(AlertTextRow.alert_id) == alert_id))
        return {(row.locale, Variant(row.variant)): Message.from_json(row.message) for row in rows}


# --- one alert


async def test_an_approved_alert_goes_out_once(sessions: Sessions, catalogues: Catalogues):
    alert = await ready(sessions)
    assert await publish(sessions, catalogues, 1, NOW + MINUTE) == Published((alert.id,), ())
    out = await on.alert(sessions, alert.id)
    assert (out.status, out.published_at, out.number) == ("published", NOW + MINUTE, "UA-26/001")
    assert on.differing(out, alert) == {"status", "published_at", "number", "action_id"}
    action = await only_action(sessions, alert.case_id)
    assert (action.id, action.number, action.updates, action.letters) == (out.action_id, "UA-26/001", 0, True)
    assert (action.deadline, action.opened_at, action.closed_at) == (
        alert.facts.deadline,
        NOW + MINUTE,
        None,
    )
    line = (await on.trail(sessions))[-1]
    assert (line.actor, line.verb, line.subject) == ("publish", "publish", f"alert:{alert.id}")
    assert line.detail == {"number": "UA-26/001", "core": alert.core_hash()}
    assert await publish(sessions, catalogues, 1, NOW + HOUR) == Published((), ())
    assert await on.alert(sessions, alert.id) == out
    assert await audit.verify_trail(sessions) is None


async def test_the_frozen_texts_are_the_preview_byte_for_byte(sessions: Sessions, catalogues: Catalogues):
    listed = await on.drafted(sessions)
    await review.edit(on.step(sessions, listed.id, ANNA), None, TEXTS)
    await review.submit(on.step(sessions, listed.id, ANNA))
    pending = await on.alert(sessions, listed.id)
    async with sessions.begin() as session:
        number = await actions.reserve_number(session, pending, NOW)
    preview = render_all(replace(pending, number=number), catalogues)
    await approved(sessions, pending)
    await publish(sessions, catalogues, 1, NOW)
    out = await on.alert(sessions, listed.id)
    texts = await frozen(sessions, listed.id)
    assert set(texts) == {(locale, variant) for locale in catalogues.codes for variant in Variant}
    assert len(texts) >= 8
    assert texts == preview
    for (locale, variant), message in texts.items():
        again = render_alert(out, catalogues[locale], variant, number=out.number)
        assert message == again
        assert message.to_json() == preview[locale, variant].to_json()
    for variant in Variant:
        assert TEXTS["en"] in texts["en", variant].text
        assert TEXTS["fa"] in texts["fa", variant].text


async def test_its_topics_are_stored_for_matching(sessions: Sessions, catalogues: Catalogues):
    alert = await ready(sessions, replace(VIEW, gender="f"))
    await publish(sessions, catalogues, 1, NOW)
    async with sessions.begin() as session:
        keys = await session.scalars(
            select(col(AlertTopicRow.key)).where(col(AlertTopicRow.alert_id) == alert.id)
        )
        assert set(keys) == alert.topics()


async def test_readers_see_a_case_from_publication_on_and_only_what_was_approved(
    sessions: Sessions, catalogues: Catalogues
):
    named = replace(VIEW, name_native="تمسین", aliases=("Tam Quill",))
    alert = await ready(sessions, named)

    async def view() -> CaseView | None:
        async with sessions.begin() as session:
            found = await readers.published_case(session, alert.case_id)
            return found.view if found else None

    assert await view() is None
    await publish(sessions, catalogues, 1, NOW)
    assert await view() == named
    await on.change_case(sessions, alert.case_id, status=S.EXECUTED)
    await draft(sessions, NOW)
    assert await publish(sessions, catalogues, 1, NOW) == Published((), ())
    assert await view() == named
    async with sessions.begin() as session:
        for words in ("quill", "تمسین", "quillfeather tam"):
            assert [case.id for case in await readers.search(session, words, 5)] == [alert.case_id]
    assert search_words(CaseView()) == ""


@pytest.mark.parametrize("disposition", [Disposition.RECORD, Disposition.DIGEST])
async def test_record_and_digest_send_nothing_and_move_the_view(
    sessions: Sessions, catalogues: Catalogues, disposition: Disposition
):
    case_id = await on.add_case(sessions)
    alert = await moved_on(sessions, case_id, disposition=disposition, status=S.IMMINENT)
    assert await publish(sessions, catalogues, 1, NOW) == Published((alert.id,), ())
    out = await on.alert(sessions, alert.id)
    assert (out.status, out.number, out.action_id) == ("published", None, None)
    async with sessions.begin() as session:
        assert await readers.not_fanned_out(session) == []
        assert await actions.open_action_of(session, case_id) is None
        published = await readers.published_case(session, case_id)
    assert published is not None
    assert published.view == VIEW


# --- chains and numbers


async def test_an_update_joins_its_chain_and_the_earlier_alert_is_superseded(
    sessions: Sessions, catalogues: Catalogues
):
    first = await ready(sessions)
    await publish(sessions, catalogues, 1, NOW)
    second = await moved_on(sessions, first.case_id, execution_date=Day(2026, 11, 5))
    assert second.kind == "update_new_demand"
    await publish(sessions, catalogues, 1, NOW + HOUR)
    third = await moved_on(sessions, first.case_id, status=S.STAYED)
    async with sessions.begin() as session:
        assert await actions.reserve_number(session, third, NOW) == "UA-26/001.2"
    await publish(sessions, catalogues, 1, NOW + 2 * HOUR)
    out = [await on.alert(sessions, one.id) for one in (first, second, third)]
    assert [one.number for one in out] == ["UA-26/001", "UA-26/001.1", "UA-26/001.2"]
    assert [one.status for one in out] == ["superseded", "superseded", "published"]
    assert len({one.action_id for one in out}) == 1
    action = await only_action(sessions, first.case_id)
    assert (action.updates, action.letters, action.held, action.closed_at) == (2, True, True, None)
    assert action.deadline == datetime(2026, 11, 5, 23, 59, tzinfo=UTC)


HOLDS = (S.EXECUTED_REPORTED, S.STAYED, S.QUASHED)
CLOSES = (S.EXECUTED, S.DIED_IN_CUSTODY, S.COMMUTED, S.PARDONED, S.FORGIVEN, S.ACQUITTED)


@pytest.mark.parametrize("disposition", [None, *Disposition])
async def test_however_far_an_outcome_goes_its_letters_end(
    sessions: Sessions, catalogues: Catalogues, disposition: Disposition | None
):
    for status in (*HOLDS, *CLOSES):
        first = await ready(sessions, key=status)
        await publish(sessions, catalogues, 1, NOW)
        later = await moved_on(sessions, first.case_id, disposition=disposition, status=status)
        await publish(sessions, catalogues, 1, NOW + HOUR)
        action = await only_action(sessions, first.case_id)
        closed_at = NOW + HOUR if status in CLOSES else None
        letters_are_held = status is S.STAYED
        assert (action.letters, action.held) == (letters_are_held, letters_are_held), status
        assert action.closed_at == closed_at, status
        assert await statuses(sessions, first.id, later.id) == ["superseded", "published"], status


@pytest.mark.parametrize("disposition", [Disposition.RECORD, Disposition.DIGEST])
async def test_a_quiet_update_under_a_threat_leaves_the_action(
    sessions: Sessions, catalogues: Catalogues, disposition: Disposition
):
    first = await ready(sessions)
    await publish(sessions, catalogues, 1, NOW)
    before = await only_action(sessions, first.case_id)
    later = await moved_on(sessions, first.case_id, disposition=disposition, status=S.UPHELD)
    await publish(sessions, catalogues, 1, NOW + HOUR)
    assert await only_action(sessions, first.case_id) == before
    assert await statuses(sessions, first.id, later.id) == ["published", "published"]


async def test_numbers_count_within_the_year(sessions: Sessions, catalogues: Catalogues):
    new_year = datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
    numbers = []
    for key, now in (("1", NOW), ("2", NOW), ("3", new_year), ("4", new_year + DAY)):
        alert = await ready(sessions, key=key, now=now)
        await publish(sessions, catalogues, 1, now)
        numbers.append((await on.alert(sessions, alert.id)).number)
    assert numbers == ["UA-26/001", "UA-26/002", "UA-27/001", "UA-27/002"]


async def test_a_chain_keeps_its_year(sessions: Sessions, catalogues: Catalogues):
    last_day = datetime(2026, 12, 31, 12, tzinfo=UTC)
    alert = await ready(sessions, now=last_day)
    await publish(sessions, catalogues, 1, last_day)
    later = await moved_on(sessions, alert.case_id, last_day + DAY, status=S.STAYED)
    await publish(sessions, catalogues, 1, last_day + DAY)
    assert (await on.alert(sessions, later.id)).number == "UA-26/001.1"


async def test_several_approved_alerts_go_out_in_one_run_the_most_urgent_first(
    sessions: Sessions, catalogues: Catalogues
):
    slow = await ready(sessions, replace(VIEW, status=S.SCHEDULED), "1")
    urgent = await ready(sessions, VIEW, "2")
    done = await publish(sessions, catalogues, 1, NOW)
    assert done == Published((urgent.id, slow.id), ())
    assert [(await on.alert(sessions, one)).number for one in done.out] == ["UA-26/001", "UA-26/002"]


async def test_a_chain_that_asks_for_nothing_is_closed_from_its_beginning(
    sessions: Sessions, catalogues: Catalogues
):
    alert = await ready(sessions, replace(VIEW, status=S.STAYED))
    await publish(sessions, catalogues, 1, NOW)
    action = await only_action(sessions, alert.case_id)
    assert (action.number, action.letters, action.closed_at) == ("UA-26/001", False, NOW)


# --- after a deadline or an end


async def expired(sessions: Sessions, catalogues: Catalogues) -> tuple[Alert, datetime]:
    alert = await ready(sessions)
    await publish(sessions, catalogues, 1, NOW)
    later = NOW + 8 * DAY
    assert await expire.close_past_deadline(sessions, later) == 1
    return alert, later


async def test_news_after_the_deadline_stays_in_the_chain(sessions: Sessions, catalogues: Catalogues):
    first, later = await expired(sessions, catalogues)
    news = await moved_on(sessions, first.case_id, later, status=S.EXECUTED)
    async with sessions.begin() as session:
        assert await actions.reserve_number(session, news, later) == "UA-26/001.1"
    await publish(sessions, catalogues, 1, later)
    assert (await on.alert(sessions, news.id)).number == "UA-26/001.1"
    assert (await only_action(sessions, first.case_id)).letters is False


async def test_a_new_threat_after_the_deadline_is_a_new_action(sessions: Sessions, catalogues: Catalogues):
    first, later = await expired(sessions, catalogues)
    news = await moved_on(sessions, first.case_id, later, status=S.SCHEDULED, execution_date=Day(2026, 12, 1))
    await publish(sessions, catalogues, 1, later)
    out = await on.alert(sessions, news.id)
    assert (out.kind, out.number) == ("first", "UA-26/002")


async def test_an_update_approved_before_the_deadline_reopens_what_closed_under_it(
    sessions: Sessions, catalogues: Catalogues
):
    first = await ready(sessions)
    await publish(sessions, catalogues, 1, NOW)
    later = NOW + 7 * DAY
    update = await moved_on(
        sessions, first.case_id, later, status=S.SCHEDULED, execution_date=Day(2026, 12, 1)
    )
    assert update.kind == "update_new_demand"
    assert await expire.close_past_deadline(sessions, later + 15 * HOUR) == 1
    await publish(sessions, catalogues, 1, later + 15 * HOUR)
    action = await only_action(sessions, first.case_id)
    assert (action.latest_number, action.letters, action.closed_at) == ("UA-26/001.1", True, None)
    assert action.deadline == datetime(2026, 12, 1, 23, 59, tzinfo=UTC)


async def test_a_stay_that_joins_past_the_deadline_is_still_delivered(
    sessions: Sessions, catalogues: Catalogues
):
    first = await ready(sessions)
    await publish(sessions, catalogues, 1, NOW)
    later = NOW + 8 * DAY  # the deadline has passed, the clock has not closed the action yet
    stay = await moved_on(sessions, first.case_id, later, status=S.STAYED)
    await publish(sessions, catalogues, 1, later)
    assert await expire.close_past_deadline(sessions, later) == 1
    assert await statuses(sessions, first.id, stay.id) == ["superseded", "published"]
    async with sessions.begin() as session:
        assert await readers.not_fanned_out(session) == [stay.id]


async def test_a_correction_goes_to_the_chain_it_corrects(sessions: Sessions, catalogues: Catalogues):
    first = await ready(sessions)
    await publish(sessions, catalogues, 1, NOW)
    wrong = await moved_on(sessions, first.case_id, status=S.EXECUTED)
    await publish(sessions, catalogues, 1, NOW)
    right = await on.write_by_hand(
        sessions, first.case_id, facts=replace(first.facts, before=wrong.facts.view)
    )
    await approved(sessions, right)
    await publish(sessions, catalogues, 1, NOW + HOUR)
    out = await on.alert(sessions, right.id)
    assert (out.kind, out.number, out.lane) == ("correction", "UA-26/001.2", 0)
    assert await statuses(sessions, wrong.id) == ["superseded"]
    action = await only_action(sessions, first.case_id)
    assert (action.letters, action.closed_at) == (True, None)
    async with sessions.begin() as session:
        history = await readers.case_history(session, first.case_id)
    assert [one.id for one in history] == [first.id, right.id]


# --- what may not go out


async def sent_back(sessions: Sessions, catalogues: Catalogues, now: datetime, needed: int = 1) -> Alert:
    """The one approved alert goes back, its approvals void; the reason is in the trail."""
    async with sessions.begin() as session:
        (alert,) = await store.approved(session)
    done = await publish(sessions, catalogues, needed, now)
    ((alert_id, refusal),) = done.back
    assert (alert_id, done.out) == (alert.id, ())
    back = await on.alert(sessions, alert.id)
    assert (back.status, back.revision, back.number) == ("pending", alert.revision + 1, None)
    assert (back.pending_at, back.approved_at, back.published_at) == (now, None, None)
    line = (await on.trail(sessions))[-1]
    assert (line.actor, line.verb, line.detail) == ("publish", "send_back", {"reason": refusal.value})
    async with sessions.begin() as session:
        assert await readers.published_case(session, alert.case_id) is None
        assert await store.untold(session, 5) == [back]
    assert await frozen(sessions, alert.id) == {}
    return replace(back, reason=refusal.value)


async def test_a_lapsed_approval_goes_back_and_can_be_given_anew(sessions: Sessions, catalogues: Catalogues):
    await ready(sessions)
    back = await sent_back(sessions, catalogues, NOW + DAY + MINUTE)
    assert back.reason == "lapsed"
    await approved(sessions, back, NOW + DAY + MINUTE)
    assert (await publish(sessions, catalogues, 1, NOW + DAY + MINUTE)).out == (back.id,)


async def test_a_deadline_that_passes_after_approval_sends_it_back(
    sessions: Sessions, catalogues: Catalogues
):
    deadline_day = replace(VIEW, status=S.SCHEDULED, execution_date=Day(2026, 11, 3))
    alert = await ready(sessions, deadline_day)
    deadline = alert.facts.deadline
    assert deadline is not None
    back = await sent_back(sessions, catalogues, deadline)
    assert back.reason == "deadline_passed"
    assert await on.approve(sessions, back.id, BEN, now=deadline) is Refusal.DEADLINE_PASSED


async def test_more_approvals_asked_for_meanwhile(sessions: Sessions, catalogues: Catalogues):
    await ready(sessions)
    assert (await sent_back(sessions, catalogues, NOW, needed=2)).reason == "too_few_approvals"


async def test_a_row_that_vanished_after_approval(sessions: Sessions, catalogues: Catalogues):
    alert = await ready(sessions)
    async with sessions.begin() as session:
        await cases.set_missing(session, [alert.case_id], NOW)
    assert (await sent_back(sessions, catalogues, NOW)).reason == "vanished"


async def test_facts_changed_behind_its_back(sessions: Sessions, catalogues: Catalogues):
    alert = await ready(sessions)
    async with sessions.begin() as session:
        other = replace(alert, facts=replace(alert.facts, view=replace(VIEW, prison="Other")))
        await store.save(session, other)
    assert (await sent_back(sessions, catalogues, NOW)).reason == "too_few_approvals"


@pytest.mark.parametrize("by_hand", [False, True])
async def test_news_of_its_case_is_weighed_first(
    sessions: Sessions,
    catalogues: Catalogues,
    by_hand: bool,  # noqa: FBT001
):
    """Nothing goes out, and nothing goes back, between an edition and its weighing."""
    if by_hand:
        alert = await approved(
            sessions, await on.write_by_hand(sessions, await on.add_case(sessions), actor=ANNA)
        )
    else:
        alert = await ready(sessions)
    await on.change_case(sessions, alert.case_id, status=S.STAYED)
    assert await publish(sessions, catalogues, 1, NOW) == Published((), ())
    assert await on.alert(sessions, alert.id) == alert
    await draft(sessions, NOW)
    assert await publish(sessions, catalogues, 1, NOW) == Published((), ())
    revised = await on.alert(sessions, alert.id)
    assert (revised.status, revised.status_in_law) == ("pending", S.STAYED)


async def test_news_that_changes_nothing_costs_no_approval(sessions: Sessions, catalogues: Catalogues):
    alert = await approved(sessions, await on.write_by_hand(sessions, await on.add_case(sessions)))
    await on.change_case(sessions, alert.case_id, status=S.IMMINENT)  # as was written already
    await draft(sessions, NOW)
    assert (await publish(sessions, catalogues, 1, NOW)).out == (alert.id,)


@pytest.mark.parametrize("status", sorted(set(AlertStatus) - {AlertStatus.APPROVED}))
async def test_whoever_was_quicker_is_left_alone(
    sessions: Sessions,
    catalogues: Catalogues,
    monkeypatch: pytest.MonkeyPatch,
    status: AlertStatus,
):
    """Turned down, edited or published between the look and the deed: it is nobody's to send back."""
    alert = await ready(sessions)
    moved = replace(alert, status=status)
    async with sessions.begin() as session:
        await store.save(session, moved)

    async def as_it_was(session: Any) -> Sequence[Alert]:
        del session
        return [alert]

    monkeypatch.setattr(store, "approved", as_it_was)
    assert await publish(sessions, catalogues, 1, NOW) == Published((), ())
    assert await on.alert(sessions, alert.id) == moved


async def test_two_publishers_at_once_publish_once(sessions: Sessions, catalogues: Catalogues):
    alert = await ready(sessions)
    done = await asyncio.gather(*(publish(sessions, catalogues, 1, NOW) for _ in range(3)))
    assert sorted(one.out for one in done) == [(), (), (alert.id,)]
    assert {(one.back, one.failed) for one in done} == {((), ())}


async def test_one_that_cannot_be_rendered_holds_up_no_other(
    sessions: Sessions,
    catalogues: Catalogues,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    broken, sound = await ready(sessions, key="1"), await ready(sessions, key="2")
    real = station.render_alert

    def fail(alert: Alert, *arguments: Any, **more: Any) -> Message:
        if alert.id == broken.id:
            raise ZeroDivisionError
        return real(alert, *arguments, **more)

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(station, "render_alert", fail)
        assert await publish(sessions, catalogues, 1, NOW) == Published((sound.id,), (), (broken.id,))
    assert f"alert {broken.id} could not be published" in caplog.text
    assert await on.alert(sessions, broken.id) == broken
    assert (await publish(sessions, catalogues, 1, NOW)).out == (broken.id,)


async def test_a_known_case_made_by_one_tap_goes_the_same_way(sessions: Sessions, catalogues: Catalogues):
    case_id = await on.add_case(sessions, VIEW)
    made = await draft_known(sessions, case_id, NOW)
    assert isinstance(made, Alert)
    assert await publish(sessions, catalogues, 1, NOW) == Published((), ())
    await approved(sessions, made)
    assert (await publish(sessions, catalogues, 1, NOW)).out == (made.id,)
    assert made.facts.before is None
    assert BEFORE != VIEW
    assert made.kind is AlertKind.FIRST
