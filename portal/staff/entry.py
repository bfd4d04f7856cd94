"""Signing in: e-mail address and password, then a code of the authenticator."""

from http import HTTPStatus

from litestar import Response, get, post
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from portal.errors import NotSignedIn
from portal.services import signing_in, staff
from portal.storage.sessions import Session, Stage
from portal.web.cookies import dropped, kept, session_cookie
from portal.web.forms import Form
from portal.web.i18n import gettext_of
from portal.web.limiting import origin_of
from portal.web.pages import page, see
from portal.web.signing_in import PUBLIC
from portal.web.site import Visit
from portal.web.transactions import StaffWorking

COOKIE = session_cookie("staff")


@get("/sign-in", name="staff.sign_in", opt={"audience": PUBLIC})
async def sign_in(request: Visit) -> Response[bytes]:
    """The first step."""
    return page(request, "staff/entry/password.html", entry=True)


@post(
    "/sign-in",
    name="staff.sign_in.password",
    opt={"audience": PUBLIC},
    status_code=HTTPStatus.OK,
)
async def password(
    request: Visit, work: StaffWorking, data: URLEncodedBody[dict[str, str]]
) -> Response[bytes] | Redirect:
    """Check the password.  A wrong one and an unknown address look the same."""
    _, form = gettext_of(request), Form(data)
    email = form.text("email", missing=_("Enter your email address"))
    given = str(data.get("password", ""))
    if not given:
        form.errors["password"] = _("Enter your password")
    if not form.errors:
        first = await staff.check_password(work, email, given, address=origin_of(request))
        if first is not None:
            return see("/staff/sign-in/code", kept(COOKIE, first.id))
        form.errors["email"] = _("Your email address or password is not right. Check both and try again")
    return page(request, "staff/entry/password.html", entry=True, form=form)


def _half_way(request: Visit) -> Session:
    """The session of somebody who gave their password.

    Raises:
        NotSignedIn: if there is none: they begin again.
    """
    if request.user is None or request.user.stage is not Stage.PASSWORD:
        raise NotSignedIn("staff")
    return request.user


@get("/sign-in/code", name="staff.sign_in.code", opt={"audience": PUBLIC})
async def code(request: Visit) -> Response[bytes]:
    """The second step."""
    _half_way(request)
    return page(request, "staff/entry/code.html", entry=True)


@post(
    "/sign-in/code",
    name="staff.sign_in.enter",
    opt={"audience": PUBLIC},
    status_code=HTTPStatus.OK,
)
async def enter(
    request: Visit, work: StaffWorking, data: URLEncodedBody[dict[str, str]]
) -> Response[bytes] | Redirect:
    """Check the code of the authenticator."""
    first, _, form = _half_way(request), gettext_of(request), Form(data)
    typed = form.text("code", missing=_("Enter the 6-digit code from your authenticator app"))
    if not form.errors:
        signed_in = await staff.check_totp(work, first, typed, address=origin_of(request))
        if signed_in is not None:
            return see("/staff/cases", kept(COOKIE, signed_in.id))
        form.errors["code"] = _("That code did not work. Enter the code your app shows now")
    return page(request, "staff/entry/code.html", entry=True, form=form)


@post("/sign-out", name="staff.sign_out", status_code=HTTPStatus.SEE_OTHER)
async def sign_out(request: Visit, work: StaffWorking) -> Redirect:
    """End the session, here and at the server."""
    if request.user is not None:
        await signing_in.sign_out(work, request.user)
    answer = see("/staff/sign-in", dropped(COOKIE))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


handlers = (sign_in, password, code, enter, sign_out)
