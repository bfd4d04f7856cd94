"""What is left to staff, and what they send to many at once."""

import sqlalchemy as sa
from alembic import op

from portal.storage.columns import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("force", sa.String(length=2), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "no_contact",
                "shared_contact",
                "contact_is_wrong",
                "message_parked",
                "message_too_late",
                "reply_to_read",
                name="taskkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("offender_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.ForeignKeyConstraint(["done_by"], ["staff.id"], name=op.f("fk_tasks_done_by")),
        sa.ForeignKeyConstraint(["offender_id"], ["offenders.id"], name=op.f("fk_tasks_offender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_case_id"), "tasks", ["case_id"], unique=False)
    op.create_index("ix_tasks_force_done_at_made_at", "tasks", ["force", "done_at", "made_at"], unique=False)
    op.create_index(op.f("ix_tasks_offender_id"), "tasks", ["offender_id"], unique=False)
    op.create_index(
        "uq_tasks_key_open",
        "tasks",
        ["key"],
        unique=True,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("force", sa.String(length=2), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "invitation",
                "code",
                "appointment_booked",
                "appointment_confirmed",
                "appointment_in_a_week",
                "appointment_tomorrow",
                "appointment_missed",
                "condition_due",
                "answer_next",
                "answer_left",
                "answer_help",
                "answer_change",
                "answer_here",
                "answer_stopped",
                "answer_started",
                "answer_passed_on",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_runs_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_force_begun_at", "runs", ["force", "begun_at"], unique=False)
    op.create_table(
        "run_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_run_messages_message_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_messages_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_messages")),
        sa.UniqueConstraint("message_id", name=op.f("uq_run_messages_message_id")),
    )
    op.create_index(op.f("ix_run_messages_run_id"), "run_messages", ["run_id"], unique=False)


def downgrade() -> None:
    for table in ("run_messages", "runs", "tasks"):
        op.drop_table(table)
