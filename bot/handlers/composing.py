"""From a moderator's answers to a stored draft."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from alerts import review
from alerts.alert import Alert, AlertKind, AlertStatus, Facts, Refusal
from alerts.case import Case, CaseView, Certainty, split_status
from alerts.change import becomes
from alerts.day import Day
from alerts.drafting import disposition_for, facts_for
from alerts.moderators import actor_of
from alerts.store import actions, by_hand, cases
from bot.context import Call
from bot.handlers.fields import petitions

MOST_FOUND: Final = 6


async def find_cases(call: Call) -> list[Case]:
    """Cases of any list by a part of a name, in either script."""
    async with call.services.sessions.begin() as session:
        return await by_hand.find(session, call.words, MOST_FOUND)


async def gone_on_with(call: Call, answers: dict[str, Any]) -> Case | None:
    """The case whose action is gone on with or put right; None where /alert begins anew."""
    if "kind" not in answers:
        return None
    async with call.services.sessions() as session:
        return await cases.case_by_id(session, answers["case"])


async def compose(call: Call, answers: dict[str, Any]) -> int | Refusal:
    """Store the draft that the answers make; its number, or why not."""
    case = await _case_of(call, answers)
    status, detail = split_status(answers["status"])
    view = replace(
        _known(case),
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
    facts = replace(facts, petitions=petitions(answers["petition"]) or facts.petitions)
    texts = {code: text for code, text in answers["texts"].items() if text}
    draft = _draft(call, case, facts, texts, has_open_action=action is not None)
    if answers.get("kind") == AlertKind.CORRECTION:
        draft = replace(draft, kind=AlertKind.CORRECTION, lane=0)
    result = await review.write(call.services.sessions, draft, actor=draft.author, now=call.now)
    return result.id if isinstance(result, Alert) else result


def _known(case: Case) -> CaseView:
    """What there is to begin from: the list's newest word; of a case that no list has, what readers know."""
    is_by_hand = case.list_name == by_hand.LIST
    return case.published if is_by_hand and case.published else case.seen


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
