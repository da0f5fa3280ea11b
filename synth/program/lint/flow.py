"""Where values come from, so that writing into somebody else's can be told.

A small forward data-flow analysis of one program. Each variable carries its *origins*: the
parameters of its function and the mutable constants whose memory it may share. Views and
elements share memory, results of arithmetic and of most calls do not. Helpers are
summarised by the parameters they write into and those their result may share memory with.

It is simple, and errs in both directions: containers built from a frame are taken as fresh,
and what is stored in one is lost sight of. The suite's evaluation in two orders is what
proves that a program keeps no state; this finds the ordinary mistake, and says where.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from synth.program.lint.allowed import (
    IN_PLACE_METHODS,
    IN_PLACE_NUMPY,
    UFUNCS,
    VIEW_METHODS,
    VIEW_NUMPY,
)

__all__ = ["MOST_LOOPS", "Origin", "Write", "writes"]

MOST_LOOPS = 6
"""Loops within each other: a body is followed twice for each that it is in."""

_PASSING = frozenset({"enumerate", "filter", "max", "min", "next", "reversed", "zip"})
_VIEW_VISION = frozenset({"crop", "tiles"})
_PLAIN = frozenset({"shape", "size", "ndim", "dtype", "area", "height", "width", "itemsize"})
_PLACES = ast.Name | ast.Subscript | ast.Attribute
_ELEMENTS = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """A parameter of the function at hand, or a top-level constant."""

    name: str
    constant: bool = False


Origins = frozenset[Origin]
_FRESH: Origins = frozenset()
_Env = dict[str, Origins]


@dataclass(frozen=True, slots=True)
class Write:
    """A place that writes into something it did not make.

    Attributes:
        function: Name of the top-level function.
        node: Where.
        origin: What is written into.
        how: In words, for the message.
    """

    function: str
    node: ast.AST
    origin: Origin
    how: str


@dataclass(slots=True)
class _Summary:
    parameters: tuple[str, ...]
    written: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)


def writes(tree: ast.Module) -> list[Write]:
    """Every write of every top-level function into its parameters or into constants."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    constants = _mutable_constants(tree)
    summaries = {node.name: _Summary(_parameter_names(node)) for node in functions}
    callers = _callers(functions)
    found: dict[str, list[Write]] = {}
    # Helpers mostly stand above their callers, so that most are known when they are called.
    # Where what is known of one grows, those who call it are looked at again.
    by_name = {node.name: node for node in functions}
    waiting = dict.fromkeys(by_name)
    while waiting:
        name = next(iter(waiting))
        del waiting[name]
        summary = summaries[name]
        before = (len(summary.written), len(summary.returned))
        found[name] = _Walk(by_name[name], summaries, constants).writes()
        if before != (len(summary.written), len(summary.returned)):
            waiting |= dict.fromkeys(callers[name])
    every = (write for node in functions for write in found[node.name])
    return list({(id(write.node), write.origin): write for write in every}.values())


def _callers(functions: list[ast.FunctionDef]) -> dict[str, list[str]]:
    """Which top-level functions name each of them."""
    callers: dict[str, list[str]] = {node.name: [] for node in functions}
    for node in functions:
        named = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        for name in named & callers.keys():
            callers[name].append(node.name)
    return callers


def _mutable_constants(tree: ast.Module) -> dict[str, Origins]:
    mutable = ast.List | ast.Dict | ast.Set | ast.Call
    constants: _Env = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        if any(isinstance(part, mutable) for part in ast.walk(node.value)):
            for name in ast.walk(node):
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                    constants[name.id] = frozenset({Origin(name.id, constant=True)})
    return constants


def _parameter_names(node: ast.FunctionDef | ast.Lambda) -> tuple[str, ...]:
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return tuple(argument.arg for argument in named)


class _Walk:
    """One function, statement by statement."""

    def __init__(
        self, node: ast.FunctionDef, summaries: dict[str, _Summary], constants: _Env
    ) -> None:
        self._node = node
        self._summaries = summaries
        self._summary = summaries[node.name]
        self._found: list[Write] = []
        self._env: _Env = dict(constants)
        self._env |= {name: frozenset({Origin(name)}) for name in self._summary.parameters}
        self._nested = self._depth = 0

    def writes(self) -> list[Write]:
        self._block(self._node.body)
        return self._found

    def _write(self, node: ast.AST, origins: Origins, how: str) -> None:
        for origin in sorted(origins, key=lambda o: o.name):
            self._found.append(Write(self._node.name, node, origin, how))
            if not origin.constant:
                self._summary.written.add(origin.name)

    # Statements

    def _block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:  # noqa: C901, PLR0912 - one branch per node type
        match node:
            case ast.Assign():
                origins = self._value(node.value)
                for target in node.targets:
                    self._bind(target, node.value, origins)
            case ast.AnnAssign() if node.value is not None:
                self._bind(node.target, node.value, self._value(node.value))
            case ast.AugAssign():
                self._value(node.value)
                base = node.target.value if isinstance(node.target, ast.Subscript) else node.target
                how = f"`{_OPERATORS.get(type(node.op), '')}=` writes into"
                # `a += 1` writes into an array but rebinds a number; which it is is not known, so
                # what looks like counting is let pass.
                origins = _FRESH if self._counts(node) else self._value(_loaded(base))
                self._write(node, origins, how)
            case ast.For():
                origins = self._value(node.iter)
                before = dict(self._env)
                # Twice: what the body leaves behind is what its next turn begins with.
                self._depth += 1
                for _ in range(2 if self._depth <= MOST_LOOPS else 1):
                    self._bind(node.target, None, origins)
                    self._block(node.body)
                    self._join(before)
                self._depth -= 1
                self._block(node.orelse)
            case ast.If():
                self._value(node.test)
                before = dict(self._env)
                self._block(node.body)
                # Either branch may have run: what a name may share is what either leaves it.
                after, self._env = self._env, before
                self._block(node.orelse)
                self._join(after)
            case ast.Return() if node.value is not None:
                origins = self._value(node.value)
                if not self._nested:  # an inner function's result is not the helper's
                    self._summary.returned |= {o.name for o in origins if not o.constant}
            case ast.FunctionDef():
                self._inner(node, node.body)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self._value(child)

    def _counts(self, node: ast.AugAssign) -> bool:
        """Whether this looks like counting from a number that perceive found: ``n += 1``."""
        return (
            isinstance(node.target, ast.Name)
            and node.target.id not in self._summary.parameters
            and isinstance(node.op, ast.Add | ast.Sub)
            and isinstance(node.value, ast.Constant)
        )

    def _inner(self, node: ast.FunctionDef | ast.Lambda, body: list[ast.stmt]) -> None:
        outside = dict(self._env)
        self._env |= dict.fromkeys(_parameter_names(node), _FRESH)
        self._nested += 1
        self._block(body)
        if isinstance(node, ast.Lambda):
            self._value(node.body)
        self._nested -= 1
        self._env = outside
        if isinstance(node, ast.FunctionDef):
            self._env[node.name] = _FRESH

    def _join(self, other: _Env) -> None:
        for name, origins in other.items():
            self._env[name] = self._env.get(name, _FRESH) | origins

    def _bind(self, target: ast.expr, value: ast.expr | None, origins: Origins) -> None:
        match target:
            case ast.Name():
                self._env[target.id] = origins
            case ast.Starred():
                self._bind(target.value, None, origins)
            case ast.Tuple() | ast.List():
                match value:
                    case ast.Tuple() | ast.List() if _pairs(target, value):
                        # All values before any target, as Python does: `a, b = b, a`.
                        each = [self._value(part) for part in value.elts]
                        for part, source, own in zip(target.elts, value.elts, each, strict=True):
                            self._bind(part, source, own)
                    case _:
                        for part in target.elts:
                            self._bind(part, None, origins)
            case ast.Subscript():
                self._value(target.slice)
                self._write(target, self._value(target.value), "this assignment writes into")
            case _:
                pass

    # Expressions

    def _value(self, node: ast.expr) -> Origins:  # noqa: C901, PLR0911, PLR0912 - one branch per node type
        match node:
            case ast.Name():
                return self._env.get(node.id, _FRESH)
            case ast.Attribute():
                origins = self._value(node.value)
                return _FRESH if node.attr in _PLAIN else origins
            case ast.Subscript():
                self._value(node.slice)
                origins = self._value(node.value)
                return _FRESH if _copies(node.slice) else origins
            case ast.Call():
                return self._call(node)
            case ast.NamedExpr():
                origins = self._value(node.value)
                self._bind(node.target, node.value, origins)
                return origins
            case ast.IfExp():
                self._value(node.test)
                return self._value(node.body) | self._value(node.orelse)
            case ast.BoolOp():
                return frozenset().union(*(self._value(value) for value in node.values))
            case ast.Tuple():
                return frozenset().union(*(self._value(part) for part in node.elts))
            case ast.Starred():
                return self._value(node.value)
            case ast.Lambda():
                self._inner(node, [])
                return _FRESH
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self._value(child)
                return _FRESH

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> Origins:
        outside = dict(self._env)
        for generator in node.generators:
            self._bind(generator.target, None, self._value(generator.iter))
            for condition in generator.ifs:
                self._value(condition)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        origins = frozenset().union(*(self._value(part) for part in parts))
        self._env = outside
        # A generator hands elements on, to max or next; the others build something new.
        return origins if isinstance(node, ast.GeneratorExp) else _FRESH

    def _call(self, node: ast.Call) -> Origins:
        values = [self._value(argument) for argument in node.args]
        first = values[0] if values else _FRESH
        keywords = {keyword.arg: self._value(keyword.value) for keyword in node.keywords}
        for name in ("out", "output"):
            self._write(node, keywords.get(name, _FRESH), f"`{name}=` writes into")
        if isinstance(node.func, ast.Name):
            return self._call_by_name(node, node.func.id, values, keywords)
        if not isinstance(node.func, ast.Attribute):
            self._value(node.func)
            return _FRESH
        name, owner = node.func.attr, node.func.value
        module = owner.id if isinstance(owner, ast.Name) else ""
        if module == "np":
            return self._call_numpy(node, name, values)
        if module in {"ndimage", "vision"}:
            return first if name in _VIEW_VISION else _FRESH
        receiver = self._value(owner)
        if name in IN_PLACE_METHODS or (name == "byteswap" and (node.args or node.keywords)):
            self._write(node, receiver, f".{name}() writes into")
        return receiver if name in VIEW_METHODS | {"pop", "setdefault"} else _FRESH

    def _call_numpy(self, node: ast.Call, name: str, values: list[Origins]) -> Origins:
        first = values[0] if values else _FRESH
        if name in IN_PLACE_NUMPY:
            self._write(node, first, f"np.{name} writes into")
        for inputs, ufuncs in UFUNCS.items():
            if name in ufuncs and len(values) > inputs:
                self._write(node, values[inputs], f"the last argument of np.{name} writes into")
        return first if name in VIEW_NUMPY else _FRESH

    def _call_by_name(
        self, node: ast.Call, name: str, values: list[Origins], keywords: dict[str | None, Origins]
    ) -> Origins:
        if name == "next" and node.args and isinstance(node.args[0], _PLACES):
            self._write(node, values[0], "next() takes an element out of")
        if name in _PASSING:
            return frozenset().union(*values, keywords.get("default", _FRESH))
        summary = self._summaries.get(name)
        if summary is None or name in self._env:  # a local of the same name hides the helper
            return _FRESH
        given: dict[str | None, Origins] = dict(zip(summary.parameters, values, strict=False))
        given |= keywords
        for parameter in sorted(summary.written):
            self._write(
                node,
                given.get(parameter, _FRESH),
                f"{name} writes into its parameter {parameter}, which is",
            )
        return frozenset().union(*(given.get(name, _FRESH) for name in summary.returned))


_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.Pow: "**", ast.MatMult: "@",
}  # fmt: skip


def _loaded(node: ast.expr) -> ast.expr:
    return ast.Name(node.id, ast.Load()) if isinstance(node, ast.Name) else node


def _pairs(target: ast.Tuple | ast.List, value: ast.Tuple | ast.List) -> bool:
    starred = any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
    return len(target.elts) == len(value.elts) and not starred


def _copies(index: ast.expr) -> bool:
    """Whether a subscript surely gives a copy or a single number, rather than a view."""
    if isinstance(index, ast.Tuple):
        views = any(
            isinstance(part, ast.Slice)
            or (isinstance(part, ast.Constant) and part.value in {None, ...})
            for part in index.elts
        )
        return len(index.elts) >= _ELEMENTS and not views
    return (
        isinstance(index, ast.Compare | ast.BoolOp | ast.List)
        or (isinstance(index, ast.BinOp) and isinstance(index.op, ast.BitAnd | ast.BitOr))
        or (isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.Invert))
    )
