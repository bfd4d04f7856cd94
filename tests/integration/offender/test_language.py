"""Somebody is spoken to in their own language, on pages and in texts."""

from sqlalchemy import select

from portal.storage.tables import audit_events, offenders
from tests.making import a_case, an_offender


async def test_whoever_never_chose_is_spoken_to_as_the_record_says(keep, visitor):
    offender = an_offender(language="cy")
    await keep(offender, a_case(offender))

    await visitor.sign_in(offender)

    assert (await visitor.open("/")).answer.headers["content-language"] == "cy"


async def test_a_language_chosen_on_the_way_in_is_the_language_of_texts_from_then_on(keep, visitor, database):
    offender = an_offender(language="en")
    await keep(offender, a_case(offender))
    await visitor.open("/help?language=cy")

    await visitor.sign_in(offender)

    async with database.reading() as connection:
        language = await connection.scalar(select(offenders.c.language).where(offenders.c.id == offender.id))
        deeds = (await connection.scalars(select(audit_events.c.deed))).all()
    assert language == "cy"
    assert "language.chosen" in deeds
