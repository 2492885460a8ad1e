"""Alembic's environment: runs on the connection that bot.database hands over."""

from alembic import context
from sqlmodel import SQLModel

import alerts.tables  # noqa: F401 - these three fill SQLModel.metadata
import bot.tables  # noqa: F401
import subscribers.tables  # noqa: F401

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
