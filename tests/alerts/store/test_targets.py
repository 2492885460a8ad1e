from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from alerts.store import targets as store
from alerts.target import AddressState, Kept
from bot.database import Sessions
from tests.alerts.officials import an_entry

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
OTHER = an_entry(key="us-board", country="US")


async def keep(sessions: Sessions, **changes: object) -> Kept:
    async with sessions.begin() as session:
        empty = await store.hold_key(session, an_entry())
        kept = replace(empty, **({"value": an_entry()} | changes))
        await store.save(session, kept)
    return kept


async def test_everything_comes_back_as_it_was_stored(sessions: Sessions) -> None:
    kept = await keep(
        sessions,
        states={"office@judiciary.example": AddressState.BLOCKED},
        entered_by="mod:anna",
        proposal=an_entry(note="Moved."),
        proposed_by="mod:ben",
        verified_at=NOW,
        retired_at=NOW,
    )
    async with sessions.begin() as session:
        for found in (
            await store.by_id(session, kept.id),
            await store.by_key(session, kept.key),
            await store.hold(session, kept.id),
            *await store.everyone(session),
        ):
            assert found == kept
        assert await store.known_keys(session) == {"ir-judiciary"}


async def test_what_is_retired_or_only_proposed_is_not_in_force(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        empty = await store.hold_key(session, OTHER)
        await store.save(session, replace(empty, proposal=OTHER, proposed_by="mod:anna"))
    kept = await keep(sessions)
    async with sessions.begin() as session:
        assert [target.key for target in await store.in_force(session)] == ["ir-judiciary"]
        assert [one.key for one in await store.everyone(session)] == ["ir-judiciary", "us-board"]
        await store.save(session, replace(kept, retired_at=NOW))
        assert await store.in_force(session) == []


async def test_a_key_is_held_once_and_an_empty_row_goes(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        first = await store.hold_key(session, OTHER)
        assert await store.hold_key(session, OTHER) == first == Kept(first.id, "us-board")
        await store.save(session, first)
        assert await store.by_id(session, first.id) is None
        assert await store.hold(session, first.id) is None
        assert await store.known_keys(session) == set()


async def test_an_agreed_country_is_the_rows(sessions: Sessions) -> None:
    kept = await keep(sessions)
    async with sessions.begin() as session:
        await store.save(session, replace(kept, value=an_entry(country="AE")))
        assert [one.shown.country for one in await store.everyone(session)] == ["AE"]
