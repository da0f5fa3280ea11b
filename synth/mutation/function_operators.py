"""Mutation operators about functions: what a checker returns, looks at, or leaves out.

The others, about single expressions, are in `synth.mutation.operators`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from synth.mutation.operators import operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.mutation.operators import Context, Edit

__all__: list[str] = []

_BOTH = 2


@operator("constant return")
def constant_returns(node: cst.CSTNode, context: Context) -> Iterator[Edit]:
    """A checker, or one of its returns, always says True or always False."""
    for value in ("True", "False"):
        if isinstance(node, cst.FunctionDef) and node in context.checkers:
            line = cst.SimpleStatementLine([cst.Return(cst.Name(value))])
            yield ((node.body, cst.IndentedBlock([line])),)
        elif isinstance(node, cst.Return) and node in context.checker_of:
            yield ((node, cst.Return(cst.Name(value))),)


@operator("swapped sub-tasks")
def swapped_subtasks(node: cst.CSTNode, context: Context) -> Iterator[Edit]:
    """A checker does what another one does."""
    if not isinstance(node, cst.FunctionDef) or node not in context.checkers:
        return
    for other in context.checkers:
        if other is not node:
            yield ((node, node.with_changes(params=other.params, body=other.body)),)


@operator("swapped frames")
def swapped_frames(node: cst.CSTNode, context: Context) -> Iterator[Edit]:
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
    elif isinstance(node, cst.Name) and node in context.checker_of:
        names = [p.name.value for p in context.checker_of[node].params.params]
        if len(names) == _BOTH and node.value in names:
            yield ((node, cst.Name(names[1 - names.index(node.value)])),)


@operator("removed statement")
def removed_statements(node: cst.CSTNode, _: Context) -> Iterator[Edit]:
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


def _is_docstring(node: cst.BaseStatement) -> bool:
    return (
        isinstance(node, cst.SimpleStatementLine)
        and isinstance(node.body[0], cst.Expr)
        and isinstance(node.body[0].value, cst.SimpleString | cst.ConcatenatedString)
    )
