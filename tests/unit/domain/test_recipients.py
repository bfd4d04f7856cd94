"""By which way somebody is written to, and what stands against it."""

from datetime import date
from itertools import product

import pytest

from portal.domain.contact_rules import ContactRules
from portal.domain.messages import Channel, Held, Purpose
from portal.domain.recipients import Way, hindrance, way_to
from tests.making import an_offender

TODAY = date(2026, 11, 23)
TEXT, EMAIL = Way(Channel.SMS), Way(Channel.EMAIL)
STOPPED, SHARED = Way(Channel.SMS, is_stopped=True), Way(Channel.SMS, is_shared=True)


@pytest.mark.parametrize(
    ("ways", "chosen", "expected"),
    [
        ([EMAIL, TEXT], None, TEXT),
        ([EMAIL, TEXT], Channel.EMAIL, EMAIL),
        ([TEXT], Channel.EMAIL, Held.NO_CONTACT),
        ([STOPPED, EMAIL], Channel.SMS, Held.BAD_CONTACT),
        ([SHARED, EMAIL], Channel.SMS, Held.SHARED_CONTACT),
        ([STOPPED, EMAIL], None, EMAIL),
        ([SHARED, EMAIL], None, EMAIL),
        ([], None, Held.NO_CONTACT),
        ([STOPPED], None, Held.BAD_CONTACT),
        ([SHARED], None, Held.SHARED_CONTACT),
        ([STOPPED, Way(Channel.EMAIL, is_shared=True)], None, Held.SHARED_CONTACT),
    ],
)
def test_a_usable_way_is_taken_and_never_one_that_they_did_not_choose(ways, chosen, expected):
    assert way_to(ways, chosen) == expected


def test_a_finished_case_comes_before_all_other_reasons():
    rules = ContactRules(id=an_offender().id, in_custody=True)
    for is_needed, ways in product((True, False), ([], [TEXT])):
        reason = hindrance(Purpose.CONDITION_DUE, ways, rules, on=TODAY, is_open=False, is_needed=is_needed)
        assert reason is Held.CASE_FINISHED


@pytest.mark.parametrize(
    ("purpose", "changes", "expected"),
    [
        (Purpose.CONDITION_DUE, {}, None),
        (Purpose.CONDITION_DUE, {"opted_out": "conditions"}, Held.OPTED_OUT),
        (Purpose.APPOINTMENT_TOMORROW, {"opted_out": "conditions"}, None),
        (Purpose.CONDITION_DUE, {"paused_until": date(2026, 11, 24)}, Held.PAUSED),
        (Purpose.CONDITION_DUE, {"paused_until": TODAY}, None),
        (Purpose.INVITATION, {"opted_out": "appointments conditions"}, None),
        (Purpose.INVITATION, {"in_custody": True}, Held.IN_CUSTODY),
    ],
)
def test_what_the_person_chose_and_where_they_are_counts(purpose, changes, expected):
    rules = ContactRules(id=an_offender().id, **changes)

    assert hindrance(purpose, [TEXT], rules, on=TODAY, is_open=True, is_needed=True) is expected


def test_what_is_done_needs_no_message():
    rules = ContactRules(id=an_offender().id)

    reason = hindrance(Purpose.CONDITION_DUE, [TEXT], rules, on=TODAY, is_open=True, is_needed=False)

    assert reason is Held.NOT_NEEDED
