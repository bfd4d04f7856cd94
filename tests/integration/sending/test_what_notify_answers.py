"""Every answer of Notify, through its real client, is read as what it means for the message."""

import datetime as dt
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from portal.domain.deliveries import (
    Accepted,
    ChannelIsOff,
    CourierIsAway,
    CourierIsBusy,
    CourierStopped,
    DayIsFull,
    Delayed,
    Refused,
)
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.notify import client
from portal.notify.template_ids import TemplateIds, sandbox_id, template_ids
from portal.notify.wordings import Wording
from portal.notify_sandbox.faults import Kind, On
from tests.integration.notify_sandbox.servers import a_free_port, until
from tests.integration.sending.post_offices import BASE_URL, a_letter, a_number

PLAIN = NotifyService.PLAIN
CODE = Wording(Purpose.CODE, Channel.SMS, "en")
UNREADABLE = "an answer we cannot read"


@pytest.fixture(params=["text", "e-mail"])
def to(request) -> str:
    return a_number() if request.param == "text" else f"{uuid4().hex}@post.example"


def test_what_is_taken_says_what_the_wording_says_under_our_own_reference(post_office, to):
    letter = a_letter(to, purpose=Purpose.INVITATION)

    outcome = post_office.courier().deliver(letter)

    [taken] = post_office.taken(letter.message.id)
    assert outcome == Accepted(notify_id=UUID(taken["id"]))
    assert taken["reference"] == str(letter.message.id)
    assert taken["phone_number" if letter.channel is Channel.SMS else "email_address"] == to
    assert f"{BASE_URL}/a/tokentokentokentokenaa" in taken["body"]
    assert "Morwenna" in taken["body"]
    assert "01632 960417" in taken["body"]


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "is your security code"), ("cy", "yw eich cod diogelwch"), ("pl", "is your")],
)
def test_it_is_in_the_language_of_the_person_or_in_english(post_office, to, language, word):
    letter = a_letter(to, language=language)

    post_office.courier().deliver(letter)

    assert word in post_office.taken(letter.message.id)[0]["body"]


def test_a_force_that_allows_no_drafts_sends_english(post_office, to):
    letter = a_letter(to, language="cy")

    post_office.courier(drafts=lambda force: force != "42").deliver(letter)

    assert "is your security code" in post_office.taken(letter.message.id)[0]["body"]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_last_line_of_a_code_binds_it_to_our_domain(post_office, language):
    """So that a phone offers the code on our page, and on no other."""
    letter = a_letter(a_number(), language=language)

    post_office.courier(base_url="https://portal.example:8443").deliver(letter)

    *_, last = post_office.taken(letter.message.id)[0]["body"].splitlines()
    assert last == "@portal.example #482915"


# What is wrong with the message, its template or its recipient

TOO_LONG = '{"starts_at": "2026-12-01T10:00:00+00:00", "phone": "101", "place": "' + "x" * 900 + '"}'
REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("not a number", "+4477", {}, "400 ValidationError"),
    ("a number of nobody's", "+449011111111", {}, "400 ValidationError"),
    ("not an address", "somebody@nowhere", {}, "400 ValidationError"),
    ("a landline", "+442079460640", {}, "400 InvalidPhoneError"),
]
NEEDS_MENDING: list[tuple[str, str, str, dict[str, Any]]] = [
    ("abroad", "at home", "+33612345678", {}),
    ("missing words", "", "", {"personalisation": "{}"}),
    ("more asked for", "asking more", "", {}),
    ("no template", "without templates", "", {}),
    ("deleted template", "deleted", "", {}),
    ("too long", "", "", {"purpose": Purpose.APPOINTMENT_CONFIRMED, "personalisation": TOO_LONG}),
    ("team only", "team only", "", {}),
    ("on trial", "on trial", "", {}),
]


@pytest.mark.parametrize(
    ("to", "changes", "failure"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_contact_that_is_no_good_is_refused_for_good(post_office, to, changes, failure):
    assert post_office.courier().deliver(a_letter(to, **changes)) == Refused(failure)


@pytest.mark.parametrize(
    ("key", "to", "changes"), [row[1:] for row in NEEDS_MENDING], ids=[row[0] for row in NEEDS_MENDING]
)
def test_a_fault_of_ours_waits_to_be_mended(post_office, key, to, changes):
    letter = a_letter(to or a_number(), **changes)

    outcome = post_office.courier(key).deliver(letter)

    assert outcome == Delayed("400 BadRequestError", needs_mending=True)
    assert post_office.taken(letter.message.id) == []


def test_a_service_that_may_send_no_texts_is_told_from_a_fault_of_the_wording(post_office):
    courier = post_office.courier("without texts")

    assert courier.deliver(a_letter(a_number())) == ChannelIsOff("400 BadRequestError")
    assert isinstance(courier.deliver(a_letter("morwenna@post.example")), Accepted)


def test_a_template_of_the_other_channel_waits_to_be_mended(post_office):
    ids = dict(template_ids(None).shared)
    ids["code.sms.en"] = ids["code.email.en"]

    outcome = post_office.courier(templates=TemplateIds(ids)).deliver(a_letter(a_number()))

    assert outcome == Delayed("400 BadRequestError", needs_mending=True)


# What is wrong with us


@pytest.mark.parametrize(
    "key", ["archived", "revoked", f"stranger-{uuid4()}-{uuid4()}"], ids=["archived", "revoked", "unknown"]
)
@pytest.mark.parametrize("ask", ["deliver", "find", "status", "templates"])
def test_a_key_that_opens_nothing_stops_everything(post_office, key, ask):
    courier = post_office.courier(key)
    calls = {
        "deliver": lambda: courier.deliver(a_letter(a_number())),
        "find": lambda: courier.find(uuid4(), PLAIN),
        "status": lambda: courier.status(uuid4(), PLAIN),
        "templates": lambda: courier.templates(PLAIN),
    }

    with pytest.raises(CourierStopped, match=r"^403 AuthError$"):
        calls[ask]()


def test_a_clock_that_is_wrong_stops_everything(post_office, monkeypatch):
    a_minute_ago = "notifications_python_client.authentication.epoch_seconds"
    monkeypatch.setattr(a_minute_ago, lambda: 1_700_000_000)

    with pytest.raises(CourierStopped, match=r"^403 AuthError$"):
        post_office.courier().deliver(a_letter(a_number()))


def test_going_too_fast_is_told_from_the_end_of_the_days_messages(post_office):
    with pytest.raises(CourierIsBusy, match=r"^429 RateLimitError$"):
        post_office.courier("throttled").deliver(a_letter(a_number()))

    outcome = post_office.courier("full for the day").deliver(a_letter(a_number()))
    assert outcome == DayIsFull("429 TooManyRequestsError")


# What nobody can know


UNKNOWN = [
    (Kind.ERROR, "500 OperationalError"),
    (Kind.BAD_GATEWAY, "502 no name"),
    (Kind.UNAVAILABLE, "503 no name"),
    (Kind.TIMEOUT, "504 SoftEventletTimeout"),
    (Kind.NOT_FOUND, "404 no name"),
    (Kind.NOT_JSON, UNREADABLE),
    (Kind.CUT_OFF, "no answer"),
    (Kind.HANG, "no answer"),
]


@pytest.fixture
def impatient(monkeypatch):
    """A client that waits less long than people must."""
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.3)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("stored", [True, False], ids=["stored", "lost"])
@pytest.mark.parametrize(("kind", "failure"), UNKNOWN, ids=[kind.value for kind, _ in UNKNOWN])
def test_an_answer_that_says_nothing_may_mean_anything(post_office, kind, failure, stored):
    courier, letter = post_office.courier(), a_letter(a_number())
    post_office.fails(kind, stored=stored)

    assert courier.deliver(letter) == Delayed(failure, may_have_arrived=True)

    taken = post_office.taken(letter.message.id)
    assert len(taken) == stored
    assert courier.find(letter.message.id, PLAIN) == (Accepted(UUID(taken[0]["id"])) if stored else None)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", [kind for kind, _ in UNKNOWN if kind is not Kind.NOT_FOUND], ids=str)
def test_a_question_that_is_not_answered_is_asked_again_later(post_office, kind):
    courier = post_office.courier()
    post_office.fails(kind, on=On.READS, times=3)

    with pytest.raises(CourierIsAway):
        courier.find(uuid4(), PLAIN)
    with pytest.raises(CourierIsAway):
        courier.status(uuid4(), PLAIN)
    with pytest.raises(CourierIsAway):
        courier.templates(PLAIN)


def test_a_404_says_nothing_about_whether_a_message_was_taken(post_office):
    """In one incident Notify's front end gave them at random (notify.md, section 14)."""
    post_office.fails(Kind.NOT_FOUND, on=On.READS)

    with pytest.raises(CourierIsAway):
        post_office.courier().find(uuid4(), PLAIN)


def test_what_notify_does_not_know_has_no_status(post_office):
    assert post_office.courier().status(uuid4(), PLAIN) is None


@pytest.mark.parametrize("service", ["without templates", "deleted"])
def test_only_templates_that_could_be_sent_are_there(post_office, service):
    assert sandbox_id(CODE) in post_office.courier().templates(PLAIN)
    assert post_office.courier(service).templates(PLAIN) == {}


def test_the_status_is_what_notify_says(post_office):
    courier = post_office.courier()
    outcome = courier.deliver(a_letter(a_number()))
    assert isinstance(outcome, Accepted)

    until(lambda: courier.status(outcome.notify_id, PLAIN) == "delivered")


def test_nobody_waits_longer_than_ten_seconds(post_office):
    assert client.TIMEOUT_SECONDS <= 10
    assert post_office.courier().client_of().timeout == client.TIMEOUT_SECONDS


def test_where_nobody_listens_nothing_was_sent(post_office):
    courier = post_office.courier(address=f"http://127.0.0.1:{a_free_port()}")

    assert courier.deliver(a_letter(a_number())) == Delayed("no connection")
    with pytest.raises(CourierIsAway):
        courier.find(uuid4(), PLAIN)


def test_a_name_that_leads_nowhere_is_no_connection_either(post_office):
    courier = post_office.courier(address="http://notify.invalid")

    assert courier.deliver(a_letter(a_number())) == Delayed("no connection")


def test_a_certificate_that_nobody_vouches_for_gets_no_message(post_office, tmp_path):
    """Case 12 of the security design: a server that is not Notify learns nothing."""
    with an_impostor(tmp_path) as (address, heard):
        outcome = post_office.courier(address=address).deliver(a_letter(a_number()))

    assert isinstance(outcome, Delayed)
    assert heard == []


@contextmanager
def an_impostor(folder: Path) -> Iterator[tuple[str, list[bytes]]]:
    """A server with a certificate of its own making, and whatever it could read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(a_certificate(folder))
    heard: list[bytes] = []
    listener = socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()

    def listen() -> None:
        connection, _ = listener.accept()
        with connection, suppress(ssl.SSLError):
            heard.append(context.wrap_socket(connection, server_side=True).read())

    thread = Thread(target=listen)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}", heard
    finally:
        thread.join()
        listener.close()


def a_certificate(folder: Path) -> Path:
    """Made by ourselves for ourselves, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    began = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + dt.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return file
