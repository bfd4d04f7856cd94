"""What was sent and received can be read back, by Notify's rules of listing."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.notify_sandbox import reading
from portal.notify_sandbox.config import KeyType
from tests.integration.notify_sandbox.sandboxes import (
    ADDRESS,
    OTHER_SERVICE,
    PHONE,
    TEXT,
    a_config,
    a_key,
    a_service,
    error_of,
)

LIST = "/v2/notifications"
STATUSES = (
    "status sending,delivered is not one of [cancelled, created, sending, sent, delivered, pending, "
    "failed, technical-failure, temporary-failure, permanent-failure, pending-virus-check, "
    "validation-failed, virus-scan-failed, returned-letter, accepted, received]"
)
NOWHERE = "The requested URL was not found on the server."


async def sent(sender, **changes) -> str:
    sent_id: str = (await sender.text(**changes)).json()["id"]
    return sent_id


async def listed(sender, query="") -> list[str]:
    response = await sender.get(f"{LIST}?{query}" if query else LIST)
    assert response.status_code == 200, response.text
    return [notification["id"] for notification in response.json()["notifications"]]


async def test_a_text_just_sent(sender):
    sent_id = await sent(sender, reference="ref-1")

    assert (await sender.get(f"{LIST}/{sent_id}")).json() == {
        "id": sent_id,
        "reference": "ref-1",
        "type": "sms",
        "status": "created",
        "phone_number": PHONE,
        "email_address": None,
        **dict.fromkeys(("line_1", "line_2", "line_3", "line_4", "line_5", "line_6", "postcode", "postage")),
        "body": "Hi Ann, come on 1 Dec.",
        "subject": None,
        "template": {
            "id": str(TEXT),
            "version": 1,
            "uri": f"http://sandbox.test/v2/template/{TEXT}/version/1",
        },
        "created_at": "2026-11-23T10:00:00.000000Z",
        "sent_at": None,
        "completed_at": None,
        "scheduled_for": None,
        "created_by_name": None,
        "one_click_unsubscribe_url": None,
        "is_cost_data_ready": False,
        "cost_in_pounds": None,
        "cost_details": {},
    }


async def test_a_text_as_time_passes(sender, clock):
    sent_id = await sent(sender)

    clock.moment += timedelta(seconds=0.1)
    sending = (await sender.get(f"{LIST}/{sent_id}")).json()
    clock.moment += timedelta(seconds=0.3)
    delivered = (await sender.get(f"{LIST}/{sent_id.upper()}")).json()

    assert (sending["status"], sending["completed_at"]) == ("sending", None)
    assert sending["sent_at"] == "2026-11-23T10:00:00.100000Z"
    assert delivered["status"] == "delivered"
    assert delivered["completed_at"] == "2026-11-23T10:00:00.400000Z"
    assert delivered["cost_in_pounds"] == 0.024
    assert delivered["cost_details"] == {
        "billable_sms_fragments": 1,
        "international_rate_multiplier": 1.0,
        "sms_rate": 0.024,
    }


async def test_an_email(sender):
    sent_id = (await sender.email(one_click_unsubscribe_url="https://a.example/x")).json()["id"]

    email = (await sender.get(f"{LIST}/{sent_id}")).json()

    assert (email["email_address"], email["phone_number"]) == (ADDRESS, None)
    assert (email["type"], email["subject"]) == ("email", "Come on 1 Dec")
    assert email["one_click_unsubscribe_url"] == "https://a.example/x"
    assert (email["is_cost_data_ready"], email["cost_in_pounds"], email["cost_details"]) == (True, 0.0, {})


@pytest.mark.parametrize(
    ("number", "statuses"),
    [
        ("07700900002", ["sending", "permanent-failure"]),
        ("+44 7700 900003", ["sending", "temporary-failure"]),
        ("07700900123", ["sending", "delivered"]),
        ("07797 712345", ["sent", "delivered"]),
    ],
)
async def test_the_number_decides_how_a_text_goes(sender, clock, number, statuses):
    sent_id = await sent(sender, phone_number=number)
    seen = []
    for _ in range(2):
        clock.moment += timedelta(seconds=0.2)
        seen.append((await sender.get(f"{LIST}/{sent_id}")).json()["status"])

    assert seen == statuses


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("perm-fail@simulator.notify", "permanent-failure"),
        ("temp-fail@simulator.notify", "temporary-failure"),
        ("Temp-Fail@simulator.notify", "delivered"),
    ],
)
async def test_the_address_decides_how_an_email_goes(sender, clock, address, status):
    sent_id = (await sender.email(email_address=address)).json()["id"]
    clock.moment += timedelta(seconds=1)

    assert (await sender.get(f"{LIST}/{sent_id}")).json()["status"] == status


@pytest.mark.parametrize("number", ["07700900000", "+447700900111", "07700 900222"])
async def test_a_smoke_test_by_text_leaves_no_trace(sender, number):
    response = await sender.text(phone_number=number)

    assert response.status_code == 201
    assert error_of(await sender.get(f"{LIST}/{response.json()['id']}"))[0] == 404
    assert await listed(sender) == []


@pytest.mark.parametrize("suffix", ["", "-2", "-3"])
async def test_a_smoke_test_by_email_leaves_no_trace(sender, suffix):
    address = f"simulate-delivered{suffix}@notifications.service.gov.uk"

    assert (await sender.email(email_address=address)).status_code == 201
    assert await listed(sender) == []


@pytest.mark.parametrize(
    ("outcome", "statuses"),
    [
        ("technical-failure", ["sending", "technical-failure"]),
        ("pending", ["pending", "pending"]),
        ("sent", ["sent", "sent"]),
    ],
)
async def test_any_recipient_may_be_given_an_end(open_sandbox, clock, outcome, statuses):
    sender = open_sandbox(a_config(outcomes={"07700 900123": outcome, "Ann@mail.example": outcome}))
    ids = [await sent(sender, phone_number="+447700900123"), (await sender.email()).json()["id"]]
    for status in statuses:
        clock.moment += timedelta(seconds=0.2)
        for sent_id in ids:
            shown = (await sender.get(f"{LIST}/{sent_id}")).json()
            assert shown["status"] == status
            assert (shown["completed_at"] is None) is (status != "technical-failure")


async def test_an_id_that_is_none(sender):
    assert error_of(await sender.get(f"{LIST}/x")) == (
        400,
        "ValidationError",
        "notification_id is not a valid UUID",
    )


async def test_an_id_that_nobody_has(sender):
    assert error_of(await sender.get(f"{LIST}/{uuid4()}")) == (404, "NoResultFound", "No result found")


async def test_another_services_messages_are_out_of_sight(open_sandbox):
    other = a_service(id=OTHER_SERVICE)
    sender = open_sandbox(a_config(a_service(), other))
    sent_id = await sent(sender)
    sender.service, sender.key = other, other.keys[0]

    assert error_of(await sender.get(f"{LIST}/{sent_id}"))[0] == 404
    assert await listed(sender) == []


async def test_a_text_has_no_letter_to_show(sender):
    response = await sender.get(f"{LIST}/{await sent(sender)}/pdf")

    assert error_of(response) == (400, "BadRequestError", "Notification is not a letter")


async def test_lists_keep_to_the_type_of_key_and_look_ups_do_not(open_sandbox):
    keys = (a_key(), a_key(KeyType.LIVE))
    sender = open_sandbox(a_config(a_service(keys=keys)))
    live = sender.with_key(keys[1])
    sent_id = await sent(sender)

    assert await listed(live) == []
    assert (await live.get(f"{LIST}/{sent_id}")).status_code == 200


async def test_the_newest_come_first_and_are_filtered(sender, clock):
    first = await sent(sender, reference="one two")
    failing = await sent(sender, phone_number="07700900002")
    clock.moment += timedelta(seconds=0.5)
    email = (await sender.email()).json()["id"]

    assert await listed(sender) == [email, failing, first]
    assert await listed(sender, "reference=one+two") == [first]
    assert await listed(sender, "reference=one") == []
    assert await listed(sender, "template_type=sms") == [failing, first]
    assert await listed(sender, "template_type=sms&template_type=email") == [email, failing, first]
    assert await listed(sender, "status=delivered") == await listed(sender, "status=received") == [first]
    assert await listed(sender, "status=failed") == [failing]
    assert await listed(sender, "status=accepted&status=permanent-failure") == [email, failing]
    assert await listed(sender, f"older_than={failing}") == [first]
    assert await listed(sender, f"older_than={first}") == []
    assert await listed(sender, f"older_than={uuid4()}") == []
    assert await listed(sender, "include_jobs=true") == [email, failing, first]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("foo=1", "Additional properties are not allowed (foo was unexpected)"),
        (
            "status=sending,delivered",
            STATUSES,
        ),
        ("template_type=fax", "template_type fax is not one of [sms, email, letter]"),
        ("older_than=x", "older_than is not a valid UUID"),
        ("include_jobs=yes", "include_jobs yes is not one of [true, True]"),
    ],
)
async def test_a_filter_that_is_wrong(sender, query, message):
    assert error_of(await sender.get(f"{LIST}?{query}")) == (400, "ValidationError", message)


async def test_there_is_a_next_page_until_one_is_empty(sender, monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 2)
    ids = [await sent(sender) for _ in range(4)]
    path, seen, links = f"{LIST}?template_type=sms", [], {}

    while path:
        page = (await sender.get(path)).json()
        links = page["links"]
        seen += [notification["id"] for notification in page["notifications"]]
        path = links.get("next", "").removeprefix("http://sandbox.test")

    assert seen == ids[::-1]
    assert links == {"current": f"http://sandbox.test{LIST}?template_type=sms&older_than={ids[0]}"}


async def test_a_page_holds_250(sender):
    for _ in range(251):
        await sender.text()

    assert len(await listed(sender)) == 250


async def test_what_is_older_than_seven_london_days_is_forgotten(sender, clock):
    sent_id = await sent(sender)

    clock.moment = clock.moment.replace(day=30, hour=23, minute=59)
    kept = await listed(sender)
    clock.moment += timedelta(minutes=1)

    assert kept == [sent_id]
    assert await listed(sender) == []
    assert error_of(await sender.get(f"{LIST}/{sent_id}"))[0] == 404


async def test_a_service_may_keep_its_messages_for_less_and_replies_are_kept_for_seven_days(
    open_sandbox, clock
):
    sender = open_sandbox(a_config(a_service(retention_days=3)))
    await sent(sender)
    await sender.client.post("/sandbox/received-texts", json={"sender": PHONE, "message": "x"})

    clock.moment = clock.moment.replace(day=26, hour=23, minute=59)
    kept = await listed(sender)
    clock.moment += timedelta(minutes=1)

    assert len(kept) == 1
    assert await listed(sender) == []
    assert len((await sender.get("/v2/received-text-messages")).json()["received_text_messages"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", f"{LIST}/", 404), ("GET", "/v2/nowhere", 404), ("DELETE", LIST, 405)],
)
async def test_where_there_is_no_route_the_old_form_answers(sender, method, path, status):
    response = await sender.call(method, path)

    assert response.status_code == status
    assert response.json()["result"] == "error"
    assert set(response.json()) == {"result", "message"}
    assert response.json()["message"].startswith(NOWHERE) is (status == 404)


async def test_texts_that_came_in(open_sandbox, clock):
    sender = open_sandbox(a_config(a_service(), a_service(id=OTHER_SERVICE)))
    for message in ("one", "two"):
        order = {"sender": "07700 900123", "message": message}
        added = await sender.client.post("/sandbox/received-texts", json=order)
        assert added.status_code == 201
    elsewhere = {"sender": "Bank", "message": "three", "service": str(OTHER_SERVICE)}
    await sender.client.post("/sandbox/received-texts", json=elsewhere)

    page = (await sender.get("/v2/received-text-messages")).json()

    [newest, oldest] = page["received_text_messages"]
    assert newest == {
        "id": newest["id"],
        "created_at": "2026-11-23T10:00:00.000000Z",
        "service_id": str(sender.service.id),
        "notify_number": "07700900500",
        "user_number": "447700900123",
        "content": "two",
    }
    rest = (await sender.get(page["links"]["next"].removeprefix("http://sandbox.test"))).json()
    assert oldest["content"] == "one"
    assert rest["received_text_messages"] == []
    assert "next" not in rest["links"]
    assert error_of(await sender.get("/v2/received-text-messages?foo=1"))[0] == 400


async def test_a_text_to_a_service_that_does_not_exist(sender):
    order = {"sender": PHONE, "message": "x", "service": str(uuid4())}

    assert (await sender.client.post("/sandbox/received-texts", json=order)).status_code == 400
