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
from dataclasses import replace

from synth.program.lint.allowed import (
    IN_PLACE_METHODS,
    IN_PLACE_NUMPY,
    VIEW_METHODS,
    VIEW_NUMPY,
)
from synth.program.lint.origins import (
    FRESH,
    Env,
    Origin,
    Origins,
    around,
    copies,
    defaults,
    indices,
    mutable_constants,
    within,
)
from synth.program.lint.signatures import written
from synth.program.lint.summary import (
    OPERATORS,
    HelperSummary,
    Write,
    callers,
    loaded,
    pairs,
    parameter_names,
)

__all__ = ["MOST_LOOPS", "writes"]

MOST_LOOPS = 6
"""Loops within each other: a body is followed twice for each that it is in."""

_PASSING = frozenset({"enumerate", "filter", "max", "min", "next", "reversed", "zip"})
_PAIRING = frozenset({"enumerate", "zip"})
_CHOOSING = frozenset({"max", "min", "next"})
_CALLING = frozenset({"filter", "map"})
_VIEW_VISION = frozenset({"crop", "tiles"})
_PLAIN = frozenset({"shape", "size", "ndim", "dtype", "area", "height", "width", "itemsize"})
_PLACES = ast.Name | ast.Subscript | ast.Attribute


def writes(tree: ast.Module) -> list[Write]:
    """Every write of every top-level function into its parameters or into constants."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    constants = mutable_constants(tree)
    summaries = {node.name: HelperSummary(parameter_names(node)) for node in functions}
    named_by = callers(functions)
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
            waiting |= dict.fromkeys(named_by[name])
    every = (write for node in functions for write in found[node.name])
    return list({(id(write.node), write.origin): write for write in every}.values())


class _Walk:
    """One function, statement by statement."""

    def __init__(
        self, node: ast.FunctionDef, summaries: dict[str, HelperSummary], constants: Env
    ) -> None:
        self._node = node
        self._summaries = summaries
        self._summary = summaries[node.name]
        self._found: list[Write] = []
        self._env: Env = dict(constants)
        self._nested = self._depth = 0
        self._aliases: dict[str, set[str]] = {}
        self._results: dict[str, Origins] = {}
        self._lambdas: dict[int, Origins] = {}
        self._inner_result: Origins = FRESH
        given = {name: self._value(default) for name, default in defaults(node)}
        self._env |= {
            name: frozenset({Origin(name)}) | given.get(name, FRESH)
            for name in self._summary.parameters
        }

    def writes(self) -> list[Write]:
        self._block(self._node.body)
        return self._found

    def _write(self, node: ast.AST, origins: Origins, how: str) -> None:
        for origin in sorted({replace(o, axes=0) for o in origins}, key=lambda o: o.name):
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
                how = f"`{OPERATORS.get(type(node.op), '')}=` writes into"
                # `a += 1` writes into an array but rebinds a number; which it is is known of
                # constants alone, so what looks like counting is let pass otherwise.
                origins = self._value(loaded(base))
                if self._counts(node):
                    origins = frozenset(o for o in origins if o.axes)
                self._write(node, origins, how)
            case ast.For():
                origins = within(self._elements(node.iter))
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
                if self._nested:  # an inner function's result is not the helper's
                    self._inner_result |= origins
                else:
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

    def _inner(self, node: ast.FunctionDef | ast.Lambda, body: list[ast.stmt]) -> Origins:
        outside = dict(self._env)
        self._env |= dict.fromkeys(parameter_names(node), FRESH)
        for name, default in defaults(node):
            self._env[name] = self._value(default)
        self._nested += 1
        outer, self._inner_result = self._inner_result, FRESH
        self._block(body)
        if isinstance(node, ast.Lambda):
            self._inner_result = self._value(node.body)
        self._nested -= 1
        self._env, result, self._inner_result = outside, self._inner_result, outer
        if isinstance(node, ast.FunctionDef):
            self._env[node.name] = FRESH
            self._results[node.name] = result
        return result

    def _join(self, other: Env) -> None:
        for name, origins in other.items():
            self._env[name] = self._env.get(name, FRESH) | origins

    def _bind(self, target: ast.expr, value: ast.expr | None, origins: Origins) -> None:
        match target:
            case ast.Name():
                self._env[target.id] = origins
                self._name_functions(target.id, value)
            case ast.Starred():
                self._bind(target.value, None, origins)
            case ast.Tuple() | ast.List():
                match value:
                    case ast.Tuple() | ast.List() if pairs(target, value):
                        # All values before any target, as Python does: `a, b = b, a`.
                        each = [self._value(part) for part in value.elts]
                        for part, source, own in zip(target.elts, value.elts, each, strict=True):
                            self._bind(part, source, own)
                    case _:
                        for part in target.elts:
                            self._bind(part, None, within(origins))
            case ast.Subscript():
                self._value(target.slice)
                self._write(target, self._value(target.value), "this assignment writes into")
            case _:
                pass

    def _name_functions(self, name: str, value: ast.expr | None) -> None:
        """Remember which helper or lambda a name now stands for."""
        self._results.pop(name, None)
        if isinstance(value, ast.Lambda):
            self._results[name] = self._lambdas.get(id(value), FRESH)
        branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
        for branch in branches:
            if isinstance(branch, ast.Name) and branch.id in self._summaries:
                self._aliases.setdefault(name, set()).add(branch.id)

    # Expressions

    def _both(self, node: ast.expr) -> tuple[Origins, Origins]:
        """A value's origins, and those of what it is iterated over for, in one look at it."""
        if not isinstance(node, ast.List | ast.Set | ast.Tuple):
            return (origins := self._value(node)), origins
        parts = frozenset().union(*(self._value(part) for part in node.elts))
        return parts if isinstance(node, ast.Tuple) else FRESH, around(parts)

    def _elements(self, node: ast.expr) -> Origins:
        return self._both(node)[1]

    def _value(self, node: ast.expr) -> Origins:  # noqa: C901, PLR0911, PLR0912 - one branch per node type
        match node:
            case ast.Name():
                return self._env.get(node.id, FRESH)
            case ast.Attribute():
                origins = self._value(node.value)
                return FRESH if node.attr in _PLAIN else origins
            case ast.Subscript():
                self._value(node.slice)
                origins = self._elements(node.value)
                return FRESH if copies(node.slice) else within(origins, indices(node.slice))
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
                self._lambdas[id(node)] = self._inner(node, [])
                return FRESH
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self._value(child)
                return FRESH

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> Origins:
        outside = dict(self._env)
        for generator in node.generators:
            self._bind(generator.target, None, within(self._elements(generator.iter)))
            for condition in generator.ifs:
                self._value(condition)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        origins = frozenset().union(*(self._value(part) for part in parts))
        self._env = outside
        # A generator hands elements on, to max or next; the others build something new.
        return origins if isinstance(node, ast.GeneratorExp) else FRESH

    def _call(self, node: ast.Call) -> Origins:
        looks = [self._both(argument) for argument in node.args]
        values = [value for value, _ in looks]
        first = values[0] if values else FRESH
        keywords = {keyword.arg: self._value(keyword.value) for keyword in node.keywords}
        for name in ("out", "output", "distances", "indices"):
            self._write(node, keywords.get(name, FRESH), f"`{name}=` writes into")
        if isinstance(node.func, ast.Name):
            elements = [parts for _, parts in looks]
            self._call_through(node, node.func.id, elements)
            return self._call_by_name(node, node.func.id, values, elements, keywords)
        if not isinstance(node.func, ast.Attribute):
            self._value(node.func)
            return FRESH
        name, owner = node.func.attr, node.func.value
        module = owner.id if isinstance(owner, ast.Name) else ""
        if module == "np":
            return self._call_numpy(node, name, values)
        if module in {"ndimage", "vision"}:
            self._write_into(node, module, name, values)
            return first if name in _VIEW_VISION else FRESH
        receiver = self._value(owner)
        self._write_into(node, "", name, values)
        if name in IN_PLACE_METHODS or (name == "byteswap" and (node.args or node.keywords)):
            self._write(node, receiver, f".{name}() writes into")
        return receiver if name in VIEW_METHODS | {"pop", "setdefault"} else FRESH

    def _write_into(self, node: ast.Call, module: str, name: str, values: list[Origins]) -> None:
        for at, how in written(module, name, len(values)).items():
            self._write(node, values[at], f"{how} writes into")

    def _call_numpy(self, node: ast.Call, name: str, values: list[Origins]) -> Origins:
        first = values[0] if values else FRESH
        if name in IN_PLACE_NUMPY:
            self._write(node, first, f"np.{name} writes into")
        self._write_into(node, "np", name, values)
        for keyword in node.keywords:
            keeps = "copy" if name == "nan_to_num" else "overwrite_input"
            if keyword.arg == keeps:
                self._write(node, first, f"np.{name} with {keeps}= writes into")
        return first if name in VIEW_NUMPY else FRESH

    def _call_by_name(
        self,
        node: ast.Call,
        name: str,
        values: list[Origins],
        elements: list[Origins],
        keywords: dict[str | None, Origins],
    ) -> Origins:
        if name == "next" and node.args and isinstance(node.args[0], _PLACES):
            self._write(node, values[0], "next() takes an element out of")
        if name in _PASSING:
            passed = frozenset().union(*elements, keywords.get("default", FRESH))
            if name in _PAIRING:
                return around(passed)
            return within(passed) if name in _CHOOSING and len(elements) == 1 else passed
        return self._apply(node, name, values, keywords)

    def _call_through(self, node: ast.Call, name: str, elements: list[Origins]) -> None:
        """What ``map``, ``filter`` and ``key=`` call is called with elements of what they get."""
        called = [keyword.value for keyword in node.keywords if keyword.arg == "key"]
        if name in _CALLING and node.args:
            called, elements = [node.args[0]], elements[1:]
        for function in called:
            if isinstance(function, ast.Name):
                self._apply(node, function.id, [within(part) for part in elements], {})

    def _apply(
        self, node: ast.Call, name: str, values: list[Origins], keywords: dict[str | None, Origins]
    ) -> Origins:
        if name in self._results:
            return self._results[name]
        if name in self._aliases:
            each = [self._apply_helper(node, own, values, keywords) for own in self._aliases[name]]
            return frozenset().union(*each)
        # A local of the same name hides the helper.
        return FRESH if name in self._env else self._apply_helper(node, name, values, keywords)

    def _apply_helper(
        self, node: ast.Call, name: str, values: list[Origins], keywords: dict[str | None, Origins]
    ) -> Origins:
        summary = self._summaries.get(name)
        if summary is None:
            return FRESH
        given: dict[str | None, Origins] = dict(zip(summary.parameters, values, strict=False))
        given |= keywords
        for parameter in sorted(summary.written):
            self._write(
                node,
                given.get(parameter, FRESH),
                f"{name} writes into its parameter {parameter}, which is",
            )
        return frozenset().union(*(given.get(name, FRESH) for name in summary.returned))
