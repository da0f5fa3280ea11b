"""What names are given: every value that a program assigns to a name, wherever it does.

Scopes are not told apart, which can only make a name less sure. It answers whether all that
a name is ever given is of one kind, in time that grows with the program.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from synth.program.lint.allowed import IN_PLACE_NUMPY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from synth.program.lint.registry import Context

__all__ = ["Given", "array", "called", "given", "names_of_kind"]

Given = dict[str, list[ast.expr | None]]
"""For each name its values; ``None`` for one that cannot be read: a parameter, a loop's."""


def given(context: Context) -> Given:
    """Every value that each name of a program is assigned."""
    values: Given = {}
    known: set[int] = set()
    for node in context.nodes:
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            targets = [node.target]
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and node.value is not None:
                known.add(id(target))
                values.setdefault(target.id, []).append(node.value)
    for binding in context.scopes.bindings:
        if id(binding.node) not in known:
            values.setdefault(binding.name, []).append(None)
    return values


def names_of_kind(
    values: Given, needs: Callable[[ast.expr], Collection[str] | None]
) -> frozenset[str]:
    """The names that are only ever given values of one kind.

    Args:
        values: What each name is given.
        needs: For a value the names on which it depends whether it is of the kind, or ``None``
            where it is not.
    """
    users: dict[str, list[str]] = {}
    wrong: list[str] = []
    for name, sources in values.items():
        for source in sources:
            needed = None if source is None else needs(source)
            if needed is None:
                wrong.append(name)
                break
            for other in needed:
                users.setdefault(other, []).append(name)
    wrong += [name for name in users if name not in values]
    out: set[str] = set()
    while wrong:
        name = wrong.pop()
        if name not in out:
            out.add(name)
            wrong += users.get(name, ())
    return frozenset(values.keys() - out)


def called(context: Context, node: ast.Call) -> tuple[str, str | None]:
    """The name that is called and its module, "" for a method; of others, no module."""
    if not isinstance(node.func, ast.Attribute):
        return "", None
    owner = node.func.value
    if context.scopes.kind(owner) == "module" and isinstance(owner, ast.Name):
        return node.func.attr, owner.id
    return node.func.attr, ""


def array(context: Context, value: ast.expr) -> frozenset[str] | None:
    """The names that must hold arrays for a value to be one; ``None`` where it may be none.

    Arrays are what functions of np and ndimage give, their copies, and parts of these.
    """
    while isinstance(value, ast.Subscript):
        value = value.value
    if isinstance(value, ast.Name) and context.scopes.kind(value) in {"local", "top"}:
        return frozenset({value.id})
    if not isinstance(value, ast.Call):
        return None
    name, module = called(context, value)
    made = module in {"np", "ndimage"} and name not in IN_PLACE_NUMPY
    return frozenset() if made or (module == "" and name in {"copy", "astype"}) else None
