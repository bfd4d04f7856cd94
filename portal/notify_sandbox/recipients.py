"""Whom a message goes to: a phone number or an email address, checked and made comparable."""

import re
import string

from portal.notify_sandbox import phones
from portal.notify_sandbox.config import Channel
from portal.notify_sandbox.phones import NO_BREAK_SPACE, ZERO_WIDTH

NOT_AN_ADDRESS = "Not a valid email address"
LONGEST_ADDRESS, LONGEST_HOST, LONGEST_LABEL = 320, 253, 63

_OBSCURE = str.maketrans("", "", ZERO_WIDTH + NO_BREAK_SPACE)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([^.@][^@\s]+)")
_LABEL = re.compile(r"(xn|[a-z0-9]+)(-?-[a-z0-9]+)*", re.IGNORECASE)
_TOP_LABEL = re.compile(r"[a-z]{2,63}|xn--([a-z0-9]+-)*[a-z0-9]+", re.IGNORECASE)


class BadAddress(Exception):
    """Nobody can be written to at this address."""


def trim(recipient: str) -> str:
    """The recipient without what cannot be seen."""
    return recipient.translate(_OBSCURE).strip(string.whitespace)


def check_address(text: str) -> None:
    """Hold an email address against Notify's rules.

    Raises:
        BadAddress: if it breaks one.
    """
    address = trim(text)
    match = _ADDRESS.fullmatch(address)
    if match is None or len(address) > LONGEST_ADDRESS or ".." in address:
        raise BadAddress(NOT_AN_ADDRESS)
    try:
        host = match[1].encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadAddress(NOT_AN_ADDRESS) from error
    labels = host.split(".")
    wrong = [label for label in labels if len(label) > LONGEST_LABEL or not _LABEL.fullmatch(label)]
    if len(host) > LONGEST_HOST or len(labels) == 1 or wrong or not _TOP_LABEL.fullmatch(labels[-1]):
        raise BadAddress(NOT_AN_ADDRESS)


def comparable(channel: Channel, recipient: str) -> str:
    """The one form of a recipient, however it is written.  What is no recipient stays as it is."""
    if channel is Channel.EMAIL:
        return trim(recipient).lower()
    try:
        return phones.parse(recipient).digits
    except phones.BadNumber:
        return trim(recipient)


def any_comparable(recipient: str) -> str:
    """The one form of a recipient who may be a number or an address."""
    return comparable(Channel.EMAIL if "@" in recipient else Channel.SMS, recipient)
