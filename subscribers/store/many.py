"""One statement for many rows, past the layers that would take longer over each row than the database does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, TextClause
from sqlalchemy.ext.asyncio import AsyncSession


async def execute_many(
    session: AsyncSession, statement: TextClause, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Run it once for each row, its two or more named places filled."""
    connection = await session.connection()
    words, in_order = _written_for(statement, connection.dialect)
    await connection.exec_driver_sql(words, [in_order(row) for row in rows])


@cache
def _written_for(
    statement: TextClause, dialect: Dialect
) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """A statement as the driver wants it, and what puts a row's values into the order of its places."""
    compiled = statement.compile(dialect=dialect)
    assert compiled.positiontup is not None, "both drivers count places"
    assert len(compiled.positiontup) > 1, "with one place it would give the value itself"
    return str(compiled), itemgetter(*compiled.positiontup)
