"""What names are given: every value that a program assigns to a name, wherever it does.

Scopes are not told apart, which can only make a name less sure. It answers whether all that
a name is ever given is of one kind, in time that grows with the program.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from synth.program.lint.allowed import IN_PLACE_NUMPY
from synth.program.lint.origins import defaults

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from synth.program.lint.registry import Context

__all__ = ["Given", "array", "called", "given", "names_of_kind"]

Given = dict[str, list[ast.expr | None]]
"""For each name its values; ``None`` for one that cannot be read: a checker's, a loop's."""


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
    for name, sources in _parameters(context, known):
        values.setdefault(name, []).extend(sources)
    for binding in context.scopes.bindings:
        if id(binding.node) not in known:
            values.setdefault(binding.name, []).append(None)
    return values


def _parameters(context: Context, known: set[int]) -> Iterator[tuple[str, list[ast.expr]]]:
    """The parameters of helpers that are only ever called by name, with all that they are given."""
    calls, used = _calls(context)
    for node in context.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name in context.program.entries | used:
            continue
        of = node.args
        if of.vararg or of.kwarg:
            continue
        named = [*of.posonlyargs, *of.args, *of.kwonlyargs]
        sources: dict[str, list[ast.expr]] = {parameter.arg: [] for parameter in named}
        for name, default in defaults(node):
            sources[name].append(default)
        plain = [parameter.arg for parameter in (*of.posonlyargs, *of.args)]
        for call in calls.get(node.name, ()):
            for name, value in zip(plain, call.args, strict=False):
                sources[name].append(value)
            for keyword in call.keywords:
                if keyword.arg in sources:
                    sources[keyword.arg].append(keyword.value)
        known.update(id(parameter) for parameter in named)
        yield from sources.items()


def _calls(context: Context) -> tuple[dict[str, list[ast.Call]], set[str]]:
    """Calls of each top-level name that give every argument by itself, and names used otherwise."""
    calls: dict[str, list[ast.Call]] = {}
    used: set[str] = set()
    for node in context.nodes:
        if not isinstance(node, ast.Name) or context.scopes.kind(node) != "top":
            continue
        call = context.scopes.parents[node]
        if (
            isinstance(call, ast.Call)
            and call.func is node
            and not any(isinstance(part, ast.Starred) for part in call.args)
            and all(keyword.arg for keyword in call.keywords)
        ):
            calls.setdefault(node.id, []).append(call)
        else:
            used.add(node.id)
    return calls, used


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
