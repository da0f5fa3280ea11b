"""Which questions to put to eyes, now that a program passes all else.

Rivals of the program are gathered from everywhere and set against each other on all pictures of a
split; what comes out is rows and sub-tasks. Nobody is asked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.errors import ProgramFault, ProgramSyntaxError
from synth.labels.choose import PictureQuestion, choose, undecided
from synth.labels.pool import verdicts
from synth.labels.rivals import Rival, from_programs, open_readings
from synth.labels.sheets import controls, sheets_for
from synth.labels.structural import structural
from synth.mutation.mutants import drawn_mutants
from synth.program import lint, parse
from synth.sandbox import CONFINED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from synth.labels.pool import Pool
    from synth.program import Program
    from synth.sandbox import Sandboxes

__all__ = ["Chosen", "choose_questions", "rival_readings"]

MUTANTS = 24
"""Mutants that are tried as rivals, drawn evenly: each takes about half a second."""

DRAW = 20240204  # any fixed seed

LEAST = 4
"""Of fewer pictures none is spent on a control."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Questions, and what they are good for.

    Attributes:
        questions: In the order in which they were chosen.
        controls: Rows on which the goal is asked, its answer being known.
        rivals: How many readings besides the program's own there are.
        told: How many pairs of readings the questions tell apart.
        left: How many pairs nothing tells apart, or no more may be asked about.
    """

    questions: tuple[PictureQuestion, ...]
    controls: tuple[PictureQuestion, ...]
    rivals: int
    told: int
    left: int


def choose_questions(
    source: str,
    pool: Pool,
    *,
    most: int,
    asked: Iterable[PictureQuestion] = (),
    others: Iterable[tuple[str, str]] = (),
    sandboxes: Sandboxes = CONFINED,
) -> Chosen:
    """Questions that tell a program's rivals apart.

    Args:
        source: A program that passes all else.
        pool: The pictures.
        most: How many pictures may be put to eyes, controls among them.
        asked: What was asked before.
        others: Name and source of other programs for the same plan; those that cannot be run
            or have other sub-tasks are passed over.
        sandboxes: Where programs run.

    Raises:
        ProgramFault: The program fails as a whole.
        SandboxUnavailable: This machine cannot confine programs.
    """
    program, known = parse(source), tuple(asked)
    holds = verdicts(pool, program, sandboxes=sandboxes)
    rivals = rival_readings(program, pool, holds, others, sandboxes=sandboxes)
    goal = holds.shape[1] - 1
    groups: dict[int, list[NDArray[np.int8]]] = {
        k: [holds[:, k].astype(np.int8)] for k in range(goal)
    }
    for rival in rivals:
        groups[rival.column].append(rival.says)
    vouching = sheets_for(most) if most >= LEAST else 0
    questions = choose(groups, pool.askable, most=most - vouching, asked=known)
    pictures = len({q.row for q in questions})
    before = _pairs(groups, known)
    after = _pairs(groups, (*known, *questions))
    needed = min(vouching, sheets_for(pictures + vouching)) if pictures else 0
    return Chosen(questions, controls(pool, goal, needed), len(rivals), before - after, after)


def rival_readings(
    program: Program,
    pool: Pool,
    holds: NDArray[np.bool_],
    others: Iterable[tuple[str, str]] = (),
    *,
    sandboxes: Sandboxes = CONFINED,
) -> tuple[Rival, ...]:
    """All readings that nothing recorded refutes, other programs' first.

    Args:
        program: The program whose rivals they are.
        pool: The pictures.
        holds: Its verdicts on them, ``bool[N, K]``.
        others: As for `choose_questions`.
        sandboxes: Where programs run.

    Raises:
        SandboxUnavailable: This machine cannot confine programs.
    """
    told: list[tuple[str, NDArray[np.bool_]]] = []
    for name, source in (*others, *_mutated(program)):
        rival = _runnable(source, program)
        if rival is None:
            continue
        try:
            told.append(
                (name, verdicts(pool, rival, sandboxes=sandboxes)[:, _order(rival, program)])
            )
        except ProgramFault:
            continue  # a program that cannot be run reads nothing
    readings = (*from_programs(told, holds), *structural(pool, holds, program.subtasks))
    return open_readings(readings, pool, holds)


def _mutated(program: Program) -> tuple[tuple[str, str], ...]:
    made = drawn_mutants(program.source, MUTANTS, DRAW)
    return tuple((f"mutant {n}", text) for n, text in enumerate(made))


def _runnable(source: str, like: Program) -> Program | None:
    """A program with the same sub-tasks as another, or ``None``."""
    try:
        if lint(source, missions=like.takes_mission):
            return None
        program = parse(source)
    except ProgramSyntaxError:
        return None
    return program if sorted(program.subtasks) == sorted(like.subtasks) else None


def _order(program: Program, like: Program) -> list[int]:
    """The columns of a program in another's order: within a stage the order is free."""
    return [program.subtasks.index(name) for name in like.subtasks]


def _pairs(
    groups: Mapping[int, Sequence[NDArray[np.int8]]], asked: Iterable[PictureQuestion]
) -> int:
    known = tuple(asked)
    return sum(int(undecided(np.stack(g), k, known).sum()) for k, g in groups.items())
