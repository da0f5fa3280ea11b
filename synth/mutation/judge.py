"""What a suite says of one mutant: the first test that kills it, and what a search finds.

Cheap checks come first, and those that draw anew for each program are asked apart. Nothing
here knows how many mutants there are, and nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from synth.program import parse
from synth.record import Seeds
from synth.search import hunt
from synth.suite import all_checks
from synth.suite.checks.search import LIVE
from synth.suite.subject import Subject

if TYPE_CHECKING:
    from synth.failure import Find, Group
    from synth.task import TaskFolder

__all__ = ["SPLITS", "MutantJudge"]

ORDER: tuple[Group, ...] = (
    "expert",
    "random",
    "near_miss",
    "metamorphic",
    "necessity",
    "search",
    "contract",
)
"""Where most mutants fall, and cheaply, comes first. All parse and lint as they are made."""

DEAR = LIVE | {"contract::answers_on_any_image"}
"""Checks that draw anew for each program; made for mutants that differ on fresh episodes."""

SPLITS: tuple[Literal["visible", "held_out"], ...] = ("visible", "held_out")


@dataclass(frozen=True, slots=True)
class MutantJudge:
    """A task's suite, as mutants are asked by it. It can be sent to another process.

    Attributes:
        task: The task; both splits judge.
        episodes: How many a search may try against a survivor.
        unsafe: Run the programs even where this machine cannot confine them.
    """

    task: TaskFolder
    episodes: int
    unsafe: bool = False

    def killer(self, source: str) -> str:
        """The first test that a mutant fails, the dear ones left out; ``""`` where none."""
        subject = self._subject(source)
        checks = [c for c in all_checks() if c.applies(self.task.spec) and c.id not in DEAR]
        return next(
            (
                result.test
                for group in ORDER
                for check in checks
                if check.group == group
                for episode in check.episodes(subject)
                if (result := check.run(subject, episode)).failures
            ),
            "",
        )

    def late_killer(self, source: str) -> str:
        """The first of the dear tests that a mutant fails; ``""`` where none."""
        subject = self._subject(source)
        dear = [c for c in all_checks() if c.applies(self.task.spec) and c.id in DEAR]
        results = (check.run(subject) for check in dear)
        return next((r.test for r in results if r.failures), "")

    def search(self, source: str) -> Find | None:
        """A mutant's lie about the goal, on seeds that no suite searches."""
        spec = self.task.spec
        found = hunt(
            spec,
            source,
            parse(source).stages,
            seeds=Seeds.of(spec).hunt,
            episodes=self.episodes,
            unsafe=self.unsafe,
        )
        return next((lie.find for lie in found.lies if lie.kind != "skipped"), None)

    def _subject(self, source: str) -> Subject:
        # What lints has no state to keep, so a second run in another order tells nothing.
        return Subject(source, self.task, splits=SPLITS, twice=False, unsafe=self.unsafe)
