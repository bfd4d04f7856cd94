"""The languages that we speak, and how each says days, times and sums.

English is the formal version.  A draft language has no reviewer's sign-off yet: it is marked
on the page, and a force can switch it off.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType

from babel.dates import format_date, format_time

from portal.clock import LONDON

NOON = 12


@dataclass(frozen=True)
class Language:
    """A language with a catalogue."""

    code: str
    own_name: str
    direction: str = "ltr"
    is_draft: bool = False
    """Whether nobody has signed its catalogue off, as the catalogue's head says."""
    day_pattern: str = "full"
    short_pattern: str = "medium"
    noon: str = ""
    midnight: str = ""
    """What 12 o'clock is called, where times are told as in English."""

    def day(self, day: date | datetime) -> str:
        """As in "Tuesday 8 December 2026", of London where it is a moment."""
        return _formatted(_local_day(day), self.day_pattern, self.code)

    def short_day(self, day: date | datetime) -> str:
        """As in "Tue 8 Dec", for texts."""
        return _formatted(_local_day(day), self.short_pattern, self.code)

    def time(self, moment: datetime) -> str:
        """As in "2pm", "2:30pm" or "midday" (MoJ style guide: 12 hours, on probation), of London."""
        local = moment.astimezone(LONDON)
        if not self.noon:
            return str(format_time(local, "short", tzinfo=LONDON, locale=self.code))
        half, hour = divmod(local.hour, NOON)
        if hour == local.minute == 0:
            return (self.midnight, self.noon)[half]
        minutes = f":{local.minute:02}" if local.minute else ""
        return f"{hour or NOON}{minutes}{('am', 'pm')[half]}"

    def money(self, pence: int) -> str:
        """As in "£30" or "£17.50"."""
        pounds, rest = divmod(pence, 100)
        return f"£{pounds:,}" + (f".{rest:02}" if rest else "")


@lru_cache(maxsize=2048)
def _formatted(day: date, pattern: str, code: str) -> str:
    """Babel takes its time over a day, and a page names the same few again and again."""
    return str(format_date(day, pattern, locale=code))


def _local_day(day: date | datetime) -> date:
    return day.astimezone(LONDON).date() if isinstance(day, datetime) else day


ENGLISH = Language(
    "en",
    "English",
    day_pattern="EEEE d MMMM y",
    short_pattern="EEE d MMM",
    noon="midday",
    midnight="midnight",
)
WELSH = Language(
    "cy",
    "Cymraeg",
    is_draft=True,
    day_pattern="EEEE d MMMM y",
    short_pattern="EEE d MMM",
    noon="hanner dydd",
    midnight="hanner nos",
)
LANGUAGES = MappingProxyType({language.code: language for language in (ENGLISH, WELSH)})


def spoken(tag: str) -> Language:
    """The language we have for a person's BCP 47 tag: their own, or English."""
    return LANGUAGES.get(tag.split("-", maxsplit=1)[0].lower(), ENGLISH)
