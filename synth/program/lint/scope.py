"""Which name means what: Python's scoping rules, applied to a reward program.

Every name that is read is resolved as the compiler would: comprehensions and lambdas have
scopes of their own, a walrus within a comprehension binds outside it, and a first iterable
is evaluated outside. This module does not judge; the rules do.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from synth.program.lint.allowed import BUILTINS, IMPORTS

__all__ = ["Binding", "NameKind", "Scopes", "resolve"]

NameKind = Literal["module", "foreign", "top", "builtin", "local", "unknown"]
"""An allowed module; another import; a top-level function or constant; and so on."""

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Binding:
    """A name that is given a value.

    Attributes:
        name: The name.
        node: Where.
        top: Whether at the top level of the program.
    """

    name: str
    node: ast.AST
    top: bool


@dataclass(slots=True)
class Scopes:
    """All names of a program.

    Attributes:
        kinds: For each name that is read, what it means.
        bindings: Every binding, in source order, imports left out.
        parents: For each node, the node that holds it.
        top: For each top-level name the first statement that binds it, imports left out.
    """

    kinds: dict[ast.Name, NameKind] = field(default_factory=dict)
    bindings: list[Binding] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    top: dict[str, ast.stmt] = field(default_factory=dict)

    def kind(self, node: ast.AST) -> NameKind | None:
        """What a node means if it is a name that is read, else ``None``."""
        return self.kinds.get(node) if isinstance(node, ast.Name) else None


def resolve(tree: ast.Module) -> Scopes:
    """Resolve all names of a program."""
    resolver = _Resolver(tree)
    for statement in tree.body:
        resolver.visit(statement, ())
    return resolver.scopes


_Frames = tuple[frozenset[str], ...]


class _Resolver:
    def __init__(self, tree: ast.Module) -> None:
        self.scopes = Scopes()
        self._modules: set[str] = set()
        self._foreign: set[str] = set()
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self.scopes.parents[child] = node
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node)
        for statement in tree.body:
            for name, _ in _bound(statement):
                self.scopes.top.setdefault(name, statement)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        allowed = ast.unparse(node) in IMPORTS.values()
        for alias in node.names:
            name = (alias.asname or alias.name).partition(".")[0]
            (self._modules if allowed else self._foreign).add(name)

    def visit(self, node: ast.AST, frames: _Frames) -> None:
        if isinstance(node, ast.Name):
            self._name(node, frames)
        elif isinstance(node, AnyFunction | ast.Lambda):
            self._function(node, frames)
        elif isinstance(node, Comprehension):
            self._comprehension(node, frames)
        else:
            for child in ast.iter_child_nodes(node):
                self.visit(child, frames)

    def _name(self, node: ast.Name, frames: _Frames) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.scopes.bindings.append(Binding(node.id, node, not frames))
        else:
            self.scopes.kinds[node] = self._kind(node.id, frames)

    def _kind(self, name: str, frames: _Frames) -> NameKind:
        if any(name in frame for frame in frames):
            return "local"
        if name in self.scopes.top:
            return "top"
        if name in self._foreign:
            return "foreign"
        if name in self._modules:
            return "module"
        return "builtin" if name in BUILTINS else "unknown"

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, frames: _Frames
    ) -> None:
        arguments = node.args
        parameters = _parameters(arguments)
        outside: list[ast.AST | None] = [*arguments.defaults, *arguments.kw_defaults]
        outside += [parameter.annotation for parameter in parameters]
        if not isinstance(node, ast.Lambda):
            self.scopes.bindings.append(Binding(node.name, node, not frames))
            outside += [*node.decorator_list, node.returns]
        for part in outside:
            if part is not None:
                self.visit(part, frames)
        self.scopes.bindings += [Binding(p.arg, p, top=False) for p in parameters]
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        names = {parameter.arg for parameter in parameters}
        names |= {name for part in body for name, _ in _bound(part)}
        for part in body:
            self.visit(part, (*frames, frozenset(names)))

    def _comprehension(self, node: Comprehension, frames: _Frames) -> None:
        names = {name for g in node.generators for name, _ in _bound(g.target)}
        inner = (*frames, frozenset(names))
        for index, generator in enumerate(node.generators):
            self.visit(generator.iter, inner if index else frames)
            for part in (generator.target, *generator.ifs):
                self.visit(part, inner)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in parts:
            self.visit(part, inner)


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return parameters + [arg for arg in (arguments.vararg, arguments.kwarg) if arg]


def _bound(node: ast.AST) -> list[tuple[str, ast.AST]]:
    """Names that a statement or expression binds in the scope it stands in."""
    if isinstance(node, AnyFunction):
        return [(node.name, node)]
    if isinstance(node, ast.Lambda | ast.Import | ast.ImportFrom):
        return []
    if isinstance(node, Comprehension):
        # Only a walrus reaches out of a comprehension.
        return [
            (walrus.target.id, walrus)
            for walrus in ast.walk(node)
            if isinstance(walrus, ast.NamedExpr)
        ]
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return [(node.id, node)]
    return [pair for child in ast.iter_child_nodes(node) for pair in _bound(child)]
