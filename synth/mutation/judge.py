"""What a suite says of one mutant: the first test that kills it, and what a search finds.

Groups that kill most mutants for the least time are asked first. Checks that make new
episodes or images for each program are asked apart, since they take as long as all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.episode.store import SPLITS
from synth.program import parse
from synth.record import Seeds
from synth.sandbox import CONFINED
from synth.search import hunt
from synth.suite import all_checks
from synth.suite.groups import group_named
from synth.suite.subject import Subject

if TYPE_CHECKING:
    from synth.failure import Find
    from synth.sandbox import Sandboxes
    from synth.spec import Spec
    from synth.suite import Check
    from synth.task import TaskFolder

__all__ = ["MutantJudge", "asked"]


def asked(spec: Spec, *, slow: bool = False) -> tuple[Check, ...]:
    """The checks that mutants of a task are asked, in order.

    Args:
        spec: The task's; checks that do not apply to it are left out.
        slow: Those that make episodes or images for each program, and no others; by default
            all others. See `MutantJudge.late_killer`.
    """
    checks = [c for c in all_checks() if c.applies(spec) and c.slow == slow]
    # `sorted` is stable: within a group the checks keep the registry's order.
    return tuple(sorted(checks, key=lambda c: group_named(c.group).cost))


@dataclass(frozen=True, slots=True)
class MutantJudge:
    """A task's suite, as mutants are asked by it. It can be sent to another process.

    Attributes:
        task: The task; both splits judge.
        episodes: How many a search may try against a survivor.
        sandboxes: Where the programs run.
    """

    task: TaskFolder
    episodes: int
    sandboxes: Sandboxes = CONFINED

    def killer(self, source: str) -> str:
        """The first test that a mutant fails, the slow ones left out; ``""`` where none."""
        subject = self._subject(source)
        return next(
            (
                result.test
                for check in asked(self.task.spec)
                for episode in check.episodes(subject)
                if (result := check.run(subject, episode)).failures
            ),
            "",
        )

    def late_killer(self, source: str) -> str:
        """The first slow test that a mutant fails; ``""`` where none."""
        subject = self._subject(source)
        results = (check.run(subject) for check in asked(self.task.spec, slow=True))
        return next((r.test for r in results if r.failures), "")

    def search(self, source: str) -> Find | None:
        """An episode on which a mutant is wrong about the goal, on seeds no suite searches."""
        spec = self.task.spec
        found = hunt(
            spec,
            parse(source),
            seeds=Seeds.of(spec).hunt,
            episodes=self.episodes,
            sandboxes=self.sandboxes,
        )
        # A skipped sub-task is a fault of the plan, which the mutant shares with the original.
        return next(
            (one.find for one in found.counterexamples if one.kind != "skipped_subtask"), None
        )

    def _subject(self, source: str) -> Subject:
        # What lints has no state to keep, so a second run in another order tells nothing.
        return Subject(source, self.task, splits=SPLITS, twice=False, sandboxes=self.sandboxes)
