"""What need not be reported again: what follows from something that is reported itself."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synth.program.lint.scope import Scopes

__all__ = ["covered_nodes", "reported_names"]


def reported_names(nodes: tuple[ast.AST, ...], scopes: Scopes) -> frozenset[str]:
    """The names of classes, their fields, what a ``match`` binds and what makes a namedtuple."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            names.add(node.name)
            fields = [part.target for part in node.body if isinstance(part, ast.AnnAssign)]
            names |= {target.id for target in fields if isinstance(target, ast.Name)}
            names |= {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name is not None:
            names.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest is not None:
            names.add(node.rest)
        elif isinstance(node, ast.Call) and scopes.kind(node.func) == "foreign":
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    names |= set(part.value.replace(",", " ").split())
    return frozenset(names)


def covered_nodes(tree: ast.Module, nodes: tuple[ast.AST, ...]) -> frozenset[ast.AST]:
    """What stands in a handler's ``except``, and in an ``if`` at the top level."""
    covered: set[ast.AST] = set()
    for node in nodes:
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            covered |= set(ast.walk(node.type))
    for statement in tree.body:
        if isinstance(statement, ast.If):
            covered |= set(ast.walk(statement)) - {statement}
    return frozenset(covered)
