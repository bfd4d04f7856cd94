"""What people write is shown as they wrote it, on every page that shows it, and never runs."""

from tests.making import a_case, a_condition, a_staff_member, an_appointment, an_offender
from tests.visitor import Page

PAYLOADS = (
    "<script>window.__x=1</script>",
    "<img src=x onerror=window.__x=1>",
    '"><svg/onload=window.__x=1>',
    "' onfocus=window.__x=1 autofocus x='",
    "</title></textarea><script>window.__x=1</script>",
    "{{777*777}}{% raw %}${777*777}",
    "javascript:window.__x=1",
    "&lt;script&gt;&#60;script&#62;",
)


def runs(page: Page) -> bool:
    """Whether anything on the page would run that we did not put there."""
    written = [
        script for script in page.tree.iter("script") if not script.get("src", "").startswith("/static/")
    ]
    attributes = [name for element in page.tree.iter() for name in element.attrib if name.startswith("on")]
    links = [link for link in page.tree.cssselect("a") if link.get("href", "").startswith("javascript:")]
    return bool(
        written or attributes or links or page.has("svg") or page.has("img") or "603729" in page.text()
    )


async def test_nothing_that_was_stored_runs(arrive, keep):
    for payload in PAYLOADS:
        offender = an_offender(first_names=payload, last_name=payload)
        names = ("offence_title", "authorised_by", "officer_name", "officer_email", "officer_phone")
        case = a_case(offender, force="42", reference=payload, **dict.fromkeys(names, payload))
        other = a_case(offender, force="42")
        appointment = an_appointment(case, place=payload, bring=payload)
        member = a_staff_member()
        condition = a_condition(case, title=payload, provider=payload)
        await keep(offender, case, other, condition, appointment, member)
        person, colleague = arrive(), arrive()

        pages = [
            await person.sign_in(offender),
            await person.open(f"/appointments/{appointment.id}"),
            await colleague.sign_in_as_staff(member),
            await colleague.open(f"/staff/cases/{case.id}"),
        ]

        for page in pages:
            assert page.status == 200, (payload, page)
            assert not runs(page), (payload, page)
        assert pages[0].texts(".govuk-summary-card h3") == [payload]
        assert pages[1].texts("dd")[2:] == [payload, payload]
        assert pages[3].text("h1 bdi") == f"{payload} {payload}"


async def test_nothing_that_was_just_sent_runs(visitor, offender):
    await visitor.ask_for_code(await visitor.link_of(offender))
    for payload in PAYLOADS:
        code = await visitor.send("/code", {"code": payload})
        staff = await visitor.open("/staff/sign-in")
        staff = await visitor.send("/staff/sign-in", {"email": payload})
        await visitor.open("/code")

        assert code.attribute("#code", "value") == payload
        assert staff.attribute("#email", "value") == payload
        assert not runs(code)
        assert not runs(staff)


async def test_nothing_in_an_address_runs(visitor):
    for payload in PAYLOADS:
        for path in ("/a/{}", "/{}", "/help?language={}", "/?{}={}", "/staff/cases?after={}"):
            page = await visitor.open(path.replace("{}", payload.replace("/", "%2F").replace("?", "%3F")))
            assert not (page.is_whole and runs(page)), (path, payload)
            assert payload not in page.source
            assert payload not in str(page.headers)
