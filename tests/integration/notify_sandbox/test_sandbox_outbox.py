"""The outbox shows people and tests what would have been sent."""

from dataclasses import replace
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


async def test_a_message_shows_what_there_is_to_know(sender):
    await sender.text(
        reference="ref-1", personalisation={"name": "<b>", "date": "https://a.example/?x=1&y=2"}
    )

    outbox = await page(sender, "/")

    assert said(outbox, "h2")[0] == "1 message"
    assert said(outbox, "h3") == ["Reminder"]
    assert said(outbox, "dl > div") == [
        f"To {PHONE}",
        "When 23 November 2026, 10:00:00",
        "Status created",
        "Template Reminder, version 1",
        "From Amends, test key",
        "Fragments 1",
        "Reference ref-1",
    ]
    assert said(outbox, ".body") == ["Amends: Hi <b>, come on https://a.example/?x=1&y=2."]
    [link] = outbox.cssselect(".body a")
    assert link.get("href") == "https://a.example/?x=1&y=2"


async def test_an_email_is_headed_by_its_subject(sender):
    await sender.email()

    outbox = await page(sender)

    assert said(outbox, "h3") == ["Come on 1 Dec"]
    assert said(outbox, ".body") == ["# Hello Ann See you."]
    assert "Fragments" not in outbox.text_content()


async def test_only_web_addresses_become_links(sender):
    await sender.text(personalisation=VALUES | {"name": "javascript:alert(1) data:x ftp://a.example"})

    assert (await page(sender)).cssselect(".body a") == []


@pytest.mark.parametrize("to", ["07700900123", "+44 7700 900123", "447700900123"])
async def test_a_recipients_messages_are_found_however_the_number_is_written(sender, to):
    await sender.text()
    await sender.text(phone_number="07700900124")

    found = (await sender.client.get("/outbox.json", params={"to": to})).json()

    assert [message["to"] for message in found["messages"]] == [PHONE]
    assert found["total"] == 1


async def test_a_filtered_page_says_whose_it_is(sender):
    await sender.text()
    await sender.email(email_address="Ann@mail.example")

    outbox = await page(sender, "/outbox?to=ann%40mail.example")

    assert said(outbox, "h2")[0] == "1 message to ann@mail.example"
    assert outbox.cssselect("input[name=to]")[0].get("value") == "ann@mail.example"
    assert said(outbox, "h3") == ["Come on 1 Dec"]


async def test_an_empty_outbox_says_so(sender):
    assert "There is nothing to show." in (await page(sender, "/outbox?to=nobody")).text_content()


async def test_a_long_outbox_has_pages(sender):
    for _ in range(120):
        await sender.text()
    path: str | None = "/outbox?to=07700900123"
    shown = []

    while path:
        outbox = await page(sender, path)
        shown.append(len(outbox.cssselect("article")))
        older = outbox.cssselect("a[rel=next]")
        path = older[0].get("href") if older else None

    assert shown == [50, 50, 20]
    assert "Newest messages" in outbox.text_content()


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


async def test_a_form_from_another_site_is_refused(sender):
    answer = await sender.client.post(
        "/outbox/replies", data={"sender": PHONE}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403


async def test_a_text_from_nobody_is_not_received(sender):
    await sender.client.post("/outbox/replies", data={"sender": " "})

    received = (await sender.get("/v2/received-text-messages")).json()
    assert received["received_text_messages"] == []


async def test_the_page_is_sound(sender):
    await sender.text()
    await sender.email()
    outbox = await page(sender)

    ids = outbox.xpath("//@id")
    assert outbox.get("lang") == "en"
    assert len(outbox.cssselect("h1")) == len(outbox.cssselect("main")) == len(outbox.cssselect("title")) == 1
    assert len(ids) == len(set(ids))
    assert set(outbox.xpath("//@for")) == {
        field.get("id") for field in outbox.cssselect("input, select, textarea")
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
