"""Names: every one is bound, and none hides what others rely on."""

from __future__ import annotations

import ast
import builtins
import difflib
from typing import TYPE_CHECKING

from synth.program.lint.allowed import BUILTINS, IMPORTS
from synth.program.lint.registry import Context, Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["bound", "modules_only_for_attributes", "no_rebinding", "plain_identifiers"]

_INSTEAD = {
    "print": "Remove it: nothing a reward program prints is read.",
    "object": "Use a number type such as np.uint8, or leave it out.",
    "type": "Use isinstance.",
    "iter": "Use a for loop.",
    "math": "Use NumPy: np.sqrt, np.hypot, np.floor, np.pi.",
    "numpy": "Write `import numpy as np` and use np.",
    "Tuple": "Write tuple.",
    "List": "Write list.",
    "Dict": "Write dict.",
    "Optional": "Write `X | None`.",
    "Any": "Leave the annotation out.",
}


@rule("S301", "Every name is a local, a parameter, a top-level name or an allowed builtin.")
def bound(context: Context) -> Iterator[Hit]:
    """Names that nothing binds, and builtins outside the allow-list."""
    known = sorted(BUILTINS | set(context.scopes.top) | set(IMPORTS))
    for node in context.nodes:
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        # A name that the resolver did not come across counts as unknown.
        if context.scopes.kinds.get(node, "unknown") != "unknown":
            continue
        name = node.id
        if name in context.reported or node in context.covered:
            continue
        if name in IMPORTS:
            hint = f"Add `{IMPORTS[name]}` at the top."
        elif name in _INSTEAD:
            hint = _INSTEAD[name]
        elif hasattr(builtins, name):
            hint = f"Available builtins: {', '.join(sorted(BUILTINS))}."
        else:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Define {name}, or pass it as argument."
        word = "builtin" if hasattr(builtins, name) else "name"
        problem = "is not available" if word == "builtin" else "is not defined"
        yield Hit(node, f"the {word} {name} {problem}.", hint)


@rule("S302", "Modules and builtins are not rebound.")
def no_rebinding(context: Context) -> Iterator[Hit]:
    """Variables, parameters and functions named like a module or an allowed builtin."""
    for binding in context.scopes.bindings:
        if binding.name in IMPORTS or binding.name in BUILTINS:
            what = "module" if binding.name in IMPORTS else "builtin"
            yield Hit(
                binding.node,
                f"{binding.name} is a {what} and may not be rebound.",
                f"Use another name, such as {binding.name}_.",
            )


@rule("S303", "Identifiers are plain ASCII and have no double underscores at both ends.")
def plain_identifiers(context: Context) -> Iterator[Hit]:
    """Dunder names and letters that only look like ASCII."""
    for node in context.nodes:
        if node in context.covered:
            continue
        for name in _identifiers(node):
            if name.startswith("__") or not name.isascii():
                yield Hit(
                    node, f"the name {name} is not available.", "Use a plain name, ASCII letters."
                )


@rule("S304", "A module is used as `np.name` and is not a value.")
def modules_only_for_attributes(context: Context) -> Iterator[Hit]:
    """``m = np``, ``f(np)`` and the like."""
    for node, kind in context.scopes.kinds.items():
        parent = context.scopes.parents[node]
        if kind == "module" and not isinstance(parent, ast.Attribute):
            yield Hit(
                node,
                f"the module {node.id} may not be passed around.",
                f"Use {node.id}.name where it is needed.",
            )


def _identifiers(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.keyword) and node.arg is not None:
        return (node.arg,)
    return ()
