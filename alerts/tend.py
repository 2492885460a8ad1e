"""Station: officials to write to: starting values, moderators' steps, and questions when one must be looked at again.

Every step answers with the entry as it now is, or with the `TargetRefusal` that names why not; None: there is no such
entry. The rules are alerts/target/keeping.py; who is a moderator is the caller's matter. Readers' reports that an
address failed are counted elsewhere and come in as numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit
from alerts.question import Question, QuestionKind
from alerts.store import questions
from alerts.store import targets as store
from alerts.target import (
    AddressState,
    Kept,
    StartingValue,
    Target,
    TargetEntry,
    TargetRefusal,
    fingerprint,
    is_due,
    may_agree,
    may_propose,
    may_refuse,
    may_retire,
    may_verify,
)

PLACE: Final = "targets"
"""Where questions about officials stand, in the place of a list's name."""
_PLANTER: Final = "configuration"
Sessions = async_sessionmaker[AsyncSession]
Result = Kept | TargetRefusal | None


@dataclass(frozen=True, slots=True)
class Step:
    """Who does what to which official, when."""

    sessions: Sessions
    target_id: int
    actor: str
    now: datetime


async def plant(sessions: Sessions, starting: Iterable[StartingValue], now: datetime) -> int:
    """Take over the configuration's officials whose key is not known yet; how many. Later the database's word holds."""
    planted = 0
    async with sessions.begin() as session:
        known = await store.known_keys(session)
        for one in starting:
            if one.key in known:
                continue
            entry = TargetEntry.from_json(one.to_json())
            empty = await store.hold_key(session, entry)
            kept = replace(empty, value=entry, verified_at=_checked(one, now))
            await store.save(session, kept)
            await _note(session, kept, _PLANTER, now, "plant", {"entry": entry.to_json()})
            planted += 1
    return planted


def _checked(one: StartingValue, now: datetime) -> datetime | None:
    """The day the operator names, but none that has not come: it would put off the next check."""
    return min(datetime.combine(one.verified, time(), UTC), now) if one.verified else None


async def propose(
    sessions: Sessions, entry: TargetEntry, *, actor: str, now: datetime
) -> Kept | TargetRefusal:
    """A new official, or another value for one that is kept; served only once somebody else has agreed."""
    async with sessions.begin() as session:
        if refusal := may_propose(await store.by_key(session, entry.key), entry, actor):
            return refusal
        kept = await store.hold_key(session, entry)
        if refusal := may_propose(kept, entry, actor):  # somebody was quicker
            return refusal
        kept = replace(kept, proposal=entry, proposed_by=actor)
        await store.save(session, kept)
        await _note(session, kept, actor, now, "propose", {"entry": entry.to_json()})
    return kept


async def agree(step: Step, shown: str) -> Result:
    """Put exactly the proposal that was shown in force. Whoever agrees has checked it, and is not who proposed it."""

    def agreed(kept: Kept) -> Kept | TargetRefusal:
        if refusal := may_agree(kept, step.actor, shown):
            return refusal
        assert kept.proposal is not None
        addresses = kept.proposal.addresses
        return replace(
            kept,
            value=kept.proposal,
            states={address: state for address, state in kept.states.items() if address in addresses},
            entered_by=kept.proposed_by,
            proposal=None,
            proposed_by=None,
            verified_at=step.now,
            retired_at=None,
        )

    return await _change(step, "agree", agreed, answers=True)


async def refuse(step: Step, shown: str) -> Result:
    """Turn down the proposal that was shown, or take back one's own; what is in force stays."""

    def refused(kept: Kept) -> Kept | TargetRefusal:
        return may_refuse(kept, shown) or replace(kept, proposal=None, proposed_by=None)

    return await _change(step, "refuse", refused)


async def verify(step: Step, shown: str) -> Result:
    """Somebody checked it today: anybody but who entered it."""

    def verified(kept: Kept) -> Kept | TargetRefusal:
        return may_verify(kept, step.actor, shown) or replace(kept, verified_at=step.now)

    return await _change(step, "verify", verified, answers=True)


async def retire(step: Step, shown: str) -> Result:
    """Serve it no more; it stays on record, and a proposal that is agreed to brings it back."""

    def retired(kept: Kept) -> Kept | TargetRefusal:
        return may_retire(kept, shown) or replace(kept, retired_at=step.now)

    return await _change(step, "retire", retired, answers=True)


async def set_address_state(step: Step, address: str, state: AddressState) -> Result:
    """Say what became of an address; TargetRefusal.CHANGED when it is not one of the official's any more."""

    def marked(kept: Kept) -> Kept | TargetRefusal:
        if kept.value is None or address not in kept.value.addresses:
            return TargetRefusal.CHANGED
        return replace(kept, states={**kept.states, address: state})

    detail = {"address": address, "state": state.value}
    return await _change(step, "set_address_state", marked, answers=address, detail=detail)


async def _change(
    step: Step,
    verb: str,
    deed: Callable[[Kept], Kept | TargetRefusal],
    *,
    answers: bool | str = False,
    detail: dict[str, Any] | None = None,
) -> Result:
    """Hold, change, store, answer the open questions (all, or those about one address), and write the line."""
    async with step.sessions.begin() as session:
        kept = await store.hold(session, step.target_id)
        if kept is None:
            return None
        changed = deed(kept)
        if isinstance(changed, TargetRefusal):
            return changed
        await store.save(session, changed)
        if answers:
            await _close(session, changed.key, step.now, answers if isinstance(answers, str) else None)
        told = {"entry": fingerprint(changed.shown)} if changed.value or changed.proposal else {}
        await _note(session, changed, step.actor, step.now, verb, told | (detail or {}))
        return changed


async def _note(
    session: AsyncSession, kept: Kept, actor: str, now: datetime, verb: str, detail: dict[str, Any]
) -> None:
    await audit.record(session, now=now, actor=actor, verb=verb, subject=f"target:{kept.key}", detail=detail)


async def _close(session: AsyncSession, key: str, now: datetime, address: str | None) -> None:
    """Moderators have looked: what was asked about this official, or this address of theirs, is answered."""
    asked = await questions.open_of_list(session, PLACE)
    about = {f"{key}|{address}"} if address else None
    answered = [
        one.id
        for one in asked
        if one.id is not None and (one.subject in about if about else one.subject.split("|")[0] == key)
    ]
    await questions.close(session, answered, now)


async def ask_about_due(sessions: Sessions, now: datetime) -> int:
    """Ask about every official that must be checked again, once while it is not; how many were asked."""
    today = now.astimezone(UTC).date()
    async with sessions.begin() as session:
        due = [target for target in await store.in_force(session) if is_due(target, today)]
        return len(await questions.ask(session, [_due(target) for target in due], None, now))


async def ask_about_failures(sessions: Sessions, failed: Iterable[tuple[int, str]], now: datetime) -> int:
    """Serve addresses no more that enough readers report, and ask moderators; how many were asked.

    `failed`: (the official's id, the address); who counts the readers, and how many are enough, is the caller's matter.
    What is known to fail is not asked about again: whoever says that it works must also forget the reports.
    """
    asked = 0
    for target_id, address in failed:
        async with sessions.begin() as session:
            asked += await _take_out(session, target_id, address, now)
    return asked


async def _take_out(session: AsyncSession, target_id: int, address: str, now: datetime) -> int:
    kept = await store.hold(session, target_id)
    target = kept.target if kept else None
    if kept is None or target is None or address not in target.addresses or not target.works(address):
        return 0
    await store.save(session, replace(kept, states={**kept.states, address: AddressState.BOUNCED}))
    question = Question(
        kind=QuestionKind.ADDRESS_FAILED,
        list_name=PLACE,
        subject=f"{target.key}|{address}",
        case_name=_name(target),
        detail={"word": address},
    )
    asked = await questions.ask(session, [question], None, now)
    detail = {"address": address, "state": AddressState.BOUNCED.value}
    await _note(session, kept, "readers", now, "set_address_state", detail)
    return len(asked)


def _due(target: Target) -> Question:
    checked = {"date": target.verified_at.date().isoformat()} if target.verified_at else {}
    return Question(
        kind=QuestionKind.TARGET_DUE,
        list_name=PLACE,
        subject=target.key,
        case_name=_name(target),
        detail=checked,
    )


def _name(target: TargetEntry) -> str:
    """For moderators: the key, under which /targets shows it, and the title."""
    title = ", ".join(filter(None, (target.title_in("en"), target.organisation)))
    return f"{target.key} ({title})" if title else target.key
