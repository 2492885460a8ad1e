"""The first tables, each in a function of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )


def _budget() -> None:
    op.create_table(
        "budget",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_slot", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(), nullable=False),
        sa.Column("list_key", sa.String(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("row_digest", sa.String(), nullable=True),
        sa.Column("published", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("published_words", sa.Text(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("missing_since", sa.BigInteger(), nullable=True),
        sa.Column("date_seen_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("list_name", "list_key", name=op.f("uq_cases_list_name_list_key")),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("chat", sa.LargeBinary(), nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_conversations")),
    )


def _digest_days() -> None:
    op.create_table(
        "digest_days",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("listed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_digest_days")),
    )


def _editions() -> None:
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("outcome IN ('baseline', 'accepted', 'held')", name=op.f("ck_editions_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
    )


def _index_editions() -> None:
    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_editions_list_name"), ["list_name"], unique=False)


def _lists() -> None:
    op.create_table(
        "lists",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("body_sha256", sa.String(), nullable=True),
        sa.Column("mapping_sha256", sa.String(), nullable=True),
        sa.Column("ends_with_newline", sa.Boolean(), nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("next_due", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lists")),
    )


def _moderators() -> None:
    op.create_table(
        "moderators",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderators")),
        sa.UniqueConstraint("chat", name=op.f("uq_moderators_chat")),
    )


def _settings() -> None:
    op.create_table(
        "settings",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )


def _subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("consent_version", sa.Integer(), nullable=False),
        sa.Column("joined_month", sa.String(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("letter_warned", sa.Boolean(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("gone_held", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('private', 'group')", name=op.f("ck_subscribers_kind")),
        sa.CheckConstraint("mode IN ('normal', 'safe', 'read_only')", name=op.f("ck_subscribers_mode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
        sa.UniqueConstraint("chat", name=op.f("uq_subscribers_chat")),
    )


def _index_subscribers() -> None:
    with op.batch_alter_table("subscribers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_subscribers_gone",
            ["gone_at"],
            unique=False,
            sqlite_where=sa.text("gone_at IS NOT NULL"),
            postgresql_where=sa.text("gone_at IS NOT NULL"),
        )


def _actions() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("updates", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("letters", sa.Boolean(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=True),
        sa.Column("petition_url", sa.String(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_actions_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.UniqueConstraint("year", "sequence", name=op.f("uq_actions_year_sequence")),
    )


def _index_actions() -> None:
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actions_case_id"), ["case_id"], unique=False)


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("case_name", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('vanished', 'key_changed', 'same_name', 'no_key', 'double_key', 'unknown_status', 'illegal_transition', 'forbidden_text', 'unreadable_date', 'date_removed', 'date_passed', 'held')",
            name=op.f("ck_questions_kind"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_questions_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_questions_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )


def _index_questions() -> None:
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_questions_open",
            ["list_name", "kind", "subject"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_subscriptions_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "key", name=op.f("pk_subscriptions")),
    )


def _index_subscriptions() -> None:
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index("ix_subscriptions_key", ["key", "subscriber_id"], unique=False)


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("pending_at", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("fanned_out_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("told_revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "disposition IN ('record', 'digest', 'alert', 'action')", name=op.f("ck_alerts_disposition")
        ),
        sa.CheckConstraint(
            "kind IN ('first', 'update_new_demand', 'update_deadline_extended', 'correction', 'stop_action', 'good_news', 'executed_notice', 'closed_expired')",
            name=op.f("ck_alerts_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'pending', 'returned', 'rejected', 'approved', 'published', 'superseded', 'stopped', 'expired', 'cancelled')",
            name=op.f("ck_alerts_status"),
        ),
        sa.CheckConstraint("lane BETWEEN 0 AND 3", name=op.f("ck_alerts_lane")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_alerts_action_id_actions")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_alerts_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )


def _index_alerts() -> None:
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alerts_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_alerts_status_lane", ["status", "lane"], unique=False)


def _chain_rows() -> None:
    op.create_table(
        "chain_rows",
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
        sa.PrimaryKeyConstraint("action_id", "subscriber_id", name=op.f("pk_chain_rows")),
    )


def _index_chain_rows() -> None:
    with op.batch_alter_table("chain_rows", schema=None) as batch_op:
        batch_op.create_index("ix_chain_rows_subscriber_id", ["subscriber_id"], unique=False)


def _alert_texts() -> None:
    op.create_table(
        "alert_texts",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_texts_alert_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", "locale", "variant", name=op.f("pk_alert_texts")),
    )


def _alert_topics() -> None:
    op.create_table(
        "alert_topics",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_topics_alert_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", "key", name=op.f("pk_alert_topics")),
    )


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("weighed", sa.Boolean(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_changes_alert_id_alerts")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_changes_case_id_cases")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_changes_edition_id_editions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )


def _index_changes() -> None:
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_changes_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_changes_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_changes_weighed"), ["weighed"], unique=False)


def _rules_of_deliveries() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.CheckConstraint(
            "operation IN ('send', 'edit', 'unbutton', 'delete')", name=op.f("ck_deliveries_operation")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'dispatched', 'sent', 'gone', 'failed', 'unknown', 'cancelled')",
            name=op.f("ck_deliveries_status"),
        ),
        sa.CheckConstraint("(alert_id IS NULL) <> (digest_day IS NULL)", name=op.f("ck_deliveries_subject")),
        sa.CheckConstraint("lane BETWEEN 0 AND 3", name=op.f("ck_deliveries_lane")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_deliveries_alert_id_alerts")),
        sa.ForeignKeyConstraint(
            ["digest_day"], ["digest_days.day"], name=op.f("fk_deliveries_digest_day_digest_days")
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_deliveries_subscriber_id_subscribers"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "alert_id",
            "subscriber_id",
            "operation",
            name=op.f("uq_deliveries_alert_id_subscriber_id_operation"),
        ),
        sa.UniqueConstraint(
            "subscriber_id", "digest_day", name=op.f("uq_deliveries_subscriber_id_digest_day")
        ),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("digest_day", sa.String(), nullable=True),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        *_rules_of_deliveries(),
    )


def _index_deliveries() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_due",
            ["lane", "copies", "alert_id", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index(
            "ix_deliveries_leased",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("status = 'dispatched'"),
            postgresql_where=sa.text("status = 'dispatched'"),
        )


def _hands() -> None:
    op.create_table(
        "hands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("core_hash", sa.String(), nullable=True),
        sa.Column("locale_hashes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("part IN ('author', 'editor', 'approver')", name=op.f("ck_hands_part")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_hands_alert_id_alerts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hands")),
        sa.UniqueConstraint(
            "alert_id", "revision", "actor", "part", name=op.f("uq_hands_alert_id_revision_actor_part")
        ),
    )


def _index_hands() -> None:
    with op.batch_alter_table("hands", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hands_alert_id"), ["alert_id"], unique=False)


def _tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_tallies_alert_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", "status", name=op.f("pk_tallies")),
    )


_TABLES = (
    _audit,
    _budget,
    _cases,
    _conversations,
    _digest_days,
    _editions,
    _lists,
    _moderators,
    _settings,
    _subscribers,
    _actions,
    _questions,
    _subscriptions,
    _alerts,
    _chain_rows,
    _alert_texts,
    _alert_topics,
    _changes,
    _deliveries,
    _hands,
    _tallies,
)
_INDEXES = (
    _index_editions,
    _index_subscribers,
    _index_actions,
    _index_questions,
    _index_subscriptions,
    _index_alerts,
    _index_chain_rows,
    _index_changes,
    _index_deliveries,
    _index_hands,
)


def upgrade() -> None:
    for create in (*_TABLES, *_INDEXES):
        create()


def downgrade() -> None:
    for create in reversed(_TABLES):
        op.drop_table(create.__name__.removeprefix("_"))
