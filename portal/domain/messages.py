"""One text or e-mail through GOV.UK Notify, and its way there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from portal.domain.arms import Arm
from portal.domain.ids import new_id

BY_HAND = "manual"
"""The first word of the key of what staff send: ``manual:RUN:KEY``, with the key of what it replaces."""
LEASE = timedelta(seconds=35)
"""How long a send may be under way before we ask Notify whether it has it (notify.md 15.3)."""
ASK_AFTER = timedelta(minutes=30)
"""Notify is asked what became of a message when it has not said so by then (notify.md 15.8)."""
KEPT_BY_NOTIFY = timedelta(days=6)
"""Notify forgets messages after seven days; a day before that we stop asking."""
LONG_OVERDUE = timedelta(minutes=15)
"""What should have gone so long ago may have: records brought back from a backup do not know."""
MOST_TRIES = 8
ON_THE_WAY = ("created", "sending", "pending", "sent")
DELIVERED = "delivered"
NOT_IN_USE = "permanent-failure"
NOT_HANDED_OVER = "technical-failure"
FAILURES = (NOT_IN_USE, "temporary-failure", NOT_HANDED_OVER)
"""What Notify calls how far a message is (notify.md, section 11)."""
NEVER_KNOWN = "unknown"
"""What we call it when Notify has not said in all the time for which it keeps a message."""


class Channel(StrEnum):
    """How a message travels."""

    SMS = "sms"
    EMAIL = "email"

    @property
    def other(self) -> "Channel":
        """The one that is left."""
        return Channel.EMAIL if self is Channel.SMS else Channel.SMS


class NotifyService(StrEnum):
    """Which of our services of GOV.UK Notify sends it; each has a key and a sender's name of its own."""

    PLAIN = "plain"
    NEUTRAL = "neutral"
    """By its name, its words and its number nobody can tell what it is about."""


class Purpose(StrEnum):
    """Why a message is sent.  Each has a wording in every live language."""

    INVITATION = "invitation"
    CODE = "code"
    APPOINTMENT_BOOKED = "appointment_booked"
    APPOINTMENT_CONFIRMED = "appointment_confirmed"
    APPOINTMENT_IN_A_WEEK = "appointment_in_a_week"
    APPOINTMENT_TOMORROW = "appointment_tomorrow"
    APPOINTMENT_MISSED = "appointment_missed"
    CONDITION_DUE = "condition_due"
    ANSWER_NEXT = "answer_next"
    """To a text that asks what is next: the next appointment."""
    ANSWER_LEFT = "answer_left"
    """To the same where there is no appointment: what is left to do."""
    ANSWER_HELP = "answer_help"
    ANSWER_CHANGE = "answer_change"
    ANSWER_HERE = "answer_here"
    ANSWER_STOPPED = "answer_stopped"
    ANSWER_STARTED = "answer_started"
    ANSWER_PASSED_ON = "answer_passed_on"
    """To whatever only people can answer."""

    @property
    def is_answer(self) -> bool:
        """Whether it answers a text that the person sent."""
        return self.name.startswith("ANSWER_")

    @property
    def answers_the_person(self) -> bool:
        """They just asked or acted, and wait for it: it goes at once, at any hour."""
        return self.is_answer or self in (Purpose.CODE, Purpose.APPOINTMENT_CONFIRMED)

    @property
    def life(self) -> timedelta:
        """After this a message is of no use, and is not sent."""
        if self is Purpose.CODE:
            return timedelta(minutes=10)
        return timedelta(hours=12) if self.answers_the_person else timedelta(days=14)

    @property
    def has_arms(self) -> bool:
        """Whether a force can try several wordings of it against each other."""
        return self in (Purpose.APPOINTMENT_IN_A_WEEK, Purpose.APPOINTMENT_TOMORROW)


URGENT = frozenset(purpose for purpose in Purpose if purpose.answers_the_person)
"""Sent before all else: somebody waits with the phone in their hand."""
REMINDERS = frozenset(
    {
        Purpose.APPOINTMENT_IN_A_WEEK,
        Purpose.APPOINTMENT_TOMORROW,
        Purpose.APPOINTMENT_MISSED,
        Purpose.CONDITION_DUE,
    }
)
"""Planned ahead, and withdrawn when what they speak of changes."""


class MessageState(StrEnum):
    """How far a message is.  The last seven end its way."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"
    EXPIRED = "expired"
    PARKED = "parked"
    WITHDRAWN = "withdrawn"


class Held(StrEnum):
    """Why a message was not sent: recorded, and shown to staff."""

    NO_CONTACT = "no_contact"
    BAD_CONTACT = "bad_contact"
    """The number or address is not in use, or somebody else's, and there is no other."""
    SHARED_CONTACT = "shared_contact"
    OPTED_OUT = "opted_out"
    PAUSED = "paused"
    IN_CUSTODY = "in_custody"
    CASE_FINISHED = "case_finished"
    NOT_NEEDED = "not_needed"


@dataclass(eq=False, kw_only=True, repr=False)
class Message:
    """A message in the outbox.  Its id is the reference that Notify is given, at every try."""

    id: UUID = field(default_factory=new_id)
    offender_id: UUID
    case_id: UUID | None = None
    about_id: UUID | None = None
    """The appointment or the condition that it speaks of; of an answer, perhaps the case."""
    purpose: Purpose
    language: str
    key: str
    """What makes it the same message: a second one of the same key is not posted."""
    personalisation: str
    """JSON of what the wording needs; wiped once Notify has the message."""
    posted_at: datetime
    due_at: datetime
    send_before: datetime
    state: MessageState = MessageState.QUEUED
    channel: Channel | None = None
    service: NotifyService = NotifyService.PLAIN
    arm: Arm | None = None
    wording: str | None = None
    """The name of the words that were sent, and their version."""
    sent_at: datetime | None = None
    """When Notify took it."""
    contact_index: bytes | None = None
    """Which number or address it went to, as a blind index."""
    instead_of: UUID | None = None
    """The message on the other channel that did not arrive in time."""
    falls_back_at: datetime | None = None
    """When it goes by the other channel too, if by then nobody has said that it arrived."""
    held_because: Held | None = None
    tries: int = 0
    claimed_at: datetime | None = None
    asked_at: datetime | None = None
    """When a try may have reached Notify: from then on, look it up before sending again."""
    asks_at: datetime | None = None
    """When Notify, which has it, is asked what became of it."""
    notify_id: UUID | None = None
    notify_status: str | None = None
    settled_at: datetime | None = None
    failure: str | None = None
    """Notify's error name and status, never its text: that may hold a number."""

    @property
    def is_changeable(self) -> bool:
        """Whether nothing was done about it yet."""
        return self.state in (MessageState.QUEUED, MessageState.WITHDRAWN)

    @property
    def is_by_hand(self) -> bool:
        """Whether staff sent it, and no plan."""
        return self.key.startswith(f"{BY_HAND}:")

    @property
    def replaces(self) -> str:
        """The key of the reminder that it stands for: its own, but for what staff sent in its place."""
        return self.key.split(":", 2)[2] if self.is_by_hand else self.key

    @property
    def is_planned(self) -> bool:
        """Whether planning made it, and may move or withdraw it."""
        return not self.is_by_hand and self.instead_of is None

    @property
    def may_have_gone(self) -> bool:
        """Whether Notify must be asked for it before it is sent: a try ended in the dark, or it is old.

        What a worker has in hand was due when it was claimed, or a lease before.
        """
        overdue = self.claimed_at is not None and self.claimed_at - self.due_at > LONG_OVERDUE
        return self.asked_at is not None or overdue

    def accept(self, notify_id: UUID, *, at: datetime) -> None:
        """Notify has it.  What it said is wiped from our side: links and codes are in it."""
        self.notify_id, self.state, self.claimed_at = notify_id, MessageState.ACCEPTED, None
        self.personalisation, self.sent_at, self.settled_at, self.failure = "{}", at, at, None
        self.asks_at = at + ASK_AFTER

    def was_asked_after(self, *, at: datetime) -> bool:
        """Ask after it again when as much time has passed once more, until Notify forgets it.

        Returns:
            False when it is asked after no more: what became of it is never known.
        """
        age = at - (self.sent_at or at)
        if age >= KEPT_BY_NOTIFY:
            self.asks_at, self.notify_status = None, NEVER_KNOWN
            return False
        self.asks_at = at + max(age, ASK_AFTER)
        return True

    def hold(self, reason: Held, *, at: datetime) -> None:
        """It must not be sent, and staff can see why."""
        self.state, self.held_because, self.claimed_at = MessageState.HELD, reason, None
        self.personalisation, self.settled_at = "{}", at

    def expire(self, *, at: datetime) -> None:
        """Too late to be of use: it is never sent."""
        self.state, self.claimed_at, self.personalisation, self.settled_at = (
            MessageState.EXPIRED,
            None,
            "{}",
            at,
        )

    def withdraw(self, *, at: datetime) -> None:
        """What it was to say is no longer so.  It may be wanted again: see :meth:`plan`."""
        self.state, self.settled_at = MessageState.WITHDRAWN, at

    def plan(self, *, due_at: datetime, send_before: datetime) -> None:
        """It is wanted, then."""
        self.state, self.settled_at = MessageState.QUEUED, None
        self.due_at, self.send_before = due_at, send_before

    def fail(self, failure: str, *, at: datetime) -> None:
        """Notify will never take it as it is."""
        self.state, self.failure, self.claimed_at = MessageState.FAILED, failure, None
        self.personalisation, self.settled_at = "{}", at

    def retry(
        self,
        failure: str,
        *,
        due_at: datetime,
        may_have_arrived: bool,
        at: datetime,
        needs_mending: bool = True,
    ) -> None:
        """Try again later; what needs mending is parked for staff when it has been tried too often."""
        self.failure, self.claimed_at, self.due_at = failure, None, due_at
        self.asked_at = (self.asked_at or at) if may_have_arrived else None
        parks = needs_mending and self.tries >= MOST_TRIES
        self.state = MessageState.PARKED if parks else MessageState.QUEUED

    def give_back(self, *, due_at: datetime, failure: str | None = None) -> None:
        """It was claimed, and then not tried; or the try says nothing of the message itself."""
        self.state, self.claimed_at, self.due_at = MessageState.QUEUED, None, due_at
        self.tries -= 1
        self.failure = failure or self.failure

    def receive(self, status: str, *, at: datetime) -> bool:
        """News of Notify.  A final status stays; any other moves forward.  An unknown one is no news.

        Returns:
            Whether this changed anything.
        """
        is_news = status in ON_THE_WAY + FAILURES + (DELIVERED,) and status != self.notify_status
        if not is_news or self.state in (MessageState.DELIVERED, MessageState.FAILED):
            return False
        self.notify_status = status
        if status == DELIVERED:
            self.state = MessageState.DELIVERED
        elif status in FAILURES:
            self.state, self.failure = MessageState.FAILED, status
        if self.state is not MessageState.ACCEPTED:
            self.asks_at = self.falls_back_at = None
        self.settled_at = at
        return True
