"""A visit by the way that everybody takes."""


async def test_an_offender_gets_in_by_link_and_code(visitor, offender, case, appointment):
    page = await visitor.sign_in(offender)

    assert (page.status, page.path) == (200, "/")
    assert page.title == "What you need to do - Amends"


async def test_staff_get_in_by_password_and_authenticator(visitor, member, case):
    page = await visitor.sign_in_as_staff(member)

    assert (page.status, page.path) == (200, "/staff/cases")
    assert page.text("h1") == "Cases"
