"""What the portal leaves to staff is on one list of their force, the oldest first, until it is done."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.domain.messages import Purpose
from portal.domain.tasks import TaskKind
from portal.storage.message_tables import tasks
from portal.storage.tables import audit_events
from tests.making import NOW, a_brake, a_case, a_message, a_reply, a_task, an_offender
from tests.records import deeds_of

TASKS = "main ol > li"


@pytest.fixture
async def visitor(staff_visitor):
    return staff_visitor


async def test_nothing_to_do(visitor):
    page = await visitor.open("/staff/tasks")

    assert "There is nothing to do." in page.text()
    assert page.texts("nav .govuk-service-navigation__item") == ["Cases", "Tasks", "Messages"]


async def test_each_task_says_who_what_to_do_and_which_case(visitor, keep, offender, case):
    await keep(a_task(offender, kind=TaskKind.CONTACT_IS_WRONG, case_id=case.id))

    page = await visitor.open("/staff/tasks")

    (row,) = page.texts(TASKS)
    assert row.startswith("Number or email does not reach them")
    assert "Morwenna Jane Trelawny-Quick" in row
    assert "Find out the right one, and put it into your records system." in row
    assert page.attribute(f"{TASKS} a[href^='/staff/cases/']", "href") == f"/staff/cases/{case.id}"


async def test_a_task_without_a_case_leads_to_the_persons_newest(visitor, keep, offender, case):
    newest = a_case(offender, decided_at=NOW)
    await keep(newest, a_task(offender))

    page = await visitor.open("/staff/tasks")

    assert page.attribute(f"{TASKS} a[href^='/staff/cases/']", "href") == f"/staff/cases/{newest.id}"


async def test_the_list_is_of_the_force_oldest_first_page_by_page(visitor, keep, offender):
    elsewhere = an_offender(force="01")
    made = [
        a_task(offender, key=f"key {number}", made_at=NOW - timedelta(days=number)) for number in range(30)
    ]
    await keep(*made, a_task(offender, key="done", done_at=NOW), elsewhere, a_task(elsewhere))

    first = await visitor.open("/staff/tasks")
    second = await visitor.open(first.attribute(".govuk-pagination__next a", "href"))

    shown = [*first.texts(TASKS), *second.texts(TASKS)]
    assert len(shown) == 30
    assert "Sun 25 Oct" in shown[0]
    assert "Mon 23 Nov" in shown[-1]
    assert "Tasks (30)" in first.texts(".govuk-service-navigation__item")
    assert "All tasks (30)" in first.text("main nav[aria-label='Kinds of task']")
    assert not second.has(".govuk-pagination__next")


async def test_the_list_can_be_of_one_kind(visitor, keep, offender):
    await keep(
        a_task(offender, key="a", kind=TaskKind.NO_CONTACT),
        a_task(offender, key="b", kind=TaskKind.MESSAGE_TOO_LATE),
        a_task(offender, key="c", kind=TaskKind.MESSAGE_TOO_LATE),
    )

    page = await visitor.open("/staff/tasks?kind=message_too_late")

    assert len(page.texts(TASKS)) == 2
    assert page.text("[aria-current=page].portal-link") == "Message would have come too late (2)"


async def test_what_they_wrote_is_shown_on_the_tasks_own_page_alone_and_written_down(
    visitor, keep, offender, case, database
):
    reply = a_reply(content="can i come at 3 <b>instead</b>", offender_id=offender.id)
    task = a_task(offender, kind=TaskKind.REPLY_TO_READ, about_id=reply.id)
    await keep(reply, task)

    listed = await visitor.open("/staff/tasks")
    page = await visitor.open(f"/staff/tasks/{task.id}")

    assert "can i come" not in listed.source
    assert page.text(".portal-written") == "can i come at 3 <b>instead</b>"
    async with database.reading() as connection:
        columns = (audit_events.c.deed, audit_events.c.case_id, audit_events.c.record_id)
        query = select(*columns).order_by(audit_events.c.id.desc()).limit(1)
        assert tuple((await connection.execute(query)).one()) == ("reply.shown", case.id, task.id)


async def test_a_text_of_nobody_we_know_can_be_read_too(visitor, keep, offender):
    reply = a_reply(content="who is this")
    task = a_task(offender, kind=TaskKind.REPLY_TO_READ, offender_id=None, about_id=reply.id)
    await keep(reply, task)

    listed = await visitor.open("/staff/tasks")
    page = await visitor.open(f"/staff/tasks/{task.id}")

    assert "We do not know who" in listed.text(TASKS)
    assert page.text(".portal-written") == "who is this"
    assert page.texts("dd")[0].replace(" ", "") == f"0{reply.number[2:]}"


async def test_a_task_about_a_message_says_which(visitor, keep, offender, case):
    message = a_message(offender, case_id=case.id, purpose=Purpose.CONDITION_DUE)
    task = a_task(offender, kind=TaskKind.MESSAGE_PARKED, about_id=message.id)
    await keep(message, task)

    page = await visitor.open(f"/staff/tasks/{task.id}")

    assert "Reminder of a condition" in page.texts("dd")


async def test_done_twice_is_done_once(visitor, member, keep, offender, database):
    task = a_task(offender)
    await keep(task)
    await visitor.open("/staff/tasks")

    answers = [await visitor.send(f"/staff/tasks/{task.id}/done") for _ in range(2)]

    assert [answer.location for answer in answers] == ["/staff/tasks"] * 2
    assert (await deeds_of(database)).count("task.finished") == 1
    async with database.reading() as connection:
        row = (await connection.execute(select(tasks.c.done_at, tasks.c.done_by))).one()
    assert tuple(row) == (NOW, member.id)
    assert "There is nothing to do." in (await visitor.open("/staff/tasks")).text()
    assert (
        "This was done on Monday 23 November 2026." in (await visitor.open(f"/staff/tasks/{task.id}")).text()
    )


async def test_another_forces_task_is_as_if_there_were_none(visitor, keep, database):
    elsewhere = an_offender(force="01")
    task = a_task(elsewhere)
    await keep(elsewhere, task)
    await visitor.open("/staff/tasks")

    pages = [
        await visitor.open(f"/staff/tasks/{task.id}"),
        await visitor.send(f"/staff/tasks/{task.id}/done"),
    ]

    assert [page.status for page in pages] == [404, 404]
    assert "task.finished" not in await deeds_of(database)


async def test_more_than_anybody_counts(visitor, keep, offender):
    await keep(*(a_task(offender, key=f"key {number}") for number in range(120)))

    assert "Tasks (99+)" in (await visitor.open("/staff/cases")).texts(".govuk-service-navigation__item")


# What stands still


async def test_while_a_brake_is_on_every_page_says_that_messages_do_not_go_out(visitor, keep, case, clock):
    await keep(a_brake(name="invitation.sms.en"), a_brake(name="plain", reason="403 AuthError"))

    pages = [await visitor.open(path) for path in ("/staff/cases", "/staff/tasks", f"/staff/cases/{case.id}")]

    for page in pages:
        assert page.text(".portal-banner--stopped .govuk-notification-banner__heading") == (
            "Messages are not going out: GOV.UK Notify does not accept our key."
        )


async def test_a_brake_that_is_off_is_not_spoken_of(visitor, keep, clock):
    await keep(a_brake(name="plain", until=NOW))

    assert not (await visitor.open("/staff/cases")).has(".portal-banner--stopped")


@pytest.mark.parametrize(
    "mark", ["x", "2026-11-23_", "0001-01-01T00:00:00Z23:00_x", "9999-12-31_" + "0" * 32]
)
async def test_a_page_of_a_list_that_is_none_of_ours(visitor, mark):
    for path in ("/staff/tasks", "/staff/runs"):
        assert (await visitor.open(f"{path}?after={mark}")).status == 404
