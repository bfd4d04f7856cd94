"""The sandbox's memory: a SQLite file that outlives the process that writes it."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from portal.notify_sandbox.records import Call, Filters, Notification, ReceivedText

_TABLES = """
CREATE TABLE IF NOT EXISTS notifications (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, service_id TEXT NOT NULL,
    key_type TEXT NOT NULL, type TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,
    comparable TEXT NOT NULL,
    reference TEXT, template_id TEXT NOT NULL, template_version INTEGER NOT NULL,
    template_name TEXT NOT NULL, subject TEXT, body TEXT NOT NULL, sent_text TEXT NOT NULL,
    unsubscribe_url TEXT, created_at TEXT NOT NULL, sent_at TEXT NOT NULL, completed_at TEXT NOT NULL,
    handed_over TEXT NOT NULL, outcome TEXT NOT NULL, fragments INTEGER NOT NULL, multiplier REAL NOT NULL);
CREATE INDEX IF NOT EXISTS notifications_by_reference ON notifications (reference);
CREATE INDEX IF NOT EXISTS notifications_by_recipient ON notifications (comparable);
CREATE TABLE IF NOT EXISTS received_texts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, service_id TEXT NOT NULL,
    created_at TEXT NOT NULL, notify_number TEXT NOT NULL, user_number TEXT NOT NULL, content TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS received_texts_by_phone ON received_texts (user_number);
CREATE TABLE IF NOT EXISTS calls (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, service_id TEXT NOT NULL, url TEXT NOT NULL, token TEXT,
    payload TEXT NOT NULL, due_at TEXT NOT NULL, tries INTEGER NOT NULL, outcome TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS calls_by_due ON calls (due_at) WHERE outcome = 'waiting';
CREATE TABLE IF NOT EXISTS accepted (
    service_id TEXT NOT NULL, day TEXT NOT NULL, channel TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (service_id, day, channel));
"""
_VERSION = 2
"""Of these tables.  A file that an older sandbox wrote is begun anew."""
_FORGET = "".join(
    f"DROP TABLE IF EXISTS {table};" for table in ("notifications", "received_texts", "calls", "accepted")
)
_CONDITIONS = {
    "service_id": "service_id = :service_id",
    "key_type": "key_type = :key_type",
    "statuses": "CASE WHEN completed_at <= :now THEN outcome WHEN sent_at <= :now THEN handed_over "
    "ELSE 'created' END IN (SELECT value FROM json_each(:statuses))",
    "types": "type IN (SELECT value FROM json_each(:types))",
    "reference": "reference = :reference",
    "comparable": "comparable = :comparable",
    "older_than": "seq < (SELECT seq FROM notifications WHERE id = :older_than)",
    "before": "seq < :before",
    "since": "created_at >= :since",
}


Record = Notification | ReceivedText | Call


def _inserting(table: str, kind: type[Record]) -> tuple[str, Callable[[Record], Sequence[object]]]:
    """How to keep a record, all but the number that the database gives it."""
    names = [each.name for each in fields(kind) if each.name != "seq"]
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", attrgetter(*names)  # noqa: S608 our own words


_INSERTS = {
    kind: _inserting(table, kind)
    for table, kind in (("notifications", Notification), ("received_texts", ReceivedText), ("calls", Call))
}

_DUE = (
    "SELECT * FROM calls WHERE outcome = 'waiting' AND due_at <= ? "
    "AND seq NOT IN (SELECT value FROM json_each(?))"
)
_DUE_OLDEST_FIRST = f"{_DUE} ORDER BY due_at, seq LIMIT ?"
_DUE_NEWEST_FIRST = f"{_DUE} ORDER BY due_at DESC, seq DESC LIMIT ?"


class State:
    """All that was accepted.  Each method is one whole transaction, quick enough to wait for."""

    def __init__(self, path: Path | None = None) -> None:
        self.connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("PRAGMA busy_timeout = 5000")
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute(
            "PRAGMA synchronous = OFF"
        )  # the file outlives a killed process, not a power cut
        self._begin()

    def _begin(self) -> None:
        [version] = self.connection.execute("PRAGMA user_version").fetchone()
        if version != _VERSION:
            self.connection.executescript(f"{_FORGET} PRAGMA user_version = {_VERSION}")
        self.connection.executescript(_TABLES)

    def close(self) -> None:
        self.connection.close()

    def keep(self, notification: Notification, calls: Iterable[Call], *, counted_as: Iterable[str]) -> None:
        """Keep a message and the callbacks that will follow it, and count it."""
        with self._transaction():
            self._insert(notification)
            for call in calls:
                self._insert(call)
            for channel in counted_as:
                self.connection.execute(
                    "INSERT INTO accepted VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET number = number + 1",
                    (notification.service_id, notification.created_at[:10], channel),
                )

    def accepted_on(self, day: str, *, service_id: str, channel: str) -> int:
        """How many of a service's messages count towards its limit for a day."""
        query = "SELECT number FROM accepted WHERE service_id = ? AND day = ? AND channel = ?"
        row = self.connection.execute(query, (service_id, day, channel)).fetchone()
        return row["number"] if row else 0

    def notification(self, notification_id: str, *, service_id: str, since: str) -> Notification | None:
        query = "SELECT * FROM notifications WHERE id = ? AND service_id = ? AND created_at >= ?"
        row = self.connection.execute(query, (notification_id, service_id, since)).fetchone()
        return Notification(**row) if row else None

    def notifications(self, filters: Filters, *, now: str, limit: int) -> list[Notification]:
        """The newest that pass the filters, newest first."""
        where, values = _where(filters, now)
        query = f"SELECT * FROM notifications WHERE {where} ORDER BY seq DESC LIMIT :limit"  # noqa: S608 our own words
        rows = self.connection.execute(query, values | {"limit": limit})
        return [Notification(**row) for row in rows]

    def count(self, filters: Filters, *, now: str) -> int:
        where, values = _where(filters, now)
        query = f"SELECT count(*) FROM notifications WHERE {where}"  # noqa: S608 our own words
        number: int = self.connection.execute(query, values).fetchone()[0]
        return number

    def receive(self, text: ReceivedText, calls: Iterable[Call]) -> None:
        """Keep a text that came in and the callback that passes it on."""
        with self._transaction():
            self._insert(text)
            for call in calls:
                self._insert(call)

    def received_texts(
        self, service_id: str, *, older_than: str | None, since: str, limit: int
    ) -> list[ReceivedText]:
        """The newest that a service received, newest first."""
        query = (
            "SELECT * FROM received_texts WHERE service_id = :service_id AND created_at >= :since AND "
            "(:older_than IS NULL OR seq < (SELECT seq FROM received_texts WHERE id = :older_than)) "
            "ORDER BY seq DESC LIMIT :limit"
        )
        values = {"service_id": service_id, "since": since, "older_than": older_than, "limit": limit}
        return [ReceivedText(**row) for row in self.connection.execute(query, values)]

    def calls_due(
        self, now: str, besides: Sequence[int], *, limit: int, newest_first: bool = False
    ) -> list[Call]:
        """The callbacks whose time has come, besides those already being made."""
        query = _DUE_NEWEST_FIRST if newest_first else _DUE_OLDEST_FIRST
        rows = self.connection.execute(query, (now, json.dumps(besides), limit))
        return [Call(**row) for row in rows]

    def answered(self, call: Call, outcome: str, *, again_at: str | None = None) -> None:
        """Note how a callback went, and when it is to be made again."""
        self.connection.execute(
            "UPDATE calls SET tries = tries + 1, outcome = ?, due_at = ? WHERE seq = ?",
            (outcome if again_at is None else "waiting", again_at or call.due_at, call.seq),
        )

    def calls(self) -> list[Call]:
        """Every callback made or waiting, oldest first."""
        return [Call(**row) for row in self.connection.execute("SELECT * FROM calls ORDER BY seq")]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def _insert(self, record: Record) -> None:
        statement, values_of = _INSERTS[type(record)]
        self.connection.execute(statement, values_of(record))


def _where(filters: Filters, now: str) -> tuple[str, dict[str, Any]]:
    given = filters.given()
    clauses = [_CONDITIONS[name] for name in given]
    values = {name: json.dumps(value) if _is_list(value) else value for name, value in given.items()}
    return " AND ".join(clauses) or "true", values | {"now": now}


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)
