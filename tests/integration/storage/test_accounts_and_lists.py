"""Staff accounts, the list of offences, and records found by what a force calls them."""

import asyncio

from portal.domain.messages import MessageState, Purpose
from portal.storage.cases import Cases
from portal.storage.messages import Outbox
from portal.storage.offences import Offences
from portal.storage.offenders import Offenders
from portal.storage.staff import StaffMembers
from tests.making import NOW, a_case, a_message, a_staff_member, an_offence, an_offender


async def test_of_many_at_once_one_uses_a_step_up(database, keys, soak):
    member = a_staff_member()
    async with database.changing() as session:
        session.add(member)

    async def use(step: int) -> bool:
        async with database.changing() as session:
            return await StaffMembers(session, keys).use_step(member, step)

    for step in range(100, 100 + 2 * soak):
        assert sum(await asyncio.gather(*(use(step) for _ in range(50)))) == 1
    assert not await use(99)


async def test_an_account_is_found_and_can_be_disabled(database, keys):
    member = a_staff_member()
    async with database.changing() as session:
        StaffMembers(session, keys).add(member)

    async with database.changing() as session:
        staff = StaffMembers(session, keys)
        found = await staff.find(member.id)
        assert found is not None
        await staff.disable(found, at=NOW)

    async with database.changing() as session:
        found = await StaffMembers(session, keys).with_email(member.email)
        assert found is not None
        assert found.disabled_at == NOW


async def test_the_list_of_offences_is_replaced_whole(database):
    long_list = [an_offence(code=f"CD{number:05}") for number in range(2500)]
    for entries in (long_list, [an_offence()]):
        async with database.changing() as session:
            assert await Offences(session).replace(entries) == len(entries)
            assert await Offences(session).all() == {entry.code: entry for entry in entries}


async def test_records_are_found_by_their_force_and_reference(database, keys):
    people = [an_offender(reference="same"), an_offender(reference="same", force="01"), an_offender()]
    cases = [a_case(person, reference="same") for person in people[:2]]
    async with database.changing() as session:
        session.add_all([*people, *cases])

    wanted = [("42", "same"), ("01", "same"), ("42", "nothing")]
    async with database.changing() as session:
        found = await Offenders(session, keys).with_keys(wanted)
        assert {key: person.id for key, person in found.items()} == {
            ("42", "same"): people[0].id,
            ("01", "same"): people[1].id,
        }
        assert set(await Cases(session).with_keys(wanted)) == set(wanted[:2])
        assert await Cases(session).with_keys([]) == {}
        assert len(await Cases(session).with_reference("same")) == 2
        assert len(await Cases(session).with_reference("same", "01")) == 1


async def test_whether_such_a_message_reached_somebody_or_may_yet(database):
    counts = {MessageState.QUEUED, MessageState.CLAIMED, MessageState.ACCEPTED, MessageState.DELIVERED}
    async with database.changing() as session:
        for state in MessageState:
            person = an_offender()
            outbox = Outbox(session)
            session.add(person)
            outbox.add(a_message(person, state=state))
            await session.flush()
            assert await outbox.was_sent(person.id, Purpose.INVITATION) is (state in counts)
            assert not await outbox.was_sent(person.id, Purpose.CODE)
