from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel

import alerts.tables
import bot.tables
import subscribers.tables
from alerts.alert import Facts
from alerts.demand import Petition
from alerts.errors import ConfigError
from alerts.tables import ActionCaseRow, ActionRow, AlertRow
from bot.database import migrate, open_engine
from subscribers.tables import ChainRow
from tests.conftest import ENGINES

PACKAGES = (alerts.tables, subscribers.tables, bot.tables)  # imported, they fill SQLModel.metadata
QUESTION = """
    INSERT INTO questions (list_name, kind, subject, case_name, detail, asked_at, closed_at)
    VALUES ('northland', 'vanished', 'A-1', 'Sample Person', '{}', 0, :closed_at)
"""


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(empty_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def migrated(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()


async def look(engine: AsyncEngine, at: Callable[[Connection], Any]) -> Any:
    async with engine.connect() as connection:
        return await connection.run_sync(at)


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return compare_metadata(context, SQLModel.metadata)


def shape(connection: Connection) -> dict[str, Any]:
    """All that the engine itself says of our tables, which is more than Alembic compares."""
    inspector = inspect(connection)
    parts = {
        "columns": inspector.get_columns,
        "key": lambda table: [inspector.get_pk_constraint(table)],
        "foreign keys": inspector.get_foreign_keys,
        "uniques": inspector.get_unique_constraints,
        "checks": inspector.get_check_constraints,
        "indexes": inspector.get_indexes,
    }
    return {
        f"{table}: {part}": sorted(json.dumps(item, sort_keys=True, default=str) for item in read(table))
        for table in sorted(SQLModel.metadata.tables)
        for part, read in parts.items()
    }


def leftovers(connection: Connection) -> list[str]:
    """Triggers and functions of ours."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    return sorted(connection.execute(text(query)).scalars())


async def test_up_down_and_up_again(empty: AsyncEngine):
    await migrate(empty)
    first = await look(empty, shape)
    guards = await look(empty, leftovers)
    assert await look(empty, tables) == {*SQLModel.metadata.tables, "alembic_version"}
    assert guards
    await migrate(empty, "base")
    assert await look(empty, tables) == {"alembic_version"}
    assert await look(empty, leftovers) == []
    await migrate(empty)
    assert await look(empty, shape) == first
    assert await look(empty, leftovers) == guards


async def test_migrating_twice_changes_nothing(migrated: AsyncEngine):
    before = await look(migrated, shape)
    await migrate(migrated)
    assert await look(migrated, shape) == before


async def test_the_models_are_what_the_migrations_make(migrated: AsyncEngine):
    assert await look(migrated, differences) == []


async def test_the_comparison_sees_what_is_missing(migrated: AsyncEngine):
    async with migrated.begin() as connection:
        await connection.execute(text("DROP INDEX ix_deliveries_due"))
    ((deed, index),) = await look(migrated, differences)
    assert (deed, index.name) == ("add_index", "ix_deliveries_due")


async def test_constraints_of_the_models_are_those_of_the_migrations(
    migrated: AsyncEngine, empty: AsyncEngine
):
    async with empty.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    assert await look(migrated, shape) == await look(empty, shape)


async def test_a_question_is_unique_while_it_is_open_and_only_then(migrated: AsyncEngine):
    async with migrated.begin() as connection:
        for closed_at in (1, 2, None):
            await connection.execute(text(QUESTION), {"closed_at": closed_at})
    with pytest.raises(IntegrityError):
        async with migrated.begin() as connection:
            await connection.execute(text(QUESTION), {"closed_at": None})
    async with migrated.begin() as connection:
        await connection.execute(text(QUESTION), {"closed_at": 3})
        assert await connection.scalar(text("SELECT count(*) FROM questions")) == 4


FACTS = {
    "view": {"status": "imminent"},
    "before": None,
    "deadline": None,
    "petition_url": "https://a.example/b",
}
BEFORE_URGENT_ACTIONS = """
    INSERT INTO cases (id, list_name, list_key, seen) VALUES (1, 'northland', 'A-1', '{}');
    INSERT INTO actions (id, case_id, year, sequence, updates, kind, letters, petition_url, opened_at)
        VALUES (1, 1, 2026, 1, 0, 'first', TRUE, 'https://a.example/b', 0);
    INSERT INTO alerts (id, case_id, action_id, kind, status, disposition, lane, revision, author, facts, texts,
        created_at, published_at, told_revision)
        VALUES (1, 1, 1, 'first', 'published', 'action', 0, 1, 'list:x', :facts, '{}', 0, 0, 0);
    INSERT INTO subscribers (id, chat, kind, locale, mode, active, consent_version, joined_month, letter_warned,
        gone_held) VALUES (1, :sealed, 'private', 'en', 'normal', TRUE, 1, '2026-03', FALSE, FALSE);
    INSERT INTO subscriptions (subscriber_id, key) VALUES (1, 'IR/*');
    INSERT INTO chain_rows (action_id, subscriber_id, message) VALUES (1, 1, :sealed);
    INSERT INTO deliveries (alert_id, subscriber_id, operation, lane, status, attempts, copies)
        VALUES (1, 1, 'send', 0, 'sent', 1, 1)
"""
"""A bot that has sent its first alert to its first reader."""


@pytest.fixture
async def in_use(empty: AsyncEngine) -> AsyncEngine:
    await migrate(empty, "0002")
    given = {"facts": json.dumps(FACTS), "sealed": b"sealed"}
    async with empty.begin() as connection:
        for statement in BEFORE_URGENT_ACTIONS.split(";"):
            values = {name: value for name, value in given.items() if f":{name}" in statement}
            await connection.execute(text(statement), values)
    return empty


async def whose(engine: AsyncEngine) -> list[tuple[object, ...]]:
    """What is known of the one reader."""
    queries = "SELECT key FROM subscriptions", "SELECT alert_id, subscriber_id, status FROM deliveries"
    async with engine.connect() as connection:
        return [tuple(row) for query in queries for row in await connection.execute(text(query))]


async def test_readers_and_their_topics_survive_every_table_made_anew(in_use: AsyncEngine):
    before = await whose(in_use)
    assert before == [("IR/*",), (1, 1, "sent")]
    await migrate(in_use)
    assert await whose(in_use) == before
    if in_use.dialect.name == "sqlite":
        async with in_use.connect() as connection:
            assert await connection.scalar(text("PRAGMA foreign_keys")) == 1
    await migrate(in_use, "-1")
    assert await whose(in_use) == before


async def test_petitions_and_messages_of_before_urgent_actions(in_use: AsyncEngine):
    """One petition becomes several and back; the first message of a chain is that of its first alert."""
    await migrate(in_use)
    async with in_use.connect() as connection:
        (facts, backgrounds), *_ = await connection.execute(select(AlertRow.facts, AlertRow.backgrounds))
        action = (await connection.execute(select(ActionRow.petitions, ActionRow.held))).one()
        members = await connection.execute(select(ActionCaseRow.action_id, ActionCaseRow.case_id))
        chain = await connection.execute(select(ChainRow.alert_id, ChainRow.message, ChainRow.has_buttons))
        assert (Facts.from_json(facts).petitions, backgrounds) == ((Petition("https://a.example/b"),), {})
        assert tuple(action) == ([{"url": "https://a.example/b"}], False)
        assert (members.all(), chain.all()) == ([(1, 1)], [(1, b"sealed", True)])
    await migrate(in_use, "-2")
    async with in_use.connect() as connection:
        stored = await connection.scalar(text("SELECT CAST(facts AS TEXT) FROM alerts"))
        assert json.loads(stored) == FACTS
        assert await connection.scalar(text("SELECT petition_url FROM actions")) == "https://a.example/b"
        assert (
            await connection.scalar(text("SELECT message FROM chain_rows WHERE action_id = 1")) == b"sealed"
        )


async def test_what_is_broken_before_stays_and_is_told(empty: AsyncEngine):
    """A migration never makes a row that points nowhere, and says so of one that did before."""
    await migrate(empty, "0002")
    if empty.dialect.name != "sqlite":  # PostgreSQL would not have let it happen
        return
    async with empty.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        await driver.execute("PRAGMA foreign_keys=OFF")
        await driver.execute("INSERT INTO subscriptions (subscriber_id, key) VALUES (7, 'IR/*')")
        await driver.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(ConfigError, match="subscriptions"):
        await migrate(empty)
    assert "acts" not in await look(empty, tables)
