"""Two fictional people of one prison: their drafts, put together and published, for tests of several stations."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from alerts import join, review
from alerts.action import Action
from alerts.alert import Alert, Refusal
from alerts.case import CaseView
from alerts.draft import draft
from alerts.locales import Catalogues
from alerts.publish import publish
from alerts.store import actions
from bot.database import Sessions
from tests.alerts import reviewing as on
from tests.alerts.reviewing import ANNA, BEN, NOW, VIEW

OTHER = replace(VIEW, name_latin="Bertram Oakenshade")


async def drafted(sessions: Sessions, view: CaseView = VIEW, key: str = "1", now: datetime = NOW) -> Alert:
    """A list's pending draft of a new row."""
    case_id = await on.add_new_case(sessions, view, key)
    await draft(sessions, now)
    return await open_draft(sessions, case_id)


async def open_draft(sessions: Sessions, case_id: int) -> Alert:
    found = await on.open_alert(sessions, case_id)
    assert found is not None
    return found


async def joint(sessions: Sessions, actor: str = ANNA) -> Alert:
    """The draft of both, put together by Anna."""
    mine, other = await drafted(sessions), await drafted(sessions, OTHER, "2")
    result = await join.join(on.step(sessions, mine.id, actor), other.id, mine.revision)
    assert isinstance(result, Alert), result
    return result


async def approved(sessions: Sessions, alert: Alert, now: datetime = NOW, actor: str = BEN) -> Alert:
    result = await review.approve(on.step(sessions, alert.id, actor, now), alert.revision, 1)
    assert isinstance(result, Alert), result
    return result


async def out(
    sessions: Sessions, catalogues: Catalogues, alert: Alert, now: datetime = NOW, actor: str = BEN
) -> Alert:
    """Approved by somebody else and published."""
    await approved(sessions, alert, now, actor)
    published = await publish(sessions, catalogues, 1, now)
    assert published.out == (alert.id,), published
    return await on.alert(sessions, alert.id)


async def only_action(sessions: Sessions) -> Action:
    async with sessions.begin() as session:
        found = await actions.read(session, await session.scalars(select(actions.ActionRow)))
    (action,) = found
    return action


def refusal(result: object) -> Refusal:
    assert isinstance(result, Refusal), result
    return result
