"""What readers may know: published views of cases, published alerts, open actions. Never what a list says now.

The only store that readers' surfaces may import (an import contract). `cases.seen` is never selected here; what is
not approved yet shows in one way only: `letters_wait` and `cases_waiting` say only that something waits, so that letters can be held.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts import names
from alerts.action import Action
from alerts.alert import OPEN, Alert, AlertKind, AlertStatus, Disposition
from alerts.case import OUTCOMES, CaseView, PublishedCase
from alerts.question import SAYS
from alerts.render.message import Message, Variant
from alerts.store import actions as chains
from alerts.store.rows import as_alert
from alerts.tables import (
    ActionRow,
    AlertRow,
    AlertTextRow,
    AlertTopicRow,
    CaseRow,
    ChangeRow,
    QuestionRow,
)

MOST_WORDS: Final = 8
"""Words of a search that are looked at."""

_STANDS: Final = (AlertStatus.PUBLISHED, AlertStatus.EXPIRED)
_TOLD: Final = (*_STANDS, AlertStatus.SUPERSEDED)
_OUTGOING: Final = (Disposition.ALERT, Disposition.ACTION)
_CASE: Final = (col(CaseRow.id), col(CaseRow.published), col(CaseRow.published_at))


def _as_case(row: Row[Any]) -> PublishedCase:
    return PublishedCase(row.id, CaseView.from_json(row.published), row.published_at)


async def published_case(session: AsyncSession, case_id: int) -> PublishedCase | None:
    """One case as readers may know it."""
    found = await _cases(session, col(CaseRow.id) == case_id, limit=1)
    return found[0] if found else None


async def published_cases(session: AsyncSession, case_ids: Sequence[int]) -> list[PublishedCase]:
    """Cases as readers may know them, in the order asked for; those not published are left out."""
    found = await _cases(session, col(CaseRow.id).in_(case_ids), limit=len(case_ids))
    return sorted(found, key=lambda case: case_ids.index(case.id))


async def latest_cases(session: AsyncSession, limit: int) -> list[PublishedCase]:
    """The cases we last said something about, newest first."""
    return await _cases(session, limit=limit)


async def search(session: AsyncSession, words: str, limit: int) -> list[PublishedCase]:
    """Cases whose published names hold every one of the words, in either script; newest first."""
    wanted = [word for word in map(names.normalise, words.split()[:MOST_WORDS]) if word]
    if not wanted:
        return []
    holds = [col(CaseRow.published_words).contains(word, autoescape=True) for word in wanted]
    return await _cases(session, *holds, limit=limit)


async def _cases(session: AsyncSession, *where: ColumnElement[bool], limit: int) -> list[PublishedCase]:
    rows = await session.execute(
        select(*_CASE)
        .where(col(CaseRow.published).is_not(None), *where)
        .order_by(col(CaseRow.published_at).desc(), col(CaseRow.id).desc())
        .limit(limit)
    )
    return [_as_case(row) for row in rows]


async def countries(session: AsyncSession) -> list[str]:
    """Codes of the countries that published cases are in."""
    country = col(CaseRow.published)["country"].as_string()
    rows = select(country).where(col(CaseRow.published).is_not(None), country.is_not(None))
    return list((await session.scalars(rows.distinct().order_by(country))).all())


async def case_history(session: AsyncSession, case_id: int) -> list[Alert]:
    """What we published about a case, oldest first; what a correction took back is left out."""
    told: list[Alert] = []
    about = or_(col(AlertRow.case_id) == case_id, _has_topic([f"case:{case_id}"]))
    for found in await _alerts(session, about, col(AlertRow.status).in_(_TOLD)):
        alert = found.as_about(case_id)  # one of several hears of its own standing
        if alert.kind is AlertKind.CORRECTION and told and told[-1].status is AlertStatus.SUPERSEDED:
            told.pop()
        told.append(alert)
    return told


async def _alerts(session: AsyncSession, *where: ColumnElement[bool]) -> list[Alert]:
    rows = select(AlertRow).where(col(AlertRow.published_at).is_not(None), *where)
    found = await session.scalars(rows.order_by(col(AlertRow.published_at), col(AlertRow.id)))
    return [as_alert(row) for row in found]


def _in_window(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(
        col(AlertRow.status).in_(_STANDS),
        col(AlertRow.disposition) != Disposition.RECORD,
        col(AlertRow.published_at) > since,
        col(AlertRow.published_at) <= until,
    )


def _has_topic(keys: Collection[str]) -> ColumnElement[bool]:
    return col(AlertRow.id).in_(select(col(AlertTopicRow.alert_id)).where(col(AlertTopicRow.key).in_(keys)))


async def alerts_in_window(
    session: AsyncSession, since: datetime, until: datetime, keys: Collection[str] | None = None
) -> list[Alert]:
    """Alerts published after `since` and up to `until` that still stand, oldest first; with `keys`, on these topics."""
    where = [_in_window(since, until)] + ([] if keys is None else [_has_topic(keys)])
    return await _alerts(session, *where)


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(
        col(ActionRow.closed_at).is_(None),
        or_(col(ActionRow.deadline).is_(None), col(ActionRow.deadline) > now),
    )


async def open_actions(
    session: AsyncSession, now: datetime, keys: Collection[str] | None = None
) -> list[tuple[Action, PublishedCase]]:
    """Open actions with their cases, the next deadline first; with `keys`, on these topics."""
    rows = (
        select(ActionRow, *_CASE)
        .join(CaseRow, col(CaseRow.id) == col(ActionRow.case_id))
        .where(_is_open(now), col(CaseRow.published).is_not(None))
        .order_by(col(ActionRow.deadline).is_(None), col(ActionRow.deadline), col(ActionRow.id))
    )
    if keys is not None:
        rows = rows.where(col(ActionRow.id).in_(select(col(AlertRow.action_id)).where(_has_topic(keys))))
    found = (await session.execute(rows)).all()
    open_chains = await chains.read(session, [row[0] for row in found])
    return list(zip(open_chains, map(_as_case, found), strict=True))


async def action_by_number(session: AsyncSession, year: int, sequence: int) -> Action | None:
    """The action "UA-26/014" is 2026 and 14."""
    rows = select(ActionRow).where(col(ActionRow.year) == year, col(ActionRow.sequence) == sequence)
    found = await chains.read(session, await session.scalars(rows))
    return found[0] if found else None


async def alerts_of_action(session: AsyncSession, action_id: int) -> list[Alert]:
    """All that was published of a chain, oldest first, whatever has become of it since."""
    return await _alerts(session, col(AlertRow.action_id) == action_id, col(AlertRow.number).is_not(None))


def topics_with_news(since: datetime, until: datetime, now: datetime) -> Select[str]:
    """The topic keys on which a digest has something to say: a change in its window, or an action still open."""
    actions = select(col(ActionRow.id)).where(_is_open(now))
    return (
        select(col(AlertTopicRow.key))
        .join(AlertRow, col(AlertRow.id) == col(AlertTopicRow.alert_id))
        .where(or_(_in_window(since, until), col(AlertRow.action_id).in_(actions)))
        .distinct()
    )


async def topics_of_actions(session: AsyncSession, action_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The topic keys of all that was published in each of these chains."""
    rows = await session.execute(
        select(col(AlertRow.action_id), col(AlertTopicRow.key))
        .join(AlertTopicRow, col(AlertTopicRow.alert_id) == col(AlertRow.id))
        .where(col(AlertRow.action_id).in_(action_ids))
        .distinct()
    )
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row.action_id, set()).add(row.key)
    return {action_id: frozenset(keys) for action_id, keys in found.items()}


async def letters_wait(session: AsyncSession, action: Action) -> bool:
    """Whether a death or a stay of any of an action's cases waits for review: a letter names them all."""
    return bool(await cases_waiting(session, action.case_ids))


async def cases_waiting(session: AsyncSession, case_ids: Collection[int]) -> frozenset[int]:
    """Of these cases, those of which a death or a stay waits for review (domain.md section 5).

    As a draft, as a change that nobody has weighed, or in a row that waits for another reason and says what readers
    have not been told.
    """
    stated = col(AlertRow.facts)["view"]["status"].as_string()
    drafted = select(col(AlertRow.case_id)).where(
        col(AlertRow.case_id).in_(case_ids), col(AlertRow.status).in_(OPEN), stated.in_(OUTCOMES)
    )
    unweighed = select(col(ChangeRow.case_id)).where(
        col(ChangeRow.case_id).in_(case_ids),
        col(ChangeRow.field) == "status",
        col(ChangeRow.weighed).is_(False),
        or_(*(col(ChangeRow.after).startswith(word) for word in OUTCOMES)),  # "stayed/incompetent" too
    )
    said = col(QuestionRow.detail)[SAYS].as_string()
    told = func.coalesce(col(CaseRow.published)["status"].as_string(), "")
    in_question = (
        select(col(CaseRow.id))
        .join(QuestionRow, col(QuestionRow.case_id) == col(CaseRow.id))
        .where(
            col(CaseRow.id).in_(case_ids),
            col(QuestionRow.closed_at).is_(None),
            said.in_(OUTCOMES),
            said != told,
        )
    )
    return frozenset(await session.scalars(drafted.union(unweighed, in_question)))


async def frozen_messages(session: AsyncSession, alert_id: int) -> dict[tuple[str, Variant], Message]:
    """The messages of a published alert as they were approved, by locale and variant."""
    rows = await session.execute(
        select(col(AlertTextRow.locale), col(AlertTextRow.variant), col(AlertTextRow.message)).where(
            col(AlertTextRow.alert_id) == alert_id
        )
    )
    return {(locale, Variant(variant)): Message.from_json(message) for locale, variant, message in rows}


async def not_fanned_out(session: AsyncSession) -> list[int]:
    """Live alerts that go out and have no deliveries yet; most urgent first."""
    rows = select(col(AlertRow.id)).where(
        col(AlertRow.status) == AlertStatus.PUBLISHED,
        col(AlertRow.fanned_out_at).is_(None),
        col(AlertRow.disposition).in_(_OUTGOING),
    )
    found = await session.scalars(rows.order_by(col(AlertRow.lane), col(AlertRow.id)))
    return [alert_id for alert_id in found if alert_id is not None]


async def mark_fanned_out(session: AsyncSession, alert_id: int, now: datetime) -> None:
    """Its deliveries exist: nobody is added afterwards."""
    await session.execute(update(AlertRow).where(col(AlertRow.id) == alert_id).values(fanned_out_at=now))
