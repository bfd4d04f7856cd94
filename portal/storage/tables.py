"""The schema at a glance.  ``LargeBinary`` named like a domain attribute is sealed (see keys)."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from portal.domain.appointments import AppointmentKind, AppointmentState
from portal.domain.audit import Actor, LoggedAs
from portal.domain.cases import CaseState
from portal.domain.conditions import ConditionKind, EvidenceKind, Progress
from portal.domain.regimes import Regime
from portal.domain.staff import Role
from portal.domain.victims import SafeChannel, VictimKind
from portal.storage.columns import Document, Moment, Serial, words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
VICTIM_SCHEMA = "victim"
"""Victims' records lie apart: a schema on PostgreSQL, an authorizer's fence on SQLite."""

offences = Table(
    "offences",
    metadata,
    Column("code", String(10), primary_key=True),
    Column("category", String(2), nullable=False),
    Column("title", Text, nullable=False),
    Column("recordable", Boolean, nullable=False),
)

offenders = Table(
    "offenders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("force", String(2), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("first_names", LargeBinary, nullable=False),
    Column("last_name", LargeBinary, nullable=False),
    Column("date_of_birth", LargeBinary, nullable=False),
    Column("identity_index", LargeBinary, nullable=False, index=True),
    Column("language", String(35), nullable=False),
    Column("sex", String(1), nullable=False),
    Column("mobile", LargeBinary),
    Column("mobile_index", LargeBinary, index=True),
    Column("landline", LargeBinary),
    Column("email", LargeBinary),
    Column("email_index", LargeBinary, index=True),
    Column("ethnicity", String(2)),
    Column("needs", LargeBinary, nullable=False),
    Column("adjustments", LargeBinary, nullable=False),
    UniqueConstraint("force", "reference"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("force", String(2), nullable=False),
    Column("reference", String(64), nullable=False, index=True),
    Column("offender_id", ForeignKey(offenders.c.id), nullable=False, index=True),
    Column("regime", words(Regime), nullable=False),
    Column("offence_code", String(10), nullable=False),
    Column("offence_category", String(2), nullable=False),
    Column("offence_title", LargeBinary, nullable=False),
    Column("offence_summary", LargeBinary, nullable=False),
    Column("committed_on", Date, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("complete_by", Date, nullable=False),
    Column("authorised_by", LargeBinary, nullable=False),
    Column("authorised_rank", String(40), nullable=False),
    Column("authorised_collar_number", String(40), nullable=False),
    Column("officer_name", LargeBinary, nullable=False),
    Column("officer_collar_number", String(40), nullable=False),
    Column("officer_email", LargeBinary, nullable=False),
    Column("officer_phone", LargeBinary, nullable=False),
    Column("imported_at", Moment, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("state", words(CaseState), nullable=False),
    Column("conditions_version", Integer, nullable=False),
    UniqueConstraint("force", "reference"),
    Index("ix_cases_force_complete_by_id", "force", "complete_by", "id"),
)

conditions = Table(
    "conditions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", ForeignKey(cases.c.id), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", words(ConditionKind), nullable=False),
    Column("title", LargeBinary, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("evidence", words(EvidenceKind), nullable=False),
    Column("provider", Text),
    Column("hours", Integer),
    Column("amount_pence", Integer),
    Column("progress", words(Progress), nullable=False),
    Column("is_withdrawn", Boolean, nullable=False),
    UniqueConstraint("case_id", "reference"),
)

readings = Table(
    "readings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", ForeignKey(cases.c.id), nullable=False),
    Column("offender_id", ForeignKey(offenders.c.id), nullable=False),
    Column("version", Integer, nullable=False),
    Column("read_at", Moment, nullable=False),
    UniqueConstraint("case_id", "version"),
)

victims = Table(
    "victims",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", ForeignKey(cases.c.id), nullable=False),
    Column("force", String(2), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("kind", words(VictimKind), nullable=False),
    Column("first_names", LargeBinary, nullable=False),
    Column("last_name", LargeBinary, nullable=False),
    Column("business_name", LargeBinary, nullable=False),
    Column("date_of_birth", LargeBinary),
    Column("language", String(35), nullable=False),
    Column("sex", String(1), nullable=False),
    Column("mobile", LargeBinary),
    Column("mobile_index", LargeBinary, index=True),
    Column("landline", LargeBinary),
    Column("email", LargeBinary),
    Column("email_index", LargeBinary, index=True),
    Column("wants_updates", Boolean, nullable=False),
    Column("domestic_abuse", Boolean, nullable=False),
    Column("enhanced_rights", LargeBinary, nullable=False),
    Column("safe_channel", words(SafeChannel)),
    Column("safe_days", String(40), nullable=False),
    Column("safe_from", String(5), nullable=False),
    Column("safe_to", String(5), nullable=False),
    Column("safe_confirmed_by", LargeBinary, nullable=False),
    Column("is_withdrawn", Boolean, nullable=False),
    UniqueConstraint("case_id", "reference"),
    schema=VICTIM_SCHEMA,
)

appointments = Table(
    "appointments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", ForeignKey(cases.c.id), nullable=False, index=True),
    Column("offender_id", ForeignKey(offenders.c.id), nullable=False),
    Column("condition_id", ForeignKey(conditions.c.id)),
    Column("kind", words(AppointmentKind), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("booked_at", Moment, nullable=False),
    Column("place", LargeBinary, nullable=False),
    Column("bring", LargeBinary, nullable=False),
    Column("state", words(AppointmentState), nullable=False),
    Column("confirmed_at", Moment),
    Column("arrived_at", Moment),
    Index("ix_appointments_offender_id_starts_at", "offender_id", "starts_at"),
)

links = Table(
    "links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("offender_id", ForeignKey(offenders.c.id), nullable=False, index=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("message_id", Uuid),
)

codes = Table(
    "codes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("offender_id", ForeignKey(offenders.c.id), nullable=False, index=True),
    Column("browser_hash", LargeBinary, nullable=False, index=True),
    Column("code_hash", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("spent_at", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", LargeBinary, primary_key=True),
    Column("surface", String(10), nullable=False),
    Column("person_id", Uuid, index=True),
    Column("stage", String(10), nullable=False),
    Column("claim_id", Uuid),
    Column("force", String(2)),
    Column("begun_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

limits = Table(
    "limits",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),
    Column("window_ends_at", Moment, nullable=False, index=True),
    Column("count", Integer, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("force", String(2), nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("email", LargeBinary, nullable=False),
    Column("email_index", LargeBinary, nullable=False, unique=True),
    Column("role", words(Role), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("totp_secret", LargeBinary, nullable=False),
    Column("totp_used_step", Integer, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("actor", words(Actor), nullable=False),
    Column("actor_id", Uuid),
    Column("deed", String(60), nullable=False),
    Column("logged_as", words(LoggedAs), nullable=False),
    Column("force", String(2)),
    Column("case_id", Uuid),
    Column("record_id", Uuid),
    Column("details", Document, nullable=False, server_default=text("'{}'")),
    Index("ix_audit_events_case_id_id", "case_id", "id"),
)

VICTIM_TABLES = frozenset({victims.name})
