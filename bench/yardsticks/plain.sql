-- The portal's tables as far as the conditions page needs them, with nothing sealed.
PRAGMA journal_mode = WAL;

CREATE TABLE sessions (
  id_hash BLOB PRIMARY KEY, person_id CHAR(32) NOT NULL, "force" VARCHAR(2) NOT NULL,
  seen_at DATETIME NOT NULL, ends_at DATETIME NOT NULL, revoked_at DATETIME
);
CREATE TABLE offenders (
  id CHAR(32) PRIMARY KEY, "force" VARCHAR(2) NOT NULL, reference VARCHAR(64) NOT NULL, first_names TEXT NOT NULL,
  last_name TEXT NOT NULL, date_of_birth DATE NOT NULL, language VARCHAR(35) NOT NULL, mobile TEXT, email TEXT,
  UNIQUE ("force", reference)
);
CREATE TABLE cases (
  id CHAR(32) PRIMARY KEY, "force" VARCHAR(2) NOT NULL, reference VARCHAR(64) NOT NULL,
  offender_id CHAR(32) NOT NULL, regime VARCHAR(40) NOT NULL, offence_code VARCHAR(10) NOT NULL,
  offence_category VARCHAR(2) NOT NULL, offence_title TEXT NOT NULL, offence_summary TEXT NOT NULL,
  committed_on DATE NOT NULL, decided_at DATETIME NOT NULL, complete_by DATE NOT NULL,
  authorised_by TEXT NOT NULL, authorised_rank VARCHAR(40) NOT NULL, authorised_collar_number VARCHAR(40) NOT NULL,
  officer_name TEXT NOT NULL, officer_collar_number VARCHAR(40) NOT NULL, officer_email TEXT NOT NULL,
  officer_phone TEXT NOT NULL, imported_at DATETIME NOT NULL, digest BLOB NOT NULL, state VARCHAR(40) NOT NULL,
  conditions_version INTEGER NOT NULL
);
CREATE INDEX ix_cases_offender_id ON cases (offender_id);
CREATE TABLE conditions (
  id CHAR(32) PRIMARY KEY, case_id CHAR(32) NOT NULL REFERENCES cases (id), reference VARCHAR(64) NOT NULL,
  position INTEGER NOT NULL, kind VARCHAR(40) NOT NULL, title TEXT NOT NULL, due_on DATE NOT NULL,
  evidence VARCHAR(40) NOT NULL, provider TEXT, hours INTEGER, amount_pence INTEGER, progress VARCHAR(40) NOT NULL,
  is_withdrawn BOOLEAN NOT NULL, UNIQUE (case_id, reference)
);
CREATE TABLE readings (
  id CHAR(32) PRIMARY KEY, case_id CHAR(32) NOT NULL REFERENCES cases (id), offender_id CHAR(32) NOT NULL,
  version INTEGER NOT NULL, read_at DATETIME NOT NULL, UNIQUE (case_id, version)
);
CREATE TABLE appointments (
  id CHAR(32) PRIMARY KEY, case_id CHAR(32) NOT NULL REFERENCES cases (id), offender_id CHAR(32) NOT NULL,
  condition_id CHAR(32), kind VARCHAR(40) NOT NULL, starts_at DATETIME NOT NULL, ends_at DATETIME NOT NULL,
  place TEXT NOT NULL, bring TEXT NOT NULL, state VARCHAR(40) NOT NULL, confirmed_at DATETIME
);
CREATE INDEX ix_appointments_offender_id_starts_at ON appointments (offender_id, starts_at);
CREATE TABLE audit_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at DATETIME NOT NULL, actor VARCHAR(40) NOT NULL, actor_id CHAR(32),
  deed VARCHAR(60) NOT NULL, logged_as VARCHAR(40) NOT NULL, "force" VARCHAR(2), case_id CHAR(32),
  record_id CHAR(32), details TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX ix_audit_events_case_id_id ON audit_events (case_id, id);
