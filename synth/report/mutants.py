"""The mutation score: how many small mistakes in a reward program its suite notices.

A mutant that fails the suite is *killed*. One that passes is run beside the original on a
large fresh sample of episodes: where any verdict differs it has *survived*, and the
episode is one that the suite lacks; where none does it is *equivalent* as far as anyone
can see, and leaves the score. For a survivor that the environment has not yet contradicted
an episode that does is searched for. A report, not a test; nothing is written to the task.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from synth.errors import SuiteError
from synth.program import parse
from synth.program.mutate import mutants
from synth.record import Seeds
from synth.report.mutant_sample import Difference, FreshEpisodes, compare
from synth.search import hunt
from synth.suite import all_checks, judge
from synth.suite.checks.search import LIVE
from synth.suite.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from synth.failure import Find, Group
    from synth.program.mutate import Mutant
    from synth.suite import TaskFolder

__all__ = ["Fate", "MutantOutcome", "MutationRun", "MutationScore", "OperatorScore"]

Fate = Literal["killed", "survived", "equivalent", "undecided"]

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
WORKERS = 2
DRAW = 20240204  # any fixed seed
SUITE_SHARE = 0.7
"""Of a limit in seconds, what the suite may use; the rest is for the fresh sample."""


@dataclass(frozen=True, slots=True)
class MutantOutcome:
    """What became of a mutant.

    Attributes:
        mutant: The mutant.
        fate: ``killed`` by the suite; ``survived`` it and differs from the original;
            ``equivalent`` on the whole sample; ``undecided`` where the sample was cut short.
        test: The first test that killed it.
        difference: What would have killed a survivor.
        find: An episode on which the environment contradicts it, where one was found: as a
            `found` episode of the task it is a test that kills it.
    """

    mutant: Mutant
    fate: Fate
    test: str = ""
    difference: Difference | None = None
    find: Find | None = None


@dataclass(frozen=True, slots=True)
class OperatorScore:
    """The counts of one operator, or of all."""

    operator: str
    killed: int
    survived: int
    equivalent: int
    undecided: int

    @property
    def score(self) -> float:
        """Killed, as a share of those not equivalent; 1.0 where there is none.

        A mutant that is undecided counts as one that got away.
        """
        alive = self.survived + self.undecided
        return self.killed / (self.killed + alive) if self.killed + alive else 1.0


@dataclass(frozen=True, slots=True)
class MutationScore:
    """The mutation score of a task's suite.

    Attributes:
        task: The task's name.
        mutants: How many mutants the program has.
        outcomes: Of those judged, in the order of their ids.
        episodes: Fresh episodes on which those that passed the suite were compared.
        seconds: How long it took.
    """

    task: str
    mutants: int
    outcomes: tuple[MutantOutcome, ...]
    episodes: int
    seconds: float

    @property
    def total(self) -> OperatorScore:
        """All operators together."""
        return _count("all", self.outcomes)

    @property
    def operators(self) -> tuple[OperatorScore, ...]:
        """By operator, in the order in which they are registered."""
        names = dict.fromkeys(o.mutant.operator for o in self.outcomes)
        return tuple(
            _count(name, [o for o in self.outcomes if o.mutant.operator == name]) for name in names
        )

    @property
    def survivors(self) -> tuple[MutantOutcome, ...]:
        """Those that the suite should have killed, and those of which nobody knows."""
        return tuple(o for o in self.outcomes if o.fate in {"survived", "undecided"})

    @property
    def finds(self) -> tuple[Find, ...]:
        """Distinct episodes on which the environment itself contradicts a survivor."""
        found = [o.find for o in self.outcomes if o.find is not None]
        return tuple({(find.seed, find.actions): find for find in found}.values())


class MutationRun:
    """Measures the score; `score` tells at any time how far it has come.

    Args:
        task: The task; both splits judge.
        source: A program that passes its suite.
        limit: At most so many mutants, drawn evenly; all by default.
        sample: Fresh episodes for telling equivalent mutants apart.
        search: Episodes that the search may try against each survivor.
        seconds: Start nothing more after so long.
        on_mutant: Called as ``on_mutant(done, total, stage)`` for each mutant judged, and for
            each batch of the sample.
        unsafe: Run the programs even where this machine cannot confine them.
    """

    def __init__(
        self,
        task: TaskFolder,
        source: str,
        *,
        limit: int | None = None,
        sample: int = 300,
        search: int = 200,
        seconds: float | None = None,
        on_mutant: Callable[[int, int, str], None] | None = None,
        unsafe: bool = False,
    ) -> None:
        self._task, self._source, self._unsafe = task, source, unsafe
        self._limit, self._sample, self._seconds = limit, sample, seconds
        self._search = search
        self._tell = on_mutant or (lambda *_: None)
        self._outcomes: dict[str, MutantOutcome] = {}
        self._mutants: tuple[Mutant, ...] = ()
        self._episodes = 0
        self._started = time.monotonic()
        self.is_complete = False

    @property
    def score(self) -> MutationScore:
        """What is known so far."""
        outcomes = sorted(self._outcomes.values(), key=lambda o: o.mutant.id)
        return MutationScore(
            self._task.name,
            len(self._mutants),
            tuple(outcomes),
            self._episodes,
            time.monotonic() - self._started,
        )

    def run(self) -> MutationScore:
        """Judge the mutants, then compare those that passed with the original.

        Interrupt it as you like: `score` keeps what was found.

        Raises:
            SuiteError: The original does not pass its own suite.
            ExpertFailed: The expert does not succeed on a fresh seed.
            EnvironmentFault: The simulator is missing or misbehaves.
            SandboxUnavailable: This machine cannot confine the programs.
        """
        self._require_passing()
        self._mutants = mutants(self._source)
        chosen = _drawn(self._mutants, self._limit)
        judged = self._judge(chosen)
        alive = [o.mutant for o in self._outcomes.values() if o.fate == "undecided"]
        compared = self._compare(alive) if alive else True
        searched = self._contradict() if judged and compared else False
        self.is_complete = judged and compared and searched
        return self.score

    def _require_passing(self) -> None:
        judgement = judge(self._source, self._task, splits=SPLITS, unsafe=self._unsafe)
        if not judgement.accepted:
            raise SuiteError(
                f"{self._task.name}: the reward program does not pass its own suite, so its "
                f"mutants would tell nothing; the first failure: {judgement.failures[0]}"
            )

    def _judge(self, chosen: list[Mutant]) -> bool:
        """Judge all; false where time ran out."""
        # One after the other: CPython 3.11 cannot parse in two threads at once (its AST
        # constructor then fails with a recursion depth mismatch), and judging parses.
        for done, mutant in enumerate(chosen, start=1):
            if self._is_late(SUITE_SHARE):
                return False
            test = self._killer(mutant)
            fate: Fate = "killed" if test else "undecided"
            self._outcomes[mutant.id] = MutantOutcome(mutant, fate, test)
            self._tell(done, len(chosen), "judging mutants")
        return True

    def _subject(self, mutant: Mutant) -> Subject:
        # What lints has no state to keep, so a second run in another order tells nothing.
        return Subject(mutant.source, self._task, splits=SPLITS, twice=False, unsafe=self._unsafe)

    def _killer(self, mutant: Mutant) -> str:
        """The first test that fails, the dear ones left out, or ``""`` where none does."""
        subject = self._subject(mutant)
        checks = [c for c in all_checks() if c.applies(self._task.spec) and c.id not in DEAR]
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

    def _compare(self, alive: list[Mutant]) -> bool:
        """Compare with the original on fresh episodes; false where time ran out."""
        stages = parse(self._source).stages
        with (
            FreshEpisodes(
                self._task.spec, self._source, stages, size=self._sample, unsafe=self._unsafe
            ) as sample,
            ThreadPoolExecutor(WORKERS) as pool,
        ):
            for batch in sample.batches():
                if self._is_late(1.0):
                    return False
                futures = {
                    pool.submit(compare, batch, m.source, stages, unsafe=self._unsafe): m
                    for m in alive
                }
                try:
                    for future in as_completed(futures):
                        if difference := future.result():
                            mutant = futures[future]
                            self._outcomes[mutant.id] = MutantOutcome(
                                mutant, "survived", difference=difference
                            )
                finally:
                    for future in futures:
                        future.cancel()
                alive = [m for m in alive if self._outcomes[m.id].fate == "undecided"]
                self._episodes += len(batch.episodes)
                self._tell(self._episodes, self._sample, "comparing on fresh episodes")
                if not alive:
                    break
        for mutant in alive:
            self._outcomes[mutant.id] = MutantOutcome(mutant, "equivalent")
        return True

    def _contradict(self) -> bool:
        """Search for an episode against each survivor; false where time ran out.

        The suite's dear checks come first: what they find, the suite has noticed.
        """
        survivors = [o for o in self._outcomes.values() if o.fate == "survived"]
        for done, outcome in enumerate(survivors, start=1):
            if self._is_late(1.0):
                return False
            mutant = outcome.mutant
            if test := self._caught_late(mutant):
                self._outcomes[mutant.id] = MutantOutcome(mutant, "killed", test)
            else:
                find = outcome.difference.find if outcome.difference else None
                find = find or self._searched(mutant)
                self._outcomes[mutant.id] = replace(outcome, find=find)
            self._tell(done, len(survivors), "searching against survivors")
        return True

    def _caught_late(self, mutant: Mutant) -> str:
        """The first of the dear tests that fails, or ``""``."""
        subject = self._subject(mutant)
        dear = [c for c in all_checks() if c.applies(self._task.spec) and c.id in DEAR]
        results = (check.run(subject) for check in dear)
        return next((r.test for r in results if r.failures), "")

    def _searched(self, mutant: Mutant) -> Find | None:
        """A lie about the goal on seeds that no suite searches."""
        spec = self._task.spec
        found = hunt(
            spec,
            mutant.source,
            parse(mutant.source).stages,
            seeds=Seeds.of(spec).hunt,
            episodes=self._search,
            unsafe=self._unsafe,
        )
        return next((lie.find for lie in found.lies if lie.kind != "skipped"), None)

    def _is_late(self, share: float) -> bool:
        if self._seconds is None:
            return False
        return time.monotonic() - self._started > share * self._seconds


def _drawn(made: tuple[Mutant, ...], limit: int | None) -> list[Mutant]:
    """Mutants in a fixed random order, so that the first ones are a fair sample of all."""
    order = np.random.default_rng(DRAW).permutation(len(made))
    return [made[int(i)] for i in order[:limit]]


def _count(name: str, outcomes: Iterable[MutantOutcome]) -> OperatorScore:
    fates = [o.fate for o in outcomes]
    return OperatorScore(
        name,
        fates.count("killed"),
        fates.count("survived"),
        fates.count("equivalent"),
        fates.count("undecided"),
    )
