"""Answering with a page: rendered at once, to bytes, while the unit of work is still open."""

from functools import cached_property
from http import HTTPStatus
from typing import TypeAlias

import brotli
from litestar import Response
from litestar.datastructures import Cookie
from litestar.response import Redirect
from markupsafe import Markup

from portal.domain.forces import FORCES
from portal.languages import Language
from portal.storage.sessions import Session
from portal.web import csrf
from portal.web.cookies import LANGUAGE, kept
from portal.web.forms import NOTHING, Form
from portal.web.i18n import QUERY, language_of, offered
from portal.web.site import Visit, site_of, surface_of

WORTH_COMPRESSING = 1000
QUALITY = 5
HTML = "text/html"
CSRF_HERE = "{csrf}"
"""Stands in a part of pages that is otherwise the same for many people."""


Navigation: TypeAlias = tuple[tuple[str, str, bool], ...]
"""The ways through a surface: the words of each, its address, and whether the page is there."""


class Page:
    """What the layout shows around every page."""

    def __init__(
        self, request: Visit, language: Language, *, entry: bool, navigation: Navigation, notices: object
    ) -> None:
        self._request, self._language, self.entry = request, language, entry
        self.navigation, self.notices = navigation, notices
        self._part = site_of(request).environments[language.code].part
        self._session: Session | None = request.scope.get("user")
        self.surface = surface_of(request)
        self.path = request.scope["path"]
        self.signed_in = self._session is not None and self._session.is_signed_in
        self.sign_out_path = "/staff/sign-out" if self.surface == "staff" else "/sign-out"
        self.force_code = (self._session and self._session.force) or ""
        force = FORCES.get(self.force_code)
        self.force_name = force.name if force else ""
        self.force_phone = site_of(request).settings.of_force(self.force_code).phone
        self.is_draft = language.is_draft

    @cached_property
    def csrf(self) -> str:
        """The token for this page's forms."""
        keys = site_of(self._request).databases[self.surface].keys
        return csrf.token(keys, self.surface, self._session)

    def header(self, exit: str) -> Markup:  # noqa: A002 - as the layout calls it
        """What stands above the page."""
        header = self._part(
            "_header.html",
            can_exit=bool(exit),
            csrf=CSRF_HERE,
            force_name=self.force_name,
            is_draft=self.is_draft,
            navigation=self.navigation,
            sign_out_path=self.sign_out_path if self.signed_in else "",
        )
        return header.replace(CSRF_HERE, self.csrf) if self.signed_in else header

    @property
    def language_navigation(self) -> Markup:
        """The choice of language, where there is one.

        Its addresses are this page's own, so that no page repeats the token that it was opened with.
        """
        languages = tuple(
            (tongue.code, tongue.own_name, f"?{QUERY}={tongue.code}", tongue is self._language)
            for tongue in offered(self._request)
        )
        return self._part("_languages.html", languages=languages) if len(languages) > 1 else Markup()

    @property
    def footer(self) -> Markup:
        """What stands below the page."""
        return self._part("_footer.html", force_phone=self.force_phone)


def page(
    request: Visit,
    name: str,
    *,
    status: int = HTTPStatus.OK,
    entry: bool = False,
    form: Form = NOTHING,
    navigation: Navigation = (),
    notices: object = None,
    **context: object,
) -> Response[bytes]:
    """Answer with the template ``name`` in the person's language.

    Args:
        request: what is answered.
        name: the template.
        status: 200, or what an error says; a form with errors makes it 422.
        entry: whether the page carries its sheet inside, for a first visit in one response.
        form: what the person sent, with its errors.
        navigation: the ways through the surface.
        notices: what staff are told above every page (``staff/_notices.html``).
        context: what the template shows.
    """
    site, language = site_of(request), language_of(request)
    template = site.environments[language.code].get_template(name)
    around = Page(request, language, entry=entry, navigation=navigation, notices=notices)
    body = template.render(page=around, form=form, **context).encode()
    headers = {"Vary": "Accept-Encoding, Cookie", "Content-Language": language.code}
    if entry:
        request.scope["state"]["style_source"] = site.assets.entry_css_source
    if len(body) >= WORTH_COMPRESSING and "br" in request.headers.get("accept-encoding", ""):
        body = brotli.compress(body, quality=QUALITY)
        headers["Content-Encoding"] = "br"
    if form.errors and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    chosen = [kept(LANGUAGE, language.code)] if QUERY in request.query_params else []
    return Response(body, media_type=HTML, status_code=status, headers=headers, cookies=chosen)


def see(path: str, *cookies: Cookie) -> Redirect:
    """Done: show this page next."""
    return Redirect(path, status_code=303, cookies=list(cookies))
