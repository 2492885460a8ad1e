from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alerts import audit
from alerts.store.audit import AuditLine, append, last, lines_after
from bot.database import Sessions
from tests.conftest import ENGINES

NOW = datetime(2026, 11, 3, 9, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


async def write(session: AsyncSession, number: int, **detail: object) -> None:
    now = NOW + timedelta(minutes=number)
    await audit.record(
        session, now=now, actor="mod:ab12", verb="approve", subject=f"alert:{number}", detail=detail
    )


async def trail(sessions: Sessions, length: int = 5) -> list[AuditLine]:
    async with sessions.begin() as session:
        for number in range(1, length + 1):
            await write(session, number, note="یادداشت", score=0.1, nested={10: "a", 2: "b"})
    async with sessions.begin() as session:
        return await lines_after(session, 0, 1000)


async def tamper(sessions: Sessions, *statements: str) -> None:
    """What somebody with the database's password could do: take the guards off first."""
    async with sessions.begin() as session:
        if session.get_bind().dialect.name == "postgresql":
            await session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            for name in ("update", "delete", "replace"):
                await session.execute(text(f"DROP TRIGGER audit_no_{name}"))
        for statement in statements:
            await session.execute(text(statement))


async def test_the_first_line_is_chained_to_zeros_and_each_next_to_the_one_before(sessions: Sessions):
    lines = await trail(sessions, 3)
    assert [line.seq for line in lines] == [1, 2, 3]
    assert [line.previous for line in lines] == ["0" * 64, lines[0].digest, lines[1].digest]
    assert len({line.digest for line in lines}) == 3


async def test_a_line_is_read_back_as_it_was_written(sessions: Sessions):
    (line,) = await trail(sessions, 1)
    assert (line.at, line.actor, line.verb, line.subject, line.detail) == (
        NOW + timedelta(minutes=1),
        "mod:ab12",
        "approve",
        "alert:1",
        {"note": "یادداشت", "score": 0.1, "nested": {"10": "a", "2": "b"}},
    )


async def test_an_untouched_trail_verifies(sessions: Sessions):
    assert await audit.verify_trail(sessions) is None
    await trail(sessions)
    assert await audit.verify_trail(sessions) is None


async def test_verification_goes_on_across_batches(sessions: Sessions, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit, "_BATCH", 2)
    await trail(sessions, 4)
    assert await audit.verify_trail(sessions) is None
    await tamper(sessions, "UPDATE audit SET verb = 'reject' WHERE seq = 4")
    assert await audit.verify_trail(sessions) == 4


@pytest.mark.parametrize(
    "change",
    [
        "at = at + 1",
        "actor = 'mod:ffff'",
        "verb = 'reject'",
        "subject = 'alert:9'",
        "detail = '{}'",
        "previous = digest",
        "digest = previous",
    ],
)
async def test_a_changed_line_is_named(sessions: Sessions, change: str):
    await trail(sessions)
    await tamper(sessions, f"UPDATE audit SET {change} WHERE seq = 3")
    assert await audit.verify_trail(sessions) == 3


async def test_a_removed_line_shows_at_the_next(sessions: Sessions):
    await trail(sessions)
    await tamper(sessions, "DELETE FROM audit WHERE seq = 2")
    assert await audit.verify_trail(sessions) == 3


async def test_a_removed_beginning_shows(sessions: Sessions):
    await trail(sessions)
    await tamper(sessions, "DELETE FROM audit WHERE seq = 1")
    assert await audit.verify_trail(sessions) == 2


async def test_a_removed_line_with_the_rest_moved_up_shows(sessions: Sessions):
    await trail(sessions, 3)
    await tamper(sessions, "DELETE FROM audit WHERE seq = 2", "UPDATE audit SET seq = 2 WHERE seq = 3")
    assert await audit.verify_trail(sessions) == 2


async def test_two_lines_that_changed_places_show(sessions: Sessions):
    first, second, third = await trail(sessions, 3)
    assert audit.verify([first, third, second]) == 3
    swapped = [first, replace(third, seq=2), replace(second, seq=3)]
    assert audit.verify(swapped) == 2


@pytest.mark.parametrize("statement", ["UPDATE audit SET verb = 'x'", "DELETE FROM audit"])
async def test_the_database_refuses_to_change_or_delete_a_line(sessions: Sessions, statement: str):
    lines = await trail(sessions, 2)
    with pytest.raises((DBAPIError, IntegrityError), match="append-only"):
        async with sessions.begin() as session:
            await session.execute(text(statement))
    async with sessions.begin() as session:
        assert await lines_after(session, 0, 10) == lines


async def test_the_database_refuses_every_other_way_to_lose_a_line(sessions: Sessions, engine_name: str):
    (line,) = await trail(sessions, 1)
    statement = {
        "postgresql": "TRUNCATE audit",
        "sqlite": "INSERT OR REPLACE INTO audit SELECT seq, at, actor, 'x', subject, detail, previous, digest FROM audit",
    }[engine_name]
    with pytest.raises((DBAPIError, IntegrityError), match="append-only"):
        async with sessions.begin() as session:
            await session.execute(text(statement))
    async with sessions.begin() as session:
        assert await last(session) == line


async def test_a_number_cannot_be_used_twice(sessions: Sessions):
    (line,) = await trail(sessions, 1)
    with pytest.raises(IntegrityError):
        async with sessions.begin() as session:
            await append(session, replace(line, verb="reject"))


async def test_many_at_once_make_one_chain(sessions: Sessions):
    async def one(number: int) -> None:
        async with sessions.begin() as session:
            await write(session, number)
            await asyncio.sleep(0.005)  # others come before the commit

    await asyncio.gather(*(one(number) for number in range(1, 9)))
    async with sessions.begin() as session:
        lines = await lines_after(session, 0, 100)
    assert [line.seq for line in lines] == list(range(1, 9))
    assert {line.subject for line in lines} == {f"alert:{number}" for number in range(1, 9)}
    assert audit.verify(lines) is None


async def test_a_line_goes_with_the_deed_that_failed(sessions: Sessions):
    async with sessions() as session:
        await write(session, 1)
        await session.rollback()
    (line,) = await trail(sessions, 1)
    assert (line.seq, await audit.verify_trail(sessions)) == (1, None)


@pytest.mark.parametrize("detail", [{"when": NOW}, {"score": float("nan")}])
async def test_what_json_cannot_hold_is_refused(sessions: Sessions, detail: dict[str, object]):
    with pytest.raises((TypeError, ValueError), match="JSON"):
        async with sessions.begin() as session:
            await write(session, 1, **detail)
    async with sessions.begin() as session:
        assert await last(session) is None
