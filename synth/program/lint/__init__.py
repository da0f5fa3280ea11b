"""The lint: what a reward program may contain.

An allow-list of node types, names and attributes, and some data flow for purity. It works
on Python's own syntax tree, because that is what will be compiled: other parsers differ
from it in corners, such as identifiers that Python normalises. It is one of two walls;
the other is the sandbox, and neither relies on the other. It does not judge whether a
program is right, fast, or ends in time.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import synth.program.lint.rules  # noqa: F401 - importing it registers the rules
from synth.program.excerpt import character_column, excerpt, source_lines
from synth.program.lint.once import covered_nodes, reported_names
from synth.program.lint.registry import RULES, Context, Hit, Rule
from synth.program.lint.scope import resolve
from synth.program.parse import parse, parse_tree

__all__ = ["RULES", "Finding", "Rule", "lint"]

MOST_HITS = 100
"""Of one rule; nobody reads more, and each may cost a search for what was meant."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One objection of the lint.

    Attributes:
        rule: ``S101``; the rules are listed in ``docs/lint.md``.
        line: 1-based.
        column: 1-based, in characters.
        message: What is wrong.
        excerpt: The line with a caret under the column.
        hint: What to write instead.
    """

    rule: str
    line: int
    column: int
    message: str
    excerpt: str
    hint: str

    def __str__(self) -> str:
        """The report, as compilers print it, over four lines."""
        where = f"line {self.line}, column {self.column}"
        return f"{where}: {self.rule} {self.message}\n{self.excerpt}\n    {self.hint}"


def lint(source: str, *, missions: bool | None = None) -> list[Finding]:
    """Check a reward program against the allow-list.

    For example, of a program that begins with ``import os``::

        print(lint(source)[0])
        # line 1, column 1: S101 `import os` is not available.
        #     import os
        #     ^
        #     Use only: import numpy as np; from scipy import ndimage; from synth import vision.

    Args:
        source: The program's text.
        missions: Whether the task's missions vary, so that checkers take a third parameter; by
            default as the goal's checker has it.

    Returns:
        The findings in source order, at most `MOST_HITS` of each rule; empty where the
        program may be run.

    Raises:
        ProgramSyntaxError: The text is not a reward program at all.
    """
    return list(_lint(source, missions))


@lru_cache(maxsize=32)
def _lint(source: str, missions: bool | None) -> tuple[Finding, ...]:
    program = parse(source)
    told = program.takes_mission if missions is None else missions
    tree = parse_tree(source)
    nodes: list[ast.AST] = [tree]
    for node in nodes:
        nodes += ast.iter_child_nodes(node)
    every, scopes = tuple(nodes), resolve(tree)
    reported, covered = reported_names(every, scopes), covered_nodes(tree, every)
    context = Context(program, tree, every, scopes, told, reported, covered)
    lines = source_lines(source)
    findings = {
        _finding(lines, rule, hit)
        for rule in RULES.values()
        for hit in islice(rule.check(context), MOST_HITS)
    }
    return tuple(sorted(findings, key=lambda f: (f.line, f.column, f.rule, f.message)))


def _finding(lines: list[str], rule: Rule, hit: Hit) -> Finding:
    line: int = getattr(hit.node, "lineno", 1)
    column = character_column(lines[line - 1], getattr(hit.node, "col_offset", 0))
    shown = excerpt(lines, line, column)
    return Finding(rule.id, line, column, hit.message, shown, hit.hint)
