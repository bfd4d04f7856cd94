"""A secret is good for its own purpose, and at every other door it is nothing."""

from tests.records import records_of
from tests.visitor import FROM_OUR_PAGE


async def test_no_secret_opens_another_door(
    arrive, offender_visitor, staff_visitor, offender, member, case, settings, database
):
    link = (await offender_visitor.link_of(offender)).removeprefix("/a/")
    secrets = {
        "a link": link,
        "an offender's session": offender_visitor.cookies["__Host-offender"],
        "a colleague's session": staff_visitor.cookies["__Host-staff"],
        "a form's token": (await offender_visitor.open("/")).token,
        "a staff form's token": (await staff_visitor.open("/staff/cases")).token,
        "Notify's token": settings.notify_callback_token,
        "an authenticator's code": staff_visitor.totp_of(member),
    }
    doors = {"offender": ("/", "/signed-out"), "staff": ("/staff/cases", "/staff/sign-in")}
    before = await records_of(database)

    for name, secret in secrets.items():
        for surface, (home, way_in) in doors.items():
            if name != {"offender": "an offender's session", "staff": "a colleague's session"}[surface]:
                visitor = arrive()
                visitor.client.cookies.set(f"__Host-{surface}", secret, domain="portal.test", path="/")
                assert (await visitor.open(home)).location == way_in, (name, surface)
        if name != "Notify's token":
            bearer = {"Authorization": f"Bearer {secret}"}
            for page in ("receipts", "received-texts"):
                answer = await arrive().ask("POST", f"/api/notify/{page}", content=b"{}", headers=bearer)
                assert answer.status == 403, (name, page)
        if name != "a form's token":
            path, form = f"/cases/{case.id}/read", {"csrf": secret, "version": "1"}
            page = await offender_visitor.ask("POST", path, data=form, headers=FROM_OUR_PAGE)
            assert page.status == 403, name
    assert await records_of(database) == before


async def test_only_a_link_sends_a_code(arrive, offender_visitor, staff_visitor, database):
    before = (await records_of(database))["codes"]

    for secret in (offender_visitor.cookies["__Host-offender"], staff_visitor.cookies["__Host-staff"]):
        await arrive().ask_for_code(f"/a/{secret}")

    assert (await records_of(database))["codes"] == before
