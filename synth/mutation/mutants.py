"""Mutants of a reward program: the program with one small, plausible mistake each.

A suite that lets a mutant pass would let a model's mistake of that kind pass as well. The
mutants are made here, as text: every place of the program times every operator of
`OPERATORS`, without those that do not parse, do not lint, or are the same program written
otherwise. Which of them matter is found out by running them
(`synth.mutation.measure`). The idea is old: DeMillo, Lipton and Sayward, "Hints on test
data selection", 1978.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst
import numpy as np
from libcst.metadata import MetadataWrapper, PositionProvider

from synth.errors import ProgramSyntaxError
from synth.mutation.operators import OPERATORS, NodeContext, colour_of
from synth.program.lint import lint
from synth.program.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.mutation.operators import Edit
    from synth.program.parse import Program

__all__ = ["TABLE", "Mutant", "drawn_mutants", "mutants"]

TABLE = 12
"""Of a literal with more numbers than this, so many are mutated, evenly spaced."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with one mistake.

    Attributes:
        id: ``m0042``: its number among the program's mutants.
        operator: The kind of mistake.
        line: 1-based line of the original at which it is.
        source: The whole mutated program.
        diff: Unified diff from the original, without context beyond two lines.
    """

    id: str
    operator: str
    line: int
    source: str
    diff: str


def mutants(source: str) -> tuple[Mutant, ...]:
    """All mutants of a program, in the order of their operators and places.

    Args:
        source: A reward program that lints.

    Returns:
        Distinct programs, each of which parses and lints; the same source always gives the
        same mutants with the same ids.

    Raises:
        ProgramSyntaxError: `source` is not a reward program.
    """
    program = parse(source)
    wrapper = MetadataWrapper(program.module, unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    nodes = tuple(_walk(program.module))
    context = _context(program, nodes)
    seen = {_shape(source)}
    made: list[Mutant] = []
    for name, operator in OPERATORS.items():
        for node in nodes:
            for edit in operator(node, context):
                text = _apply(program.module, edit)
                shape = _shape(text)
                if shape in seen:
                    continue
                seen.add(shape)
                if _is_sound(text):
                    line = positions[edit[0][0]].start.line
                    made.append(Mutant(f"m{len(made):04}", name, line, text, _diff(source, text)))
    return tuple(made)


def drawn_mutants(source: str, number: int, seed: int) -> tuple[str, ...]:
    """The texts of a few mutants, drawn evenly from all operators and places.

    Making all of them takes minutes for a long program; here only those drawn are made.

    Args:
        source: A reward program that lints.
        number: How many at most.
        seed: The same seed gives the same mutants.

    Raises:
        ProgramSyntaxError: `source` is not a reward program.
    """
    program = parse(source)
    nodes = tuple(_walk(program.module))
    context = _context(program, nodes)
    edits = [
        edit for operator in OPERATORS.values() for n in nodes for edit in operator(n, context)
    ]
    seen, made = {_shape(source)}, list[str]()
    for place in np.random.default_rng(seed).permutation(len(edits)):
        if len(made) >= number:
            break
        text = _apply(program.module, edits[place])
        shape = _shape(text)
        if shape not in seen and _is_sound(text):
            made.append(text)
        seen.add(shape)
    return tuple(made)


class _Replace(cst.CSTTransformer):
    """Replaces nodes by identity."""

    def __init__(self, edit: Edit) -> None:
        super().__init__()
        self._new = {id(old): new for old, new in edit}

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Stay out of what is replaced."""
        return id(node) not in self._new

    def on_leave(  # type: ignore[override]  # any node may take the place of any other here
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode:
        """Replace."""
        return self._new.get(id(original_node), updated_node)


def _apply(module: cst.Module, edit: Edit) -> str:
    try:
        return module.visit(_Replace(edit)).code
    except cst.CSTValidationError:
        return ""  # libcst knows that it is no program; the caller finds that it does not parse


def _shape(source: str) -> str:
    """What Python makes of a text, so that brackets and spaces tell no mutants apart."""
    try:
        return ast.dump(_Folded().visit(ast.parse(source)))
    except (SyntaxError, ValueError):
        return ""


class _Folded(ast.NodeTransformer):
    """Negative literals are constants, as for the eye."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Fold a minus into its number."""
        self.generic_visit(node)
        if (
            isinstance(node.op, ast.USub)
            and isinstance(node.operand, ast.Constant)
            and isinstance(node.operand.value, int | float)
        ):
            return ast.Constant(-node.operand.value)
        return node


def _is_sound(source: str) -> bool:
    try:
        return not lint(source)
    except ProgramSyntaxError:
        return False


def _walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _context(program: Program, nodes: tuple[cst.CSTNode, ...]) -> NodeContext:
    functions = {n.name.value: n for n in program.module.body if isinstance(n, cst.FunctionDef)}
    checkers = tuple(functions[name] for name in program.subtasks)
    colours = tuple(
        statement.value
        for line in program.module.body
        if isinstance(line, cst.SimpleStatementLine)
        for statement in line.body
        if isinstance(statement, cst.Assign) and colour_of(statement.value) is not None
    )
    within = {node: checker for checker in checkers for node in _walk(checker.body)}
    return NodeContext(checkers, colours, within, frozenset(_quiet(nodes)))


def _quiet(nodes: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """The numbers of large tables that are not mutated."""
    inside: set[cst.CSTNode] = set()
    for node in nodes:
        if not isinstance(node, cst.Tuple | cst.List) or node in inside:
            continue
        below = [n for n in _walk(node) if n is not node]
        inside.update(below)
        numbers = [n for n in below if isinstance(n, cst.Integer | cst.Float)]
        if len(numbers) > TABLE:
            kept = {numbers[i * (len(numbers) - 1) // (TABLE - 1)] for i in range(TABLE)}
            yield from (n for n in numbers if n not in kept)


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "reward.py", "mutant.py", lineterm="", n=2
    )
    return "\n".join(lines)
