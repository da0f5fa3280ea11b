"""The top level: imports, a docstring, literal constants, functions and SUBTASKS."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from synth.program.lint.allowed import CONSTANT_CALLS, DTYPES
from synth.program.lint.registry import Context, Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.program.lint.scope import Scopes

__all__ = ["bound_once", "defined_before_use", "literal_constants", "only_declarations"]

_CONTAINERS = frozenset({"frozenset", "set", "tuple", "list", "dict", "range", "slice"})
_TYPES = _CONTAINERS | {"bool", "int", "float", "str"}
_OPERATORS = (
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.BitOr,
    ast.BitAnd,
    ast.BitXor,
    ast.LShift,
)


@rule("S102", "The top level holds imports, a docstring, constants, functions and SUBTASKS only.")
def only_declarations(context: Context) -> Iterator[Hit]:
    """Statements that do something when the program is loaded."""
    for index, node in enumerate(context.tree.body):
        docstring = (
            index == 0
            and isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        )
        if not docstring and not isinstance(
            node,
            ast.ClassDef
            | ast.Import
            | ast.ImportFrom
            | ast.FunctionDef
            | ast.Assign
            | ast.AnnAssign,
        ):
            yield Hit(
                node,
                "this statement may not stand at the top level.",
                "Move it into a function, or remove it.",
            )


@rule(
    "S103",
    "A top-level constant is a literal: numbers, strings, tuples, lists, sets, "
    "dictionaries, other constants, or np.array and np.uint8 of them.",
)
def literal_constants(context: Context) -> Iterator[Hit]:
    """Constants that compute, and assignments to anything but names."""
    for node in context.tree.body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        for target in targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            for name in names:
                if not isinstance(name, ast.Name):
                    yield Hit(name, "a constant is a plain name.", "Write NAME = value.")
        if any(isinstance(target, ast.Name) and target.id == "SUBTASKS" for target in targets):
            continue
        if isinstance(value, ast.Call) and context.scopes.kind(value.func) == "foreign":
            continue  # the import is what is wrong
        wrong = _not_literal(value, context.scopes)
        if wrong is not None:
            yield Hit(
                wrong,
                "a top-level constant must be a literal.",
                "Write the value itself, or compute it inside a function.",
            )


@rule("S104", "Each top-level name is set once.")
def bound_once(context: Context) -> Iterator[Hit]:
    """Constants set twice, and constants named like a function."""
    seen: set[str] = set()
    for binding in context.scopes.bindings:
        if binding.top and binding.name in seen:
            yield Hit(
                binding.node, f"{binding.name} is already set above.", "Give it a name of its own."
            )
        if binding.top:
            seen.add(binding.name)


@rule("S105", "A constant or default uses only constants above it.")
def defined_before_use(context: Context) -> Iterator[Hit]:
    """Names evaluated on loading before the statement that sets them."""
    defined: set[str] = set()
    sets: dict[int, list[str]] = {}
    for name, home in context.scopes.top.items():
        sets.setdefault(id(home), []).append(name)
    for statement in context.tree.body:
        for node in _on_loading(statement):
            if context.scopes.kind(node) == "top" and isinstance(node, ast.Name):
                home = context.scopes.top[node.id]
                if node.id not in defined and home is not statement:
                    yield Hit(
                        node, f"{node.id} is set further down.", f"Move {node.id} above this line."
                    )
                elif home is statement and not isinstance(statement, ast.FunctionDef):
                    yield Hit(node, f"{node.id} is not set yet.", "Write the value itself.")
        defined.update(sets.get(id(statement), ()))


def _on_loading(statement: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(statement, ast.FunctionDef):
        for part in (statement.args, statement.returns):
            if part is not None:
                yield from ast.walk(part)
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        yield from ast.walk(statement)


def _not_literal(node: ast.AST, scopes: Scopes) -> ast.AST | None:
    """The first part of an expression that is not literal, or ``None``."""
    parts: list[ast.AST]
    if isinstance(node, ast.Constant):
        return None
    if isinstance(node, ast.Name):
        constant = isinstance(scopes.top.get(node.id), ast.Assign | ast.AnnAssign)
        return None if constant or node.id in _TYPES else node
    if isinstance(node, ast.Attribute):
        known = scopes.kind(node.value) == "module" and node.attr in DTYPES | {"pi", "inf", "nan"}
        return None if known else node
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        parts = list(node.elts)
    elif isinstance(node, ast.Dict):
        parts = [part for part in (*node.keys, *node.values) if part is not None]
    elif isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
        parts = [node.operand]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        parts = [node.left, node.right]
    elif isinstance(node, ast.Subscript):
        parts = [node.value, node.slice]
    elif isinstance(node, ast.Call) and _may_call(node.func, scopes):
        parts = [*node.args, *(keyword.value for keyword in node.keywords)]
    else:
        return node
    return next((wrong for part in parts if (wrong := _not_literal(part, scopes))), None)


def _may_call(function: ast.expr, scopes: Scopes) -> bool:
    if isinstance(function, ast.Name):
        return scopes.kind(function) == "builtin" and function.id in _CONTAINERS
    return (
        isinstance(function, ast.Attribute)
        and scopes.kind(function.value) == "module"
        and function.attr in CONSTANT_CALLS | {"generate_binary_structure"}
    )
