"""Judging a program: the suite's checks in the cascade's order, failures as data.

The generated test file makes the very same checks one by one under pytest. Nothing is
raised for a bad program, and nothing is decided here about accepting one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.suite.matrix import StatusMatrix
from synth.suite.registry import all_checks
from synth.suite.subject import Subject

if TYPE_CHECKING:
    from synth.episode import Split
    from synth.failure import Failure, Group
    from synth.suite.registry import Result
    from synth.task.folder import TaskFolder

__all__ = ["Judgement", "Observer", "judge"]

Observer = Callable[[StatusMatrix], None]
"""Told the matrix as it stands after each group."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of judging a program.

    Attributes:
        failures: In the cascade's order; visible episodes come first within a check.
        passed: Ids of the tests that passed. One that this machine cannot make, whatever the
            program, is in none of the three.
        failed: Ids of the tests that failed.
        unjudged: Ids of the tests that were not made, since an earlier group failed or the
            program could not be run.
        matrix: The same by group and sub-task.
    """

    failures: tuple[Failure, ...]
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    unjudged: tuple[str, ...]
    matrix: StatusMatrix

    @property
    def accepted(self) -> bool:
        """Whether every test was made and passed."""
        return not self.failed and not self.unjudged

    @property
    def visible_failures(self) -> tuple[Failure, ...]:
        """The failures that a model may be shown."""
        return tuple(f for f in self.failures if not f.held_out)


def judge(
    source: str,
    task: TaskFolder,
    *,
    splits: tuple[Split, ...] = ("visible",),
    groups: tuple[Group, ...] | None = None,
    cascade: bool = True,
    observer: Observer | None = None,
    unsafe: bool = False,
) -> Judgement:
    """Judge a program against a task.

    Args:
        source: The program's text.
        task: The task; only its `splits` are used.
        splits: Which episodes to judge on.
        groups: Which groups to judge; all of them by default. A program that cannot be run
            is not judged further, whichever groups are asked for.
        cascade: Stop after the first group that fails.
        observer: Called with the matrix as it stands after each group.
        unsafe: Run the program even where this machine cannot confine it.

    Returns:
        Failures, passed and failed tests. A program that does not parse, hangs or crashes
        has failures; it raises nothing.

    Raises:
        SandboxUnavailable: This machine cannot confine the program.
    """
    subject = Subject(source, task, splits=splits, unsafe=unsafe)
    checks = [
        c for c in all_checks() if c.applies(task.spec) and (groups is None or c.group in groups)
    ]
    matrix = StatusMatrix.waiting(tuple(dict.fromkeys(c.group for c in checks)), task.plan.names)
    made: list[Result] = []
    left: list[Result | str] = []
    for group in matrix.groups:
        tests = [(c, e) for c in checks if c.group == group for e in c.episodes(subject)]
        failed = any(result.failures for result in made)
        if left or (cascade and failed):
            left += [c.test(e) for c, e in tests]
            continue
        results = [r for r in (c.run(subject, e) for c, e in tests) if not r.left_out]
        made += [r for r in results if r.judged]
        left += [r for r in results if not r.judged]
        matrix = matrix.judged(group, [f for r in results for f in r.failures])
        if observer is not None:
            observer(matrix)
    if left and not any(result.failures for result in made):
        # Nothing that was judged failed: then what kept the rest from it is the failure.
        made += [r for r in left[:1] if not isinstance(r, str)]
        left = left[1:]
    return Judgement(
        failures=tuple(f for r in made for f in r.failures),
        passed=tuple(r.test for r in made if not r.failures),
        failed=tuple(r.test for r in made if r.failures),
        unjudged=tuple(r if isinstance(r, str) else r.test for r in left),
        matrix=matrix,
    )
