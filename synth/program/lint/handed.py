"""Where functions and iterators go: from the place where they arise to each that uses them.

Both have an address, and an iterator remembers how far it has been read. This follows them
through names, through parameters of helpers and out of helpers, and hands each use to
`synth.program.lint.rules.handing`, in time that grows with the program.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeGuard

from synth.program.lint.origins import defaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.program.lint.registry import Context

__all__ = ["ITERATORS", "Use", "parameter", "takes_key", "uses"]

Handed = Literal["function", "iterator"]
_Key = tuple[int, str, Handed]

ITERATORS = frozenset({"enumerate", "filter", "map", "reversed", "zip"})
_SORTING = frozenset({"max", "min", "sorted"})
_NUMPY_ITERATORS = frozenset({"ndenumerate", "ndindex"})


@dataclass(frozen=True, slots=True)
class Use:
    """A function or an iterator at a place.

    Attributes:
        node: The expression.
        at: The expression that passes it on, through ``x if y else z``, ``or`` and ``:=``.
        parent: What that stands in.
        kind: What it is.
        sure: Whether it is that on every way; names may hold other things as well.
        given: Whether its name is a parameter, and holds what callers give and nothing else.
    """

    node: ast.expr
    at: ast.expr
    parent: ast.AST
    kind: Handed
    sure: bool
    given: bool


def uses(context: Context) -> list[Use]:
    """Every place at which a function or an iterator stands."""
    return _Tracker(context).uses()


class _Tracker:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._parents = context.scopes.parents
        self._homes: dict[ast.AST, ast.AST] = {}
        self._loads: dict[tuple[int, str], list[ast.Name]] = {}
        self._calls: dict[str, list[ast.Call]] = {}
        self._bound: dict[tuple[int, str], int] = {}
        self._tracked: dict[_Key, int] = {}
        self._giving: set[ast.AST] = set()
        self._found: list[tuple[ast.expr, Handed, _Key | None]] = []
        for node in context.nodes:
            self._index(node)
        for binding in context.scopes.bindings:
            key = (id(self._homes.get(binding.node)), binding.name)
            self._bound[key] = self._bound.get(key, 0) + 1

    def _index(self, node: ast.AST) -> None:
        parent = self._parents.get(node)
        outer = parent is None or parent is self._context.tree
        # `ast.Load()` is one object in many places, and may come before its parent.
        self._homes[node] = node if outer or parent is None else self._homes.get(parent, node)
        kind = self._context.scopes.kind(node)
        if isinstance(node, ast.Name) and kind == "local":
            self._loads.setdefault((id(self._homes[node]), node.id), []).append(node)
        if isinstance(node, ast.Call) and self._helper(node.func) is not None:
            self._calls.setdefault(ast.unparse(node.func), []).append(node)

    def _helper(self, node: ast.AST) -> ast.FunctionDef | None:
        if not isinstance(node, ast.Name) or self._context.scopes.kind(node) != "top":
            return None
        home = self._context.scopes.top[node.id]
        return home if isinstance(home, ast.FunctionDef) else None

    def uses(self) -> list[Use]:
        waiting: list[tuple[ast.expr, Handed, _Key | None]] = []
        for node in self._context.nodes:
            kind = self._arises(node)
            if kind is not None and isinstance(node, ast.expr):
                waiting.append((node, kind, None))
            if isinstance(node, ast.FunctionDef) and self._homes[node] is not node:
                waiting += self._track(node, node.name, "function")
        while waiting:
            source = waiting.pop()
            self._found.append(source)
            at, parent = self._climb(source[0], source[1])
            waiting += self._spread(at, parent, source[1])
            waiting += self._walrus(source[0], at, source[1])
        return [self._use(*source) for source in self._found]

    def _use(self, node: ast.expr, kind: Handed, key: _Key | None) -> Use:
        at, parent = self._climb(node, kind)
        bound = self._bound.get(key[:2], 0) if key is not None else 0
        sure = key is None or self._tracked[key] >= bound
        given = key is not None and not self._tracked[key] and bound == 1
        return Use(node, at, parent, kind, sure, given)

    def _arises(self, node: ast.AST) -> Handed | None:
        kind = self._context.scopes.kind
        if isinstance(node, ast.Lambda) or self._helper(node) is not None:
            return "function"
        if isinstance(node, ast.GeneratorExp):
            return "iterator"
        if not isinstance(node, ast.Call):
            flat = isinstance(node, ast.Attribute) and node.attr == "flat"
            return "iterator" if flat and isinstance(node.ctx, ast.Load) else None  # type: ignore[attr-defined]
        called = node.func
        if isinstance(called, ast.Name):
            return "iterator" if kind(called) == "builtin" and called.id in ITERATORS else None
        numpy = isinstance(called, ast.Attribute) and kind(called.value) == "module"
        made = numpy and isinstance(called, ast.Attribute) and called.attr in _NUMPY_ITERATORS
        return "iterator" if made else None

    def _climb(self, node: ast.expr, kind: Handed) -> tuple[ast.expr, ast.AST]:
        """The outermost expression that may be this very thing, and what that stands in."""
        parent = self._parents[node]
        while (
            (isinstance(parent, ast.IfExp) and node is not parent.test)
            or (isinstance(parent, ast.BoolOp) and not _only_asked(node, parent, kind))
            or (isinstance(parent, ast.NamedExpr) and node is parent.value)
        ):
            node, parent = parent, self._parents[parent]
        return node, parent

    def _walrus(
        self, node: ast.expr, at: ast.expr, kind: Handed
    ) -> Iterator[tuple[ast.expr, Handed, _Key]]:
        while node is not at:
            above = self._parents[node]
            if isinstance(above, ast.NamedExpr):
                yield from self._track(above, above.target.id, kind)
            if not isinstance(above, ast.expr):
                return
            node = above

    def _spread(
        self, at: ast.expr, parent: ast.AST, kind: Handed
    ) -> Iterator[tuple[ast.expr, Handed, _Key | None]]:
        """The further places at which it stands from here on."""
        for target in _targets(self._parents, parent, kind):
            if isinstance(target, ast.Name):
                yield from self._track(target, target.id, kind)
        if isinstance(parent, ast.Call | ast.keyword):
            call = self._parents[parent] if isinstance(parent, ast.keyword) else parent
            helper = self._helper(call.func) if isinstance(call, ast.Call) else None
            name = parameter(helper, call, at, parent) if helper is not None else None
            if name is not None and helper is not None:
                yield from self._track(helper, name, kind, sure=False)
        elif isinstance(parent, ast.arguments):
            yield from self._default(at, parent, kind)
        elif isinstance(parent, ast.Return | ast.Lambda) and kind == "iterator":
            yield from self._returned(parent)

    def _default(
        self, at: ast.expr, parent: ast.arguments, kind: Handed
    ) -> Iterator[tuple[ast.expr, Handed, _Key]]:
        function = self._parents[parent]
        if isinstance(function, ast.FunctionDef | ast.Lambda):
            for name, default in defaults(function):
                if default is at:
                    yield from self._track(function, name, kind, sure=False)

    def _returned(self, node: ast.AST) -> Iterator[tuple[ast.expr, Handed, None]]:
        """The calls of the function that gives an iterator."""
        while not isinstance(node, ast.FunctionDef | ast.Lambda):
            node = self._parents[node]
        if node in self._giving:
            return
        self._giving.add(node)
        above = self._parents[node]
        names = [node.name] if isinstance(node, ast.FunctionDef) else []
        if isinstance(above, ast.Assign) and not names:
            names = [target.id for target in above.targets if isinstance(target, ast.Name)]
        for name in names:
            if self._homes[node] is node:
                calls = self._calls.get(name, [])
            else:
                loads = self._loads.get((id(self._homes[node]), name), ())
                near = [(load, self._parents[load]) for load in loads]
                calls = [call for load, call in near if _calls(call, load)]
            for call in calls:
                yield call, "iterator", None

    def _track(
        self, node: ast.AST, name: str, kind: Handed, *, sure: bool = True
    ) -> Iterator[tuple[ast.expr, Handed, _Key]]:
        home = id(self._homes[node])
        key = (home, name, kind)
        known = key in self._tracked
        self._tracked[key] = self._tracked.get(key, 0) + sure
        if not known:
            for load in self._loads.get((home, name), ()):
                yield load, kind, key


def _targets(parents: dict[ast.AST, ast.AST], parent: ast.AST, kind: Handed) -> list[ast.expr]:
    """What is given the value that stands in an assignment, or in a display looped over."""
    if isinstance(parent, ast.Assign):
        return parent.targets
    if isinstance(parent, ast.AnnAssign):
        return [parent.target]
    if kind == "function" and isinstance(parent, ast.Tuple | ast.List):
        loop = parents[parent]
        if isinstance(loop, ast.For | ast.comprehension) and loop.iter is parent:
            return [loop.target]
    return []


def _calls(node: ast.AST, function: ast.expr) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and node.func is function


def _only_asked(node: ast.expr, parent: ast.BoolOp, kind: Handed) -> bool:
    """Whether it is true, so that something else is what comes out: ``f and f(x)``."""
    return kind == "function" and isinstance(parent.op, ast.And) and node is not parent.values[-1]


def parameter(helper: ast.FunctionDef, call: ast.AST, at: ast.expr, parent: ast.AST) -> str | None:
    """The parameter at which a helper gets something; ``None`` where it has none of its own.

    Args:
        helper: The helper.
        call: The call of it.
        at: What it is given.
        parent: The call, or the keyword in it.
    """
    plain = [argument.arg for argument in (*helper.args.posonlyargs, *helper.args.args)]
    if isinstance(parent, ast.keyword):
        named = {*plain, *(argument.arg for argument in helper.args.kwonlyargs)}
        return parent.arg if parent.arg in named else None
    if not isinstance(call, ast.Call):
        return None
    for name, part in zip(plain, call.args, strict=False):
        if isinstance(part, ast.Starred):
            return None
        if part is at:
            return name
    return None


def takes_key(context: Context, keyword: ast.keyword) -> bool:
    """Whether it is the ``key=`` of what sorts or chooses, which calls it and keeps it nowhere."""
    call = context.scopes.parents[keyword]
    if keyword.arg != "key" or not isinstance(call, ast.Call):
        return False
    function = call.func
    if isinstance(function, ast.Name):
        return context.scopes.kind(function) == "builtin" and function.id in _SORTING
    return isinstance(function, ast.Attribute) and function.attr == "sort"
