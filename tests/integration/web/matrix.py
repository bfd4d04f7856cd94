"""Who may open what: a row for every route, a word for every actor."""

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import TypeAlias


class Who(StrEnum):
    """Somebody at a browser, as far as they have come."""

    NOBODY = auto()
    OFFENDER = auto()
    OTHER_OFFENDER = auto()
    EXPIRED = auto()
    SIGNED_OUT = auto()
    ASKED = auto()
    OFFICER = auto()
    OTHER_FORCE = auto()
    DISABLED = auto()
    HALF_WAY = auto()


Answer: TypeAlias = int | str
"""A status; or where a redirect leads."""
SIGN_IN = "to the sign-in page"
NOT_FOUND = 404
FORBIDDEN = 403
REFUSALS = frozenset({SIGN_IN, NOT_FOUND, FORBIDDEN})


def everybody(answer: Answer) -> dict[Who, Answer]:
    return dict.fromkeys(Who, answer)


def only(*whom: Who, answer: Answer = 200, hidden_from: tuple[Who, ...] = ()) -> Mapping[Who, Answer]:
    """Let these in; hide it from those who are signed in but whose it is not; send all others to sign in."""
    return {**everybody(SIGN_IN), **dict.fromkeys(whom, answer), **dict.fromkeys(hidden_from, NOT_FOUND)}


MATRIX: Mapping[str, Mapping[Who, Answer]] = {
    "GET assets.built": everybody(200),
    "GET assets.favicon": everybody(200),
    "GET public.page": everybody(200),
    "GET public.languages": everybody(200),
    "GET public.live": everybody(200),
    "GET public.ready": everybody(200),
    "GET public.security": everybody(200),
    "GET offender.link": everybody(200),
    "POST offender.link.ask": everybody("/code"),
    "GET offender.not_for_me": everybody(200),
    "GET offender.code": only(Who.OFFENDER, Who.OTHER_OFFENDER, Who.ASKED),
    "POST offender.code.enter": only(Who.OFFENDER, Who.OTHER_OFFENDER, Who.ASKED, answer=422),
    "POST offender.code.again": only(Who.OFFENDER, Who.OTHER_OFFENDER, Who.ASKED, answer="/code"),
    "GET offender.signed_out": everybody(200),
    "POST offender.sign_out": only(Who.OFFENDER, Who.OTHER_OFFENDER, answer="/signed-out"),
    "GET offender.conditions": only(Who.OFFENDER, Who.OTHER_OFFENDER),
    "POST offender.conditions.read": only(Who.OFFENDER, answer="/", hidden_from=(Who.OTHER_OFFENDER,)),
    "GET offender.appointment": only(Who.OFFENDER, hidden_from=(Who.OTHER_OFFENDER,)),
    "POST offender.appointment.confirm": only(
        Who.OFFENDER, answer="/appointments/{appointment_id}", hidden_from=(Who.OTHER_OFFENDER,)
    ),
    "GET offender.messages": only(Who.OFFENDER, Who.OTHER_OFFENDER),
    "GET offender.messages.choices": only(Who.OFFENDER, Who.OTHER_OFFENDER),
    "POST offender.messages.choose": only(Who.OFFENDER, Who.OTHER_OFFENDER, answer="/messages?saved=yes"),
    "GET staff.sign_in": everybody(200),
    "POST staff.sign_in.password": everybody(422),
    "GET staff.sign_in.code": only(Who.HALF_WAY),
    "POST staff.sign_in.enter": only(Who.HALF_WAY, answer=422),
    "POST staff.sign_out": only(Who.OFFICER, Who.OTHER_FORCE, answer="/staff/sign-in"),
    "GET staff.cases": only(Who.OFFICER, Who.OTHER_FORCE),
    "GET staff.case": only(Who.OFFICER, hidden_from=(Who.OTHER_FORCE,)),
    "GET staff.case.messages": only(Who.OFFICER, hidden_from=(Who.OTHER_FORCE,)),
    "GET staff.contact_rules": only(Who.OFFICER, hidden_from=(Who.OTHER_FORCE,)),
    "POST staff.contact_rules.change": only(Who.OFFICER, answer=422, hidden_from=(Who.OTHER_FORCE,)),
    "POST staff.contact_rules.use_again": only(
        Who.OFFICER, answer="/staff/cases/{case_id}/contact", hidden_from=(Who.OTHER_FORCE,)
    ),
    "GET staff.tasks": only(Who.OFFICER, Who.OTHER_FORCE),
    "GET staff.task": only(Who.OFFICER, hidden_from=(Who.OTHER_FORCE,)),
    "POST staff.task.finish": only(Who.OFFICER, answer="/staff/tasks", hidden_from=(Who.OTHER_FORCE,)),
    "GET staff.runs": only(Who.OFFICER, Who.OTHER_FORCE),
    "GET staff.run": only(Who.OFFICER, hidden_from=(Who.OTHER_FORCE,)),
    "POST staff.runs.begin": only(
        Who.OFFICER, answer="/staff/runs/{new_run_id}", hidden_from=(Who.OTHER_FORCE,)
    ),
    "GET staff.messages.new": only(Who.OFFICER, Who.OTHER_FORCE),
    "POST staff.messages.choose": only(
        *(Who.OFFICER, Who.OTHER_FORCE), answer="/staff/messages/check?to=invitation&case={case_id}"
    ),
    "GET staff.messages.check": only(Who.OFFICER, Who.OTHER_FORCE, answer="/staff/messages/new"),
    "POST api.receipts": everybody(FORBIDDEN),
    "POST api.received_texts": everybody(FORBIDDEN),
}
