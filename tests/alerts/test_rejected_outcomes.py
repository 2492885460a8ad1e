"""A death or a stay that is turned down: letters that waited for it are held, on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import audit, review, steer
from alerts.action import Action
from alerts.alert import Alert, AlertStatus
from alerts.draft import draft
from alerts.locales import Catalogues, load
from bot.database import Sessions
from tests.alerts import reviewing as on
from tests.alerts.joining import only_action, open_draft, out
from tests.alerts.reviewing import ANNA, BEN, HOUR, NOW, S
from tests.conftest import ENGINES


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return load()


async def stated(sessions: Sessions, catalogues: Catalogues, status: S) -> Alert:
    """A draft of the list about somebody whose letters are out."""
    await out(sessions, catalogues, await on.drafted(sessions))
    await on.change_case(sessions, 1, status=status)
    await draft(sessions, NOW)
    return await open_draft(sessions, 1)


async def actions_trail(sessions: Sessions) -> list[tuple[str, str]]:
    return [
        (line.actor, line.verb) for line in await on.trail(sessions) if line.subject.startswith("action:")
    ]


@pytest.mark.parametrize("status", [S.EXECUTED, S.EXECUTED_REPORTED, S.DIED_IN_CUSTODY, S.STAYED])
async def test_letters_that_waited_for_an_outcome_do_not_go_on_when_it_is_rejected(
    sessions: Sessions, catalogues: Catalogues, status: S
):
    alert = await stated(sessions, catalogues, status)
    await review.turn_down(on.step(sessions, alert.id, BEN), AlertStatus.REJECTED, "not so")
    assert (await only_action(sessions)).held
    assert await actions_trail(sessions) == [(BEN, "hold")]
    resumed = await steer.resume(sessions, 1, actor=ANNA, now=NOW + HOUR)
    assert isinstance(resumed, Action)
    assert not resumed.held
    assert await audit.verify_trail(sessions) is None


async def test_nothing_is_held_for_what_is_no_outcome_or_comes_back(
    sessions: Sessions, catalogues: Catalogues
):
    alert = await stated(sessions, catalogues, S.EXECUTED)
    await review.turn_down(on.step(sessions, alert.id), AlertStatus.RETURNED, "who says so?")
    assert not (await only_action(sessions)).held  # the draft is still open, and they wait for it
    await review.turn_down(on.step(sessions, alert.id), AlertStatus.REJECTED, "nobody does")
    assert (await only_action(sessions)).held
    await steer.resume(sessions, 1, actor=ANNA, now=NOW)
    scheduled = await on.write_by_hand(sessions, 1, replace(on.VIEW, status=S.SCHEDULED))
    await review.turn_down(on.step(sessions, scheduled.id, BEN), AlertStatus.REJECTED, "not so")
    assert not (await only_action(sessions)).held


async def test_a_stay_that_readers_know_held_its_letters_when_it_was_told(
    sessions: Sessions, catalogues: Catalogues
):
    alert = await stated(sessions, catalogues, S.STAYED)
    await out(sessions, catalogues, alert)
    await steer.resume(sessions, 1, actor=ANNA, now=NOW)
    again = await on.write_by_hand(
        sessions, 1, replace(on.VIEW, status=S.STAYED, note="His lawyer was told.")
    )
    await review.turn_down(on.step(sessions, again.id, BEN), AlertStatus.REJECTED, "known")
    assert not (await only_action(sessions)).held
