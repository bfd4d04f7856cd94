"""When a message goes by the other channel too: no news of a text is bad news if the day is near."""

from datetime import datetime, time, timedelta

from portal.clock import LONDON

PATIENCE = timedelta(hours=4)
SHORT_PATIENCE = timedelta(hours=2)
NOON = time(12)
NEXT_DAY = timedelta(days=1)
"""Notify itself gives a text up after 72 hours, which is too late for most appointments (notify.md 15.11).
Nearly all texts are delivered within minutes; a phone that is off at night is on again by then."""


def falls_back_at(sent_at: datetime, starts_at: datetime) -> datetime:
    """When a text about an appointment goes by e-mail as well, if nobody has said that it arrived.

    After two hours where the appointment is on the same day or before noon of the next, so that an
    evening's reminder is made up for on that evening; after four hours otherwise.
    """
    sent, starts = sent_at.astimezone(LONDON), starts_at.astimezone(LONDON)
    near = datetime.combine(sent.date() + NEXT_DAY, NOON, LONDON)
    return sent_at + (SHORT_PATIENCE if starts <= near else PATIENCE)
