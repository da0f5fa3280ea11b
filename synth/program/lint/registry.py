"""How a rule is written: a function that yields hits, registered under its id.

A rule sees the whole program through a `Context` and says where, what and what to write
instead. Order, positions and excerpts are not its affair (`synth.program.lint.lint`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator

    from synth.program.lint.scope import Scopes
    from synth.program.parse import Program

__all__ = ["RULES", "Context", "Hit", "Rule", "rule"]


@dataclass(frozen=True, slots=True)
class Context:
    """What every rule may look at.

    Attributes:
        program: The parsed program.
        tree: Its syntax tree, as Python will compile it.
        nodes: All nodes of the tree.
        scopes: What each name means.
        missions: Whether checkers must take the mission as a third parameter.
        reported: Names that come with something that is reported itself, such as those of a
            class, of a `match` or of an imported function: one finding is enough.
        covered: Nodes within something that is reported itself, such as a handler.
    """

    program: Program
    tree: ast.Module
    nodes: tuple[ast.AST, ...]
    scopes: Scopes
    missions: bool = False
    reported: frozenset[str] = frozenset()
    covered: frozenset[ast.AST] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's objection.

    Attributes:
        node: Where; it must have a position.
        message: What is wrong, one sentence.
        hint: What to write instead, one sentence.
    """

    node: ast.AST
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule.

    Attributes:
        id: ``S101``.
        summary: What it asks for, one sentence.
        check: Yields its hits.
    """

    id: str
    summary: str
    check: Callable[[Context], Iterator[Hit]]


RULES: dict[str, Rule] = {}
"""All rules by id."""


def rule(
    rule_id: str, summary: str
) -> Callable[[Callable[[Context], Iterator[Hit]]], Callable[[Context], Iterator[Hit]]]:
    """Register a rule: ``@rule("S101", "Only the three imports.")``."""

    def register(check: Callable[[Context], Iterator[Hit]]) -> Callable[[Context], Iterator[Hit]]:
        if rule_id in RULES:
            raise ValueError(
                f"There are two rules {rule_id}; give the new one a number of its own."
            )
        RULES[rule_id] = Rule(rule_id, summary, check)
        return check

    return register
