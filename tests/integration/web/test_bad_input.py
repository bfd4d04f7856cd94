"""Whatever is sent, the answer is a page that says what to do, and never a crash."""

import json
import logging
import time
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

from tests.records import records_of
from tests.visitor import FROM_OUR_PAGE, Visitor

FORM = FROM_OUR_PAGE | {"Content-Type": "application/x-www-form-urlencoded"}
BYTES = {
    "NUL": b"%00",
    "raw NUL": b"\x00",
    "CRLF": b"%0D%0ASet-Cookie:%20a=b",
    "raw CRLF": b"\r\nSet-Cookie: a=b",
    "lone surrogate": b"%ED%A0%80",
    "invalid UTF-8": b"%FF%FE",
    "raw invalid UTF-8": b"\xff\xfe",
    "overlong": b"%C0%AF",
    "half a percent": b"%",
    "line separator": "\u2028\x1b[31m".encode(),
    "right to left": "\u202eabc".encode(),
    "emoji": "\U0001f469\u200d\U0001f9b0".encode(),
    "template": b"{{7*7}}((code))",
    "formula": b"=cmd|'/c calc'!A1",
    "SQL": b"' OR '1'='1' --",
    "many digits": b"9" * 6000,
    "long": b"x" * 20_000,
}
PERSONAL = ("Morwenna", "Trelawny", "Brannigan", "Gooseberry")


async def refusals(visitor: Visitor, path: str, fields: str) -> None:
    """Send every strange value in every field; the page must be a whole one, and say nothing of inside."""
    token = quote_plus(visitor.page.token if visitor.page else "").encode()
    for name, value in BYTES.items():
        for field in fields.split():
            body = b"csrf=" + token + b"&" + field.encode() + b"=" + value
            page = await visitor.ask("POST", path, content=body, headers=FORM)

            assert page.status in (303, 400, 403, 404, 409, 422, 429), (name, field, page)
            assert page.is_whole or page.location
            assert "set-cookie" not in page.headers


async def test_strange_bytes_in_the_forms_of_the_way_in(visitor, offender):
    link = await visitor.link_of(offender)
    await visitor.ask_for_code(link)
    await refusals(visitor, "/code", "code other csrf")


async def test_strange_bytes_in_the_forms_of_an_offender(offender_visitor, case, appointment):
    await offender_visitor.open("/")
    before = await records_of(offender_visitor.database)

    await refusals(offender_visitor, f"/cases/{case.id}/read", "version csrf")

    assert await records_of(offender_visitor.database) == before


async def test_strange_bytes_in_the_forms_of_staff(visitor, member):
    await visitor.open("/staff/sign-in")
    await refusals(visitor, "/staff/sign-in", "email password csrf")
    await visitor.give_password(member)
    await refusals(visitor, "/staff/sign-in/code", "code csrf")


async def test_names_and_values_repeated_or_without_end_are_refused(offender_visitor, case):
    token = quote_plus(offender_visitor.page.token).encode()
    bodies = {
        "twice": b"csrf=" + token + b"&version=1&version=1",
        "two tokens": b"csrf=" + token + b"&csrf=" + token + b"&version=1",
        "10,000 fields": b"csrf=" + token + b"".join(b"&%d=" % number for number in range(10_000)),
        "100,000 empty": b"&" * 60_000,
        "brackets": b"csrf=" + token + b"&version[]=1&version[a]=2",
    }
    for name, body in bodies.items():
        begun = time.process_time()
        page = await offender_visitor.ask("POST", f"/cases/{case.id}/read", content=body, headers=FORM)

        assert page.status in (303, 400, 403, 409), (name, page)
        assert time.process_time() - begun < 1, name


async def test_large_bodies_are_refused_at_the_limit(visitor, offender):
    link = await visitor.link_of(offender)
    page = await visitor.open(link)
    token = quote_plus(page.token).encode()

    async def in_parts() -> Any:
        for _ in range(100):
            yield b"x" * 10_000

    over = await visitor.ask("POST", link, content=b"x" * (64 * 1024 + 1), headers=FORM)
    streamed = await visitor.ask("POST", link, content=in_parts(), headers=FORM)
    filled = b"csrf=" + token + b"&rest="
    within = await visitor.ask("POST", link, content=filled + b"x" * (64 * 1024 - len(filled)), headers=FORM)

    assert (over.status, streamed.status, within.status) == (413, 413, 303)
    assert over.text("h1") == streamed.text("h1") == "That is too large"


async def test_files_and_broken_parts_are_refused(visitor, offender):
    link = await visitor.link_of(offender)
    await visitor.open(link)
    for boundary, body in (("x", b"--x"), ("x", b"{"), ("", b"--x"), ("x", b"--x\r\n\r\n--x--" * 5000)):
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}".removesuffix("; boundary=")}
        page = await visitor.ask("POST", link, content=body, headers=FROM_OUR_PAGE | kind)
        assert page.status in (400, 403, 413), (boundary, body[:20])


async def test_strange_addresses_and_headers_have_their_page(offender_visitor, staff_visitor):
    for path in (
        "/a/%00",
        "/a/%ED%A0%80",
        "/a/..%2F..%2Fetc%2Fpasswd",
        "/%00",
        "/..%2f",
        "/appointments/1",
        "/appointments/%00",
        f"/appointments/{uuid4()}/confirm",
        "/cases/x/read",
        "/?language=%00",
        "/?language=cy&language=en",
        "/?language=" + "x" * 4000,
        "/?%ED%A0%80=%FF",
        "/help?x=%0d%0aSet-Cookie:a=b",
        "//evil.example/",
        "/static/built/..%2Fbuild.mjs",
        "/staff/cases?after=x",
        "/staff/cases?after=2026-11-23_",
        f"/staff/cases?after=9999-99-99_{uuid4()}",
        f"/staff/cases?after=0001-01-01_{uuid4()}",
        "/staff/cases?after=%00_%00",
        "/staff/cases?after=" + "9" * 5000,
        "/staff/cases?after=a&after=b",
        "/staff/cases/%00",
    ):
        for visitor in (offender_visitor, staff_visitor):
            page = await visitor.open(path)
            assert page.status in (200, 303, 400, 404, 405), (path, page)
            assert "evil.example" not in (page.location or "")
    for name in ("Cookie", "Accept-Language", "Accept-Encoding", "Origin", "X-Forwarded-For", "Content-Type"):
        for value in (
            b"\xff\xfe",
            b"\x00".hex().encode(),
            b"=;=;,,;q=",
            b"x" * 8000,
            b"__Host-offender=\xff",
        ):
            page = await offender_visitor.ask("GET", "/help", headers=[(name.encode(), value)])
            assert page.status == 200, (name, value[:20])


async def test_a_redirect_never_leads_to_another_site(visitor, offender):
    for target in ("//evil.example", "/\\evil.example", "https:evil.example", "%2f%2fevil.example"):
        for name in ("next", "return", "url", "redirect"):
            page = await visitor.open(f"/?{name}={target}", headers={"Host": "evil.example"})
            assert page.location == "/signed-out"


# What errors tell


async def test_a_crash_tells_nothing_on_the_page_or_in_the_log(
    offender_visitor, monkeypatch, caplog, appointment
):
    secret = "Morwenna lives at 3 Lavender Row"

    def breaks(*given: Any, **named: Any) -> Any:
        raise ValueError(secret)

    monkeypatch.setattr("portal.offender.appointments.page", breaks)
    with caplog.at_level(logging.DEBUG):
        page = await offender_visitor.open(f"/appointments/{appointment.id}")

    assert page.status == 500
    assert page.text("h1") == "Sorry, there is a problem with the service"
    (line,) = [record.getMessage() for record in caplog.records if record.name == "portal.errors"]
    assert line.startswith("ValueError at ")
    for told in (page.source, caplog.text):
        assert secret not in told
        assert "Traceback" not in told
    assert "ValueError" not in page.source


async def test_a_database_that_is_away_is_a_page_that_says_try_again(offender_visitor, monkeypatch, caplog):
    async def away(*given: Any, **named: Any) -> Any:
        async with offender_visitor.database.noting() as connection:
            await connection.exec_driver_sql("SELECT Morwenna FROM nowhere")

    monkeypatch.setattr("portal.storage.cases.of_offender", away)
    page = await offender_visitor.open("/")

    assert (page.status, page.headers["retry-after"]) == (503, "30")
    assert "Morwenna" not in page.source + caplog.text
    assert "nowhere" not in page.source + caplog.text


async def test_logs_hold_no_token_no_path_and_nothing_personal(
    visitor, arrive, offender, case, appointment, member, caplog
):
    with caplog.at_level(logging.DEBUG):
        link = await visitor.link_of(offender)
        await visitor.ask_for_code(link)
        code = await visitor.code_of(offender)
        await visitor.send("/code", {"code": "120 456"})
        await visitor.enter(code)
        await visitor.open(f"/appointments/{appointment.id}")
        await visitor.send(f"/appointments/{appointment.id}/confirm")
        await visitor.open("/?secret=in-the-query")
        colleague = arrive()
        await colleague.give_password(member, password="a wrong password")
        await colleague.sign_in_as_staff(member)
        await colleague.open(f"/staff/cases/{case.id}")
    canaries = (
        *(link.removeprefix("/a/"), code, "120456", "120 456", "in-the-query", "a wrong password"),
        *(str(appointment.id), str(case.id), str(offender.id), visitor.address, member.email),
        *(visitor.cookies["__Host-offender"], colleague.cookies["__Host-staff"], *PERSONAL),
    )
    lines = [record for record in caplog.records if record.name.startswith("portal")]

    assert len(lines) > 15
    assert [canary for canary in canaries for line in lines if canary in line.getMessage()] == []


async def test_the_access_log_is_one_line_of_json_a_request(visitor, caplog):
    with caplog.at_level(logging.INFO, logger="portal.access"):
        for path in ("/a/x%0d%0ay", "/no/such%0apage", "/help"):
            await visitor.open(path)
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "portal.access"]

    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/a/{token}", 200),
        ("GET", "", 404),
        ("GET", "/{name}", 200),
    ]
    assert all(line.keys() == {"at", "method", "route", "status", "ms", "request"} for line in lines)
    assert all("\n" not in record.getMessage() for record in caplog.records)
