"""Column types that SQLite and PostgreSQL treat alike, and the sealer a session carries.

An instant is stored as whole microseconds since 1970 (UTC): exact, comparable and usable in arithmetic in the
hot SQL statements of both engines, with no driver's time-zone conversion in between.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeDecorator

from alerts.seal import Sealer

ONLY_READS: Final = "only_reads"
"""The execution option that `bot.database` looks for."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

NAMING: Final = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that migrations can find them on both engines."""


def to_microseconds(moment: datetime) -> int:
    """An aware datetime as stored; ValueError for a naive one."""
    if moment.tzinfo is None:
        msg = f"naive datetime {moment!r}: instants carry their zone"
        raise ValueError(msg)
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(stored: int) -> datetime:
    """Inverse of `to_microseconds`, in UTC."""
    return _EPOCH + stored * _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime as a BIGINT of microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To the database."""
        del dialect
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database."""
        del dialect
        return None if value is None else from_microseconds(value)


def sealer_of(session: AsyncSession) -> Sealer:
    """The sealer that the composition root put into `session.info`."""
    sealer = session.info["sealer"]
    assert isinstance(sealer, Sealer)
    return sealer


async def only_reads(session: AsyncSession) -> None:
    """What this session does from here to its end only reads: on SQLite it then keeps no writer waiting.

    To be called before anything else is done in it. For what takes long; anything short need not ask.
    """
    await session.connection(execution_options={ONLY_READS: True})
