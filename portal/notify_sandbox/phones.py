"""Phone numbers, judged as Notify judges them: leniently, and with the same slips."""

import re
import string
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

ZERO_WIDTH = "\u180e\u200b\u200c\u200d\u2060\ufeff"
NO_BREAK_SPACE = "\u00a0"

NOT_A_UK_MOBILE = "Not a UK mobile number"
TOO_SHORT = "Not enough digits"
TOO_LONG = "Too many digits"
IMPOSSIBLE = "Number is not valid – double check the phone number you entered"  # noqa: RUF001
UNKNOWN_CHARACTER = "Must not contain letters or symbols"
UNKNOWN_COUNTRY = "Not a valid country prefix"

UK = 44
_MAY_APPEAR = frozenset(string.digits + "()-+" + string.whitespace + ZERO_WIDTH + NO_BREAK_SPACE)
_LANDLINES = {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UAN}
_ALLOWED = _LANDLINES | {PhoneNumberType.MOBILE, PhoneNumberType.PERSONAL_NUMBER}
_NOWHERE = {800, 808, 870, 878, 881, 882, 883, 888, 979}
"""Codes of satellites and shared services, which are no country and have no price."""
_ON_TELEVISION = re.compile(r"7700\d")
"""Ofcom keeps 07700 900000 to 900999 for drama.  Notify means those and takes more."""
_WHY = {
    ValidationResult.TOO_LONG: TOO_LONG,
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: TOO_SHORT,
    ValidationResult.INVALID_COUNTRY_CODE: UNKNOWN_COUNTRY,
}


class BadNumber(Exception):
    """Nobody can be texted at this number; the message says why."""


@dataclass(frozen=True)
class Phone:
    """A number that could be texted, permissions aside."""

    digits: str
    """The number as the networks want it: country code first, no plus."""
    country: int
    landline: bool
    abroad: bool
    """Whether it is outside Great Britain and Northern Ireland.  The Channel Islands and Man are."""

    @property
    def foreign(self) -> bool:
        return self.country != UK

    @property
    def rate_multiplier(self) -> float:
        """How many times the domestic price a text costs.  Elsewhere it is taken at its dearest."""
        if self.foreign:
            return 10.0
        return 2.0 if self.abroad else 1.0


@lru_cache(maxsize=10_000)
def parse(text: str) -> Phone:
    """Read a number as people write it.

    Raises:
        BadNumber: if it is none.
    """
    try:
        number = _read(text)
    except BadNumber:
        number = _read(text.replace("+", "").lstrip("0"))
    country = number.country_code or 0
    if country in _NOWHERE:
        raise BadNumber(UNKNOWN_COUNTRY)
    region = phonenumbers.region_code_for_number(number)
    return Phone(
        digits=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:],
        country=country,
        landline=country == UK and phonenumbers.number_type(number) in _LANDLINES,
        abroad=region != "GB" and not _is_on_television(number),
    )


def as_dialled(digits: str) -> str:
    """The digits of a number as people write it here; what is no number stays as it is."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except NumberParseException:
        return digits
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        number, form.NATIONAL if number.country_code == UK else form.INTERNATIONAL
    )


def _read(text: str) -> phonenumbers.PhoneNumber:
    if set(text) - _MAY_APPEAR:
        raise BadNumber(UNKNOWN_CHARACTER)
    if not text:
        raise BadNumber(TOO_SHORT)
    try:
        number = phonenumbers.parse(text, "GB")
    except NumberParseException as error:
        raise BadNumber(IMPOSSIBLE) from error
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE:
        abroad = _read_as_foreign(text)
        if abroad is None:
            raise BadNumber(_WHY.get(reason, IMPOSSIBLE))
        number = abroad
    if not _is_good(number) and not _is_on_television(number):
        raise BadNumber(IMPOSSIBLE)
    return number


def _read_as_foreign(text: str) -> phonenumbers.PhoneNumber | None:
    """The number with the plus that a spreadsheet may have eaten."""
    try:
        number = phonenumbers.parse(f"+{text}")
    except NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _is_good(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in _ALLOWED


def _is_on_television(number: phonenumbers.PhoneNumber) -> bool:
    return bool(_ON_TELEVISION.match(str(number.national_number)))
