"""How to ask each of our macros for what a fixture's options say."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from tests.unit.components import questions
from tests.unit.components.fixtures import Call, Options

RIGHT_TO_LEFT = ("ar", "fa", "ps", "ur")
INTERRUPTION = "govuk-panel--interruption"


def back_link(options: Options) -> Call:
    keywords = {"classes": options.get("classes"), **options.attributes()}
    return Call([options.get("href") or "#", options.words() or "Back"], keywords)


def button(options: Options) -> Call:
    start = options.get("isStartButton", default=False)
    once = options.get("preventDoubleClick", default=False)
    if start and options.get("html"):
        options.refuse("isStartButton with html")
    if options.get("preventDoubleClick", default=None) is False:
        options.refuse("preventDoubleClick that is false")
    keywords = {name: options.get(name) for name in ("id", "name", "value") if options.get(name)}
    keywords |= {"classes": options.get("classes"), "href": options.get("href"), "start": start, "once": once}
    keywords |= {"type": options.get("type") or "submit", **options.attributes()}
    return Call([options.words()], keywords)


def details(options: Options) -> Call:
    keywords = {"classes": options.get("classes"), "open": options.get("open", default=False)}
    keywords |= ({"id": options.get("id")} if options.get("id") else {}) | options.attributes()
    return Call([options.words("summaryText", "summaryHtml"), options.words()], keywords)


def error_message(options: Options) -> Call:
    keywords = {
        "classes": options.get("classes"),
        "prefix": options.get("visuallyHiddenText", default="Error"),
    }
    return Call([options.words()], keywords | _id(options) | options.attributes())


def error_summary(options: Options) -> Call:
    errors = {}
    for error in options.parts("errorList"):
        if error is None or not error.get("href").startswith("#"):
            options.refuse("errorList without href")
        else:
            errors[error.get("href")[1:]] = error.words()
    if not errors:
        options.refuse("no errorList")
    keywords = {"title": options.words("titleText", "titleHtml"), "classes": options.get("classes")}
    if description := options.words("descriptionText", "descriptionHtml"):
        keywords["caller"] = lambda: description
    keywords |= _focus(options) | options.attributes()
    return Call([SimpleNamespace(errors=errors)], keywords)


def exit_this_page(options: Options) -> Call:
    texts = ("activatedText", "timedOutText", "pressTwoMoreTimesText", "pressOneMoreTimeText")
    names = ("activated", "timed_out", "two_more", "one_more")
    keywords = {name: options.get(text) for name, text in zip(names, texts, strict=True)}
    keywords |= {
        "text": options.words(),
        "classes": options.get("classes"),
        **_id(options),
        **options.attributes(),
    }
    return Call([options.get("redirectUrl") or "https://www.bbc.co.uk/weather"], keywords)


def generic_header(options: Options) -> Call:
    keywords = {"classes": options.get("classes"), **options.attributes()}
    return Call([options.words("logoText", "logoHtml"), options.get("url") or "/"], keywords)


def hint(options: Options) -> Call:
    return Call(
        [options.words()], {"classes": options.get("classes"), **_id(options), **options.attributes()}
    )


def inset_text(options: Options) -> Call:
    return hint(options)


def language_navigation(options: Options) -> Call:
    languages = []
    for item in options.parts("items"):
        if item is None or not item.get("lang"):
            options.refuse("items without lang")
        else:
            direction = "rtl" if item.get("lang") in RIGHT_TO_LEFT else ""
            if item.get("dir") != direction:
                options.refuse("items.dir that does not follow from lang")
            current = item.get("current", default=False) or not item.get("href")
            languages.append((item.get("lang"), item.words(), item.get("href"), current))
    keywords = {"classes": options.get("classes"), "label": options.get("ariaLabel") or "Language"}
    return Call([languages], keywords | options.attributes())


def notification_banner(options: Options) -> Call:
    keywords = {"success": options.get("type") == "success", "title": options.words("titleText", "titleHtml")}
    keywords |= {"classes": options.get("classes"), **_focus(options), **options.attributes()}
    if options.get("titleId"):
        keywords["id"] = options.get("titleId")
    if html := options.get("html"):
        keywords["caller"] = lambda: Markup(html)  # noqa: S704 - a fixture's own
    return Call([options.get("text")], keywords)


def pagination(options: Options) -> Call:
    pages: list[Any] = []
    for item in options.parts("items"):
        if item is None:
            options.refuse("items that are empty")
        elif item.get("ellipsis", default=False):
            pages.append(None)
        else:
            pages.append((item.get("number"), item.get("href"), item.get("current", default=False)))
    ways = {name: options.part(name).get("href") for name in ("previous", "next")}
    keywords = {"pages": pages, "classes": options.get("classes"), **ways, **options.attributes()}
    return Call([], keywords | {"label": options.get("landmarkLabel") or "Pagination"})


def panel(options: Options) -> Call:
    classes = options.get("classes").split()
    keywords: dict[str, Any] = {"interruption": INTERRUPTION in classes, **options.attributes()}
    keywords["classes"] = " ".join(name for name in classes if name != INTERRUPTION)
    actions = [item for item in options.part("actions").parts("items") if item]
    if any((item.get("type") == "button") != (index == 0) for index, item in enumerate(actions)):
        options.refuse("actions other than one button and then links")
    if any(not item.get("href") for item in actions):
        options.refuse("actions without href")
    keywords["actions"] = [(item.get("text"), item.get("href")) for item in actions]
    return Call([options.words("titleText", "titleHtml"), options.words()], keywords)


def phase_banner(options: Options) -> Call:
    keywords = {"classes": options.get("classes"), **options.attributes()}
    return Call([options.part("tag").words(), options.words()], keywords)


def service_navigation(options: Options) -> Call:
    if not options.get("serviceName"):
        options.refuse("no serviceName")
    items = []
    for item in options.parts("navigation"):
        if item is None or not item.get("href"):
            options.refuse("navigation without href")
        else:
            items.append((item.words(), item.get("href"), item.get("current", default=False)))
    keywords = {"items": items, "classes": options.get("classes"), **options.attributes()}
    keywords |= {"label": options.get("ariaLabel") or "Service information"}
    keywords |= {"menu": options.get("menuButtonText") or "Menu"}
    return Call([options.get("serviceName"), options.get("serviceUrl")], keywords)


def skip_link(options: Options) -> Call:
    keywords = {"classes": options.get("classes"), **options.attributes()}
    return Call([options.get("href") or "#content", options.words()], keywords)


def summary_list(options: Options) -> Call:
    rows = [
        (row.part("key").words(), row.part("value").words(), _actions(row.part("actions"))) if row else ()
        for row in options.parts("rows")
    ]
    card = options.part("card")
    keywords = {"card": card.part("title").words(), "card_actions": _actions(card.part("actions"))}
    keywords |= {"card_level": card.part("title").get("headingLevel", default=2)}
    if card and not keywords["card"]:
        options.refuse("card without title")
    return Call([rows], keywords | {"classes": options.get("classes"), **options.attributes()})


def _actions(actions: Options) -> list[tuple[str, ...]]:
    items = [item for item in actions.parts("items") if item]
    return [(item.words(), item.get("href"), item.get("visuallyHiddenText")) for item in items]


def table(options: Options) -> Call:
    head = [(cell.words(), cell.attributes()) for cell in options.parts("head") if cell]
    numeric = {place for place, cell in enumerate(options.parts("head")) if cell and cell.get("format")}
    rows = []
    for values in options.get("rows", default=[]):
        cells = [Options(cell) for cell in values or []]
        numeric |= {place for place, cell in enumerate(cells) if cell.get("format")}
        rows.append([cell.words() for cell in cells])
        for name in {name for cell in cells for name in cell.unsupported()}:
            options.refuse(f"rows.{name}")
    if not all(rows):
        options.refuse("rows that are empty")
    keywords = {"classes": options.get("classes"), "caption_classes": options.get("captionClasses")}
    keywords |= {"numeric": numeric, "row_heads": options.get("firstCellIsHeader", default=False)}
    return Call([options.get("caption"), head, rows], keywords | options.attributes())


def tag(options: Options) -> Call:
    classes = options.get("classes").split()
    prefix = "govuk-tag--"
    colours = [name.removeprefix(prefix) for name in classes if name.startswith(prefix)]
    others = [name for name in classes if not name.startswith(prefix)]
    return Call([options.words(), " ".join(colours)], {"classes": " ".join(others), **options.attributes()})


def task_list(options: Options) -> Call:
    tasks: list[Any] = []
    for item in options.parts("items"):
        if item is None:
            tasks.append(None)
            continue
        status = item.part("status").words()
        if marked := item.part("status").part("tag"):
            colour = marked.get("classes")
            status = Markup('<strong class="govuk-tag {}">{}</strong>').format(colour, marked.words())
        tasks.append((item.part("title").words(), item.get("href"), status, item.part("hint").words()))
    keywords = {"id": options.get("idPrefix") or "task-list", "classes": options.get("classes")}
    return Call([tasks], keywords | options.attributes())


def warning_text(options: Options) -> Call:
    keywords = {"classes": options.get("classes"), "prefix": options.get("iconFallbackText") or "Warning"}
    return Call([options.words()], keywords | options.attributes())


def _id(options: Options) -> dict[str, str]:
    return {"id": options.get("id")} if options.get("id") else {}


def _focus(options: Options) -> dict[str, str]:
    stay = options.get("disableAutoFocus", default=None)
    return {} if stay is None else {"data-disable-auto-focus": str(stay).lower()}


ADAPTERS: dict[str, Callable[[Options], Call]] = {
    adapter.__name__: adapter
    for adapter in (
        back_link, button, details, error_message, error_summary, exit_this_page, generic_header, hint,
        inset_text, language_navigation, notification_banner, pagination, panel, phase_banner,
        service_navigation, skip_link, summary_list, table, tag, task_list, warning_text,
        questions.character_count, questions.checkboxes, questions.date_input, questions.fieldset,
        questions.input, questions.label, questions.password_input, questions.radios,
        questions.select, questions.textarea,
    )
}  # fmt: skip
