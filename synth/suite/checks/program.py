"""Checks of the program as a text, and of one frame: the cheap ones that come first.

Only `runs` executes anything, in the sandbox and only after the others are content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.errors import ProgramFault
from synth.suite.checks.no_verdict import broken_cells
from synth.suite.registry import check
from synth.suite.subject import Skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.failure import Failure
    from synth.plan import Stages
    from synth.suite.registry import Case

__all__: list[str] = []


@check("program")
def parses(case: Case) -> Iterator[Failure]:
    """The program is Python, shaped like a reward program."""
    _require_text(case)
    error = case.subject.syntax_error
    if error is not None:
        yield case.failure(
            f"The program does not parse: {error}",
            expected="a reward program",
            actual=error.problem,
        )


@check("program")
def lints(case: Case) -> Iterator[Failure]:
    """The program uses only what reward programs may use."""
    _require_text(case)
    for finding in case.subject.findings:
        yield case.failure(
            f"The program does not pass the lint: line {finding.line}, column {finding.column}: "
            f"{finding.rule} {finding.message} {finding.hint}\n{finding.excerpt}",
            expected="no findings",
            actual=finding.message,
        )


@check("program")
def names_the_subtasks(case: Case) -> Iterator[Failure]:
    """SUBTASKS names the plan's sub-tasks, stage by stage."""
    stages = case.subject.program.stages
    mine, planned = case.subject.program.subtasks, case.plan.names
    as_planned = _written(case.plan.stage_names)
    for number, name in enumerate(planned, start=1):
        if name not in mine:
            yield case.failure(
                f"Sub-task {number}, {name}, is missing from SUBTASKS; write "
                f"SUBTASKS = {as_planned} and a function for each.",
                subtask=name,
                expected=as_planned,
                actual=_written(stages),
            )
    for name in mine:
        if name not in planned:
            yield case.failure(
                f"SUBTASKS names {name}, which is no sub-task of the plan; write "
                f"SUBTASKS = {as_planned}.",
                expected=as_planned,
                actual=_written(stages),
            )
    if set(mine) == set(planned) and not case.subject.follows_plan():
        yield case.failure(
            f"SUBTASKS has the plan's sub-tasks in other stages; write SUBTASKS = {as_planned} "
            f"instead of {_written(stages)}.",
            expected=as_planned,
            actual=_written(stages),
        )


@check("program")
def runs(case: Case) -> Iterator[Failure]:
    """The program loads, and answers on one recorded frame."""
    try:
        verdicts = case.subject.smoke
    except ProgramFault as fault:
        yield case.failure(
            f"The program cannot be run on a single frame: {fault}",
            expected="a bool from each checker",
            actual=str(fault),
        )
        return
    episode = case.subject.episodes()[0]
    for broken in broken_cells(case.subject.program.subtasks, verdicts.cells, verdicts.errors):
        yield case.failure(
            f"{broken.function} {broken.what} on the first frame of {episode.id}, given as both "
            "frame and initial frame.",
            episode=episode,
            frame=0,
            subtask=broken.subtask,
            expected="a bool",
            actual=broken.what,
        )


def _require_text(case: Case) -> None:
    """Skip the check where the reward is no program."""
    if not case.subject.written:
        raise Skip("the program's text", "the reward is no program")


def _written(stages: Stages) -> str:
    """As a program writes them: ``[first, (second, third), goal]``."""
    return "[" + ", ".join(s[0] if len(s) == 1 else f"({', '.join(s)})" for s in stages) + "]"
