"""The tables of what is sent and what comes back; beside ``tables.py``, and like it."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    text,
)

from portal.domain.arms import Arm
from portal.domain.contact_rules import Fault, Times
from portal.domain.messages import Channel, Held, MessageState, NotifyService, Purpose
from portal.domain.replies import Meaning
from portal.domain.tasks import TaskKind
from portal.storage.columns import Moment, words
from portal.storage.tables import cases, metadata, offenders, staff

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("offender_id", ForeignKey(offenders.c.id), nullable=False, index=True),
    Column("case_id", ForeignKey(cases.c.id), index=True),
    Column("about_id", Uuid),
    Column("purpose", words(Purpose), nullable=False),
    Column("language", String(35), nullable=False),
    Column("key", String(120), nullable=False, unique=True),
    Column("personalisation", LargeBinary, nullable=False),
    Column("posted_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("send_before", Moment, nullable=False),
    Column("state", words(MessageState), nullable=False),
    Column("channel", words(Channel)),
    Column("held_because", words(Held)),
    Column("tries", Integer, nullable=False),
    Column("claimed_at", Moment),
    Column("asked_at", Moment),
    Column("asks_at", Moment, index=True),
    Column("notify_id", Uuid, unique=True),
    Column("notify_status", String(40)),
    Column("settled_at", Moment),
    Column("failure", String(120)),
    Column("service", words(NotifyService), nullable=False, server_default="plain"),
    Column("arm", words(Arm)),
    Column("wording", String(120)),
    Column("sent_at", Moment),
    Column("contact_index", LargeBinary),
    Column("instead_of", Uuid),
    Column("falls_back_at", Moment, index=True),
    Index("ix_messages_offender_id_sent_at", "offender_id", "sent_at"),
    Index("ix_messages_state_due_at", "state", "due_at"),
    Index("ix_messages_purpose_state_due_at", "purpose", "state", "due_at"),
    Index("ix_messages_state_claimed_at", "state", "claimed_at"),
)

contact_rules = Table(
    "contact_rules",
    metadata,
    Column("id", ForeignKey(offenders.c.id), primary_key=True),
    Column("channel", words(Channel)),
    Column("is_discreet", Boolean, nullable=False),
    Column("times", words(Times), nullable=False),
    Column("paused_until", Date),
    Column("in_custody", Boolean, nullable=False),
    Column("opted_out", String(60), nullable=False),
    Column("arm", words(Arm)),
)

stopped_contacts = Table(
    "stopped_contacts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("channel", words(Channel), nullable=False),
    Column("contact", LargeBinary, nullable=False),
    Column("contact_index", LargeBinary, nullable=False, unique=True),
    Column("fault", words(Fault), nullable=False),
    Column("at", Moment, nullable=False),
)

arm_tallies = Table(
    "arm_tallies",
    metadata,
    Column("force", String(2), primary_key=True),
    Column("arm", words(Arm), primary_key=True),
    Column("people", Integer, nullable=False),
)

replies = Table(
    "replies",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", LargeBinary, nullable=False),
    Column("number_index", LargeBinary, nullable=False, index=True),
    Column("content", LargeBinary, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("came_at", Moment, nullable=False),
    Column("taken_at", Moment),
    Column("offender_id", ForeignKey(offenders.c.id), index=True),
    Column("meaning", words(Meaning)),
    Index("ix_replies_taken_at_came_at", "taken_at", "came_at"),
)

brakes = Table(
    "brakes",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("reason", String(120), nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
)

send_rates = Table(
    "send_rates",
    metadata,
    Column("service", words(NotifyService), primary_key=True),
    Column("next_at", Moment, nullable=False),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("force", String(2), nullable=False),
    Column("kind", words(TaskKind), nullable=False),
    Column("key", String(120), nullable=False),
    Column("offender_id", ForeignKey(offenders.c.id), index=True),
    Column("case_id", ForeignKey(cases.c.id), index=True),
    Column("about_id", Uuid),
    Column("made_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", ForeignKey(staff.c.id)),
    Index("ix_tasks_force_done_at_made_at", "force", "done_at", "made_at"),
    Index(
        "uq_tasks_key_open",
        "key",
        unique=True,
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("force", String(2), nullable=False),
    Column("staff_id", ForeignKey(staff.c.id), nullable=False),
    Column("purpose", words(Purpose), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("people", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("told_at", Moment),
    Index("ix_runs_force_begun_at", "force", "begun_at"),
)

run_messages = Table(
    "run_messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("run_id", ForeignKey(runs.c.id), nullable=False, index=True),
    Column("message_id", ForeignKey(messages.c.id), nullable=False, unique=True),
)
