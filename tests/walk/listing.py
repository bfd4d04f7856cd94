"""Every page there is, in every state worth looking at.  A rule fails for a page that is not here.

A path's {names} are filled with what `prepared.py` put into the records.
"""

from dataclasses import dataclass
from enum import StrEnum


class Actor(StrEnum):
    """Who looks at a page: each has a browser of their own."""

    NOBODY = "nobody"
    ASKED = "somebody who asked for a code"
    BUSY = "an offender with everything to do"
    TWICE = "an offender with two cases"
    DONE = "an offender with nothing left to do"
    HALFWAY = "staff with a password"
    STAFF = "staff"
    STAFF_OF_MANY = "staff of a force with many cases"
    STAFF_OF_NONE = "staff of a force without cases"


@dataclass(frozen=True)
class Listed:
    """One page in one state."""

    name: str
    template: str
    path: str
    heading: str
    """In English, as the template has it; a person's name where ``title`` says something else."""
    route: str = ""
    actor: Actor = Actor.NOBODY
    title: str = ""
    sends_nothing: bool = False
    """Whether its form is sent empty, so that it comes back with errors."""

    @property
    def changes(self) -> bool:
        """Whether looking at it makes it longer: a case's timeline tells of each look."""
        return self.template == CASE

    @property
    def is_for_staff(self) -> bool:
        return self.template.startswith("staff/")

    @property
    def is_entry(self) -> bool:
        """Whether it carries its sheet inside: somebody may come here first."""
        return self.template.startswith(("offender/entry/", "staff/entry/", "errors/", "public/"))


def _public(name: str, heading: str, route: str = "public.page") -> Listed:
    return Listed(name, f"public/{name}.html", f"/{name}", heading, route)


def _error(name: str, heading: str, cause: str = "", actor: Actor = Actor.NOBODY) -> Listed:
    surface = "public" if actor is Actor.NOBODY else "offender"
    shown = f"{name} {cause}".strip()
    return Listed(shown, f"errors/{name}.html", f"/walk/{surface}/{cause or name}", heading, actor=actor)


PUBLIC = (
    _public("help", "Help"),
    _public("privacy", "Privacy"),
    _public("cookies", "Cookies"),
    _public("accessibility", "Accessibility"),
    _public("language", "Choose a language", "public.languages"),
)
LINK = "offender/entry/link.html"
CODE = "offender/entry/code.html"
CONDITIONS = "offender/conditions/show.html"
APPOINTMENT = "offender/appointments/show.html"
OFFENDER = (
    Listed("link", LINK, "/a/{token}", "Sign in", "offender.link"),
    Listed("not me", "offender/entry/not_me.html", "/a/{token}?not-me=1", "Is this not for you?"),
    Listed("not for me", "offender/entry/not_for_me.html", "/not-for-me", "Thank you", "offender.not_for_me"),
    Listed("code", CODE, "/code", "Enter your code", "offender.code", Actor.ASKED),
    Listed("code wrong", CODE, "/code", "Enter your code", actor=Actor.ASKED, sends_nothing=True),
    Listed(
        "signed out",
        "offender/entry/signed_out.html",
        "/signed-out",
        "You are signed out",
        "offender.signed_out",
    ),
    Listed("conditions", CONDITIONS, "/", "What you need to do", "offender.conditions", Actor.BUSY),
    Listed("conditions of two cases", CONDITIONS, "/", "What you need to do", actor=Actor.TWICE),
    Listed("conditions all done", CONDITIONS, "/", "What you need to do", actor=Actor.DONE),
    *(
        Listed(
            f"appointment {state}",
            APPOINTMENT,
            f"/appointments/{{{state}}}",
            "Your appointment",
            "offender.appointment",
            Actor.BUSY,
        )
        for state in ("offered", "confirmed", "begun", "cancelled")
    ),
)
MESSAGES = "offender/messages/show.html"
OFFENDER += (
    Listed("messages", MESSAGES, "/messages", "Your messages", "offender.messages", Actor.BUSY),
    Listed("messages saved", MESSAGES, "/messages?saved=yes", "Your messages", actor=Actor.BUSY),
    Listed("messages none", MESSAGES, "/messages", "Your messages", actor=Actor.DONE),
    Listed(
        "messages choices",
        "offender/messages/choices.html",
        "/messages/choices",
        "Change how we write to you",
        "offender.messages.choices",
        Actor.BUSY,
    ),
)
PASSWORD = "staff/entry/password.html"
STAFF_CODE = "staff/entry/code.html"
CASES = "staff/cases/index.html"
CASE = "staff/cases/show.html"
STAFF: tuple[Listed, ...] = (
    Listed("staff sign in", PASSWORD, "/staff/sign-in", "Staff sign in", "staff.sign_in"),
    Listed("staff sign in wrong", PASSWORD, "/staff/sign-in", "Staff sign in", sends_nothing=True),
    Listed(
        "staff code",
        STAFF_CODE,
        "/staff/sign-in/code",
        "Enter the code from your app",
        "staff.sign_in.code",
        Actor.HALFWAY,
    ),
    Listed(
        "staff code wrong",
        STAFF_CODE,
        "/staff/sign-in/code",
        "Enter the code from your app",
        actor=Actor.HALFWAY,
        sends_nothing=True,
    ),
    Listed("cases", CASES, "/staff/cases", "Cases", "staff.cases", Actor.STAFF),
    Listed("cases none", CASES, "/staff/cases", "Cases", actor=Actor.STAFF_OF_NONE),
    Listed("cases many", CASES, "/staff/cases", "Cases", actor=Actor.STAFF_OF_MANY),
    Listed(
        "case", CASE, "/staff/cases/{case}", "Morwenna Jane Trelawny-Quick", "staff.case", Actor.STAFF, "Case"
    ),
    Listed("case bare", CASE, "/staff/cases/{bare}", "Priyanka", actor=Actor.STAFF, title="Case"),
)
TASKS = "staff/tasks/index.html"
TASK = "staff/tasks/show.html"
RUNS = "staff/runs/index.html"
NEW = "staff/runs/new.html"
CHECK = "staff/runs/check.html"


def _staff(
    name: str,
    template: str,
    path: str,
    heading: str,
    route: str = "",
    actor: Actor = Actor.STAFF,
    title: str = "",
) -> Listed:
    return Listed(name, template, f"/staff{path}", heading, route, actor, title)


STAFF += (
    _staff("tasks", TASKS, "/tasks", "Tasks", "staff.tasks"),
    _staff("tasks of a kind", TASKS, "/tasks?kind=no_contact", "Tasks"),
    _staff("tasks none", TASKS, "/tasks", "Tasks", actor=Actor.STAFF_OF_NONE),
    _staff("task reply", TASK, "/tasks/{reply_to_read}", "Text to read", "staff.task", title="Task"),
    _staff("task parked", TASK, "/tasks/{message_parked}", "Message could not be sent", title="Task"),
    _staff("task done", TASK, "/tasks/{done}", "No phone number or email", title="Task"),
    _staff(
        *("case messages", "staff/messages/index.html", "/cases/{case}/messages"),
        *("Messages of a case", "staff.case.messages"),
    ),
    _staff(
        "contact", "staff/contact_rules/show.html", "/cases/{case}/contact", "Contact", "staff.contact_rules"
    ),
    _staff("contact bare", "staff/contact_rules/show.html", "/cases/{bare}/contact", "Contact"),
    _staff("runs", RUNS, "/runs", "Messages to many people", "staff.runs"),
    _staff("runs none", RUNS, "/runs", "Messages to many people", actor=Actor.STAFF_OF_NONE),
    _staff("run", "staff/runs/show.html", "/runs/{run}", "What became of the messages", "staff.run"),
    _staff("new messages", NEW, "/messages/new", "Send messages", "staff.messages.new"),
    _staff("new message to one", NEW, "/messages/new?case={case}", "Send messages"),
    Listed(
        "new messages wrong",
        NEW,
        "/staff/messages/new",
        "Send messages",
        actor=Actor.STAFF,
        sends_nothing=True,
    ),
    _staff(
        *("check messages", CHECK, "/messages/check?to=appointment_tomorrow"),
        *("Check before you send", "staff.messages.check"),
    ),
    _staff(
        "check nobody",
        CHECK,
        "/messages/check?to=invitation",
        "Check before you send",
        actor=Actor.STAFF_OF_NONE,
    ),
    _staff("check one", CHECK, "/messages/check?to=condition_due&case={case}", "Check before you send"),
)
ERRORS = (
    _error("crash", "Sorry, there is a problem with the service"),
    _error("forged", "We could not take that"),
    _error("not_found", "Page not found"),
    _error("not_found", "Page not found", "not_theirs", Actor.BUSY),
    _error("too_large", "That is too large"),
    _error("too_many", "Wait before you try again"),
    _error("unavailable", "Sorry, the service is unavailable"),
    _error("unusable", "We could not use that"),
    *(
        _error("rule_broken", "That is not possible now", cause, Actor.BUSY)
        for cause in ("begun", "off", "changed", "another_rule")
    ),
)
PAGES = (*PUBLIC, *OFFENDER, *STAFF, *ERRORS)
NOT_PAGES = {
    "assets.built": "sheets, scripts and icons",
    "assets.favicon": "an icon",
    "public.live": "for machines",
    "public.ready": "for machines",
    "public.security": "plain text (RFC 9116)",
}
