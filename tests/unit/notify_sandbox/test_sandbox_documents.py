"""A file by email is checked, and becomes a link."""

from base64 import b64encode
from uuid import uuid4

import pytest

from portal.notify_sandbox import documents
from portal.notify_sandbox.errors import ApiError

UNSURE = (
    "confirm_email_before_download Unsupported value for confirm_email_before_download: yes. "
    "Use a boolean true or false value."
)
PERIOD = (
    "retention_period Unsupported value for retention_period: {}. Supported periods are from 1 to 78 weeks."
)


def a_file(content=b"%PDF-1.4", **more) -> dict[str, object]:
    return {"file": b64encode(content).decode(), **more}


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({}, None),
        (
            {
                "filename": None,
                "retention_period": None,
                "confirm_email_before_download": None,
                "is_csv": None,
            },
            None,
        ),
        ({"filename": "a.pdf", "retention_period": "1 week", "confirm_email_before_download": False}, None),
        ({"retention_period": "78 weeks"}, None),
        ({"is_csv": True}, None),
        ({"filename": "a"}, "filename `filename` must end with a file extension. For example, filename.csv"),
        ({"retention_period": "79 weeks"}, PERIOD.format("79 weeks")),
        ({"retention_period": "0 weeks"}, PERIOD.format("0 weeks")),
        ({"retention_period": 3}, PERIOD.format(3)),
        (
            {"confirm_email_before_download": "yes"},
            UNSURE,
        ),
        ({"is_csv": True, "filename": "a.csv"}, "Do not set a value for `is_csv` if `filename` is set."),
        ({"colour": 1}, "personalisation Additional properties are not allowed (colour was unexpected)"),
    ],
)
def test_what_is_said_of_a_file_is_checked(more, problem):
    assert list(documents.problems({"a": a_file(**more), "b": "text", "c": {}})) == (
        [problem] if problem else []
    )


def test_a_file_becomes_a_link():
    link = documents.uploaded(a_file(filename="a.CSV"), service_id=uuid4())

    assert link.startswith("https://documents.notify.example/d/")


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (a_file(filename="a" * 97 + ".pdf"), "`filename` cannot be longer than 100 characters"),
        (a_file(filename="a.exe"), "Unsupported file type '.exe'. Supported types are: .pdf, .csv, .txt"),
        (a_file(b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"), "File did not pass the virus scan"),
        ({"file": "no base64"}, "Document is not base64 encoded"),
    ],
)
def test_a_file_that_is_not_taken(file, message):
    with pytest.raises(ApiError) as refusal:
        documents.uploaded(file, service_id=uuid4())

    assert (refusal.value.status, refusal.value.name) == (400, "BadRequestError")
    assert refusal.value.messages[0].startswith(message)
