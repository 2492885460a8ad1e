"""From a moderator's answers to a stored draft; and one field of a draft put right."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from alerts import review
from alerts.alert import Alert, AlertStatus, Facts, Refusal
from alerts.case import Case, CaseView, Certainty, split_status
from alerts.change import becomes
from alerts.day import Day
from alerts.demand import Petition
from alerts.draft import disposition_for, facts_for
from alerts.locales import N_
from alerts.moderators import actor_of
from alerts.render.message import units
from alerts.store import actions, by_hand, cases
from alerts.store import review as review_store
from bot.context import Call

MOST_FOUND: Final = 6
_LINK: Final = re.compile(r"https://[^\s/@:]+\.[^\s/@:]+(/\S*)?")
_LINK_LIMIT: Final = 500
TEXT_LIMIT: Final = 1500
"""UTF-16 units of free text: with the coded facts it must fit into one message."""


def petition_problem(link: str) -> str | None:
    """What is wrong with a petition's link (a message id); None when it may be used or is empty."""
    if not link or (_LINK.fullmatch(link) and len(link) <= _LINK_LIMIT):
        return None
    return N_(
        "That is not a link I can use: it must begin with https:// and name a site. Send it again, or skip."
    )


def text_problem(text: str, most: int) -> str | None:
    """What is wrong with a text that somebody wrote (a message id with `most`); None when nothing is."""
    if units(text) <= most:
        return None
    return N_("That is too long: at most %(most)s characters fit. Please write it shorter.")


async def find_cases(call: Call) -> list[Case]:
    """Cases of any list by a part of a name, in either script."""
    async with call.services.sessions.begin() as session:
        return await by_hand.find(session, call.words, MOST_FOUND)


async def compose(call: Call, answers: dict[str, Any]) -> int | Refusal:
    """Store the draft that the answers make; its number, or why not."""
    case = await _case_of(call, answers)
    status, detail = split_status(answers["status"])
    view = replace(
        case.seen,
        status=status,
        detail=detail,
        word=None,
        source_name=answers["source"],
        source_url=None,
        certainty=Certainty(answers["certainty"]),
        execution_date=Day.parse(answers.get("date")) or case.seen.execution_date,
    )
    async with call.services.sessions() as session:
        action = await actions.open_action_of(session, case.id)
    before = case.published or (case.seen if case.seen.status else None)
    facts = facts_for(view, before, action, call.now)
    facts = replace(facts, petitions=_petitions(answers["petition"]) or facts.petitions)
    texts = {code: text for code, text in answers["texts"].items() if text}
    draft = _draft(call, case, facts, texts, has_open_action=action is not None)
    result = await review.write(call.services.sessions, draft, actor=draft.author, now=call.now)
    return result.id if isinstance(result, Alert) else result


async def _case_of(call: Call, answers: dict[str, Any]) -> Case:
    async with call.services.sessions.begin() as session:
        if "case" in answers:
            case = await cases.case_by_id(session, answers["case"])
            assert case is not None
            return case
        is_latin = answers["name"].isascii()
        view = CaseView(
            name_latin=answers["name"] if is_latin else None,
            name_native=None if is_latin else answers["name"],
            country=answers["country"],
        )
        return await by_hand.add(session, view, call.now)


def _draft(call: Call, case: Case, facts: Facts, texts: dict[str, str], *, has_open_action: bool) -> Alert:
    """A moderator writes because something must be told now: it goes out at once unless triage says otherwise."""
    becoming = becomes(None, facts.view, call.now, has_open_action=has_open_action)
    assert becoming is not None, "a view with a status and nothing before it is always a change"
    return Alert(
        id=0,
        case_id=case.id,
        kind=becoming.kind,
        status=AlertStatus.DRAFT,
        disposition=disposition_for(facts.view, replace(becoming, lane=min(becoming.lane, 1))),
        lane=becoming.lane,
        revision=1,
        author=actor_of(call.services.sealer, call.user),
        facts=facts,
        texts=texts,
        created_at=call.now,
    )


def _petitions(link: str) -> tuple[Petition, ...]:
    """One petition by its link; none for an empty one."""
    return (Petition(link, host=urlsplit(link).hostname),) if link else ()


async def put_right(call: Call, alert_id: int, field: str, value: str) -> Alert | Refusal | None:
    """Give one field of a draft another value; the next revision of exactly what was read."""
    async with call.services.sessions() as session:
        alert = await review_store.alert_by_id(session, alert_id)
    if alert is None:
        return None
    step = review.Step(call.services.sessions, alert_id, actor_of(call.services.sealer, call.user), call.now)
    if field in call.services.catalogues.codes:
        texts = {code: text for code, text in {**alert.texts, field: value}.items() if text}
        return await review.edit(step, None, texts, alert.revision)
    if field == "petition":
        facts = replace(alert.facts, petitions=_petitions(value))
    else:
        view = CaseView.from_json({**alert.facts.view.to_json(), field: value or None})
        facts = replace(alert.facts, view=view)
    return await review.edit(step, facts, None, alert.revision)
