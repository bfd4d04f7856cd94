"""Forms are taken from our own pages alone, in the session that the page was given to."""

import base64
from typing import Any

import pytest

from portal.web import csrf
from tests.making import a_staff_member
from tests.records import records_of
from tests.visitor import BASE_URL, FROM_OUR_PAGE, Visitor


@pytest.fixture
def confirm(appointment):
    return f"/appointments/{appointment.id}/confirm"


async def refused(visitor: Visitor, path: str, **how: Any) -> bool:
    """Whether the request was refused as forged, and changed nothing."""
    before = await records_of(visitor.database)
    page = await visitor.ask("POST", path, **how)
    assert await records_of(visitor.database) == before
    return page.status == 403 and page.text("h1") == "We could not take that"


async def test_a_form_of_our_own_page_is_taken(offender_visitor, confirm):
    await offender_visitor.open("/")

    assert (await offender_visitor.send(confirm)).status == 303


async def test_no_token_and_a_made_up_one_are_refused(offender_visitor, confirm):
    assert await refused(offender_visitor, confirm, headers=FROM_OUR_PAGE)
    for token in ("", "nonsense", "%00", "é", "A" * 86, "A" * 10_000, "AAAA" * 21 + "AA=="):
        form = {"csrf": token}
        assert await refused(offender_visitor, confirm, data=form, headers=FROM_OUR_PAGE), token


async def test_a_token_of_another_session_is_refused(arrive, offender_visitor, offender, confirm):
    same_person_elsewhere = arrive()
    page = await same_person_elsewhere.sign_in(offender)

    form = {"csrf": page.token}
    assert await refused(offender_visitor, confirm, data=form, headers=FROM_OUR_PAGE)


async def test_a_token_of_before_signing_in_is_refused(visitor, offender, confirm):
    before = (await visitor.ask_for_code(await visitor.link_of(offender))).token
    await visitor.enter(await visitor.code_of(offender))

    assert await refused(visitor, confirm, data={"csrf": before}, headers=FROM_OUR_PAGE)


async def test_a_token_of_another_surface_is_refused(offender_visitor, member, confirm):
    await offender_visitor.sign_in_as_staff(member)
    staff_token = offender_visitor.page.token

    form = {"csrf": staff_token}
    assert await refused(offender_visitor, confirm, data=form, headers=FROM_OUR_PAGE)


async def test_a_token_is_masked_anew_on_each_page(offender_visitor):
    tokens = [(await offender_visitor.open("/")).token for _ in range(10)]

    raw = [base64.urlsafe_b64decode(token) for token in tokens]
    assert len(set(tokens)) == 10
    assert all(len({token[place] for token in raw}) > 3 for place in range(64))


FROM_ELSEWHERE: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site", "Origin": BASE_URL},
    {"Sec-Fetch-Site": "same-site", "Origin": BASE_URL},
    {"Sec-Fetch-Site": "", "Origin": BASE_URL},
    {"Sec-Fetch-Site": "same-origin, cross-site", "Origin": BASE_URL},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"{BASE_URL}.evil.example"},
    {"Origin": f"{BASE_URL}:8443"},
    {"Origin": BASE_URL.replace("https", "http")},
    {"Origin": ""},
    {},
]


async def test_what_comes_from_elsewhere_is_refused(offender_visitor, confirm):
    form = {"csrf": offender_visitor.page.token}
    for said in FROM_ELSEWHERE:
        assert await refused(offender_visitor, confirm, data=form, headers=said), said


async def test_an_old_browser_says_its_origin_and_a_new_one_its_site(offender_visitor, confirm):
    form = {"csrf": offender_visitor.page.token}
    for said in ({"Origin": BASE_URL}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        assert (await offender_visitor.ask("POST", confirm, data=form, headers=said)).status == 303, said


async def test_what_no_form_sends_is_refused(offender_visitor, confirm):
    token = offender_visitor.page.token
    for media_type in ("text/plain", "application/json", "application/octet-stream", ""):
        body = f'{{"csrf": "{token}"}}' if "json" in media_type else f"csrf={token}"
        said = FROM_OUR_PAGE | {"Content-Type": media_type}
        assert await refused(offender_visitor, confirm, content=body.encode(), headers=said), media_type


async def test_a_script_of_ours_may_send_the_token_in_a_header(offender_visitor, confirm):
    said = FROM_OUR_PAGE | {csrf.HEADER: offender_visitor.page.token}

    assert (await offender_visitor.ask("POST", confirm, headers=said)).status == 303


async def test_no_method_is_smuggled_in(offender_visitor, database, appointment):
    path = f"/appointments/{appointment.id}"
    form = {"csrf": offender_visitor.page.token, "_method": "PUT"}
    before = await records_of(database)

    page = await offender_visitor.ask(
        "POST", path, data=form, headers=FROM_OUR_PAGE | {"X-HTTP-Method-Override": "GET"}
    )

    assert page.status == 405
    assert await records_of(database) == before


async def test_staff_forms_are_guarded_alike(arrive, keep):
    member = a_staff_member()
    await keep(member)
    colleague, stranger = arrive(), arrive()
    await colleague.sign_in_as_staff(member)
    theirs = (await stranger.open("/staff/sign-in")).token

    assert await refused(colleague, "/staff/sign-out", data={"csrf": theirs}, headers=FROM_OUR_PAGE)
    assert (await colleague.open("/staff/cases")).status == 200
