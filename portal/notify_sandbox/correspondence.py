"""Who was written to, and what was said: the sandbox's messages as the people at the other end have them."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.notify_sandbox import phones, recipients
from portal.notify_sandbox.config import Channel, SandboxService
from portal.notify_sandbox.records import Notification, ReceivedText
from portal.notify_sandbox.sandbox import Sandbox

PAGE = 50

_EVERYBODY = """
SELECT who, channel, max(at) AS last_at, count(*) AS number FROM (
    SELECT comparable AS who, type AS channel, created_at AS at FROM notifications
    UNION ALL SELECT user_number, 'sms', created_at FROM received_texts)
GROUP BY who, channel ORDER BY last_at DESC, who LIMIT :limit OFFSET :skipped
"""
_WITH_ONE = """
SELECT came_in, seq FROM (
    SELECT 0 AS came_in, seq, created_at FROM notifications WHERE comparable = :who
    UNION ALL SELECT 1, seq, created_at FROM received_texts WHERE user_number = :who)
ORDER BY created_at DESC, came_in DESC, seq DESC LIMIT :limit OFFSET :skipped
"""


@dataclass(frozen=True)
class Recipient:
    """A phone or a mailbox."""

    comparable: str
    is_phone: bool

    @classmethod
    def written(cls, text: str) -> "Recipient":
        """The recipient that somebody means by a number or an address."""
        return cls(recipients.any_comparable(text), "@" not in text)

    @property
    def name(self) -> str:
        return phones.as_dialled(self.comparable) if self.is_phone else self.comparable


@dataclass(frozen=True)
class Thread:
    """A recipient in the list of all, with the latest that was said."""

    recipient: Recipient
    last_at: str
    number: int
    latest: Notification | ReceivedText

    @property
    def preview(self) -> str:
        if isinstance(self.latest, ReceivedText):
            return self.latest.content
        return self.latest.subject or self.latest.sent_text


def everybody(sandbox: Sandbox, page: int) -> tuple[list[Thread], bool]:
    """A page of all recipients, those with the newest message first, and whether there is another."""
    rows = sandbox.state.connection.execute(_EVERYBODY, _window(page)).fetchall()
    threads = []
    for row in rows[:PAGE]:
        recipient = Recipient(row["who"], row["channel"] == Channel.SMS)
        [latest], _ = with_one(sandbox, recipient, 1, size=1)
        threads.append(Thread(recipient, row["last_at"], row["number"], latest))
    return threads, len(rows) > PAGE


def with_one(
    sandbox: Sandbox, recipient: Recipient, page: int, *, size: int = PAGE
) -> tuple[list[Notification | ReceivedText], bool]:
    """A page of what was said to a recipient and by them, newest first, and whether there is another."""
    connection = sandbox.state.connection
    rows = connection.execute(_WITH_ONE, _window(page, size) | {"who": recipient.comparable}).fetchall()
    said: list[Notification | ReceivedText] = []
    for row in rows[:size]:
        table, kind = ("received_texts", ReceivedText) if row["came_in"] else ("notifications", Notification)
        query = f"SELECT * FROM {table} WHERE seq = ?"  # noqa: S608 our own words
        said.append(kind(**connection.execute(query, (row["seq"],)).fetchone()))
    return said, len(rows) > size


def services_in(sandbox: Sandbox, said: list[Notification | ReceivedText]) -> Mapping[str, SandboxService]:
    """The services that a recipient knows, the one that was last heard of first; all, if they know none."""
    every = {str(service.id): service for service in sandbox.config.services}
    known = dict.fromkeys(message.service_id for message in said if message.service_id in every)
    return {service_id: every[service_id] for service_id in known} or every


def _window(page: int, size: int = PAGE) -> dict[str, int]:
    """One more than is shown, to know whether there is another page."""
    return {"limit": size + 1, "skipped": (page - 1) * size}
