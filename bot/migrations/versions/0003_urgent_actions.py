"""Urgent actions: demands, petitions, several cases, officials, letters served, what readers say they did

The first message of a chain becomes one row an alert, so that each message can lose its buttons.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from alerts.columns import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ASKED_BEFORE = (
    "vanished", "key_changed", "same_name", "no_key", "double_key", "unknown_status", "illegal_transition",
    "forbidden_text", "unreadable_date", "date_removed", "date_passed", "held",
)  # fmt: skip
_ASKED_SINCE = ("deadline_near", "review_due", "name_changed", "target_due", "address_failed")
_ALERTS = sa.table("alerts", sa.column("id"), sa.column("facts", sa.JSON()))
_CHANNELS = ("email", "post", "phone", "form", "social", "petition", "reply")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


def _actions() -> None:
    with op.batch_alter_table("actions") as batch:
        batch.add_column(sa.Column("petitions", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("demands", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("goal", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("reviewed_at", Instant(), nullable=True))
    rows = sa.table("actions", sa.column("id"), sa.column("petition_url"), sa.column("petitions", sa.JSON()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows).where(rows.c.petition_url.is_not(None))).all():
        values = {"petitions": [{"url": row.petition_url}]}
        connection.execute(sa.update(rows).where(rows.c.id == row.id).values(**values))
    with op.batch_alter_table("actions") as batch:
        batch.drop_column("petition_url")
        for name in ("petitions", "demands", "held"):
            batch.alter_column(name, server_default=None)


def _facts() -> list[tuple[int, dict[str, Any]]]:
    """What every alert says, by id."""
    rows = op.get_bind().execute(sa.select(_ALERTS)).all()
    return [(row.id, dict(row.facts)) for row in rows]


def _alerts() -> None:
    with op.batch_alter_table("alerts") as batch:
        batch.add_column(sa.Column("backgrounds", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("alerts") as batch:
        batch.alter_column("backgrounds", server_default=None)
    for alert_id, facts in _facts():
        url = facts.pop("petition_url", None)
        facts["petitions"] = [{"url": url}] if url else []
        _save_facts(alert_id, facts)


def _save_facts(alert_id: int, facts: dict[str, Any]) -> None:
    op.get_bind().execute(sa.update(_ALERTS).where(_ALERTS.c.id == alert_id).values(facts=facts))


def _alerts_before() -> None:
    """One petition an alert, and nobody beside its case."""
    with op.batch_alter_table("alerts") as batch:
        batch.drop_column("backgrounds")
    for alert_id, facts in _facts():
        petitions = facts.pop("petitions", [])
        for name in ("demands", "goal", "also"):
            facts.pop(name, None)
        facts["petition_url"] = petitions[0]["url"] if petitions else None
        _save_facts(alert_id, facts)


def _actions_before() -> None:
    with op.batch_alter_table("actions") as batch:
        batch.add_column(sa.Column("petition_url", sa.String(), nullable=True))
    rows = sa.table("actions", sa.column("id"), sa.column("petition_url"), sa.column("petitions", sa.JSON()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows)).all():
        if row.petitions:
            values = {"petition_url": row.petitions[0]["url"]}
            connection.execute(sa.update(rows).where(rows.c.id == row.id).values(**values))
    with op.batch_alter_table("actions") as batch:
        for name in ("petitions", "demands", "goal", "held", "reviewed_at"):
            batch.drop_column(name)


def _action_cases() -> None:
    op.create_table(
        "action_cases",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("left_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_action_cases_action_id_actions")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_action_cases_case_id_cases")),
        sa.PrimaryKeyConstraint("action_id", "case_id", name=op.f("pk_action_cases")),
    )
    op.create_index("ix_action_cases_case_id", "action_cases", ["case_id"])
    op.execute("INSERT INTO action_cases (action_id, case_id) SELECT id, case_id FROM actions")


def _letters_served() -> None:
    op.create_table(
        "letters_served",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_letters_served_action_id_actions")
        ),
        sa.PrimaryKeyConstraint("action_id", "language", "kind", name=op.f("pk_letters_served")),
    )


def _targets() -> None:
    op.create_table(
        "targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("proposal", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=True),
        sa.Column("verified_at", Instant(), nullable=True),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        sa.UniqueConstraint("key", name=op.f("uq_targets_key")),
    )
    op.create_index("ix_targets_country", "targets", ["country"])


def _questions(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("questions") as batch:
        batch.drop_constraint(op.f("ck_questions_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_questions_kind"), _one_of("kind", kinds))


def _subscribers() -> None:
    with op.batch_alter_table("subscribers") as batch:
        batch.add_column(sa.Column("plain", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("country", sa.String(), nullable=True))
    with op.batch_alter_table("subscribers") as batch:
        batch.alter_column("plain", server_default=None)


def _chain_rows(key: str, *more: Any) -> None:
    op.execute("CREATE TABLE chain_rows_before AS SELECT * FROM chain_rows")
    op.drop_table("chain_rows")
    op.create_table(
        "chain_rows",
        *more,
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_chain_rows_action_id_actions")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_chain_rows_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(key, "subscriber_id", name=op.f("pk_chain_rows")),
    )
    op.create_index("ix_chain_rows_subscriber_id", "chain_rows", ["subscriber_id"])


def _chain_rows_per_alert() -> None:
    """The message we know of is that of the chain's first alert."""
    _chain_rows(
        "alert_id",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("has_buttons", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_chain_rows_alert_id_alerts")),
    )
    op.create_index("ix_chain_rows_action_id", "chain_rows", ["action_id", "subscriber_id"])
    buttoned = sa.text("has_buttons")
    op.create_index(
        "ix_chain_rows_buttoned",
        "chain_rows",
        ["alert_id"],
        sqlite_where=buttoned,
        postgresql_where=buttoned,
    )
    op.execute("""
        INSERT INTO chain_rows (alert_id, action_id, subscriber_id, message, has_buttons)
        SELECT first.id, b.action_id, b.subscriber_id, b.message, TRUE
        FROM chain_rows_before b JOIN (
            SELECT action_id, MIN(id) AS id FROM alerts WHERE published_at IS NOT NULL GROUP BY action_id
        ) AS first ON first.action_id = b.action_id
    """)
    op.drop_table("chain_rows_before")


def _chain_rows_per_chain() -> None:
    _chain_rows("action_id")
    op.execute("""
        INSERT INTO chain_rows (action_id, subscriber_id, message)
        SELECT b.action_id, b.subscriber_id, b.message FROM chain_rows_before b
        WHERE b.alert_id = (
            SELECT MIN(o.alert_id) FROM chain_rows_before o
            WHERE o.action_id = b.action_id AND o.subscriber_id = b.subscriber_id
        )
    """)
    op.drop_table("chain_rows_before")


def _acts() -> None:
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.CheckConstraint(_one_of("channel", _CHANNELS), name=op.f("ck_acts_channel")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_acts_action_id_actions")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_acts_subscriber_id_subscribers"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
        sa.UniqueConstraint(
            "action_id", "subscriber_id", "channel", name=op.f("uq_acts_action_id_subscriber_id_channel")
        ),
    )
    op.create_index("ix_acts_subscriber_id", "acts", ["subscriber_id"])


def _address_failures() -> None:
    op.create_table(
        "address_failures",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["target_id"], ["targets.id"], name=op.f("fk_address_failures_target_id_targets")
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_address_failures_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("target_id", "address", "subscriber_id", name=op.f("pk_address_failures")),
    )
    op.create_index("ix_address_failures_subscriber_id", "address_failures", ["subscriber_id"])


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_files")),
    )
    op.create_index("ix_files_at", "files", ["at"])


def upgrade() -> None:
    _actions()
    _alerts()
    _action_cases()
    _letters_served()
    _targets()
    _questions((*_ASKED_BEFORE, *_ASKED_SINCE))
    _subscribers()
    _chain_rows_per_alert()
    _acts()
    _address_failures()
    _files()


def downgrade() -> None:
    for table in ("files", "address_failures", "acts"):
        op.drop_table(table)
    _chain_rows_per_chain()
    with op.batch_alter_table("subscribers") as batch:
        batch.drop_column("country")
        batch.drop_column("plain")
    op.execute(sa.delete(sa.table("questions")).where(sa.column("kind").in_(_ASKED_SINCE)))
    _questions(_ASKED_BEFORE)
    for table in ("targets", "letters_served", "action_cases"):
        op.drop_table(table)
    _alerts_before()
    _actions_before()
