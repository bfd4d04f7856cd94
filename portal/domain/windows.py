"""When a person may be written to: never at night, and only on the days and at the hours they chose."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.clock import LONDON

QUIET_FROM = time(21)
QUIET_TO = time(8)
EVERY_DAY = frozenset(range(1, 8))
"""ISO weekdays: Monday is 1."""
A_WEEK = 7
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Window:
    """Days and hours of London, within the day that ends at 21:00 and begins at 08:00.

    Raises:
        ValueError: if it never opens.
    """

    opens: time = QUIET_TO
    closes: time = QUIET_FROM
    days: Collection[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if not (
            QUIET_TO <= self.opens < self.closes <= QUIET_FROM
            and self.days
            and EVERY_DAY.issuperset(self.days)
        ):
            raise ValueError("a window must open between 08:00 and 21:00, on one day of the week at least")

    def is_open(self, moment: datetime) -> bool:
        """Whether a message may go at that moment."""
        local = moment.astimezone(LONDON)
        return local.isoweekday() in self.days and self.opens <= local.time() < self.closes

    def fit(self, hour: time) -> time:
        """The hour of a day in the window that comes nearest, with an hour left before it closes."""
        latest = (datetime.combine(date.min, self.closes) - AN_HOUR).time()
        return max(self.opens, min(hour, latest))

    def next_open(self, moment: datetime) -> datetime:
        """``moment``, or the next at which the window opens."""
        local = moment.astimezone(LONDON)
        if self.is_open(moment):
            return moment
        first = local.date() + timedelta(days=local.time() >= self.closes)
        day = next(
            day
            for day in (first + timedelta(days=ahead) for ahead in range(A_WEEK))
            if day.isoweekday() in self.days
        )
        return datetime.combine(day, self.opens, LONDON).astimezone(moment.tzinfo)


WAKING = Window()
"""For whoever chose no hours of their own."""
