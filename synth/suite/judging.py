"""Judging a program: the suite's checks in the cascade's order, failures as data.

The generated test file makes the very same checks one by one under pytest. Nothing is
raised for a bad program, and nothing is decided here about accepting one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.sandbox import CONFINED
from synth.suite.groups import GROUPS
from synth.suite.registry import all_checks
from synth.suite.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.episode import Split
    from synth.failure import Failure
    from synth.sandbox import Sandboxes
    from synth.suite.registry import Result
    from synth.task.folder import TaskFolder

__all__ = ["Judgement", "Skipped", "judge", "judge_subject"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A test that could not be made, whatever the program.

    Attributes:
        test: Its id.
        reason: What went unchecked, and why: ``search (environment: ...)``.
    """

    test: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of judging a program. Each test is in exactly one of the four.

    All that the suite knows, failures of held-out episodes included. The loop decides by less,
    by what a journal can hold and give back: see `synth.loop.verdict.Verdict`.

    Attributes:
        failures: In the cascade's order; visible episodes come first within a check.
        passed: Ids of the tests that passed.
        failed: Ids of the tests that failed.
        unjudged: Ids of the tests that were not made, since an earlier group failed or the
            program could not be run.
        skipped: Tests that had nothing to look at, or cannot be made on this machine: they
            have neither passed nor failed.
    """

    failures: tuple[Failure, ...]
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    unjudged: tuple[str, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether every test that can be made was made and passed, and there was one."""
        return bool(self.passed) and not self.failed and not self.unjudged

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why tests were skipped, each reason once, in the cascade's order."""
        return tuple(dict.fromkeys(skip.reason for skip in self.skipped))


def judge(
    source: str,
    task: TaskFolder,
    *,
    splits: tuple[Split, ...] = ("visible",),
    groups: tuple[str, ...] | None = None,
    cascade: bool = True,
    sandboxes: Sandboxes = CONFINED,
) -> Judgement:
    """Judge a program against a task.

    Args:
        source: The program's text.
        task: The task; only its `splits` are used.
        splits: Which episodes to judge on.
        groups: Which groups to judge; all of them by default. A program that cannot be run
            is not judged further, whichever groups are asked for.
        cascade: Stop after the first group that fails.
        sandboxes: Where the program runs.

    Returns:
        Failures, and what became of each test. A program that does not parse, hangs or
        crashes has failures; it raises nothing.

    Raises:
        SandboxUnavailable: This machine cannot confine the program.
    """
    subject = Subject(source, task, splits=splits, sandboxes=sandboxes)
    return judge_subject(subject, groups=groups, cascade=cascade)


def judge_subject(
    subject: Subject,
    *,
    groups: tuple[str, ...] | None = None,
    cascade: bool = True,
    on_group: Callable[[str, int], None] | None = None,
) -> Judgement:
    """Judge a program of which the caller wants to know more than what became of its tests.

    Args:
        subject: The program and its task; its verdicts, search and so on are kept in it.
        groups: As for `judge`.
        cascade: As for `judge`.
        on_group: Called with each group's name and its number of tests before they are made.

    Returns:
        As `judge` does.

    Raises:
        SandboxUnavailable: This machine cannot confine the program.
    """
    asked = subject.task.spec
    checks = [c for c in all_checks() if c.applies(asked) and (groups is None or c.group in groups)]
    made: list[Result] = []
    unmade: list[Result] = []
    skipped: list[Skipped] = []
    waiting: list[str] = []
    for group in (g.name for g in GROUPS):
        tests = [(c, e) for c in checks if c.group == group for e in c.episodes(subject)]
        failed = any(result.failures for result in made)
        # A program that could not be run for one group cannot be for the next, cascade or not.
        if unmade or waiting or (cascade and failed):
            waiting += [c.test(e) for c, e in tests]
            continue
        if on_group is not None and tests:
            on_group(group, len(tests))
        for check, episode in tests:
            result = check.run(subject, episode)
            if result.skipped:
                skipped.append(Skipped(result.test, result.skipped))
            else:
                (made if result.judged else unmade).append(result)
    if unmade and not any(result.failures for result in made):
        # No test that was made has failed: then what kept the first of the others from being
        # made is the failure, or a program that cannot be run would have none.
        made.append(unmade.pop(0))
    return Judgement(
        failures=tuple(f for r in made for f in r.failures),
        passed=tuple(r.test for r in made if not r.failures),
        failed=tuple(r.test for r in made if r.failures),
        unjudged=(*(r.test for r in unmade), *waiting),
        skipped=tuple(skipped),
    )
