"""Offences, offenders, cases, conditions, readings, appointments and victims."""

import sqlalchemy as sa
from alembic import op

from portal.storage.columns import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _victim_schema() -> str | None:
    """SQLite has no schemas, and SQLAlchemy leaves out a foreign key that would cross two."""
    return "victim" if op.get_context().dialect.name == "postgresql" else None


def upgrade() -> None:
    if _victim_schema():
        op.execute("CREATE SCHEMA victim")
    op.create_table(
        "offences",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("category", sa.String(length=2), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("recordable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_offences")),
    )
    op.create_table(
        "offenders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("force", sa.String(length=2), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("first_names", sa.LargeBinary(), nullable=False),
        sa.Column("last_name", sa.LargeBinary(), nullable=False),
        sa.Column("date_of_birth", sa.LargeBinary(), nullable=False),
        sa.Column("identity_index", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("mobile", sa.LargeBinary(), nullable=True),
        sa.Column("mobile_index", sa.LargeBinary(), nullable=True),
        sa.Column("landline", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("ethnicity", sa.String(length=2), nullable=True),
        sa.Column("needs", sa.LargeBinary(), nullable=False),
        sa.Column("adjustments", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offenders")),
        sa.UniqueConstraint("force", "reference", name=op.f("uq_offenders_force_reference")),
    )
    op.create_index(op.f("ix_offenders_email_index"), "offenders", ["email_index"], unique=False)
    op.create_index(op.f("ix_offenders_identity_index"), "offenders", ["identity_index"], unique=False)
    op.create_index(op.f("ix_offenders_mobile_index"), "offenders", ["mobile_index"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("force", sa.String(length=2), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("offender_id", sa.Uuid(), nullable=False),
        sa.Column(
            "regime",
            sa.Enum(
                "conditional_caution",
                "community_resolution",
                "deferred_prosecution",
                "diversionary_caution",
                "community_caution",
                name="regime",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("offence_code", sa.String(length=10), nullable=False),
        sa.Column("offence_category", sa.String(length=2), nullable=False),
        sa.Column("offence_title", sa.LargeBinary(), nullable=False),
        sa.Column("offence_summary", sa.LargeBinary(), nullable=False),
        sa.Column("committed_on", sa.Date(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("complete_by", sa.Date(), nullable=False),
        sa.Column("authorised_by", sa.LargeBinary(), nullable=False),
        sa.Column("authorised_rank", sa.String(length=40), nullable=False),
        sa.Column("authorised_collar_number", sa.String(length=40), nullable=False),
        sa.Column("officer_name", sa.LargeBinary(), nullable=False),
        sa.Column("officer_collar_number", sa.String(length=40), nullable=False),
        sa.Column("officer_email", sa.LargeBinary(), nullable=False),
        sa.Column("officer_phone", sa.LargeBinary(), nullable=False),
        sa.Column("imported_at", Moment(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "finished", name="casestate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("conditions_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["offender_id"], ["offenders.id"], name=op.f("fk_cases_offender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("force", "reference", name=op.f("uq_cases_force_reference")),
    )
    op.create_index("ix_cases_force_complete_by_id", "cases", ["force", "complete_by", "id"], unique=False)
    op.create_index(op.f("ix_cases_offender_id"), "cases", ["offender_id"], unique=False)
    op.create_index(op.f("ix_cases_reference"), "cases", ["reference"], unique=False)
    op.create_table(
        "conditions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "rehabilitative",
                "reparative",
                "financial",
                "restrictive",
                name="conditionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "evidence",
            sa.Enum(
                "attendance",
                "certificate",
                "receipt",
                "letter",
                "none",
                name="evidencekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("amount_pence", sa.Integer(), nullable=True),
        sa.Column(
            "progress",
            sa.Enum(
                "not_started",
                "in_progress",
                "waiting",
                "met",
                "not_met",
                "varied",
                "excused",
                name="progress",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_conditions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conditions")),
        sa.UniqueConstraint("case_id", "reference", name=op.f("uq_conditions_case_id_reference")),
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("offender_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_readings_case_id")),
        sa.ForeignKeyConstraint(["offender_id"], ["offenders.id"], name=op.f("fk_readings_offender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_readings_case_id_version")),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("offender_id", sa.Uuid(), nullable=False),
        sa.Column("condition_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "signing",
                "assessment",
                "workshop",
                "one_to_one",
                "call",
                "unpaid_work",
                "restorative",
                "check_call",
                "interview",
                name="appointmentkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("booked_at", Moment(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("bring", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "booked",
                "confirmed",
                "attended",
                "attended_late",
                "missed",
                "cancelled",
                "moved",
                name="appointmentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appointments_case_id")),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["conditions.id"], name=op.f("fk_appointments_condition_id")
        ),
        sa.ForeignKeyConstraint(["offender_id"], ["offenders.id"], name=op.f("fk_appointments_offender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index(op.f("ix_appointments_case_id"), "appointments", ["case_id"], unique=False)
    op.create_index(
        "ix_appointments_offender_id_starts_at", "appointments", ["offender_id", "starts_at"], unique=False
    )
    op.create_table(
        "victims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("force", sa.String(length=2), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person", "business", name="victimkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("first_names", sa.LargeBinary(), nullable=False),
        sa.Column("last_name", sa.LargeBinary(), nullable=False),
        sa.Column("business_name", sa.LargeBinary(), nullable=False),
        sa.Column("date_of_birth", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("mobile", sa.LargeBinary(), nullable=True),
        sa.Column("mobile_index", sa.LargeBinary(), nullable=True),
        sa.Column("landline", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("wants_updates", sa.Boolean(), nullable=False),
        sa.Column("domestic_abuse", sa.Boolean(), nullable=False),
        sa.Column("enhanced_rights", sa.LargeBinary(), nullable=False),
        sa.Column(
            "safe_channel",
            sa.Enum(
                "sms",
                "email",
                "none",
                name="safechannel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("safe_days", sa.String(length=40), nullable=False),
        sa.Column("safe_from", sa.String(length=5), nullable=False),
        sa.Column("safe_to", sa.String(length=5), nullable=False),
        sa.Column("safe_confirmed_by", sa.LargeBinary(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_victims_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victims")),
        sa.UniqueConstraint("case_id", "reference", name=op.f("uq_victims_case_id_reference")),
        schema=_victim_schema(),
    )
    op.create_index(
        op.f("ix_victims_email_index"), "victims", ["email_index"], unique=False, schema=_victim_schema()
    )
    op.create_index(
        op.f("ix_victims_mobile_index"), "victims", ["mobile_index"], unique=False, schema=_victim_schema()
    )


def downgrade() -> None:
    op.drop_table("victims", schema=_victim_schema())
    op.drop_table("appointments")
    op.drop_table("readings")
    op.drop_table("conditions")
    op.drop_table("cases")
    op.drop_table("offenders")
    op.drop_table("offences")
    if _victim_schema():
        op.execute("DROP SCHEMA victim")
