"""Fresh episodes on which a mutant is compared with the original.

Three policies take turns: the expert, a random one, and the expert cut short with random
actions after it, which comes near to success and misses it. They end before a frame that
looks like success and is none. Seeds are a block of their own. Episodes come in batches, so
that a large sample needs little memory. What is compared is every verdict of every sub-task
on every frame; who is right is told by the environment's success flag, and by nothing else.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from synth.errors import ProgramFault
from synth.failure import Find
from synth.record import Player, Seeds, Stream
from synth.record.rollout import random_policy
from synth.record.serving import Serving
from synth.sandbox import CONFINED, Cell
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from synth.envs import Simulator
    from synth.episode import Rollout
    from synth.program import Program
    from synth.sandbox import Sandboxes
    from synth.spec import Spec
    from synth.verdicts import Answers

__all__ = ["BATCH", "Batch", "Difference", "FreshEpisodes", "compare"]

BATCH = 24
TAIL = 60
"""Random actions after an expert's prefix: most accidents happen close to where it stopped."""

_WORDS = {
    Cell.TRUE: "True",
    Cell.FALSE: "False",
    Cell.RAISED: "an exception",
    Cell.NOT_BOOL: "no bool",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference between a mutant and its original: what would have killed it.

    Attributes:
        policy: ``expert``, ``random``, or ``expert, 7 actions, then random``.
        seed: What the environment was reset with.
        frame: Index of the frame within the episode.
        subtask: Whose verdict differs.
        original: What the original says: ``True``, ``False``, ``an exception``, ``no bool``.
        mutant: What the mutant says, in the same words.
        success: Whether the environment reports success on that frame.
        goal: Whether the sub-task is the goal, of which `success` is the measure.
        actions: The episode's actions up to that frame, as JSON values.
        faithful: Whether that frame is judged, and the original's goal is as the environment
            reports on every judged frame up to it.
        mission: The words of the episode; ``None`` where missions do not vary.
    """

    policy: str
    seed: int
    frame: int
    subtask: str
    original: str
    mutant: str
    success: bool
    goal: bool
    actions: tuple[Any, ...]
    faithful: bool = True
    mission: str | None = None

    @property
    def is_find(self) -> bool:
        """Whether the environment itself contradicts the mutant, and never the original."""
        return self.goal and self.faithful and self.original == str(self.success)

    @property
    def find(self) -> Find | None:
        """The episode as a find, where it is one."""
        if not self.is_find:
            return None
        word = "success" if self.success else "no success"
        note = f"{self.policy}: {word} on the last frame, of which a mutant said otherwise"
        return Find(self.seed, self.actions, note, self.mission)

    def __str__(self) -> str:
        """One sentence."""
        return (
            f"{self.policy}, seed {self.seed}, frame {self.frame}: {self.subtask} is "
            f"{self.original}, the mutant says {self.mutant}; the environment reports "
            f"{'success' if self.success else 'no success'}."
        )


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """Some episodes with the original's verdicts.

    Attributes:
        episodes: The episodes.
        footage: Their pictures, in the same order.
        answers: What the original says of them.
    """

    episodes: tuple[Rollout, ...]
    footage: tuple[Footage, ...]
    answers: Answers


class FreshEpisodes:
    """A sample of episodes on never-recorded seeds; a context manager.

    Args:
        spec: The task.
        program: The original program.
        size: How many episodes, at most as many as there are seeds for it.
        sandboxes: Where it runs.
    """

    def __init__(
        self, spec: Spec, program: Program, *, size: int, sandboxes: Sandboxes = CONFINED
    ) -> None:
        self._spec = spec
        self._seeds = Seeds.of(spec).mutants[:size]
        self._player = Player(spec)
        self._program, self._sandboxes = program, sandboxes

    def batches(self) -> Iterator[Batch]:
        """The sample, `BATCH` episodes at a time.

        Raises:
            ExpertFailed: The expert does not succeed on too many fresh seeds.
            EnvironmentFault: The simulator misbehaves.
            ProgramFault: The original cannot be run.
        """
        serving = Serving(self._spec, len(self._seeds))
        rolls = serving.rolls(self._seeds, self._roll)
        while chunk := tuple(islice(rolls, BATCH)):
            yield self._batch(chunk)

    def _roll(self, seed: int) -> Rollout:
        kind = (seed - self._seeds.start) % 3
        if kind == 1:
            return self._player.fair(seed, random_policy(seed), name="random")
        shown = self._player.roll_expert(seed)
        cut = int(np.random.default_rng([Stream.CUT, seed]).integers(len(shown) + 1))
        if kind == 0 or cut == len(shown):
            return _named(shown, "expert")

        def act(simulator: Simulator) -> Iterator[Any]:
            yield from shown.actions[:cut]
            yield from islice(random_policy(seed)(simulator), TAIL)

        return self._player.fair(seed, act, name=f"expert, {cut} actions, then random")

    def _batch(self, episodes: tuple[Rollout, ...]) -> Batch:
        footage = tuple(Footage.of(one.frames, one.mission) for one in episodes)
        answers = ask(self._program, footage, sandboxes=self._sandboxes)
        return Batch(episodes, footage, answers)

    def __enter__(self) -> Self:
        """The sample itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the simulator."""
        self._player.simulator.close()


def compare(batch: Batch, mutant: Program, *, sandboxes: Sandboxes = CONFINED) -> Difference | None:
    """The first episode on which a mutant says anything else than the original.

    Within it, the first frame on which the environment contradicts the mutant's goal is
    preferred to a frame on which the two merely differ.

    Args:
        batch: The episodes.
        mutant: Its program, with the original's sub-tasks; it must lint.
        sandboxes: Where it runs.

    Returns:
        The difference, or ``None`` where there is none. A mutant that fails as a whole
        differs on the first episode for which it does.
    """
    names = tuple(name for stage in mutant.stages for name in stage)
    try:
        answers = ask(mutant, batch.footage, sandboxes=sandboxes)
    except ProgramFault as fault:
        # It answers nothing, so the first episode stands for all.
        return _difference(batch, names, 0, 0, k=len(names) - 1, said=f"nothing ({fault})")
    if np.array_equal(answers.cells, batch.answers.cells):
        return None
    for index, episode in enumerate(batch.episodes):
        said, original = answers.of(index), batch.answers.of(index)
        differs = said != original
        if differs.any():
            # Where the original's goal agrees with the environment, the mutant's does not.
            goal = differs[:, -1] & ((original[:, -1] == Cell.TRUE) == episode.success)
            goal &= episode.judged
            at = int(np.argmax(goal if goal.any() else differs.any(axis=1)))
            k = len(names) - 1 if goal.any() else int(np.argmax(differs[at]))
            return _difference(batch, names, index, at, k=k, said=_WORDS[Cell(int(said[at, k]))])
    return None


def _difference(
    batch: Batch,
    names: tuple[str, ...],
    index: int,
    at: int,
    *,
    k: int,
    said: str,
) -> Difference:
    episode, original = batch.episodes[index], batch.answers.of(index)
    right = (original[: at + 1, -1] == Cell.TRUE) == episode.success[: at + 1]
    return Difference(
        policy=episode.policy,
        seed=episode.seed,
        frame=at,
        subtask=names[k],
        original=_WORDS[Cell(int(original[at, k]))],
        mutant=said,
        success=bool(episode.success[at]),
        goal=k == len(names) - 1,
        actions=episode.actions[:at],
        faithful=bool(episode.judged[at] and (right | ~episode.judged[: at + 1]).all()),
        mission=episode.mission,
    )


def _named(episode: Rollout, name: str) -> Rollout:
    return dataclasses.replace(episode, policy=name)
