"""The mutation score: how many small mistakes in a reward program its suite notices.

A mutant that fails the suite is *killed*. One that passes is run beside the original on a
large fresh sample of episodes: where any verdict differs it has *survived*, and the
episode is one that the suite lacks; where none does it is *equivalent* as far as anyone
can see, and leaves the score. For a survivor that the environment has not yet contradicted
an episode that does is searched for. A report, not a test; nothing is written to the task.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from synth.envs.registry import require_simulator
from synth.episode.store import SPLITS
from synth.errors import SuiteError
from synth.mutation.judge import MutantJudge
from synth.mutation.ledger import MutantLedger
from synth.mutation.mutants import mutants
from synth.mutation.sample import FreshEpisodes, compare
from synth.mutation.score import MutantOutcome, MutationScore
from synth.mutation.workers import Workers
from synth.program import parse
from synth.sandbox import CONFINED
from synth.suite import judge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from synth.mutation.mutants import Mutant
    from synth.sandbox import Sandboxes
    from synth.task import TaskFolder

__all__ = ["MutationRun"]

DRAW = 20240204  # any fixed seed
SUITE_SHARE = 0.7
"""Of a limit in seconds, what the suite may use; the rest is for the fresh sample."""


class MutationRun:
    """Measures the score; `score` tells at any time how far it has come.

    Args:
        task: The task; both splits judge.
        source: A program that passes its suite.
        limit: At most so many mutants, drawn evenly; all by default.
        sample: Fresh episodes for telling equivalent mutants apart.
        search: Episodes that the search may try against each survivor.
        seconds: Start nothing more after so long.
        jobs: How many mutants to judge at once, each in a process of its own.
        scheduler: Address of a Dask scheduler whose workers judge them; fresh episodes are
            compared here all the same.
        ledger: A file that remembers what the suite has said until the run is complete, so
            that another one with the same program and task goes on from there.
        on_mutant: Called as ``on_mutant(done, total, stage)`` for each mutant judged, and for
            each batch of the sample.
        sandboxes: Where the programs run.

    Raises:
        UsageError: The ledger cannot be read or written.
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
        jobs: int | None = 1,
        scheduler: str | None = None,
        ledger: Path | None = None,
        on_mutant: Callable[[int, int, str], None] | None = None,
        sandboxes: Sandboxes = CONFINED,
    ) -> None:
        self._task, self._source, self._sandboxes = task, source, sandboxes
        self._limit, self._sample, self._seconds = limit, sample, seconds
        self._jobs, self._scheduler = jobs, scheduler
        self._judge = MutantJudge(task, search, sandboxes)
        self._ledger = MutantLedger(ledger, task, source)
        self._tell = on_mutant or (lambda *_: None)
        self._outcomes: dict[str, MutantOutcome] = {}
        self._mutants: tuple[Mutant, ...] = ()
        self._episodes = 0
        self._started = time.monotonic()
        self.known = len(self._ledger)
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
            WorkersLost: The processes that judge them end before their time.
        """
        require_simulator(self._task.spec)  # those that pass are compared on fresh episodes
        self._require_passing()
        self._mutants = mutants(self._source)
        chosen = _drawn(self._mutants, self._limit)
        with Workers(self._judge, self._jobs, self._scheduler) as workers:
            judged = self._judge_all(workers, chosen)
            alive = [o.mutant for o in self._outcomes.values() if o.fate == "undecided"]
            compared = self._compare(alive) if alive else True
            self.is_complete = judged and compared and self._contradict(workers)
        if self.is_complete:
            self._ledger.close()
        return self.score

    def _require_passing(self) -> None:
        judgement = judge(self._source, self._task, splits=SPLITS, sandboxes=self._sandboxes)
        if not judgement.accepted:
            raise SuiteError(
                f"{self._task.name}: the reward program does not pass its own suite, so its "
                f"mutants would tell nothing; the first failure: {judgement.failures[0]}"
            )

    def _judge_all(self, workers: Workers, chosen: list[Mutant]) -> bool:
        """Judge all; false where time ran out."""

        def settle(mutant: Mutant, test: str) -> None:
            self._outcomes[mutant.id] = MutantOutcome(
                mutant, "killed" if test else "undecided", test
            )

        fresh = []
        for mutant in chosen:
            said = self._ledger.get(mutant, "suite")
            if said is None:
                fresh.append(mutant)
            else:
                settle(mutant, said)
        asked = workers.ask(MutantJudge.killer, fresh, lambda: self._is_late(SUITE_SHARE))
        for mutant, test in asked:
            self._ledger.add(mutant, "suite", test)
            settle(mutant, test)
            self._tell(len(self._outcomes), len(chosen), "judging mutants")
        return len(self._outcomes) == len(chosen)

    def _compare(self, alive: list[Mutant]) -> bool:
        """Compare with the original on fresh episodes; false where time ran out."""
        spec, original, sandboxes = self._task.spec, parse(self._source), self._sandboxes
        with (
            FreshEpisodes(spec, original, size=self._sample, sandboxes=sandboxes) as sample,
            ThreadPoolExecutor(self._jobs or os.cpu_count()) as pool,
        ):
            for batch in sample.batches():
                if self._is_late(1.0):
                    return False
                futures = {
                    pool.submit(compare, batch, parse(m.source), sandboxes=sandboxes): m
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

    def _contradict(self, workers: Workers) -> bool:
        """Look for an episode against each survivor; false where time ran out.

        The suite's slow checks come first: a mutant that they find is killed by the suite.
        """
        survivors = [o.mutant for o in self._outcomes.values() if o.fate == "survived"]
        said = {m.id: self._ledger.get(m, "late") for m in survivors}
        fresh = [m for m in survivors if said[m.id] is None]
        for mutant, test in workers.ask(MutantJudge.late_killer, fresh, self._is_over):
            self._ledger.add(mutant, "late", test)
            said[mutant.id] = test
            done = sum(test is not None for test in said.values())
            self._tell(done, len(survivors), "asking what draws anew")
        for mutant in survivors:
            if killer := said[mutant.id]:
                self._outcomes[mutant.id] = MutantOutcome(mutant, "killed", killer)
        if None in said.values():
            return False
        return self._search(workers, [m for m in survivors if not said[m.id]])

    def _search(self, workers: Workers, survivors: list[Mutant]) -> bool:
        """Give each survivor an episode that the environment tells it by, where one is found."""
        sought = []
        for mutant in survivors:
            outcome = self._outcomes[mutant.id]
            if outcome.difference is not None and (find := outcome.difference.find):
                self._outcomes[mutant.id] = replace(outcome, find=find)
            else:
                sought.append(mutant)
        done = 0
        for mutant, found in workers.ask(MutantJudge.search, sought, self._is_over):
            self._outcomes[mutant.id] = replace(self._outcomes[mutant.id], find=found)
            done += 1
            self._tell(done, len(sought), "searching against survivors")
        return done == len(sought)

    def _is_over(self) -> bool:
        return self._is_late(1.0)

    def _is_late(self, share: float) -> bool:
        if self._seconds is None:
            return False
        return time.monotonic() - self._started > share * self._seconds


def _drawn(made: tuple[Mutant, ...], limit: int | None) -> list[Mutant]:
    """Mutants in a fixed random order, so that the first ones are a fair sample of all."""
    order = np.random.default_rng(DRAW).permutation(len(made))
    return [made[int(i)] for i in order[:limit]]
