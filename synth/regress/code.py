"""Two programs' code beside each other, sub-task by sub-task.

A sub-task's code is its checker, its progress, and whatever top-level definitions these alone use;
what several sub-tasks use is compared once, as shared.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.program import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.regress.frames import MatchedCheckers

__all__ = ["CodeDiff", "code_diffs"]


@dataclass(frozen=True, slots=True)
class CodeDiff:
    """How the code of one sub-task differs.

    Attributes:
        one: The first program's sub-task; empty for shared code, or where it has no partner.
        other: The second's, likewise.
        lines: A unified diff without line numbers' headers; none where the code is the same.
    """

    one: str
    other: str
    lines: tuple[str, ...]

    @property
    def title(self) -> str:
        """``open_door``, ``take_key -> key_taken``, ``shared``."""
        if not self.one and not self.other:
            return "shared"
        if self.one == self.other:
            return self.one
        return f"{self.one or 'nothing'} -> {self.other or 'nothing'}"


def code_diffs(one: str, other: str, matched: Sequence[MatchedCheckers]) -> tuple[CodeDiff, ...]:
    """The code of two programs, sub-task by sub-task in the first one's order; shared code last.

    Args:
        one: The first program's text; it parses.
        other: The second's.
        matched: Which checkers belong together.
    """
    ours, theirs = _by_subtask(one), _by_subtask(other)
    pairs = [(pair.one, pair.other) for pair in matched]
    pairs += [(name, "") for name in ours if name and name not in {a for a, _ in pairs}]
    pairs += [("", name) for name in theirs if name and name not in {b for _, b in pairs}]
    found = [
        CodeDiff(a, b, _diff(ours.get(a, "") if a else "", theirs.get(b, "") if b else ""))
        for a, b in pairs
    ]
    return (*found, CodeDiff("", "", _diff(ours[""], theirs[""])))


def _diff(one: str, other: str) -> tuple[str, ...]:
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=2)
    return tuple(line for line in lines if not line.startswith(("---", "+++")))


def _by_subtask(source: str) -> dict[str, str]:
    """Sub-task to its code, and under the empty name what is shared."""
    program = parse(source)
    names = [name for stage in program.stages for name in stage]
    pieces = _pieces(source)
    users: dict[str, set[str]] = {name: set() for name in pieces}
    for subtask in names:
        for name in _reached({subtask, f"{subtask}_progress"}, pieces):
            users[name].add(subtask)
    found = {
        subtask: "\n\n".join(p.text for name, p in pieces.items() if users[name] == {subtask})
        for subtask in names
    }
    shared = [p.text for name, p in pieces.items() if len(users[name]) != 1]
    return {**found, "": "\n\n".join(shared)}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A top-level statement: its text and the names that it mentions."""

    text: str
    mentions: frozenset[str]


def _pieces(source: str) -> dict[str, _Piece]:
    """The top-level statements by the first name that each defines, in their order."""
    tree = ast.parse(source)
    lines = source.splitlines()
    found: dict[str, _Piece] = {}
    end = 0
    for number, node in enumerate(tree.body):
        # Comments above a statement are about it.
        text = "\n".join(lines[end : node.end_lineno]).strip("\n")
        end = node.end_lineno or end
        mentions = frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
        found[_defined(node) or f" {number}"] = _Piece(text, mentions)
    return found


def _defined(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef):
        return node.name
    targets = node.targets if isinstance(node, ast.Assign) else []
    return next((n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)), "")


def _reached(names: set[str], pieces: dict[str, _Piece]) -> set[str]:
    """What these names use, directly or not, themselves included."""
    reached: set[str] = set()
    todo = [name for name in names if name in pieces]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += [other for other in pieces[name].mentions if other in pieces]
    return reached
