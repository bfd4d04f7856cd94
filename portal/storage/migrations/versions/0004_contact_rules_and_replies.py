"""How people want to be written to, what they reply, and what a message remembers of its sending."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.storage.columns import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PURPOSES = (
    *("invitation", "code", "appointment_booked", "appointment_confirmed", "appointment_in_a_week"),
    *("appointment_tomorrow", "condition_due"),
)
NEW_PURPOSES = (
    *("appointment_missed", "answer_next", "answer_left", "answer_help", "answer_change", "answer_here"),
    *("answer_stopped", "answer_started", "answer_passed_on"),
)
REASONS = ("no_contact", "shared_contact", "case_finished", "not_needed")
NEW_REASONS = ("bad_contact", "opted_out", "paused", "in_custody")
STATES = (
    *("queued", "claimed", "accepted", "delivered", "failed", "held", "expired", "parked", "withdrawn"),
)
SERVICES, ARMS = ("plain", "neutral"), ("plain", "plan", "consequence", "cost")
INDEXES = {
    "ix_messages_case_id": ["case_id"],
    "ix_messages_offender_id": ["offender_id"],
    "ix_messages_state_due_at": ["state", "due_at"],
    "ix_messages_purpose_state_due_at": ["purpose", "state", "due_at"],
}
NEW_INDEXES = {
    "ix_messages_asks_at": ["asks_at"],
    "ix_messages_falls_back_at": ["falls_back_at"],
    "ix_messages_offender_id_sent_at": ["offender_id", "sent_at"],
    "ix_messages_state_claimed_at": ["state", "claimed_at"],
}


def _words(name: str, choices: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*choices, name=name, native_enum=False, create_constraint=True, length=40)


def _columns(purposes: tuple[str, ...], reasons: tuple[str, ...]) -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offender_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", _words("purpose", purposes), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("personalisation", sa.LargeBinary(), nullable=False),
        sa.Column("posted_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("send_before", Moment(), nullable=False),
        sa.Column("state", _words("messagestate", STATES), nullable=False),
        sa.Column("channel", _words("channel", ("sms", "email")), nullable=True),
        sa.Column("held_because", _words("held", reasons), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_at", Moment(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("notify_id", sa.Uuid(), nullable=True),
        sa.Column("notify_status", sa.String(length=40), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("failure", sa.String(length=120), nullable=True),
    ]


def _new_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("service", _words("notifyservice", SERVICES), nullable=False, server_default="plain"),
        sa.Column("arm", _words("arm", ARMS), nullable=True),
        sa.Column("wording", sa.String(length=120), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("asks_at", Moment(), nullable=True),
        sa.Column("contact_index", sa.LargeBinary(), nullable=True),
        sa.Column("instead_of", sa.Uuid(), nullable=True),
        sa.Column("falls_back_at", Moment(), nullable=True),
    ]


def _make_anew(columns: list[sa.Column[Any]], kept: list[str], indexes: dict[str, list[str]]) -> None:
    """SQLite changes no constraint of a table that is there: a new one takes its rows."""
    for name in {**INDEXES, **NEW_INDEXES}:
        op.execute(f"DROP INDEX IF EXISTS {name}")
    op.rename_table("messages", "messages_before")
    op.create_table(
        "messages",
        *columns,
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id")),
        sa.ForeignKeyConstraint(["offender_id"], ["offenders.id"], name=op.f("fk_messages_offender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
        sa.UniqueConstraint("notify_id", name=op.f("uq_messages_notify_id")),
    )
    names = ", ".join(kept)
    op.execute(f"INSERT INTO messages ({names}) SELECT {names} FROM messages_before")  # noqa: S608 - our own names
    op.drop_table("messages_before")
    for name, on in indexes.items():
        op.create_index(op.f(name), "messages", on, unique=False)


def _allow(purposes: tuple[str, ...], reasons: tuple[str, ...]) -> None:
    """PostgreSQL: let these words into the columns, and no others."""
    for name, column, words in (("purpose", "purpose", purposes), ("held", "held_because", reasons)):
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages", type_="check")
        op.create_check_constraint(op.f(f"ck_messages_{name}"), "messages", sa.column(column).in_(words))


def upgrade() -> None:
    purposes, reasons = PURPOSES + NEW_PURPOSES, REASONS + NEW_REASONS
    kept = [column.name for column in _columns(purposes, reasons)]
    if op.get_context().dialect.name == "sqlite":
        _make_anew([*_columns(purposes, reasons), *_new_columns()], kept, INDEXES | NEW_INDEXES)
    else:
        for column in _new_columns():
            op.add_column("messages", column)
        _allow(purposes, reasons)
        for name, on in NEW_INDEXES.items():
            op.create_index(op.f(name), "messages", on, unique=False)
    messages = sa.table("messages", sa.column("asks_at"), sa.column("settled_at"), sa.column("state"))
    op.execute(messages.update().where(messages.c.state == "accepted").values(asks_at=messages.c.settled_at))
    _make_tables()


def downgrade() -> None:
    for table in ("send_rates", "brakes", "replies", "arm_tallies", "stopped_contacts", "contact_rules"):
        op.drop_table(table)
    messages = sa.table("messages", sa.column("purpose"), sa.column("held_because"))
    op.execute(messages.delete().where(messages.c.purpose.in_(NEW_PURPOSES)))
    op.execute(
        messages.update().where(messages.c.held_because.in_(NEW_REASONS)).values(held_because="not_needed")
    )
    kept = [column.name for column in _columns(PURPOSES, REASONS)]
    if op.get_context().dialect.name == "sqlite":
        _make_anew(_columns(PURPOSES, REASONS), kept, INDEXES)
    else:
        for name in NEW_INDEXES:
            op.drop_index(op.f(name), table_name="messages")
        _allow(PURPOSES, REASONS)
        for column in reversed(_new_columns()):
            op.drop_column("messages", column.name)


def _make_tables() -> None:
    op.create_table(
        "contact_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("sms", "email", name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("is_discreet", sa.Boolean(), nullable=False),
        sa.Column(
            "times",
            sa.Enum(
                "any",
                "morning",
                "afternoon",
                "evening",
                name="times",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("in_custody", sa.Boolean(), nullable=False),
        sa.Column("opted_out", sa.String(length=60), nullable=False),
        sa.Column(
            "arm",
            sa.Enum(
                "plain",
                "plan",
                "consequence",
                "cost",
                name="arm",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["id"], ["offenders.id"], name=op.f("fk_contact_rules_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_rules")),
    )
    op.create_table(
        "stopped_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("sms", "email", name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("contact_index", sa.LargeBinary(), nullable=False),
        sa.Column(
            "fault",
            sa.Enum(
                "not_in_use",
                "refused",
                "wrong_person",
                name="fault",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stopped_contacts")),
        sa.UniqueConstraint("contact_index", name=op.f("uq_stopped_contacts_contact_index")),
    )
    op.create_table(
        "arm_tallies",
        sa.Column("force", sa.String(length=2), nullable=False),
        sa.Column(
            "arm",
            sa.Enum(
                "plain",
                "plan",
                "consequence",
                "cost",
                name="arm",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("force", "arm", name=op.f("pk_arm_tallies")),
    )
    op.create_table(
        "replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("came_at", Moment(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("offender_id", sa.Uuid(), nullable=True),
        sa.Column(
            "meaning",
            sa.Enum(
                "yes",
                "change",
                "next",
                "help",
                "here",
                "stop",
                "start",
                "wrong_person",
                "unclear",
                name="meaning",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["offender_id"], ["offenders.id"], name=op.f("fk_replies_offender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
    )
    op.create_index(op.f("ix_replies_number_index"), "replies", ["number_index"], unique=False)
    op.create_index(op.f("ix_replies_offender_id"), "replies", ["offender_id"], unique=False)
    op.create_index("ix_replies_taken_at_came_at", "replies", ["taken_at", "came_at"], unique=False)
    op.create_table(
        "brakes",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_brakes")),
    )
    op.create_table(
        "send_rates",
        sa.Column(
            "service",
            sa.Enum(
                "plain", "neutral", name="notifyservice", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("next_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_send_rates")),
    )
