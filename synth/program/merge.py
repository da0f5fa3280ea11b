r"""Merging a refinement into a program: what it does not name stays byte for byte.

The unit is a top-level statement. A function or constant of the same name is replaced
whole; a new one is inserted where it works; an import is added once. Comments directly
above a function are the patch's where it brings some, and stay otherwise. Neither text
need be a whole reward program, and nothing is linted here. What is to go is listed::

    merge("A = 1\n\n\ndef f(frame):\n    return A\n", "A = 2\n")
    # "A = 2\n\n\ndef f(frame):\n    return A\n"
    merge("A = 1\nB = 2\n", 'REMOVE = ["B"]\n')
    # "A = 1\n"
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

import libcst as cst

from synth.program.excerpt import syntax_error
from synth.program.parse import parse_module, parse_tree

__all__ = ["changed_functions", "merge"]

if TYPE_CHECKING:
    from collections.abc import Collection

_BLANK = cst.EmptyLine(indent=False)
_Node = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    """A top-level statement, and what a merge needs to know of it.

    Attributes:
        node: The statement.
        names: What it defines; empty for imports.
        uses: Names it needs when the program is loaded.
        text: Its code, without the comments and blank lines around it.
        comments: The comment lines directly above it.
        kind: The type of Python's own node for it.
    """

    node: _Node
    names: frozenset[str]
    uses: frozenset[str]
    text: str
    comments: tuple[cst.EmptyLine, ...]
    kind: type[ast.stmt]

    @property
    def is_import(self) -> bool:
        return issubclass(self.kind, ast.Import | ast.ImportFrom)

    @property
    def is_function(self) -> bool:
        return issubclass(self.kind, ast.FunctionDef)

    @property
    def is_docstring(self) -> bool:
        return issubclass(self.kind, ast.Expr)

    def above(self, *lines: cst.EmptyLine) -> _Item:
        """The item with these lines above it, comments included."""
        node = self.node.with_changes(leading_lines=lines)
        return _Item(node, self.names, self.uses, self.text, self.comments, self.kind)


def merge(source: str, patch: str) -> str:
    """Merge a patch into a program.

    Args:
        source: The program.
        patch: Python text with top-level functions, and possibly imports, constants and
            ``SUBTASKS``. Where it defines a name twice, the last one counts. Names in
            ``REMOVE = ["name"]`` are taken out of the program.

    Returns:
        The program with the patch's definitions in it. Merging a program, or any of its
        functions, into itself gives it back unchanged.

    Raises:
        ProgramSyntaxError: Either text is not Python, the patch holds top-level statements of
            another kind, or ``REMOVE`` names what is not there or shares its statement.
    """
    _check(patch)
    module, items = _items(source)
    _, fresh = _items(patch if patch.endswith(("\n", "\r")) else patch + "\n")
    fresh = [item for item in fresh if "REMOVE" not in item.names]
    # As in Python, where the later of two definitions is the one that counts.
    last = {name: item for item in fresh for name in item.names}
    fresh = [i for i in fresh if i.is_import or any(last[name] is i for name in i.names)]
    gone = _removed(patch, items, last.keys())
    merged = _without(items, gone)
    new = [item for item in fresh if not _replace(merged, item)]
    for item in new:
        _insert(merged, item, fresh[fresh.index(item) + 1 :])
    if merged == items:
        return source
    ends = module.has_trailing_newline or not items
    return module.with_changes(body=[i.node for i in merged], has_trailing_newline=ends).code


def _removed(patch: str, items: list[_Item], fresh: Collection[str]) -> frozenset[str]:
    """The names that a patch takes out of a program."""
    gone: set[str] = set()
    for node in parse_tree(patch).body:
        if not isinstance(node, ast.Assign) or not _is_remove(node.targets[0]):
            continue
        listed = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
        for part in listed:
            name = part.value if isinstance(part, ast.Constant) else None
            if not isinstance(name, str):
                problem = (
                    'REMOVE must be a list of names as strings. Write REMOVE = ["old_helper"].'
                )
                raise syntax_error(patch, problem, part)
            if name in fresh:
                problem = f"{name} is both removed and defined. Leave it out of REMOVE."
                raise syntax_error(patch, problem, part)
            gone.add(name)
            home = next((item for item in items if name in item.names), None)
            if home is None:
                problem = f"the program has no {name} at its top level. Leave it out of REMOVE."
                raise syntax_error(patch, problem, part)
    for item in items:
        if item.names & gone and not item.names <= gone:
            kept = ", ".join(sorted(item.names - gone))
            problem = f"REMOVE names what is set in one statement with {kept}. Send that one anew."
            raise syntax_error(patch, problem)
    return frozenset(gone)


def _without(items: list[_Item], gone: frozenset[str]) -> list[_Item]:
    kept: list[_Item] = []
    blanks: tuple[cst.EmptyLine, ...] = ()
    for item in items:
        lines = tuple(getattr(item.node, "leading_lines", ()))
        if item.names and item.names <= gone:
            # The blank lines above it are for what comes next, where that has none.
            blanks = blanks or tuple(line for line in lines if line.comment is None)
            continue
        spaced = any(line.comment is None for line in lines)
        kept.append(item if spaced or not blanks else item.above(*blanks, *lines))
        blanks = ()
    return kept


def _is_remove(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "REMOVE"


def changed_functions(before: str, after: str) -> tuple[str, ...]:
    """Names of the top-level functions that differ between two programs.

    Args:
        before: A program.
        after: Another version of it.

    Returns:
        First those changed or added, in the order of `after`; then those removed.

    Raises:
        ProgramSyntaxError: Either text is not Python.
    """
    old, new = _function_texts(before), _function_texts(after)
    changed = [name for name, text in new.items() if old.get(name) != text]
    return (*changed, *(name for name in old if name not in new))


def _function_texts(source: str) -> dict[str, str]:
    return {
        name: item.text for item in _items(source)[1] if item.is_function for name in item.names
    }


def _check(patch: str) -> None:
    kinds = ast.FunctionDef | ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign
    for node in parse_tree(patch).body:
        if not isinstance(node, kinds) and not _is_docstring(node):
            raise syntax_error(
                patch,
                "only imports, constants, functions and SUBTASKS may be sent. "
                "Remove this statement.",
                node,
            )


def _items(source: str) -> tuple[cst.Module, list[_Item]]:
    tree, module = parse_tree(source), parse_module(source)
    statements: dict[int, list[ast.stmt]] = {}
    # Both parsers agree on statements; libcst holds those that share a line as one.
    rest = iter(tree.body)
    for index, node in enumerate(module.body):
        count = len(node.body) if isinstance(node, cst.SimpleStatementLine) else 1
        statements[index] = [next(rest) for _ in range(count)]
    items = []
    for index, node in enumerate(module.body):
        lines = tuple(getattr(node, "leading_lines", ()))
        above = lines if index else (*module.header, *lines)
        items.append(_item(node, statements[index], above))
    return module, items


def _item(node: _Node, statements: list[ast.stmt], above: tuple[cst.EmptyLine, ...]) -> _Item:
    names: set[str] = set()
    uses: set[str] = set()
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
        parts: list[ast.AST] = [statement]
        # A function's body runs later, when all names are there: only defaults and annotations
        # need theirs at load time.
        if isinstance(statement, ast.FunctionDef):
            parts = [statement.args, *([statement.returns] if statement.returns else [])]
        for part in (inner for outer in parts for inner in ast.walk(outer)):
            if isinstance(part, ast.Name):
                (uses if isinstance(part.ctx, ast.Load) else names).add(part.id)
    comments = tuple(takewhile(lambda line: line.comment is not None, reversed(above)))[::-1]
    return _Item(
        node, frozenset(names), frozenset(uses), _text(node), comments, type(statements[0])
    )


def _text(node: _Node) -> str:
    bare = node.with_changes(leading_lines=())
    if isinstance(bare, cst.FunctionDef) and isinstance(bare.body, cst.IndentedBlock):
        bare = bare.with_changes(body=bare.body.with_changes(footer=()))
    return cst.Module([]).code_for_node(bare).replace("\r\n", "\n").replace("\r", "\n").strip()


def _replace(items: list[_Item], item: _Item) -> bool:
    """Put an item in the place of what it redefines; false where there is no such place."""
    if item.is_import:
        return any(item.text == old.text for old in items)
    places = [i for i, old in enumerate(items) if old.names & item.names]
    # `A, B = 1, 2` cannot give way to `A = 3` alone: B would be lost. A comes after it instead.
    if not places or not all(items[i].names <= item.names for i in places):
        return False
    first = places[0]
    if len(places) > 1 or items[first].text != item.text:
        lines = tuple(getattr(items[first].node, "leading_lines", ()))
        if item.comments and first:
            kept = len(lines) - len(items[first].comments)
            lines = (*lines[:kept], *item.comments)
        items[first] = item.above(*lines)
    for index in reversed(places[1:]):
        del items[index]
    return True


def _insert(items: list[_Item], item: _Item, following: list[_Item]) -> None:
    at = _position(items, item, following)
    blanks = _blank_lines(items[at - 1], item) if at else ()
    items.insert(at, item.above(*blanks, *item.comments))
    if at + 1 < len(items):
        below = items[at + 1]
        lines = tuple(getattr(below.node, "leading_lines", ()))
        wanted = _blank_lines(item, below)
        if wanted and not any(line.comment is None for line in lines):
            items[at + 1] = below.above(*wanted, *lines)


def _blank_lines(upper: _Item, lower: _Item) -> tuple[cst.EmptyLine, ...]:
    if upper.is_function or lower.is_function:
        return (_BLANK, _BLANK)
    alike = upper.is_import == lower.is_import and upper.is_docstring == lower.is_docstring
    return () if alike else (_BLANK,)


def _position(items: list[_Item], item: _Item, following: list[_Item]) -> int:
    if item.is_import:
        imports = [i for i, old in enumerate(items) if old.is_import]
        start = int(bool(items) and items[0].is_docstring)
        return imports[-1] + 1 if imports else start
    # After all that it needs, and before all that needs it.
    earliest = max(
        (i + 1 for i, old in enumerate(items) if old.names & (item.uses | item.names)), default=0
    )
    users = [i for i, old in enumerate(items) if old.uses & item.names]
    latest = min(users, default=len(items))
    if item.is_function:
        # Beside the neighbour that it had in the patch, where that is in the program as well.
        texts = {later.text for later in following if later.is_function}
        wanted = next((i for i, old in enumerate(items) if old.text in texts), latest)
    else:
        wanted = next((i for i, old in enumerate(items) if old.is_function), latest)
    subtasks = next((i for i, old in enumerate(items) if "SUBTASKS" in old.names), len(items))
    return max(earliest, min(wanted, latest, subtasks))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
