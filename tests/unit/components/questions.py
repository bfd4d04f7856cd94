"""How to ask our macros of questions for what a fixture's options say."""

from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from tests.unit.components.fixtures import Call, Options

DATE = ("day", "month", "year")
SIZES = ("s", "m", "l", "xl")


def checkboxes(options: Options) -> Call:
    name = options.get("name")
    choices = _choices(options)
    items = [item for item in options.parts("items") if item]
    for before, item in zip([None, *items], items, strict=False):
        divided = before is not None and before.get("divider")
        if item.get("behaviour") == "exclusive" and not divided:
            options.refuse("items.behaviour without a divider")
    chosen = [item.get("value") for item in items if item.get("checked", default=False)]
    return _group(options, name, choices, chosen)


def radios(options: Options) -> Call:
    name = options.get("name")
    items = [item for item in options.parts("items") if item]
    chosen = [item.get("value") for item in items if item.get("checked", default=False)]
    value = options.get("value", default=None)
    if any(item.get("value") == value and item.get("checked", default=None) is False for item in items):
        value = None
    return _group(options, name, _choices(options), chosen[0] if chosen else value)


def _choices(options: Options) -> list[Any]:
    choices: list[Any] = []
    for item in options.parts("items"):
        if item is None:
            continue
        if divider := item.get("divider"):
            choices.append(divider)
        else:
            choices.append((item.get("value"), item.words(), item.part("hint").words()))
    return choices


def _group(options: Options, name: str, choices: list[Any], chosen: Any) -> Call:
    fieldset = options.part("fieldset")
    if not fieldset:
        options.refuse("no fieldset")
    revealed = {
        item.get("value"): Markup(item.part("conditional").get("html"))  # noqa: S704 - a fixture's own
        for item in options.parts("items")
        if item
    }
    if any(item is None for item in options.parts("items")):
        options.refuse("items that are empty")
    keywords = _asked(options, fieldset.part("legend"), "govuk-fieldset__legend--") | options.attributes()
    keywords |= {
        "id": options.get("idPrefix"),
        "classes": options.get("classes"),
        "caller": revealed.__getitem__,
    }
    return Call([_form(options, name, chosen), name, keywords.pop("question"), choices], keywords)


def date_input(options: Options) -> Call:
    fieldset, prefix = options.part("fieldset"), options.get("namePrefix")
    name = prefix or options.get("id")
    if not fieldset:
        options.refuse("no fieldset")
    keywords = _asked(options, fieldset.part("legend"), "govuk-fieldset__legend--")
    keywords |= {"id": options.get("id"), "classes": options.get("classes"), **options.attributes()}
    form = _form(options, name, "")
    marked = [part for part in DATE if _part_of_date(options, form, name, part)]
    if marked:
        form.errors = {f"{name}-{part}": form.errors[name] for part in marked if form.errors}
    keywords["birth"] = any(item.get("autocomplete") == "bday-day" for item in options.parts("items") if item)
    renamed = {} if prefix else {f'name="{part}"': f'name="{name}-{part}"' for part in DATE}
    return Call([form, name, keywords.pop("question")], keywords, renamed)


def _part_of_date(options: Options, form: SimpleNamespace, name: str, part: str) -> bool:
    """Read what a fixture says of the day, the month or the year.  Is it marked as wrong?"""
    items = {item.get("name"): item for item in options.parts("items") if item}
    if items and tuple(items) != DATE:
        options.refuse("items other than day, month and year")
    said = items.get(part) or options.part(part)
    values = options.get("values", default={})
    value = said.get("value", default=None) or values.get(f"{name}-{part}") or values.get(part)
    if value:
        form.fields[f"{name}-{part}"] = str(value)
    said.get("name")
    classes = set(said.get("classes").split()) - {f"govuk-input--width-{4 if part == 'year' else 2}"}
    if said.get("autocomplete") not in ("", f"bday-{part}") or classes - {"govuk-input--error"}:
        options.refuse("other classes or autocomplete of a part")
    wrong = said.get("error", default=None)
    if wrong is False or ((wrong or classes) and not form.errors):
        options.refuse("a part's error without an error message")
    return bool(wrong or classes)


def fieldset(options: Options) -> Call:
    keywords = _sized(options.part("legend"), "govuk-fieldset__legend--")
    keywords |= {"classes": options.get("classes"), **options.attributes()}
    for attribute, option in (("role", "role"), ("aria-describedby", "describedBy")):
        if options.get(option):
            keywords[attribute] = options.get(option)
    inside = Markup(options.get("html"))  # noqa: S704 - a fixture's own
    keywords["caller"] = lambda: inside
    return Call([keywords.pop("question")], keywords)


def label(options: Options) -> Call:
    if not options.words():
        options.refuse("no text")
    keywords = _sized(options, "govuk-label--")
    keywords |= {"field": options.get("for"), **options.attributes()}
    return Call([keywords.pop("question")], keywords)


def input(options: Options) -> Call:  # noqa: A001 - the macro's own name
    keywords = _asked(options, options.part("label"), "govuk-label--")
    names = ("autocomplete", "autocapitalize", "inputmode", "pattern", "spellcheck")
    given = {name: options.get(name, default=None) for name in names}
    keywords |= {name: str(value).lower() for name, value in given.items() if value is not None}
    keywords |= {name: options.part(name).words() for name in ("prefix", "suffix")}
    keywords |= {
        "id": options.get("id"),
        "classes": options.get("classes"),
        "type": options.get("type") or "text",
    }
    form = _form(options, options.get("name"), options.get("value"))
    return Call([form, options.get("name"), keywords.pop("question")], keywords | options.attributes())


def select(options: Options) -> Call:
    items = [item for item in options.parts("items") if item]
    if len(items) < len(options.parts("items")):
        options.refuse("items that are empty")
    if any(item.get("value", default=None) is None for item in items):
        options.refuse("items without value")
    choices = [(_as_text(item.get("value")), item.words()) for item in items]
    value = options.get("value", default=None)
    if any(item.get("value") == value and item.get("selected", default=None) is False for item in items):
        value = None
    chosen = [item.get("value") for item in items if item.get("selected", default=False)]
    keywords = _asked(options, options.part("label"), "govuk-label--") | options.attributes()
    keywords |= {"id": options.get("id"), "classes": options.get("classes")}
    keywords["disabled"] = [
        _as_text(item.get("value")) for item in items if item.get("disabled", default=False)
    ]
    form = _form(options, options.get("name"), chosen[0] if chosen else value)
    return Call([form, options.get("name"), keywords.pop("question"), choices], keywords)


def _as_text(value: Any) -> str:
    """As nunjucks writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def textarea(options: Options) -> Call:
    keywords = _asked(options, options.part("label"), "govuk-label--")
    given = {name: options.get(name, default=None) for name in ("autocomplete", "spellcheck")}
    keywords |= {name: str(value).lower() for name, value in given.items() if value is not None}
    keywords |= {"id": options.get("id"), "classes": options.get("classes"), "rows": options.get("rows") or 5}
    form = _form(options, options.get("name"), options.get("value"))
    return Call([form, options.get("name"), keywords.pop("question")], keywords | options.attributes())


def character_count(options: Options) -> Call:
    if not options.get("maxlength"):
        options.refuse("no maxlength")
    call = textarea(options)
    call.keywords.update(most=options.get("maxlength"), translated=False)
    return call


def password_input(options: Options) -> Call:
    keywords = _asked(options, options.part("label"), "govuk-label--")
    keywords |= {"id": options.get("id"), "classes": options.get("classes"), "translated": False}
    keywords |= {"autocomplete": options.get("autocomplete") or "current-password", **options.attributes()}
    form = _form(options, options.get("name"), "")
    return Call([form, options.get("name"), keywords.pop("question")], keywords)


def _form(options: Options, name: str, value: Any) -> SimpleNamespace:
    error = options.part("errorMessage").words()
    return SimpleNamespace(
        errors={name: error} if error else {},
        fields={} if value in ("", None) else {name: str(value) if isinstance(value, int) else value},
    )


def _asked(options: Options, question: Options, prefix: str) -> dict[str, Any]:
    return _sized(question, prefix) | {"hint": options.part("hint").words()}


def _sized(question: Options, prefix: str) -> dict[str, Any]:
    """The words of a question, and whether they are large, or the page's heading."""
    classes, heading = question.get("classes"), question.get("isPageHeading", default=False)
    size = classes.removeprefix(prefix)
    if heading and not classes:
        question.refuse("isPageHeading without a size")
    if classes and size not in SIZES:
        question.refuse("classes")
    return {"question": question.words(), "heading" if heading else "size": size}
