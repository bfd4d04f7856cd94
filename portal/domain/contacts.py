"""How people are reached, and how what they are called is written: one form for each.

Numbers are kept as E.164 and shown as people here write them.  Names keep every
letter, accent, apostrophe and hyphen.  No error here repeats what was given: it
may be logged, and what was given is somebody's.
"""

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from portal.errors import PortalError

_BRITISH = re.compile(r"(?:(?:\+|00)?440?|0)?([1-9][0-9]{8,9})")
_BRITISH_MOBILE = re.compile(r"7(?:[1-57-9][0-9]{8}|624[0-9]{6})")
_BRITISH_LANDLINE = re.compile(r"[18][0-9]{8,9}|[23][0-9]{9}|5[56][0-9]{8}")
_SEPARATORS = re.compile(r"[\s().\-‐‑–/]+")  # noqa: RUF001 (a dash is what people type)
_EXTENSION = re.compile(r"(.+?)\s*,?\s*(?:ext|extn|extension|x)\.?\s*([0-9]{1,8})", re.IGNORECASE)
_SHORT_CODE = re.compile(r"1[0-9]{2,5}")
_LONGEST_NUMBER = 40
_NO_MOBILE_ABROAD = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)

# What GOV.UK Notify sends to.  We keep no address that it would refuse.
_ADDRESS = re.compile(r"([a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@([^.@\s][^@\s]*)")
_HOST_PART = re.compile(r"(?:xn|[a-z0-9]+)(?:-?-[a-z0-9]+)*")
_TOP_LEVEL = re.compile(r"[a-z]{2,63}|xn--(?:[a-z0-9]+-)*[a-z0-9]+")
_LONGEST_ADDRESS = 320
_LONGEST_HOST = 253
_LONGEST_HOST_PART = 63

# Characters that show nothing, or change how their neighbours show: controls, marks of
# direction, halves of characters and non-characters.  The joiners that Persian and Indian
# names need (U+200C, U+200D) are not among them.
_UNSEEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_NOT_IN_PROSE = re.compile(f"[{_UNSEEN}]")
_NOT_ON_A_LINE = re.compile(f"[{_UNSEEN}\t\n]")


class UnusableContact(PortalError):
    """Nobody could be reached this way."""


class NotAPhoneNumber(UnusableContact):
    """No telephone has this number."""

    def __init__(self) -> None:
        super().__init__("not a phone number: write it like 07700 900123 or +48 512 345 678")


class NotAMobile(UnusableContact):
    """A number, but one that takes no text messages."""

    def __init__(self) -> None:
        super().__init__("not a mobile number: a number that takes no texts is a landline")


class NotALandline(UnusableContact):
    """A number, but a mobile one."""

    def __init__(self) -> None:
        super().__init__("a mobile number, not a landline: give it as the mobile")


class CostsExtra(UnusableContact):
    """A premium number, which we neither ring nor show."""

    def __init__(self) -> None:
        super().__init__("a premium-rate number: give one that costs nothing extra")


class NotAnEmailAddress(UnusableContact):
    """Nothing could be sent to this."""

    def __init__(self) -> None:
        super().__init__("not an email address: write it like name@mail.example")


class UnseenCharacters(PortalError):
    """The text holds control characters, or others that nobody sees."""

    def __init__(self) -> None:
        super().__init__("control characters, or others that nobody sees: type the text again")


def mobile(given: str) -> str:
    """A number that takes texts, as E.164.

    Raises:
        UnusableContact: if it is no number, or takes no texts.
    """
    number = _e164(given)
    if not _is_mobile(number):
        raise NotAMobile
    return number


def landline(given: str) -> str:
    """A number to ring that takes no texts, as E.164.

    Raises:
        UnusableContact: if it is no number, or a mobile one.
    """
    number = _e164(given)
    if number.startswith("+44") and _is_mobile(number):
        raise NotALandline
    return number


def phone(given: str) -> str:
    """A number to ring for somebody at work: E.164 or a short code such as 101, with any extension.

    Raises:
        UnusableContact: if it is no number.
    """
    with_extension = _EXTENSION.fullmatch(given.strip()[: _LONGEST_NUMBER + 1])
    number, extension = with_extension.groups() if with_extension else (given, "")
    short = _SEPARATORS.sub("", number)
    number = short if _SHORT_CODE.fullmatch(short) else _e164(number)
    return f"{number} ext {extension}" if extension else number


def national_form(number: str) -> str:
    """A kept number as people here write it; one from abroad as they must dial it."""
    bare, _, extension = number.partition(" ext ")
    if bare.startswith("+"):
        parsed = phonenumbers.parse(bare)
        at_home = parsed.country_code == 44  # noqa: PLR2004 (the country code of +44)
        form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
        bare = phonenumbers.format_number(parsed, form)
    return f"{bare} ext {extension}" if extension else bare


def email(given: str) -> str:
    """An address in its one form: the host in small letters, the rest as given.

    Raises:
        NotAnEmailAddress: if GOV.UK Notify would not send to it.
    """
    address = unicodedata.normalize("NFC", given.strip())
    match = _ADDRESS.fullmatch(address)
    if match is None or ".." in address or len(address) > _LONGEST_ADDRESS or not _is_host(match[2].lower()):
        raise NotAnEmailAddress
    return f"{match[1]}@{match[2].lower()}"


def line(given: str) -> str:
    """Text on one line, in NFC, without the space around it.

    Raises:
        UnseenCharacters: if it holds what nobody sees, or breaks the line.
    """
    if given.isascii() and given.isprintable():
        return given.strip()
    if _NOT_ON_A_LINE.search(given):
        raise UnseenCharacters
    return unicodedata.normalize("NFC", given.strip())


def prose(given: str) -> str:
    """Text that may run over several lines, in NFC, without the space around it.

    Raises:
        UnseenCharacters: if it holds what nobody sees.
    """
    given = given.replace("\r\n", "\n")
    if _NOT_IN_PROSE.search(given):
        raise UnseenCharacters
    return unicodedata.normalize("NFC", given.strip())


def _e164(given: str) -> str:
    if len(given) > _LONGEST_NUMBER:
        raise NotAPhoneNumber
    plain = _SEPARATORS.sub("", given)
    if british := _BRITISH.fullmatch(plain):
        return _british(british[1])
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", plain) or plain.startswith("+44"):
        raise NotAPhoneNumber
    return _from_abroad(plain)


def _british(national: str) -> str:
    if national.startswith("9"):
        raise CostsExtra
    if not (_BRITISH_MOBILE.fullmatch(national) or _BRITISH_LANDLINE.fullmatch(national)):
        raise NotAPhoneNumber
    return "+44" + national


def _from_abroad(plain: str) -> str:
    try:
        number = phonenumbers.parse(plain)
    except phonenumbers.NumberParseException:
        raise NotAPhoneNumber from None
    if not phonenumbers.is_possible_number(number):
        raise NotAPhoneNumber
    if phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE:
        raise CostsExtra
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _is_mobile(number: str) -> bool:
    if number.startswith("+44"):
        return _BRITISH_MOBILE.fullmatch(number, 3) is not None
    return phonenumbers.number_type(phonenumbers.parse(number)) not in _NO_MOBILE_ABROAD


@lru_cache(maxsize=4096)
def _is_host(host: str) -> bool:
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    parts = host.split(".")
    return (
        len(parts) > 1
        and len(host) <= _LONGEST_HOST
        and all(len(part) <= _LONGEST_HOST_PART and _HOST_PART.fullmatch(part) for part in parts)
        and _TOP_LEVEL.fullmatch(parts[-1]) is not None
    )
