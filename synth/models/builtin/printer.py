"""From predicates to the text of a reward program: what both readings have in common.

The text is for a reader: constants with names and remarks, one ``perceive``, a helper for
each relation in use, and a checker of one expression for each sub-task.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from synth.models.builtin.grammar import Both, Either

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from synth.models.builtin.grammar import Predicate
    from synth.models.builtin.words import Vocabulary
    from synth.plan import Plan

__all__ = ["WIDTH", "kinds_in", "print_program", "relations_in"]

WIDTH = 96


def print_program(
    opening: Sequence[str],
    relations: Mapping[str, str],
    predicates: Sequence[Predicate],
    plan: Plan,
    words: Vocabulary,
    *,
    name: Callable[[Any], str],
    look: Callable[[Any], str],
) -> str:
    """The program, ready to be judged.

    Args:
        opening: Constants, ``perceive`` and what it calls, ``same_scene``.
        relations: The text of every relation's helper; those in use are printed.
        predicates: One for each sub-task, in the plan's order.
        plan: Names and order of the sub-tasks.
        words: For the descriptions.
        name: What a kind is called in an expression.
        look: Under which key ``perceive`` gives what a kind is told by.
    """
    used = relations_in(predicates)
    parts = [*opening, *(text for relation, text in relations.items() if relation in used)]
    for subtask, predicate in zip(plan.subtasks, predicates, strict=True):
        leaf: Any = predicate  # each reading's printer is given its own atoms alone
        sentence = words.phrase(predicate).sentence
        parts.append(_checker(subtask.name, sentence, predicate, leaf.write(name, look)))
    parts.append(f"\nSUBTASKS = {_stages(plan)}\n")
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def relations_in(predicates: Sequence[Predicate]) -> set[str]:
    """The relations that predicates use."""
    return {atom.relation for predicate in predicates for atom in predicate.atoms}


def kinds_in(predicates: Sequence[Predicate]) -> tuple[Any, ...]:
    """The kinds that predicates speak of, in the order of reading."""
    return tuple(dict.fromkeys(kind for p in predicates for atom in p.atoms for kind in atom.kinds))


def _checker(name: str, description: str, predicate: Predicate, text: str) -> str:
    """A checker of one expression."""
    doc = _docstring(" ".join(description.split()))
    if isinstance(predicate, Either):
        text = f"({text})"
    line = f"    return same_scene(now, initial) and {text}"
    if len(line) > WIDTH:
        sides = text
        if isinstance(predicate, Both):
            sides = text.replace(" and ", "\n        and ")
        line = f"    return (\n        same_scene(now, initial)\n        and {sides}\n    )"
    return f"\ndef {name}(now, initial):\n{doc}\n{line}\n"


def _docstring(text: str) -> str:
    """On one line where it fits, else wrapped."""
    if len(text) + 10 <= WIDTH:
        return f'    """{text}"""'
    body = textwrap.fill(text, WIDTH - 4, initial_indent='    """', subsequent_indent="    ")
    return f'{body}\n    """'


def _stages(plan: Plan) -> str:
    """The plan's order, as SUBTASKS has it."""
    stages = [s[0] if len(s) == 1 else f"({', '.join(s)})" for s in plan.stage_names]
    return f"[{', '.join(stages)}]"
