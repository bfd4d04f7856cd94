"""Pages speak the language that a person chose, else their record's, else their browser's."""

from dataclasses import replace

import pytest

from portal.app import create_app
from portal.settings import ForceSettings
from tests.making import an_offender
from tests.visitor import TYPED, Visitor, site_of

WELSH = {"Accept-Language": "cy-GB,cy;q=0.9,en;q=0.5"}
A_DRAFT = "This translation is a draft"


async def test_a_choice_holds_on_every_page_until_another(visitor):
    chosen = await visitor.open("/help?language=cy")
    after = await visitor.open("/privacy")
    back = await visitor.open("/privacy?language=en")
    still = await visitor.open("/help")

    assert [page.headers["content-language"] for page in (chosen, after, back, still)] == [
        "cy",
        "cy",
        "en",
        "en",
    ]
    assert [page.attribute("html", "lang") for page in (chosen, after, back, still)] == [
        "cy",
        "cy",
        "en",
        "en",
    ]


async def test_a_browsers_language_is_answered_and_any_other_is_english(visitor):
    for wanted, spoken in (("cy", "cy"), ("cy-GB,en", "cy"), ("fr", "en"), ("", "en"), ("*", "en")):
        page = await visitor.open("/help", headers={"Accept-Language": wanted})
        assert page.headers["content-language"] == spoken, wanted


async def test_what_is_no_language_is_english(visitor):
    for wanted in ("xx", "", "en-GB", "../cy", "CY%00"):
        page = await visitor.open(f"/help?language={wanted}")
        assert page.status == 200
        assert page.headers["content-language"] == "en", wanted


async def test_the_way_in_and_errors_speak_it_too(visitor, offender):
    link = await visitor.link_of(offender)
    await visitor.open(f"{link}?language=cy")

    pages = [
        await visitor.send(link, follow=True),
        await visitor.send("/code"),
        await visitor.open("/nothing"),
    ]

    assert [page.headers["content-language"] for page in pages] == ["cy"] * 3
    assert [page.attribute("html", "lang") for page in pages] == ["cy"] * 3


async def test_choosing_a_language_repeats_no_token(visitor, offender):
    page = await visitor.open(await visitor.link_of(offender))

    hrefs = [link.get("href") for link in page.tree.cssselect(".govuk-language-navigation a")]
    assert hrefs == ["?language=cy"]


async def test_a_person_is_spoken_to_in_the_language_of_their_record(visitor, keep):
    offender = an_offender(language="cy")
    await keep(offender)

    page = await visitor.sign_in(offender)

    assert page.headers["content-language"] == "cy"


async def test_what_they_choose_on_the_way_in_becomes_their_language(visitor, arrive, keep, offender, clock):
    await visitor.open("/help?language=cy")
    await visitor.sign_in(offender)

    async with visitor.database.changing() as session:
        assert (await session.get(type(offender), offender.id)).language == "cy"


async def test_a_draft_says_that_it_is_one(visitor):
    english, welsh = await visitor.open("/help"), await visitor.open("/help?language=cy")

    assert not english.has(".govuk-phase-banner [lang]")
    assert A_DRAFT not in english.source
    assert len(welsh.text(".govuk-phase-banner")) > len(english.text(".govuk-phase-banner"))


@pytest.fixture
async def strict(settings, database, clock):
    """Somebody at a portal whose force 42 has switched drafts off."""
    forces = {"42": ForceSettings(drafts=False), "01": ForceSettings()}
    app = create_app(replace(settings, forces=forces), clock=clock)
    visitor = Visitor(app, database, clock)
    yield visitor
    await visitor.client.aclose()
    for opened in site_of(app).databases.values():
        await opened.close()


async def test_a_force_can_switch_drafts_off(strict, offender, keep):
    other = an_offender(force="01")
    await keep(other)

    await strict.sign_in(offender)
    page = await strict.open("/?language=cy", headers=TYPED | WELSH)

    assert page.headers["content-language"] == "en"
    assert not page.has(".govuk-language-navigation")

    await strict.sign_in(other)
    assert (await strict.open("/?language=cy")).headers["content-language"] == "cy"


async def test_no_page_repeats_the_host_that_a_request_claims(visitor, offender, case):
    link = await visitor.link_of(offender)

    page = await visitor.open(link, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

    assert page.status == 200
    assert "evil.example" not in page.source
