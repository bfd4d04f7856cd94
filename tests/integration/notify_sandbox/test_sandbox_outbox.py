"""The outbox shows people and tests what would have been sent."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import html  # type: ignore[import-untyped]

from tests.integration.notify_sandbox.sandboxes import (
    ADDRESS,
    OTHER_SERVICE,
    PHONE,
    TEMPLATES,
    VALUES,
    a_config,
    a_service,
)


async def page(sender, path="/outbox") -> Any:
    response = await sender.client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return html.fromstring(response.text)


def said(element, selector) -> list[str]:
    return [" ".join(found.text_content().split()) for found in element.cssselect(selector)]


async def test_the_outbox_lists_recipients_the_newest_first(sender, clock):
    await sender.text()
    clock.moment += timedelta(minutes=1)
    await sender.email()
    clock.moment += timedelta(minutes=1)
    await sender.text(phone_number="+44 7700 900124")
    await sender.text(phone_number="07700900124", personalisation=VALUES | {"name": "<b>"})

    outbox = await page(sender, "/")

    assert said(outbox, "h1") == ["Phones and mailboxes"]
    assert said(outbox, ".threads li") == [
        "07700 900124 2 messages, the last on 23 November 2026 at 10:02 Amends: Hi <b>, come on 1 Dec.",
        f"{ADDRESS} 1 message, the last on 23 November 2026 at 10:01 Come on 1 Dec",
        "07700 900123 1 message, the last on 23 November 2026 at 10:00 Amends: Hi Ann, come on 1 Dec.",
    ]
    assert [link.get("href") for link in outbox.cssselect(".threads a")] == [
        "/outbox?to=447700900124",
        "/outbox?to=ann%40mail.example",
        "/outbox?to=447700900123",
    ]


async def test_a_phone_shows_its_texts_in_the_order_of_time(open_sandbox, clock):
    sender = open_sandbox(a_config(a_service(sms_sender="AMENDS", inbound_number="07700900500")))
    await sender.text(
        reference="ref-1", personalisation={"name": "<b>", "date": "https://a.example/?x=1&y=2"}
    )
    clock.moment = clock.moment.replace(year=2027, month=7)
    await sender.client.post(
        "/outbox/replies", data={"sender": "07700 900123", "message": "I am <i>late</i>"}
    )
    clock.moment += timedelta(minutes=1)
    await sender.text(personalisation=VALUES | {"name": "x" * 200})

    phone = await page(sender, f"/outbox?to={PHONE}")

    assert said(phone, "title")[0].startswith("Phone 07700 900123 ")
    assert said(phone, ".texts .meta") == [
        "AMENDS, 23 November 2026 at 10:00:00, 1 part",
        "This phone to 07700900500, 23 July 2027 at 11:00:00",
        "AMENDS, 23 July 2027 at 11:01:00, 2 parts",
    ]
    assert said(phone, ".bubble")[1] == "I am <i>late</i>"
    assert said(phone, ".bubble")[0] == "Amends: Hi <b>, come on https://a.example/?x=1&y=2."
    [link] = phone.cssselect(".bubble a")
    assert link.get("href") == "https://a.example/?x=1&y=2"
    assert said(phone, ".texts li:first-child dl > div") == [
        f"To {PHONE}",
        "Status delivered",
        "Template Reminder, version 1",
        "Service Amends, test key",
        "Reference ref-1",
    ]
    assert phone.cssselect("a[href='/outbox']")


async def test_a_mailbox_shows_its_emails_as_they_would_be_read(sender, clock):
    await sender.email(personalisation=VALUES | {"name": "<b> [here](https://a.example/1)"})
    clock.moment += timedelta(seconds=1)
    await sender.email(email_address="Ann@mail.example", personalisation=VALUES | {"date": "2 Dec"})

    mailbox = await page(sender, "/outbox?to=ann%40mail.example")

    assert said(mailbox, "title")[0].startswith("Mailbox ann@mail.example ")
    assert said(mailbox, "article h2") == ["Come on 2 Dec", "Come on 1 Dec"]
    assert said(mailbox, ".meta")[0] == "Amends (sandbox@notify.example), 23 November 2026 at 10:00:01"
    assert said(mailbox, ".letter h3") == ["Hello Ann", "Hello <b> here"]
    assert said(mailbox, ".letter p") == ["See you.", "See you."]
    assert mailbox.cssselect(".letter a")[0].get("href") == "https://a.example/1"
    assert mailbox.cssselect("form") == []


async def test_only_web_addresses_become_links(sender):
    await sender.text(personalisation=VALUES | {"name": "javascript:alert(1) data:x ftp://a.example"})

    assert (await page(sender, f"/outbox?to={PHONE}")).cssselect(".bubble a") == []


@pytest.mark.parametrize("to", ["07700900123", "+44 7700 900123", "447700900123"])
async def test_a_recipients_messages_are_found_however_the_number_is_written(sender, to):
    await sender.text()
    await sender.text(phone_number="07700900124")

    found = (await sender.client.get("/outbox.json", params={"to": to})).json()

    assert [message["to"] for message in found["messages"]] == [PHONE]
    assert found["total"] == 1


@pytest.mark.parametrize("path", ["/", "/outbox?to=nobody", "/outbox?to=nobody%40mail.example"])
async def test_an_empty_outbox_says_so(sender, path):
    assert "There is nothing to show." in (await page(sender, path)).text_content()


async def test_a_long_conversation_has_pages(sender):
    for number in range(120):
        await sender.text(personalisation=VALUES | {"name": str(number)})
    path: str | None = "/outbox?to=07700900123"
    shown = []

    while path:
        phone = await page(sender, path)
        shown.append([text.split()[2] for text in said(phone, ".bubble")])
        earlier = phone.cssselect("a[rel=next]")
        path = earlier[0].get("href") if earlier else None

    assert [len(texts) for texts in shown] == [50, 50, 20]
    assert shown[0][0] == "70,"
    assert shown[2][-1] == "19,"
    assert "Newest texts" in phone.text_content()


async def test_many_recipients_have_pages(sender):
    for number in range(51):
        await sender.email(email_address=f"a{number}@mail.example")

    first, second = await page(sender), await page(sender, "/outbox?page=2")

    assert (len(first.cssselect(".threads li")), len(second.cssselect(".threads li"))) == (50, 1)
    assert first.cssselect("a[rel=next]")[0].get("href") == "/outbox?page=2"
    assert second.cssselect("a[rel=next]") == []
    assert "Newest messages" in second.text_content()


async def test_json_in_full(sender):
    sent = (await sender.text(reference="r", personalisation=VALUES | {"name": "https://a.example/1"})).json()

    found = (await sender.client.get("/outbox.json")).json()

    assert found == {
        "messages": [
            {
                "id": sent["id"],
                "service_id": str(sender.service.id),
                "key_type": "test",
                "type": "sms",
                "to": PHONE,
                "reference": "r",
                "template": {"id": sent["template"]["id"], "version": 1, "name": "Reminder"},
                "subject": None,
                "body": "Hi https://a.example/1, come on 1 Dec.",
                "sent_text": "Amends: Hi https://a.example/1, come on 1 Dec.",
                "links": ["https://a.example/1"],
                "status": "created",
                "created_at": "2026-11-23T10:00:00.000000Z",
                "fragments": 1,
            }
        ],
        "total": 1,
        "next": None,
    }


async def test_json_has_pages(sender):
    ids = [(await sender.email()).json()["id"] for _ in range(5)]
    before, seen = None, []
    while True:
        query = {"limit": 2} | ({"before": before} if before else {})
        found = (await sender.client.get("/outbox.json", params=query)).json()
        seen.append([message["id"] for message in found["messages"]])
        before = found["next"]
        if before is None:
            break

    assert seen == [ids[4:2:-1], ids[2:0:-1], ids[:1]]


async def test_the_prefix_may_be_off(open_sandbox):
    sender = open_sandbox(a_config(a_service(prefixes_texts=False)))
    await sender.text()

    found = (await sender.client.get("/outbox.json")).json()

    assert found["messages"][0]["sent_text"] == "Hi Ann, come on 1 Dec."


async def test_the_fragments_count_the_prefix(open_sandbox):
    template = replace(TEMPLATES[0], body="a" * 160)
    sender = open_sandbox(a_config(a_service(templates=(template,))))
    await sender.text()

    found = (await sender.client.get("/outbox.json")).json()

    assert (found["messages"][0]["fragments"], len(found["messages"][0]["body"])) == (2, 160)


async def test_somebody_texts_back_from_the_page(open_sandbox):
    other = a_service(id=OTHER_SERVICE, name="Appointments")
    sender = open_sandbox(a_config(a_service(), other))
    form = {"sender": PHONE, "message": "I am late", "service": str(OTHER_SERVICE)}

    answer = await sender.client.post("/outbox/replies", data=form)

    assert (answer.status_code, answer.headers["location"]) == (303, "/outbox#received")
    sender.service, sender.key = other, other.keys[0]
    received = (await sender.get("/v2/received-text-messages")).json()["received_text_messages"]
    assert [text["content"] for text in received] == ["I am late"]


async def test_a_reply_from_a_phone_goes_to_the_service_it_belongs_to(open_sandbox):
    other = a_service(id=OTHER_SERVICE, name="Appointments", inbound_number="07700900501")
    sender = open_sandbox(a_config(a_service(), other))
    sender.service, sender.key = other, other.keys[0]
    await sender.text()
    form = (await page(sender, f"/outbox?to={PHONE}")).forms[0]

    answer = await sender.client.post(form.action, data=dict(form.form_values()) | {"message": "I am late"})

    assert answer.headers["location"] == "/outbox?to=447700900123#reply"
    received = (await sender.get("/v2/received-text-messages")).json()["received_text_messages"]
    assert [(text["user_number"], text["content"]) for text in received] == [("447700900123", "I am late")]


async def test_a_phone_that_two_services_know_may_choose_and_the_last_one_comes_first(open_sandbox, clock):
    other = a_service(id=OTHER_SERVICE, name="Appointments", inbound_number="07700900501")
    sender = open_sandbox(a_config(a_service(), other))
    await sender.text()
    clock.moment += timedelta(seconds=1)
    sender.service, sender.key = other, other.keys[0]
    await sender.text()

    phone = await page(sender, f"/outbox?to={PHONE}")

    assert said(phone, "option") == ["Appointments (07700900501)", "Amends (07700900500)"]


async def test_a_form_from_another_site_is_refused(sender):
    answer = await sender.client.post(
        "/outbox/replies", data={"sender": PHONE}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403


async def test_a_text_from_nobody_is_not_received(sender):
    await sender.client.post("/outbox/replies", data={"sender": " "})

    received = (await sender.get("/v2/received-text-messages")).json()
    assert received["received_text_messages"] == []


@pytest.mark.parametrize("path", ["/", f"/outbox?to={PHONE}", f"/outbox?to={ADDRESS}"])
async def test_a_page_is_sound(sender, path):
    await sender.text()
    await sender.email()
    await sender.client.post("/outbox/replies", data={"sender": PHONE, "message": "I am late"})
    outbox = await page(sender, path)

    ids = outbox.xpath("//@id")
    assert outbox.get("lang") == "en"
    assert len(outbox.cssselect("h1")) == len(outbox.cssselect("main")) == len(outbox.cssselect("title")) == 1
    assert len(ids) == len(set(ids))
    assert set(outbox.xpath("//@for")) == {
        field.get("id") for field in outbox.cssselect("input:not([type=hidden]), select, textarea")
    }
    assert set(outbox.xpath("//@aria-labelledby")) <= set(ids)
    assert outbox.cssselect("script, style, [style]") == []


async def test_the_page_may_load_only_its_own_style(sender):
    answer = await sender.client.get("/")

    assert "default-src 'none'; style-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    style = await sender.client.get("/outbox.css")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "http" not in style.text


async def test_messages_outlive_the_sandbox(open_sandbox, tmp_path):
    config = a_config(state_file=tmp_path / "sandbox.sqlite3")
    await open_sandbox(config).email()

    found = (await open_sandbox(config).client.get("/outbox.json")).json()

    assert [message["to"] for message in found["messages"]] == [ADDRESS]


async def test_a_file_of_an_older_sandbox_is_begun_anew(open_sandbox, tmp_path):
    file = tmp_path / "sandbox.sqlite3"
    with closing(sqlite3.connect(file)) as older:
        older.execute("CREATE TABLE notifications (seq INTEGER PRIMARY KEY, id TEXT)")
        older.execute("INSERT INTO notifications VALUES (1, 'x')")
        older.commit()

    sender = open_sandbox(a_config(state_file=file))

    assert (await sender.text()).status_code == 201
    assert (await sender.client.get("/outbox.json")).json()["total"] == 1
