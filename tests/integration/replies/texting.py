"""What texts in these tests answer to."""

from datetime import timedelta
from typing import Any

from portal.domain.contact_rules import Topic
from portal.domain.messages import Message, MessageState, Purpose
from tests.making import (
    a_message,
)

AN_HOUR = timedelta(hours=1)
ALL = frozenset(Topic)


def sent(offender, appointment=None, purpose=Purpose.APPOINTMENT_TOMORROW, **changes: Any) -> Message:
    """A message that the person got, an hour ago unless told otherwise."""
    given: dict[str, Any] = {
        "purpose": purpose,
        "about_id": appointment.id if appointment else None,
        "case_id": appointment.case_id if appointment else None,
        "state": MessageState.DELIVERED,
        "due_at": changes.pop("at") if "at" in changes else a_message(offender).due_at - AN_HOUR,
    }
    return a_message(offender, **given | changes)
