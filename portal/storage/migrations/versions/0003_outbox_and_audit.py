"""The outbox, and audit events that nobody can change."""

import sqlalchemy as sa
from alembic import op

from portal.storage.columns import Document, Moment, Serial

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REFUSAL = "audit events are only ever added"
GUARDS = {
    "sqlite": tuple(
        f"""
        CREATE TRIGGER audit_events_no_{deed} BEFORE {moment}
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
        """
        for deed, moment in (
            ("update", "UPDATE ON audit_events"),
            ("delete", "DELETE ON audit_events"),
            ("replace", "INSERT ON audit_events WHEN EXISTS (SELECT 1 FROM audit_events WHERE id = NEW.id)"),
        )
    ),
    "postgresql": (
        f"""
        CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
        """,
        """
        CREATE TRIGGER audit_events_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
        FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()
        """,
    ),
}
UNGUARD = {
    "sqlite": tuple(f"DROP TRIGGER audit_events_no_{deed}" for deed in ("update", "delete", "replace")),
    "postgresql": (
        "DROP TRIGGER audit_events_only_added ON audit_events",
        "DROP FUNCTION audit_events_refuse",
    ),
}


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offender_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "invitation",
                "code",
                "appointment_booked",
                "appointment_confirmed",
                "appointment_in_a_week",
                "appointment_tomorrow",
                "condition_due",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("personalisation", sa.LargeBinary(), nullable=False),
        sa.Column("posted_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("send_before", Moment(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "claimed",
                "accepted",
                "delivered",
                "failed",
                "held",
                "expired",
                "parked",
                "withdrawn",
                name="messagestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum("sms", "email", name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column(
            "held_because",
            sa.Enum(
                "no_contact",
                "shared_contact",
                "case_finished",
                "not_needed",
                name="held",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_at", Moment(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("notify_id", sa.Uuid(), nullable=True),
        sa.Column("notify_status", sa.String(length=40), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("failure", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id")),
        sa.ForeignKeyConstraint(["offender_id"], ["offenders.id"], name=op.f("fk_messages_offender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
        sa.UniqueConstraint("notify_id", name=op.f("uq_messages_notify_id")),
    )
    op.create_index(op.f("ix_messages_case_id"), "messages", ["case_id"], unique=False)
    op.create_index(op.f("ix_messages_offender_id"), "messages", ["offender_id"], unique=False)
    op.create_index("ix_messages_state_due_at", "messages", ["state", "due_at"], unique=False)
    op.create_index(
        "ix_messages_purpose_state_due_at", "messages", ["purpose", "state", "due_at"], unique=False
    )
    op.create_table(
        "audit_events",
        sa.Column("id", Serial, autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column(
            "actor",
            sa.Enum(
                "offender",
                "victim",
                "staff",
                "provider",
                "intake",
                "operator",
                "portal",
                "notify",
                name="actor",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("deed", sa.String(length=60), nullable=False),
        sa.Column(
            "logged_as",
            sa.Enum(
                "collection",
                "alteration",
                "consultation",
                "disclosure",
                "combination",
                "erasure",
                "security",
                name="loggedas",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("force", sa.String(length=2), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("details", Document, server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_case_id_id", "audit_events", ["case_id", "id"], unique=False)
    for statement in GUARDS[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in UNGUARD[op.get_context().dialect.name]:
        op.execute(statement)
    op.drop_table("audit_events")
    op.drop_table("messages")
