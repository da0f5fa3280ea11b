"""The mutation operators: small, plausible mistakes, one function to each kind.

An operator looks at one node of a program's syntax tree and yields edits: nodes with what
to put in their place. It decides neither whether the result is a program nor whether it
is new; `synth.mutation.mutants` does. Adding an operator is one function with
``@operator("name")``. Operators on single expressions come first, those on checkers and
statements after them; mutants are numbered in that order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OPERATORS", "Edit", "NodeContext", "Operator", "operator"]

Edit = tuple[tuple[cst.CSTNode, cst.CSTNode], ...]
"""What to replace with what, all at once."""

CHANNELS = 3
BYTE = 255
_BOTH = 2
"""Parameters of a checker: the present frame and the initial one."""


@dataclass(frozen=True, slots=True, eq=False)
class NodeContext:
    """What an operator may know besides its node.

    Attributes:
        checkers: The functions that ``SUBTASKS`` names, in plan order.
        colours: Top-level colour constants, in order.
        checker_of: For each node within a checker, that checker.
        quiet: Numbers left alone: a large table is sampled.
    """

    checkers: tuple[cst.FunctionDef, ...]
    colours: tuple[cst.BaseExpression, ...]
    checker_of: Mapping[cst.CSTNode, cst.FunctionDef]
    quiet: frozenset[cst.CSTNode]


Operator = Callable[[cst.CSTNode, NodeContext], Iterator[Edit]]

OPERATORS: dict[str, Operator] = {}
"""Every operator by its name, in the order in which mutants are numbered."""


def operator(name: str) -> Callable[[Operator], Operator]:
    """Register the decorated function under `name`."""

    def register(function: Operator) -> Operator:
        if name in OPERATORS:
            raise ValueError(f"two mutation operators are called {name}")
        OPERATORS[name] = function
        return function

    return register


def colour_of(node: cst.CSTNode) -> tuple[int, int, int] | None:
    """The colour that a literal tuple or list of three bytes stands for, if it is one."""
    if not isinstance(node, cst.Tuple | cst.List) or len(node.elements) != CHANNELS:
        return None
    values = []
    for element in node.elements:
        if not isinstance(element.value, cst.Integer):
            return None
        values.append(element.value.evaluated_value)
    return (values[0], values[1], values[2]) if max(values) <= BYTE else None


@operator("number")
def numbers(node: cst.CSTNode, context: NodeContext) -> Iterator[Edit]:
    """A number is off by one, doubled, halved or zero."""
    if node in context.quiet:
        return
    if isinstance(node, cst.Integer):
        value = node.evaluated_value
        for other in (value + 1, value - 1, 2 * value, value // 2, 0):
            yield ((node, _integer(other)),)
    elif isinstance(node, cst.Float):
        real = node.evaluated_value
        for changed in (2 * real, real / 2, 0.0):
            yield ((node, cst.Float(repr(float(changed)))),)


_COMPARISONS: Mapping[type[cst.BaseCompOp], tuple[type[cst.BaseCompOp], ...]] = {
    cst.LessThan: (cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual),
    cst.LessThanEqual: (cst.LessThan, cst.GreaterThanEqual, cst.GreaterThan),
    cst.GreaterThan: (cst.GreaterThanEqual, cst.LessThan, cst.LessThanEqual),
    cst.GreaterThanEqual: (cst.GreaterThan, cst.LessThanEqual, cst.LessThan),
    cst.Equal: (cst.NotEqual,),
    cst.NotEqual: (cst.Equal,),
    cst.Is: (cst.IsNot,),
    cst.IsNot: (cst.Is,),
    cst.In: (cst.NotIn,),
    cst.NotIn: (cst.In,),
}


@operator("comparison")
def comparisons(node: cst.CSTNode, _: NodeContext) -> Iterator[Edit]:
    """A comparison is strict or not, turned round, or denied."""
    for other in _COMPARISONS.get(type(node), ()):  # type: ignore[arg-type]  # other nodes are no keys
        yield ((node, other()),)


@operator("colour")
def colours(node: cst.CSTNode, context: NodeContext) -> Iterator[Edit]:
    """A channel of a colour is far off, or a colour constant is another one's."""
    colour = colour_of(node)
    if colour is None or not isinstance(node, cst.Tuple | cst.List):
        return
    for k, value in enumerate(colour):
        elements = list(node.elements)
        elements[k] = elements[k].with_changes(value=_integer((value + 128) % 256))
        yield ((node, node.with_changes(elements=elements)),)
    if node in context.colours:
        for other in context.colours[context.colours.index(node) + 1 :]:
            yield ((node, other), (other, node))


@operator("condition")
def conditions(node: cst.CSTNode, _: NodeContext) -> Iterator[Edit]:
    """A part of a condition is dropped, a ``not`` too, or ``and`` is ``or``."""
    if isinstance(node, cst.BooleanOperation):
        yield ((node, _bracketed(node.left)),)
        yield ((node, _bracketed(node.right)),)
        other = cst.Or if isinstance(node.operator, cst.And) else cst.And
        space = cst.ParenthesizedWhitespace
        before, after = node.operator.whitespace_before, node.operator.whitespace_after
        plain = not isinstance(before, space) and not isinstance(after, space)
        made = other() if plain else other(whitespace_before=before, whitespace_after=after)
        yield ((node, _bracketed(node.with_changes(operator=made))),)
    elif isinstance(node, cst.UnaryOperation):
        if isinstance(node.operator, cst.Not | cst.BitInvert):
            yield ((node, _bracketed(node.expression)),)
    elif isinstance(node, cst.Comparison) and len(node.comparisons) > 1:
        first, *rest = node.comparisons
        yield ((node, node.with_changes(comparisons=node.comparisons[:-1])),)
        yield ((node, node.with_changes(left=first.comparator, comparisons=rest)),)


_ARITHMETIC: Mapping[type[cst.CSTNode], tuple[type[cst.CSTNode], ...]] = {
    cst.Add: (cst.Subtract,),
    cst.Subtract: (cst.Add,),
    cst.Multiply: (cst.FloorDivide,),
    cst.FloorDivide: (cst.Multiply, cst.Modulo),
    cst.Divide: (cst.Multiply,),
    cst.Modulo: (cst.FloorDivide,),
    cst.BitAnd: (cst.BitOr,),
    cst.BitOr: (cst.BitAnd,),
    cst.BitXor: (cst.BitOr,),
    cst.AddAssign: (cst.SubtractAssign,),
    cst.SubtractAssign: (cst.AddAssign,),
    cst.MultiplyAssign: (cst.FloorDivideAssign,),
    cst.BitAndAssign: (cst.BitOrAssign,),
    cst.BitOrAssign: (cst.BitAndAssign,),
}


@operator("arithmetic")
def arithmetic(node: cst.CSTNode, _: NodeContext) -> Iterator[Edit]:
    """An arithmetic or bitwise operator is another one, or a mask of ``a & b`` is dropped."""
    for other in _ARITHMETIC.get(type(node), ()):
        yield ((node, other()),)
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitAnd | cst.BitOr):
        yield ((node, _bracketed(node.left)),)
        yield ((node, _bracketed(node.right)),)


@operator("slice")
def slices(node: cst.CSTNode, _: NodeContext) -> Iterator[Edit]:
    """A bound of a slice is off by one."""
    if not isinstance(node, cst.Slice):
        return
    for bound in (node.lower, node.upper):
        if bound is not None and not isinstance(bound, cst.Integer):
            for step in (cst.Add(), cst.Subtract()):
                shifted = cst.BinaryOperation(_bracketed(bound), step, cst.Integer("1"))
                yield ((bound, shifted),)


_TWINS = (("any", "all"), ("min", "max"), ("argmin", "argmax"), ("minimum", "maximum"))
_TWIN = {a: b for pair in _TWINS for a, b in (pair, pair[::-1])}


@operator("call")
def calls(node: cst.CSTNode, _: NodeContext) -> Iterator[Edit]:
    """``any`` is ``all``, ``min`` is ``max``, and so on."""
    if not isinstance(node, cst.Call):
        return
    name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    if isinstance(name, cst.Name) and name.value in _TWIN:
        yield ((name, cst.Name(_TWIN[name.value])),)


@operator("constant return")
def constant_returns(node: cst.CSTNode, context: NodeContext) -> Iterator[Edit]:
    """A checker, or one of its returns, always says True or always False."""
    for value in ("True", "False"):
        if isinstance(node, cst.FunctionDef) and node in context.checkers:
            line = cst.SimpleStatementLine([cst.Return(cst.Name(value))])
            yield ((node.body, cst.IndentedBlock([line])),)
        elif isinstance(node, cst.Return) and node in context.checker_of:
            yield ((node, cst.Return(cst.Name(value))),)


@operator("swapped sub-tasks")
def swapped_subtasks(node: cst.CSTNode, context: NodeContext) -> Iterator[Edit]:
    """A checker does what another one does."""
    if not isinstance(node, cst.FunctionDef) or node not in context.checkers:
        return
    for other in context.checkers:
        if other is not node:
            yield ((node, node.with_changes(params=other.params, body=other.body)),)


@operator("swapped frames")
def swapped_frames(node: cst.CSTNode, context: NodeContext) -> Iterator[Edit]:
    """A checker takes the initial frame for the present one, throughout or in one place."""
    if isinstance(node, cst.FunctionDef) and node in context.checkers:
        params = node.params.params
        if len(params) == _BOTH:
            first, second = params
            swapped = [
                first.with_changes(name=second.name),
                second.with_changes(name=first.name),
            ]
            yield ((node.params, node.params.with_changes(params=swapped)),)
    # One place at a time as well: a single slip of this kind is the likelier mistake.
    elif isinstance(node, cst.Name) and node in context.checker_of:
        names = [p.name.value for p in context.checker_of[node].params.params]
        if len(names) == _BOTH and node.value in names:
            yield ((node, cst.Name(names[1 - names.index(node.value)])),)


@operator("removed statement")
def removed_statements(node: cst.CSTNode, _: NodeContext) -> Iterator[Edit]:
    """A statement of a function is left out; an ``if`` also with its test always true."""
    if not isinstance(node, cst.IndentedBlock):
        return
    for statement in node.body:
        if isinstance(statement, cst.FunctionDef) or _is_docstring(statement):
            continue
        gone = cst.SimpleStatementLine([cst.Pass()])
        yield ((statement, gone),)
        if isinstance(statement, cst.If):
            yield ((statement.test, cst.Name("True")),)
            if statement.orelse is not None:
                yield ((statement.test, cst.Name("False")),)


def _integer(value: int) -> cst.BaseExpression:
    if value >= 0:
        return cst.Integer(str(value))
    minus = cst.UnaryOperation(cst.Minus(), cst.Integer(str(-value)))
    return minus.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _bracketed(node: cst.BaseExpression) -> cst.BaseExpression:
    """The expression in brackets unless it needs none, so that it may stand anywhere."""
    simple = cst.Name | cst.Integer | cst.Float | cst.Call | cst.Attribute | cst.Subscript
    if node.lpar or isinstance(node, simple):
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _is_docstring(node: cst.BaseStatement) -> bool:
    return (
        isinstance(node, cst.SimpleStatementLine)
        and isinstance(node.body[0], cst.Expr)
        and isinstance(node.body[0].value, cst.SimpleString | cst.ConcatenatedString)
    )
