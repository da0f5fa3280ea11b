"""Purity: nothing is written into that outlives the call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from synth.program.lint.flow import writes
from synth.program.lint.registry import Context, Hit, rule
from synth.program.parse import WITH_MISSION

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["constants_stay", "parameters_stay"]


@rule("S601", "Top-level constants are not written into.")
def constants_stay(context: Context) -> Iterator[Hit]:
    """Lists, dictionaries and arrays at the top level that a function changes."""
    for write in writes(context.tree):
        if write.origin.constant:
            name = write.origin.name
            yield Hit(
                write.node,
                f"{write.how} the constant {name}, which would keep state between frames.",
                f"Work on a copy: `{name.lower()} = {name}.copy()`.",
            )


@rule(
    "S602",
    "What a checker, a _progress, perceive or perceive_initial is given is not written into.",
)
def parameters_stay(context: Context) -> Iterator[Hit]:
    """Subscript, in-place operator, in-place method or ``out=`` on a parameter or its alias."""
    # A mission is text, which nothing can write into: `partition` is a method of text as well.
    missions = {
        (node.name, node.args.args[-1].arg)
        for node in context.tree.body
        if isinstance(node, ast.FunctionDef) and len(node.args.args) == WITH_MISSION
    }
    entries = {*context.program.subtasks, *context.program.perceivers}
    entries |= {f"{name}_progress" for name in context.program.progress}
    for write in writes(context.tree):
        if (write.function, write.origin.name) in missions:
            continue
        if not write.origin.constant and write.function in entries:
            yield Hit(
                write.node,
                f"{write.how} {write.origin.name}, which {write.function} was given to read.",
                "Work on a copy, or write `x = x + 1` instead of `x += 1`.",
            )
