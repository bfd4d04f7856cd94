"""The way in: the link, then a code.  Every link looks alike, live or dead."""

from datetime import timedelta
from http import HTTPStatus

from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from portal.domain.links import CODE_DIGITS
from portal.errors import NotSignedIn
from portal.services import signing_in, strangers
from portal.storage.limits import Limit
from portal.web.cookies import LANGUAGE, dropped, kept, session_cookie
from portal.web.forms import Form
from portal.web.i18n import chosen_language, gettext_of
from portal.web.limiting import limited_by_address
from portal.web.pages import page, see
from portal.web.signing_in import PUBLIC
from portal.web.site import Visit
from portal.web.transactions import OffenderWorking

COOKIE = session_cookie("offender")
ASKS = Limit("links used per address", 300, timedelta(hours=1))
TRIES = Limit("codes tried per address", 600, timedelta(hours=1))
"""Wide, since a phone network puts thousands behind one address; each person's own limits are narrow."""
NOT_ME = "not-me"
"""In the query, so that no page needs to repeat the token that it was opened with."""
CLEARING = {"Clear-Site-Data": '"cache", "storage"'}


@get("/a/{token:str}", name="offender.link", opt={"audience": PUBLIC})
async def link(request: Visit, token: FromPath[str]) -> Response[bytes]:
    """Looking at a link does nothing to it: scanners look at links too."""
    name = "not_me" if NOT_ME in request.query_params else "link"
    return page(request, f"offender/entry/{name}.html", entry=True)


@post(
    "/a/{token:str}",
    name="offender.link.ask",
    opt={"audience": PUBLIC},
    guards=[limited_by_address(ASKS)],
    status_code=HTTPStatus.SEE_OTHER,
)
async def ask(request: Visit, work: OffenderWorking, token: FromPath[str]) -> Redirect:
    """Send a code, or hear that this is not for them; and go on where no address shows the token."""
    if NOT_ME in request.query_params:
        await strangers.disown(work, token)
        return see("/not-for-me")
    browser = await signing_in.ask_for_code(work, token)
    return see("/code", kept(COOKIE, browser.id))


@get("/not-for-me", name="offender.not_for_me", opt={"audience": PUBLIC})
async def not_for_me(request: Visit) -> Response[bytes]:
    """Thanks, which tell nothing: they are the same for a link that is dead or made up."""
    return page(request, "offender/entry/not_for_me.html", entry=True)


@get("/code", name="offender.code", opt={"audience": PUBLIC})
async def code(request: Visit) -> Response[bytes]:
    """Where the code is typed."""
    if request.user is None:
        raise NotSignedIn("offender")
    return page(request, "offender/entry/code.html", entry=True)


@post(
    "/code",
    name="offender.code.enter",
    opt={"audience": PUBLIC},
    guards=[limited_by_address(TRIES)],
    status_code=HTTPStatus.OK,
)
async def enter(
    request: Visit, work: OffenderWorking, data: URLEncodedBody[dict[str, str]]
) -> Response[bytes] | Redirect:
    """Try the code."""
    if request.user is None:
        raise NotSignedIn("offender")
    _, form = gettext_of(request), Form(data)
    typed = form.text("code", missing=_("Enter the 6-digit code we sent you"))
    if typed and len(signing_in.normal_form(typed)) != CODE_DIGITS:
        form.errors["code"] = _("The code must be 6 digits, like 120 456")
    if not form.errors:
        signed_in = await signing_in.enter_code(work, request.user, typed, chosen=chosen_language(request))
        if signed_in is not None:
            return see("/", kept(COOKIE, signed_in.session.id), kept(LANGUAGE, signed_in.language.code))
        form.errors["code"] = _(
            "That code did not work. Check the newest text we sent, or ask for a new code"
        )
    return page(request, "offender/entry/code.html", entry=True, form=form)


@post(
    "/code/again",
    name="offender.code.again",
    opt={"audience": PUBLIC},
    guards=[limited_by_address(ASKS)],
    status_code=HTTPStatus.SEE_OTHER,
)
async def again(request: Visit, work: OffenderWorking) -> Redirect:
    """The text did not come: a new code."""
    if request.user is None:
        raise NotSignedIn("offender")
    await signing_in.ask_again(work, request.user)
    return see("/code")


@get("/signed-out", name="offender.signed_out", opt={"audience": PUBLIC})
async def signed_out(request: Visit) -> Response[bytes]:
    """How to get in, for whoever is not."""
    return page(request, "offender/entry/signed_out.html", entry=True)


@post("/sign-out", name="offender.sign_out", status_code=HTTPStatus.SEE_OTHER)
async def sign_out(request: Visit, work: OffenderWorking) -> Redirect:
    """End the session, here and at the server."""
    if request.user is not None:
        await signing_in.sign_out(work, request.user)
    answer = see("/signed-out", dropped(COOKIE), dropped(LANGUAGE))
    answer.headers.update(CLEARING)
    return answer


handlers = (link, ask, not_for_me, code, enter, again, signed_out, sign_out)
