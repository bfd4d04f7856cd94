"""Files by email: a value that is a file becomes a link to it.  Nothing is kept of the file."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from secrets import token_urlsafe
from uuid import UUID, uuid4

from portal.notify_sandbox.errors import bad_request

LONGEST_NAME, MOST_WEEKS = 100, 78
TYPES = ("pdf", "csv", "txt", "json", "doc", "docx", "xlsx", "odt", "rtf", "jpg", "jpeg", "png")
DOWNLOADS = "https://documents.notify.example/d"
VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
"""Part of the harmless file that every scanner takes for a virus."""

_FIELDS = {"file", "filename", "confirm_email_before_download", "retention_period", "is_csv"}
_PERIOD = re.compile(r"([1-9]\d?) weeks?")
_EXTENSION = re.compile(r".*\.\w+", re.DOTALL)

Document = Mapping[str, object]


def is_document(value: object) -> bool:
    return isinstance(value, dict) and "file" in value


def problems(personalisation: Mapping[str, object]) -> Iterable[str]:
    """What is wrong with the files among the values, in Notify's words."""
    for value in personalisation.values():
        if isinstance(value, dict) and is_document(value):
            yield from _problems(value)


def _problems(document: Document) -> Iterable[str]:
    name, confirmed = document.get("filename"), document.get("confirm_email_before_download")
    period = document.get("retention_period")
    if name is not None and not _EXTENSION.fullmatch(str(name)):
        yield "filename `filename` must end with a file extension. For example, filename.csv"
    if confirmed is not None and not isinstance(confirmed, bool):
        yield (
            "confirm_email_before_download Unsupported value for confirm_email_before_download: "
            f"{confirmed}. Use a boolean true or false value."
        )
    if period is not None and not _is_a_period(period):
        yield (
            f"retention_period Unsupported value for retention_period: {period}. "
            f"Supported periods are from 1 to {MOST_WEEKS} weeks."
        )
    if document.get("is_csv") is not None and name is not None:
        yield "Do not set a value for `is_csv` if `filename` is set."
    if extra := sorted(document.keys() - _FIELDS):
        were = "was" if len(extra) == 1 else "were"
        yield f"personalisation Additional properties are not allowed ({', '.join(extra)} {were} unexpected)"


def _is_a_period(text: object) -> bool:
    match = _PERIOD.fullmatch(str(text))
    return match is not None and int(match[1]) <= MOST_WEEKS


def uploaded(document: Document, *, service_id: UUID) -> str:
    """Where a file could be downloaded.

    Raises:
        ApiError: if it is a file that Notify would not take.
    """
    name = str(document.get("filename") or "document.pdf")
    extension = name.rpartition(".")[2].lower()
    if len(name) > LONGEST_NAME:
        raise bad_request(f"`filename` cannot be longer than {LONGEST_NAME} characters")
    if extension not in TYPES:
        supported = ", ".join(f".{each}" for each in TYPES)
        raise bad_request(f"Unsupported file type '.{extension}'. Supported types are: {supported}")
    if VIRUS in _content(document):
        raise bad_request("File did not pass the virus scan")
    return f"{DOWNLOADS}/{service_id}/{uuid4()}?key={token_urlsafe(32)}"


def _content(document: Document) -> bytes:
    try:
        return base64.b64decode(str(document["file"]), validate=True)
    except binascii.Error as error:
        raise bad_request("Document is not base64 encoded") from error
