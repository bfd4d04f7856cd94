"""The language of a page: chosen by the person, else by their browser, else English."""

import io
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import FileSystemLoader, StrictUndefined

from portal.domain.contacts import national_form
from portal.languages import ENGLISH, LANGUAGES, Language, spoken
from portal.settings import ROOT
from portal.web.assets import Assets
from portal.web.cookies import LANGUAGE
from portal.web.site import Visit, site_of
from portal.web.translating import TranslatedEnvironment

LOCALES = ROOT / "locales"
TEMPLATES = ROOT / "templates"
SOME_NUMBERS = 512
"""Officers' and forces' own, mostly: reading one takes longer than finding a case."""
QUERY = "language"
"""Any page's address with this asks for it in another language, which is then kept."""


def translations(code: str, folder: Path = LOCALES) -> NullTranslations:
    """The catalogue of a language, straight from its .po file: what is committed is what runs."""
    catalogue = folder / code / "LC_MESSAGES" / "portal.po"
    if not catalogue.exists():
        return NullTranslations()
    with catalogue.open("rb") as source, io.BytesIO() as compiled:
        write_mo(compiled, read_po(source, locale=code))
        compiled.seek(0)
        return Translations(compiled)


def environments(assets: Assets) -> Mapping[str, TranslatedEnvironment]:
    """The templates once for each language, so that a page pays nothing for being translated.

    All are compiled here: the first visitor after a start waits no longer than the others.
    """
    made = {code: _environment(language, assets) for code, language in LANGUAGES.items()}
    for environment in made.values():
        for name in environment.list_templates(["html"]):
            environment.get_template(name)
    return made


def _environment(language: Language, assets: Assets) -> TranslatedEnvironment:
    catalogue = translations(language.code)
    environment = TranslatedEnvironment(
        {"_": catalogue.gettext, "asset": assets.url},
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined] # the extension adds it
    environment.globals.update(
        catalogue=catalogue,
        lang=language.code,
        dir=language.direction,
        national_form=lru_cache(SOME_NUMBERS)(national_form),
        asset=assets.url,
        entry_css=assets.entry_css,
    )
    environment.filters.update(
        day=language.day, short_day=language.short_day, time=language.time, money=language.money
    )
    return environment


def language_of(request: Visit) -> Language:
    """The language to answer in.  A draft is not used where the person's force switched drafts off."""
    chosen = request.query_params.get(QUERY) or request.cookies.get(LANGUAGE)
    wanted = spoken(chosen or request.headers.get("accept-language", "")[:2])
    return ENGLISH if wanted not in offered(request) else wanted


def chosen_language(request: Visit) -> Language | None:
    """The language that this person chose, if they did."""
    chosen = LANGUAGES.get(request.cookies.get(LANGUAGE, ""))
    return chosen if chosen in offered(request) else None


def offered(request: Visit) -> list[Language]:
    """The languages that this person may choose."""
    session = request.scope.get("user")
    force = site_of(request).settings.of_force(session.force if session else None)
    return [language for language in LANGUAGES.values() if force.drafts or not language.is_draft]


def gettext_of(request: Visit) -> Callable[[str], str]:
    """What a handler says to the person goes through this, in their language."""
    environment = site_of(request).environments[language_of(request).code]
    catalogue = cast("NullTranslations", environment.globals["catalogue"])
    return catalogue.gettext
