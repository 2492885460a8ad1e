from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel

import alerts.tables
import bot.tables
import subscribers.tables
from bot.database import migrate, open_engine
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
