"""Which class each table holds, and which of its attributes are kept sealed.

Domain classes are mapped imperatively: they know nothing of this.  A sealed attribute reads
and writes plain text; the row keeps only what the key ring made of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import Table, event
from sqlalchemy.orm import QueryContext, Session, registry, relationship

from portal.domain.appointments import Appointment
from portal.domain.audit import Event
from portal.domain.brakes import Brake
from portal.domain.cases import Case, Reading
from portal.domain.conditions import Condition
from portal.domain.contact_rules import ContactRules, StoppedContact
from portal.domain.links import Code, Link
from portal.domain.messages import Channel, Message
from portal.domain.offenders import Offender
from portal.domain.replies import Reply
from portal.domain.runs import Run, RunMessage
from portal.domain.staff import StaffMember
from portal.domain.tasks import Task
from portal.domain.victims import Victim
from portal.storage import message_tables, tables
from portal.storage.keys import KeyRing, place

KEYS = "keys"
"""Where a session carries its key ring (``session.info``), and each row the one that opens it."""
UNSEALED = b""
mapper = registry(metadata=tables.metadata)
_kinds: dict[Table, type] = {}
_tables: dict[type, Table] = {}
_columns: dict[type, list[str]] = {}
SEALED: dict[type, dict[str, "Sealed"]] = {}
"""The sealed attributes of every class that is kept."""
_indexes: dict[type, Mapping[str, Callable[[Any], tuple[str, str] | None]]] = {}


@dataclass(frozen=True)
class Sealed:
    """An attribute whose column holds it sealed for that very row."""

    table: Table
    name: str
    read: Callable[[str], Any]

    @cached_property
    def plain(self) -> str:
        """Where an instance keeps the opened value, beside the sealed one that it was opened from."""
        return f"plain {self.name}"

    @cached_property
    def hidden(self) -> str:
        """Where an instance keeps the sealed value."""
        return f"_{self.name}"

    def __get__(self, row: Any, owner: type | None = None) -> Any:  # noqa: ANN401 - any domain class
        """Open it, once."""
        if row is None:
            return self
        sealed = getattr(row, self.hidden)
        held = row.__dict__.get(self.plain)
        if held is None or held[0] != sealed:
            held = row.__dict__[self.plain] = sealed, self._open(row, sealed)
        return held[1]

    def __set__(self, row: Any, value: Any) -> None:  # noqa: ANN401 - any domain class
        """Keep it open until the row is flushed; then :func:`_seal_rows` seals it."""
        waiting = None if value is None else UNSEALED
        row.__dict__[self.plain] = waiting, value
        setattr(row, self.hidden, waiting)

    def _open(self, row: Any, sealed: bytes | None) -> Any:  # noqa: ANN401 - any domain class
        if sealed is None:
            return None
        return self.read(row.__dict__[KEYS].open(sealed, place(self.table.name, self.name, row.id)))

    def sealed(self, row: Any, keys: KeyRing) -> bytes | None:  # noqa: ANN401 - any domain class
        """What an instance holds, sealed if it was not yet."""
        held: tuple[bytes | None, Any] = row.__dict__[self.plain]
        sealed, value = held
        if sealed != UNSEALED:
            return sealed
        return keys.seal(str(value), place(self.table.name, self.name, row.id))

    def seal(self, row: Any, keys: KeyRing) -> None:  # noqa: ANN401 - any domain class
        """Seal what was set since the last flush."""
        if getattr(row, self.hidden) == UNSEALED:
            sealed = self.sealed(row, keys)
            row.__dict__[self.plain] = sealed, row.__dict__[self.plain][1]
            setattr(row, self.hidden, sealed)


def keep(
    kind: type,
    table: Table,
    *sealed: str,
    reading: Mapping[str, Callable[[str], Any]] | None = None,
    indexes: Mapping[str, Callable[[Any], tuple[str, str] | None]] | None = None,
) -> None:
    """Map ``kind`` to ``table``.

    Args:
        kind: the domain class.
        table: the table that holds it.
        sealed: names of the attributes that are sealed.
        reading: how to read a sealed attribute that is not text.
        indexes: for each blind index column, the kind and text that it is an index of.
    """
    hidden = {f"_{name}": table.c[name] for name in (*sealed, *(indexes or {}))}
    mapper.map_imperatively(kind, table, properties=hidden | _before(table))
    _kinds[table], _tables[kind], _columns[kind] = kind, table, list(table.columns.keys())
    SEALED[kind] = {name: Sealed(table, name, (reading or {}).get(name, str)) for name in sealed}
    _indexes[kind] = indexes or {}
    for name, attribute in SEALED[kind].items():
        setattr(kind, name, attribute)
    event.listen(kind, "load", _remember_keys)


def _before(table: Table) -> dict[str, Any]:
    """What rows point to is inserted before them: for that alone are these relationships here."""
    return {
        f"_before_{column.name}": relationship(_kinds[key.column.table], foreign_keys=[column], lazy="raise")
        for column in table.c
        for key in column.foreign_keys
    }


def _remember_keys(row: Any, context: QueryContext) -> None:  # noqa: ANN401 - any domain class
    """A row can be read after its work has ended, for instance while its message is sent."""
    row.__dict__[KEYS] = context.session.info[KEYS]


@event.listens_for(Session, "before_flush")
def _seal_rows(session: Session, context: object, instances: object) -> None:
    """Nothing personal reaches a statement unsealed."""
    for row in chain(session.new, session.dirty):
        seal_row(row, session.info[KEYS])


def seal_row(row: Any, keys: KeyRing) -> None:  # noqa: ANN401 - any domain class
    """Seal one row's attributes, and reckon its blind indexes anew."""
    row.__dict__[KEYS] = keys
    for attribute in SEALED.get(type(row), {}).values():
        attribute.seal(row, keys)
    for column, value in _reckoned(row, keys):
        if getattr(row, f"_{column}", None) != value:
            setattr(row, f"_{column}", value)


def _reckoned(row: Any, keys: KeyRing) -> Iterator[tuple[str, bytes | None]]:  # noqa: ANN401 - any domain class
    for column, indexed in _indexes.get(type(row), {}).items():
        what = indexed(row)
        yield column, keys.index(*what) if what else None


def table_of(record: object) -> Table:
    """The table that keeps such a record."""
    return _tables[type(record)]


def as_row(record: Any, keys: KeyRing) -> dict[str, Any]:  # noqa: ANN401 - any domain class
    """A new record as its row, sealed, for a statement of one's own."""
    held = record.__dict__
    row = {name: held.get(name) for name in _columns[type(record)]}
    row |= {name: attribute.sealed(record, keys) for name, attribute in SEALED[type(record)].items()}
    row.update(_reckoned(record, keys))
    return row


def identity(person: Offender | Victim) -> tuple[str, str]:
    """Two records of one name and date of birth speak of the same person."""
    name = f"{person.first_names} {person.last_name}".casefold()
    return "identity", f"{' '.join(name.split())}|{person.date_of_birth}"


def phone(number: str) -> tuple[str, str]:
    """A phone number in E.164, as the blind index knows it."""
    return "phone", number


def email(address: str) -> tuple[str, str]:
    """An e-mail address, as the blind index knows it: without regard to case."""
    return "email", address.casefold()


def contact(channel: Channel, to: str) -> tuple[str, str]:
    """A number or an address, as the blind index knows it."""
    return phone(to) if channel is Channel.SMS else email(to)


_CONTACTS = {
    "mobile_index": lambda person: phone(person.mobile) if person.mobile else None,
    "email_index": lambda person: email(person.email) if person.email else None,
}

keep(
    Offender,
    tables.offenders,
    *("first_names", "last_name", "date_of_birth", "mobile", "landline", "email", "needs", "adjustments"),
    reading={"date_of_birth": date.fromisoformat},
    indexes={**_CONTACTS, "identity_index": identity},
)
keep(
    Case,
    tables.cases,
    *("offence_title", "offence_summary", "authorised_by", "officer_name", "officer_email", "officer_phone"),
)
keep(Condition, tables.conditions, "title")
keep(Reading, tables.readings)
keep(
    Victim,
    tables.victims,
    *("first_names", "last_name", "business_name", "date_of_birth", "mobile", "landline", "email"),
    *("enhanced_rights", "safe_confirmed_by"),
    reading={"date_of_birth": date.fromisoformat},
    indexes=_CONTACTS,
)
keep(Appointment, tables.appointments, "place", "bring")
keep(Link, tables.links)
keep(Code, tables.codes)
keep(Message, message_tables.messages, "personalisation")
keep(ContactRules, message_tables.contact_rules)
keep(
    StoppedContact,
    message_tables.stopped_contacts,
    "contact",
    indexes={"contact_index": lambda stopped: contact(stopped.channel, stopped.contact)},
)
keep(Brake, message_tables.brakes)
keep(
    Reply,
    message_tables.replies,
    *("number", "content"),
    indexes={"number_index": lambda reply: phone(f"+{reply.number}")},
)
keep(
    StaffMember,
    tables.staff,
    *("name", "email", "totp_secret"),
    indexes={"email_index": lambda member: email(member.email)},
)
keep(Task, message_tables.tasks)
keep(Run, message_tables.runs)
keep(RunMessage, message_tables.run_messages)
keep(Event, tables.audit_events)
