from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from alerts import audit, tend
from alerts.question import QuestionKind
from alerts.store import questions
from alerts.store import targets as store
from alerts.target import AddressState, Kept, Target, TargetRefusal, fingerprint
from bot.database import Sessions
from tests.alerts import reviewing as on
from tests.alerts.officials import a_start, an_entry
from tests.conftest import ENGINES

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ANNA, BEN = "mod:anna", "mod:ben"
FIRST = "office@judiciary.example"
NEW = an_entry(emails=["desk@judiciary.example", FIRST])


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


async def stored(sessions: Sessions, key: str = "ir-judiciary") -> Kept:
    async with sessions() as session:
        kept = await store.by_key(session, key)
    assert kept is not None
    return kept


async def served(sessions: Sessions) -> list[Target]:
    async with sessions() as session:
        return await store.in_force(session)


async def asked(sessions: Sessions) -> list[tuple[QuestionKind, str]]:
    async with sessions() as session:
        return [(one.kind, one.subject) for one in await questions.open_questions(session, 20)]


def step(sessions: Sessions, kept: Kept, actor: str = BEN, now: datetime = NOW) -> tend.Step:
    return tend.Step(sessions, kept.id, actor, now)


async def planted(sessions: Sessions, **changes: object) -> Kept:
    """The configuration's official, checked yesterday unless said otherwise."""
    await tend.plant(sessions, [a_start(**{"verified": "2026-11-21"} | changes)], NOW)
    return await stored(sessions)


async def proposed(sessions: Sessions) -> Kept:
    kept = await tend.propose(sessions, NEW, actor=ANNA, now=NOW)
    assert isinstance(kept, Kept)
    return kept


async def test_starting_values_are_taken_over_once(sessions: Sessions) -> None:
    start = [a_start(verified="2026-11-01"), a_start(key="ir-other")]
    assert await tend.plant(sessions, start, NOW) == 2
    assert await tend.plant(sessions, [a_start(note="Changed in the file."), *start], NOW + DAY) == 0
    first, second = await served(sessions)
    assert (first.key, first.note, first.verified_at) == (
        "ir-judiciary",
        "",
        datetime(2026, 11, 1, tzinfo=UTC),
    )
    assert (second.key, second.verified_at) == ("ir-other", None)
    assert await on.verbs(sessions) == [("configuration", "plant")] * 2


async def test_nobody_has_checked_it_tomorrow(sessions: Sessions) -> None:
    kept = await planted(sessions, verified="2027-01-01")
    assert kept.verified_at == NOW


async def test_an_example_is_kept_but_asks_nobody(sessions: Sessions) -> None:
    await planted(sessions, example=True, verified="")
    assert await tend.ask_about_due(sessions, NOW) == 0


async def test_a_proposal_changes_nothing_until_another_agrees(sessions: Sessions) -> None:
    await planted(sessions)
    kept = await proposed(sessions)
    assert [target.emails[0] for target in await served(sessions)] == [FIRST]
    shown = fingerprint(NEW)
    assert await tend.agree(step(sessions, kept, ANNA), shown) is TargetRefusal.OWN_WORK
    assert await tend.agree(step(sessions, kept), "another") is TargetRefusal.CHANGED
    agreed = await tend.agree(step(sessions, kept), shown)
    assert isinstance(agreed, Kept)
    assert await stored(sessions) == agreed
    assert (agreed.value, agreed.proposal, agreed.entered_by) == (NEW, None, ANNA)
    assert (agreed.verified_at, agreed.proposed_by) == (NOW, None)
    assert await on.verbs(sessions) == [("configuration", "plant"), (ANNA, "propose"), (BEN, "agree")]
    assert await audit.verify_trail(sessions) is None


async def test_a_new_official_is_served_only_once_agreed_to(sessions: Sessions) -> None:
    kept = await proposed(sessions)
    assert await served(sessions) == []
    assert await tend.verify(step(sessions, kept), fingerprint(NEW)) is TargetRefusal.NOT_IN_FORCE
    await tend.agree(step(sessions, kept), fingerprint(NEW))
    assert [target.key for target in await served(sessions)] == ["ir-judiciary"]


async def test_one_proposal_waits_at_a_time(sessions: Sessions) -> None:
    await proposed(sessions)
    other = an_entry(note="Moved.")
    assert await tend.propose(sessions, other, actor=BEN, now=NOW) is TargetRefusal.PROPOSAL_WAITS
    replaced = await tend.propose(sessions, other, actor=ANNA, now=NOW)
    assert isinstance(replaced, Kept)
    assert (await stored(sessions)).proposal == other


async def test_two_at_once_are_one_after_the_other(sessions: Sessions) -> None:
    results = await asyncio.gather(
        *(tend.propose(sessions, NEW, actor=actor, now=NOW) for actor in (ANNA, BEN))
    )
    assert sum(isinstance(result, Kept) for result in results) == 1
    assert TargetRefusal.PROPOSAL_WAITS in results
    kept = await stored(sessions)
    other = BEN if kept.proposed_by == ANNA else ANNA
    agreed = await asyncio.gather(
        *(tend.agree(step(sessions, kept, other), fingerprint(NEW)) for _ in range(2))
    )
    assert sum(isinstance(result, Kept) for result in agreed) == 1


async def test_a_refused_newcomer_leaves_nothing(sessions: Sessions) -> None:
    kept = await proposed(sessions)
    assert isinstance(await tend.refuse(step(sessions, kept, ANNA), fingerprint(NEW)), Kept)
    async with sessions() as session:
        assert await store.everyone(session) == []
    assert await tend.refuse(step(sessions, kept), fingerprint(NEW)) is None
    assert await on.verbs(sessions) == [(ANNA, "propose"), (ANNA, "refuse")]


async def test_a_refused_change_leaves_what_is_in_force(sessions: Sessions) -> None:
    before = await planted(sessions)
    kept = await proposed(sessions)
    await tend.refuse(step(sessions, kept), fingerprint(NEW))
    assert await stored(sessions) == before


async def test_each_due_official_is_asked_about_once_until_somebody_looked(sessions: Sessions) -> None:
    kept = await planted(sessions)
    later = NOW + 91 * DAY
    assert await tend.ask_about_due(sessions, NOW + 89 * DAY) == 0
    assert [await tend.ask_about_due(sessions, later + n * DAY) for n in range(3)] == [1, 0, 0]
    assert await asked(sessions) == [(QuestionKind.TARGET_DUE, "ir-judiciary")]
    assert kept.value is not None
    shown = fingerprint(kept.value)
    checked = await tend.verify(step(sessions, kept, now=later), shown)
    assert isinstance(checked, Kept)
    assert checked.verified_at == later
    assert await asked(sessions) == []
    assert await tend.ask_about_due(sessions, later) == 0


async def test_who_entered_it_cannot_say_that_it_was_checked(sessions: Sessions) -> None:
    kept = await proposed(sessions)
    await tend.agree(step(sessions, kept), fingerprint(NEW))
    assert await tend.verify(step(sessions, kept, ANNA), fingerprint(NEW)) is TargetRefusal.OWN_WORK


async def test_a_failed_address_is_served_no_more_and_asked_about_once(sessions: Sessions) -> None:
    kept = await planted(sessions)
    failed = [(kept.id, FIRST), (kept.id, "unheard@of.example"), (kept.id + 1, FIRST)]
    assert await tend.ask_about_failures(sessions, failed, NOW) == 1
    assert await tend.ask_about_failures(sessions, failed, NOW) == 0
    (target,) = await served(sessions)
    assert target.working_emails == ("post@judiciary.example",)
    assert await asked(sessions) == [(QuestionKind.ADDRESS_FAILED, f"ir-judiciary|{FIRST}")]
    assert (await on.verbs(sessions))[-1] == ("readers", "set_address_state")


async def test_a_moderator_settles_what_became_of_an_address(sessions: Sessions) -> None:
    kept = await planted(sessions)
    await tend.ask_about_failures(sessions, [(kept.id, FIRST), (kept.id, "post@judiciary.example")], NOW)
    settled = await tend.set_address_state(step(sessions, kept), FIRST, AddressState.OK)
    assert isinstance(settled, Kept)
    assert await asked(sessions) == [(QuestionKind.ADDRESS_FAILED, "ir-judiciary|post@judiciary.example")]
    assert (await served(sessions))[0].working_emails == (FIRST,)
    unknown = await tend.set_address_state(step(sessions, kept), "unheard@of.example", AddressState.OK)
    assert unknown is TargetRefusal.CHANGED


async def test_a_change_keeps_what_is_known_of_the_addresses_that_stay(sessions: Sessions) -> None:
    kept = await planted(sessions)
    for address in kept.shown.emails:
        await tend.set_address_state(step(sessions, kept), address, AddressState.BOUNCED)
    await proposed(sessions)
    agreed = await tend.agree(step(sessions, kept), fingerprint(NEW))
    assert isinstance(agreed, Kept)
    assert (await stored(sessions)).states == {FIRST: AddressState.BOUNCED}


async def test_a_retired_official_is_not_served_and_can_come_back(sessions: Sessions) -> None:
    kept = await planted(sessions, verified="")
    await tend.ask_about_due(sessions, NOW)
    shown = fingerprint(kept.shown)
    assert isinstance(await tend.retire(step(sessions, kept), shown), Kept)
    assert await tend.retire(step(sessions, kept), shown) is TargetRefusal.NOT_IN_FORCE
    assert (await served(sessions), await asked(sessions)) == ([], [])
    assert await tend.ask_about_due(sessions, NOW) == 0
    assert await tend.plant(sessions, [a_start()], NOW) == 0
    await tend.propose(sessions, an_entry(), actor=ANNA, now=NOW)
    await tend.agree(step(sessions, kept), shown)
    assert [target.id for target in await served(sessions)] == [kept.id]


async def test_nothing_happens_to_what_is_not_there(sessions: Sessions) -> None:
    nobody = tend.Step(sessions, 99, ANNA, NOW)
    assert await tend.agree(nobody, "x") is None
    assert await tend.verify(nobody, "x") is None
    assert await tend.retire(nobody, "x") is None
    assert await tend.set_address_state(nobody, FIRST, AddressState.OK) is None
