"""A reward program's shape: what it defines, and its sub-tasks stage by stage.

Parsing decides whether a text is a reward program at all: Python, of reasonable size and
nesting, with ``SUBTASKS`` naming functions it defines. Whether it uses only what reward
programs may use is for the lint to say (`synth.program.lint`). It is not run.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import libcst

from synth.errors import ProgramSyntaxError
from synth.plan import PERCEIVERS, is_reserved
from synth.program.excerpt import excerpt, syntax_error

if TYPE_CHECKING:
    from synth.plan import Stages

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Program",
    "parse",
    "parse_module",
    "parse_tree",
    "program_digest",
]

MAX_BYTES = 64 * 1024
"""Size limit of a program in UTF-8 bytes."""

WITH_MISSION = 3
"""Parameters of a checker that is told the mission."""

MAX_DEPTH = 60
"""Limit on nesting of brackets and of syntax-tree nodes (ordinary programs reach about 20)."""

_SHAPE = "Write SUBTASKS = [first, (second, third), goal] as the last statement of the program"

_HALF_BLIND = (
    "there is no perceive(frame), and perceive_initial stands in for it on the initial frame "
    "alone. Define perceive as well, or rename perceive_initial to perceive."
)


@dataclass(frozen=True, slots=True)
class Program:
    """A parsed reward program.

    Attributes:
        source: The text, as it was given.
        module: Its lossless syntax tree.
        stages: Names of the sub-tasks, stage by stage; the last stage is the goal alone.
        functions: Names of all top-level functions, in order.
        perceivers: Which of ``perceive(frame)`` and ``perceive_initial(frame)`` it defines;
            the second never without the first.
        progress: Sub-tasks that have a ``<name>_progress`` function, in plan order.
        takes_mission: Whether checkers take the words of the episode as a third parameter; told
            by the goal's.
    """

    source: str
    module: libcst.Module = field(repr=False, compare=False)
    stages: Stages
    functions: tuple[str, ...]
    perceivers: tuple[str, ...]
    progress: tuple[str, ...]
    takes_mission: bool = False

    @property
    def subtasks(self) -> tuple[str, ...]:
        """All sub-tasks in stage order; the last is the goal."""
        return tuple(name for stage in self.stages for name in stage)

    @property
    def entries(self) -> frozenset[str]:
        """All functions that are called from outside; the others are helpers."""
        progress = (f"{name}_progress" for name in self.progress)
        return frozenset({*self.subtasks, *self.perceivers, *progress})

    @property
    def perceives(self) -> bool:
        """Whether checkers get what ``perceive`` returned, in place of the images."""
        return bool(self.perceivers)


def program_digest(source: str) -> str:
    """SHA-256 of the program's text, as 64 hex digits."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def parse(source: str) -> Program:
    """Parse a reward program.

    Args:
        source: Python text.

    Returns:
        The program; it is immutable and may be shared.

    Raises:
        ProgramSyntaxError: The text is not Python, is larger than `MAX_BYTES` or nested more
            deeply than `MAX_DEPTH`, its ``SUBTASKS`` is missing or does not fit, or it defines
            ``perceive_initial`` without ``perceive``.
    """
    return _parse(source)


@lru_cache(maxsize=32)
def _parse(source: str) -> Program:
    tree = parse_tree(source)
    functions = _functions(source, tree)
    stages = _stages(source, tree, functions)
    subtasks = [name for stage in stages for name in stage]
    if "perceive_initial" in functions and "perceive" not in functions:
        raise syntax_error(source, _HALF_BLIND, functions["perceive_initial"])
    return Program(
        source=source,
        module=parse_module(source),
        stages=stages,
        functions=tuple(functions),
        perceivers=tuple(name for name in PERCEIVERS if name in functions),
        progress=tuple(name for name in subtasks if f"{name}_progress" in functions),
        takes_mission=_parameters(functions[subtasks[-1]]) == WITH_MISSION,
    )


def _parameters(function: ast.FunctionDef) -> int:
    return len(function.args.posonlyargs) + len(function.args.args)


def parse_module(source: str) -> libcst.Module:
    """The lossless syntax tree of a text that `parse_tree` accepts.

    Raises:
        ProgramSyntaxError: libcst does not know this syntax.
    """
    try:
        return libcst.parse_module(source)
    except libcst.ParserSyntaxError as error:
        # Rare: what CPython accepts and libcst does not, such as syntax newer than libcst.
        line, column = max(error.raw_line, 1), max(error.raw_column, 0) + 1
        shown = excerpt(source, line, column)
        problem = "this cannot be parsed. Write it in plainer Python."
        raise ProgramSyntaxError(problem, line=line, column=column, excerpt=shown) from None


def parse_tree(source: str) -> ast.Module:
    """The syntax tree of any Python text within the limits, reward program or not.

    Raises:
        ProgramSyntaxError: It is not Python, too large, or too deeply nested.
    """
    _check_text(source)
    try:
        with warnings.catch_warnings():
            # Such as "invalid escape sequence": of no concern to whoever is parsing.
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        line, column = error.lineno or 1, max(error.offset or 1, 1)
        problem = f"{error.msg}. Correct the Python at the caret."
        shown = excerpt(source, line, column)
        raise ProgramSyntaxError(problem, line=line, column=column, excerpt=shown) from None
    except (RecursionError, MemoryError, ValueError):
        raise syntax_error(source, _TOO_DEEP) from None
    _check_depth(source, tree)
    return tree


_TOO_DEEP = (
    f"the program is nested too deeply (at most {MAX_DEPTH} levels). "
    "Split long expressions and elif chains into several statements."
)


def _check_text(source: str) -> None:
    try:
        size = len(source.encode())
    except UnicodeEncodeError as error:
        line = source.count("\n", 0, error.start) + 1
        raise ProgramSyntaxError(
            "the program is not valid Unicode. Use plain ASCII.", line=line
        ) from None
    if size > MAX_BYTES:
        problem = f"the program has {size} bytes, the limit is {MAX_BYTES}. Write a shorter one."
        raise ProgramSyntaxError(problem)
    if "\0" in source:
        line = source.count("\n", 0, source.index("\0")) + 1
        raise ProgramSyntaxError("the program holds a NUL byte. Use plain text.", line=line)
    # Counted before any parser sees the text, because recursive parsers are written in C and
    # Rust, where a deep stack ends the process. Brackets within strings count as well.
    depth, line = 0, 1
    for character in source:
        if character in "([{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ProgramSyntaxError(_TOO_DEEP, line=line)
        elif character in ")]}":
            depth = max(depth - 1, 0)
        elif character == "\n":
            line += 1


def _check_depth(source: str, tree: ast.Module) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise syntax_error(source, _TOO_DEEP, next((n for n in level if hasattr(n, "lineno")), None))


def _functions(source: str, tree: ast.Module) -> dict[str, ast.FunctionDef]:
    functions: dict[str, ast.FunctionDef] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            if node.name in functions:
                first = functions[node.name].lineno
                problem = f"{node.name} is already defined on line {first}. Keep one of the two."
                raise syntax_error(source, problem, node)
            functions[node.name] = node
    return functions


def _stages(source: str, tree: ast.Module, functions: dict[str, ast.FunctionDef]) -> Stages:
    value = _subtasks_value(source, tree)
    if not isinstance(value, ast.List) or not value.elts:
        raise syntax_error(source, f"SUBTASKS must be a list of functions. {_SHAPE}.", value)
    stages = tuple(_stage(source, entry) for entry in value.elts)
    if len(stages[-1]) != 1:
        problem = "the last stage must hold the goal alone. End SUBTASKS with one function."
        raise syntax_error(source, problem, value.elts[-1])
    seen: set[str] = set()
    for node in (name for stage in stages for name in stage):
        problem = _name_problem(node, functions, seen)
        if problem:
            raise syntax_error(source, problem, node)
        seen.add(node.id)
    return tuple(tuple(node.id for node in stage) for stage in stages)


def _subtasks_value(source: str, tree: ast.Module) -> ast.expr:
    found = [
        node
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
        and any(
            isinstance(name, ast.Name) and name.id == "SUBTASKS"
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            for name in ast.walk(target)
        )
    ]
    if not found:
        raise syntax_error(source, f"the program does not define SUBTASKS. {_SHAPE}.")
    if len(found) > 1:
        problem = f"SUBTASKS is already set on line {found[0].lineno}. Set it once."
        raise syntax_error(source, problem, found[1])
    only = found[0]
    plain = isinstance(only, ast.Assign) and all(isinstance(t, ast.Name) for t in only.targets)
    if not plain or len(only.targets) > 1:  # type: ignore[union-attr]  # plain says it is Assign
        raise syntax_error(source, f"SUBTASKS must be set by a plain assignment. {_SHAPE}.", only)
    return only.value  # type: ignore[return-value]  # an Assign always has a value


def _stage(source: str, entry: ast.expr) -> tuple[ast.Name, ...]:
    names = entry.elts if isinstance(entry, ast.Tuple) else [entry]
    if not names:
        raise syntax_error(source, "a stage of SUBTASKS is empty. Remove it.", entry)
    for name in names:
        if not isinstance(name, ast.Name):
            problem = f"SUBTASKS may hold only names of functions. {_SHAPE}."
            raise syntax_error(source, problem, name)
    return tuple(name for name in names if isinstance(name, ast.Name))


def _name_problem(node: ast.Name, functions: dict[str, ast.FunctionDef], seen: set[str]) -> str:
    name = node.id
    if name not in functions:
        return f"SUBTASKS names {name}, but there is no such function. Define {name} or remove it."
    if name in seen:
        return f"SUBTASKS names {name} twice. Keep one of the two."
    if functions[name].lineno > node.lineno:
        return f"SUBTASKS stands before the function {name}. Move SUBTASKS to the end."
    if is_reserved(name):
        return f"{name} is a reserved name, not a sub-task. Rename the function."
    return ""
