# Django is in the yardsticks' own environment only
# mypy: ignore-errors
"""The conditions page as Django makes it: its middleware, its ORM, its sessions, its templates.

``gunicorn page:application`` serves it; ``python page.py PERSON FORCE`` prints the id of a session.
Where the rows are is said by DATABASE, in the environment.
"""

import os
import secrets
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from uuid import UUID

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

HERE = Path(__file__).parent
IDLE = timedelta(minutes=15)

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DATABASE"],  # noqa: TID251 - the yardstick is no part of the portal
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
            },
        }
    },
    DEBUG=False,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "caseload",
    ],
    LANGUAGES=[("en", "English"), ("cy", "Cymraeg")],
    LANGUAGE_CODE="en",
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("SECRET", "") or secrets.token_hex(32),  # noqa: TID251 - the same
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [HERE / "templates"],
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    TIME_ZONE="Europe/London",
    USE_TZ=True,
)
django.setup()

from caseload.models import Appointment, AuditEvent, Case, Condition  # noqa: E402 - the same
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402 - Django wants its settings first
from django.contrib.sessions.models import Session  # noqa: E402 - the same
from django.db import transaction  # noqa: E402 - the same
from django.db.models import F, FilteredRelation, Q  # noqa: E402 - the same
from django.shortcuts import redirect, render  # noqa: E402 - the same
from django.utils import timezone  # noqa: E402 - the same

STANDING = ("booked", "confirmed", "offered")


def signed_in(view: Callable[[HttpRequest, UUID], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Only for those who have signed in."""

    def guarded(request: HttpRequest) -> HttpResponse:
        person = request.session.get("person")
        return view(request, UUID(person)) if person else redirect("/signed-out")

    return guarded


@signed_in
def show(request: HttpRequest, person: UUID) -> HttpResponse:
    """Three look-ups, the note of whose record was seen, and the page."""
    now = timezone.now()
    cases = list(
        Case.objects.filter(offender_id=person, state="open")
        .annotate(
            reading=FilteredRelation("readings", condition=Q(readings__version=F("conditions_version"))),
            read_at=F("reading__read_at"),
        )
        .order_by("complete_by", "id")
    )
    conditions = Condition.objects.filter(case__offender_id=person, case__state="open", is_withdrawn=False)
    by_case = {
        case: list(of_case)
        for case, of_case in groupby(
            sorted(conditions.order_by("due_on", "position"), key=attrgetter("case_id")),
            key=attrgetter("case_id"),
        )
    }
    for case in cases:
        case.todo = by_case.get(case.id, ())
    upcoming = Appointment.objects.filter(offender_id=person, ends_at__gt=now, state__in=STANDING)
    shown = {"cases": cases, "appointments": upcoming.order_by("starts_at")[:20], "force": "Essex"}
    answer = render(request, "conditions.html", shown)
    with transaction.atomic():
        Session.objects.filter(pk=request.session.session_key).update(expire_date=now + IDLE)
        AuditEvent.objects.create(
            at=now,
            actor="offender",
            actor_id=person,
            deed="conditions.shown",
            logged_as="consultation",
            force=request.session["force"],
            case_id=cases[0].id if cases else None,
            record_id=person,
        )
    return answer


def switch_off(request: HttpRequest) -> HttpResponse:
    """Where forms would go: measured are only visits."""
    return HttpResponse(status=405)


urlpatterns = [
    path("", show),
    path("sign-out", switch_off, name="sign_out"),
    path("cases/<uuid:case>/read", switch_off, name="read"),
    path("appointments/<uuid:appointment>", switch_off, name="appointment"),
]
application = get_wsgi_application()


def _begin(person: str, force: str) -> str:
    call_command("migrate", "sessions", verbosity=0)
    session = SessionStore()
    session.update({"person": person, "force": force})
    session.create()
    return session.session_key


if __name__ == "__main__":
    print(_begin(*sys.argv[1:3]))
