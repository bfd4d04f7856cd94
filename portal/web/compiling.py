"""Templates compiled to Python that says what they say, and no more.

Jinja asks a function of its own for each attribute, item and call, in case the template means
something else.  Ours mean what they write: an attribute is an attribute, and one that is
missing is an error as it is in Python.
"""

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup

TAKE_THE_CONTEXT = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
"""Functions that Jinja must call, since they ask it where they stand."""


class PlainCode(CodeGenerator):
    """Writes the code of one template."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - Jinja's own
        super().__init__(*given, **named)
        self._markup: dict[Markup, str] = {}

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - as Jinja's visitors are named
        """Let it write with :func:`portal.web.translating.written`, and make each piece of markup once."""
        super().visit_Template(node, frame)
        self.writeline("from portal.web.translating import written as escape")
        for markup, name in self._markup.items():
            self.writeline(f"{name} = {markup!r}")

    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:  # noqa: N802 - the same
        """Markup is made when the template is loaded, not each time it is needed."""
        if type(node.value) is Markup:
            self.write(self._markup.setdefault(node.value, f"markup_{len(self._markup)}"))
        else:
            super().visit_Const(node, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - the same
        """Take the attribute."""
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802 - the same
        """Take the item."""
        self.visit(node.node, frame)
        self.write("[")
        self.visit(node.arg, frame)
        self.write("]")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802, FBT001, FBT002 - the same
        """Call it."""
        asks = isinstance(node.node, nodes.Name) and node.node.name in TAKE_THE_CONTEXT
        if asks or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for given in (*node.args, *node.kwargs):
            self.visit(given, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")
