"""Templates whose words are put into their language when they are compiled, not at every page.

What ``{{ _("…") }}`` and ``{{ asset("…") }}`` say never changes while the portal runs, so the
compiler is given the answer in place of the question.  Where a text has something to fill in,
as in ``{{ _("Do this by %(day)s.", day=day) }}``, only that is left for the page to do.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, MutableMapping
from functools import lru_cache
from typing import Any

import markupsafe
from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from portal.web.compiling import PlainCode

MOST_PARTS = 1024
_escaped = markupsafe._escape_inner  # type: ignore[attr-defined] # noqa: SLF001 - what escape() calls itself
MARK = "\x00"
"""Stands on both sides of what is to be filled in."""


class TranslatedEnvironment(Environment):
    """The templates in one language."""

    code_generator_class = PlainCode

    def __init__(self, answers: Mapping[str, Callable[[str], str]], **options: Any) -> None:  # noqa: ANN401 - Jinja's own
        """Take Jinja's options, and the functions that always give the same answer to the same text."""
        super().__init__(**options)
        self.answers = answers
        self.part = lru_cache(MOST_PARTS)(self._part)

    def _part(self, name: str, **of: Hashable) -> Markup:
        """A part of pages that depends on little: it is rendered once for each of what it depends on."""
        return Markup(self.get_template(name).render(of).strip())  # noqa: S704 - a template escapes

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One plain mapping for all templates: Jinja's chains of them are slow to import macros with."""
        return self.globals if not d else super().make_globals(d)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template: nodes.Template = _Answering(self.answers).visit(super()._parse(source, name, filename))
        return template


def written(value: Any) -> str:  # noqa: ANN401 - whatever a template names
    """What a page shows of a value: escaped, unless it is markup.  It is joined at once, as plain text."""
    kind = type(value)
    if kind is str:
        plain: str = _escaped(value)
        return plain
    return value if kind is Markup else str(escape(value))


class _Answering(NodeTransformer):
    """Puts answers in the place of questions."""

    def __init__(self, answers: Mapping[str, Callable[[str], str]]) -> None:
        self._answers = answers

    def visit_Output(self, output: nodes.Output) -> nodes.Node:  # noqa: N802 - as Jinja's visitors are named
        """Open a text to be filled in, so that each of its parts is written on its own."""
        output.nodes = [part for node in output.nodes for part in self._parts(node)]
        return self.generic_visit(output)

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 - the same
        """Answer it, if nothing is to be filled in."""
        text = self._text(call)
        if text is None or call.kwargs:
            return self.generic_visit(call)
        return nodes.Const(Markup(text) % {}, lineno=call.lineno)  # noqa: S704 - our own translations

    def _parts(self, node: nodes.Expr) -> Iterator[nodes.Expr]:
        text = self._text(node)
        if text is None or not isinstance(node, nodes.Call) or not node.kwargs:
            yield node
            return
        values = {keyword.key: keyword.value for keyword in node.kwargs}
        marked = text % {name: f"{MARK}{name}{MARK}" for name in values}
        for position, part in enumerate(marked.split(MARK)):
            yield values[part] if position % 2 else nodes.TemplateData(part, lineno=node.lineno)

    def _text(self, node: nodes.Node) -> str | None:
        """The answer to a question about a text that stands in the template, if it is one."""
        match node:
            case nodes.Call(
                node=nodes.Name(name=name),
                args=[nodes.Const(value=str(asked))],
                dyn_args=None,
                dyn_kwargs=None,
            ) if name in self._answers:
                return self._answers[name](asked)
        return None
