"""The delivery engine: updates stored before they are acknowledged, a broadcast's pause, who is asleep, what to delete"""

import sqlalchemy as sa
from alembic import op

from alerts.columns import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_DIGEST_KEYS = ("uq_deliveries_subscriber_id_digest_day", "uq_deliveries_subscriber_id_digest_day_operation")
_DUE = "ix_deliveries_due"
_PENDING = "status = 'pending'"
_KEPT = "ix_deliveries_kept"
_DELETIONS = "ix_deliveries_deletions"
_UNREPORTED = "ix_alerts_unreported"


def _deliveries() -> None:
    op.drop_index(_DUE, "deliveries")
    with op.batch_alter_table("deliveries") as batch:
        batch.add_column(sa.Column("asleep", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("message", sa.LargeBinary(), nullable=True))
        batch.drop_constraint(_DIGEST_KEYS[0], type_="unique")
        batch.create_unique_constraint(_DIGEST_KEYS[1], ["subscriber_id", "digest_day", "operation"])
    with op.batch_alter_table("deliveries") as batch:
        batch.alter_column("asleep", server_default=None)
    _due("lane", "copies", "asleep", "alert_id", "id")
    _partial(_KEPT, "deliveries", "message IS NOT NULL", "done_at")
    _partial(_DELETIONS, "deliveries", "operation = 'delete'", "subscriber_id")


def _due(*columns: str) -> None:
    _partial(_DUE, "deliveries", _PENDING, *columns)


def _partial(name: str, table: str, where: str, *columns: str) -> None:
    op.create_index(name, table, list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _inbox() -> None:
    op.create_table(
        "updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_updates")),
    )
    op.create_index("ix_updates_turn", "updates", ["urgent", "update_id"])
    op.create_table(
        "handled",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_handled")),
    )
    op.create_index("ix_handled_at", "handled", ["at"])


def upgrade() -> None:
    with op.batch_alter_table("alerts") as batch:
        batch.add_column(sa.Column("paused_until", Instant(), nullable=True))
        batch.add_column(sa.Column("reported_at", Instant(), nullable=True))
    _partial(_UNREPORTED, "alerts", "fanned_out_at IS NOT NULL AND reported_at IS NULL", "id")
    op.execute(sa.text("UPDATE alerts SET reported_at = fanned_out_at"))  # what went out before is no news
    _deliveries()
    _inbox()


def downgrade() -> None:
    op.drop_table("handled")
    op.drop_table("updates")
    op.execute(sa.text("DELETE FROM deliveries WHERE digest_day IS NOT NULL AND operation <> 'send'"))
    op.drop_index(_DELETIONS, "deliveries")
    op.drop_index(_KEPT, "deliveries")
    op.drop_index(_DUE, "deliveries")
    with op.batch_alter_table("deliveries") as batch:
        batch.drop_constraint(_DIGEST_KEYS[1], type_="unique")
        batch.create_unique_constraint(_DIGEST_KEYS[0], ["subscriber_id", "digest_day"])
        batch.drop_column("message")
        batch.drop_column("asleep")
    _due("lane", "copies", "alert_id", "id")
    op.drop_index(_UNREPORTED, "alerts")
    with op.batch_alter_table("alerts") as batch:
        batch.drop_column("reported_at")
        batch.drop_column("paused_until")
