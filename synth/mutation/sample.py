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

from synth.episode import Rollout, frame_digest
from synth.errors import ProgramFault
from synth.failure import Find
from synth.record import Player, Seeds, Stream
from synth.record.rollout import random_policy
from synth.sandbox import Cell, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from numpy.typing import NDArray

    from synth.envs import Simulator
    from synth.plan import Stages
    from synth.spec import Spec

__all__ = ["BATCH", "Batch", "Difference", "FreshEpisodes", "compare"]

BATCH = 24
TAIL = 60
"""Random actions after an expert's prefix: most accidents happen close to where it stopped."""

_PATIENCE = 10.0
_PATIENCE_PER_PAIR = 0.02  # seconds, as the suite grants

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
        faithful: Whether the original's goal is as the environment reports up to that frame.
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
        return Find(self.seed, self.actions, note)

    def __str__(self) -> str:
        """One sentence."""
        return (
            f"{self.policy}, seed {self.seed}, frame {self.frame}: {self.subtask} is "
            f"{self.original}, the mutant says {self.mutant}; the environment reports "
            f"{'success' if self.success else 'no success'}."
        )


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """Some episodes with the original's verdicts. N distinct frames, P pairs, K sub-tasks.

    Attributes:
        episodes: The episodes.
        frames: ``uint8[N, H, W, 3]``.
        pairs: ``int64[P, 2]`` into `frames`.
        rows: For each episode ``int64[T+1]``: the pair of each of its frames.
        cells: ``uint8[P, K]`` of `Cell`, the original's.
    """

    episodes: tuple[Rollout, ...]
    frames: NDArray[np.uint8]
    pairs: NDArray[np.int64]
    rows: tuple[NDArray[np.int64], ...]
    cells: NDArray[np.uint8]


class FreshEpisodes:
    """A sample of episodes on never-recorded seeds; a context manager.

    Args:
        spec: The task.
        source: The original program.
        stages: Its sub-tasks.
        size: How many episodes, at most as many as there are seeds for it.
        unsafe: Run the program even where this machine cannot confine it.
    """

    def __init__(
        self, spec: Spec, source: str, stages: Stages, *, size: int, unsafe: bool = False
    ) -> None:
        self._seeds = Seeds.of(spec).mutants[:size]
        self._player = Player(spec)
        self._original = Sandbox(source, deadline=120.0, unsafe=unsafe, stages=stages)

    def batches(self) -> Iterator[Batch]:
        """The sample, `BATCH` episodes at a time.

        Raises:
            ExpertFailed: The expert does not succeed on a fresh seed.
            EnvironmentFault: The simulator misbehaves.
            ProgramFault: The original cannot be run.
        """
        numbered = enumerate(self._seeds)
        while chunk := list(islice(numbered, BATCH)):
            yield self._batch(tuple(self._roll(number, seed) for number, seed in chunk))

    def _roll(self, number: int, seed: int) -> Rollout:
        kind = number % 3
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
        frames: list[NDArray[np.uint8]] = []
        pairs: list[tuple[int, int]] = []
        rows = []
        for episode in episodes:
            known: dict[bytes, int] = {}
            first, row = len(frames), []
            for frame in episode.frames:
                digest = frame_digest(frame)
                if digest not in known:
                    known[digest] = len(frames)
                    pairs.append((len(frames), first))
                    frames.append(frame)
                row.append(known[digest])
            rows.append(np.array(row, dtype=np.int64))
        stack, order = np.stack(frames), np.array(pairs, dtype=np.int64)
        cells = self._original.verdicts(stack, order).cells
        return Batch(episodes, stack, order, tuple(rows), cells)

    def __enter__(self) -> Self:
        """The sample itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the worker and the simulator."""
        self._original.close()
        self._player.simulator.close()


def compare(
    batch: Batch, mutant: str, stages: Stages, *, unsafe: bool = False
) -> Difference | None:
    """The first episode on which a mutant says anything else than the original.

    Within it, the first frame on which the environment contradicts the mutant's goal is
    preferred to a frame on which the two merely differ.

    Args:
        batch: The episodes.
        mutant: Its program; it must lint.
        stages: The sub-tasks of both.
        unsafe: Run it even where this machine cannot confine it.

    Returns:
        The difference, or ``None`` where there is none. A mutant that fails as a whole
        differs on the first episode for which it does.
    """
    names = tuple(name for stage in stages for name in stage)
    deadline = _PATIENCE + _PATIENCE_PER_PAIR * len(batch.pairs)
    try:
        with Sandbox(mutant, deadline=deadline, unsafe=unsafe, stages=stages) as sandbox:
            cells = sandbox.verdicts(batch.frames, batch.pairs).cells
    except ProgramFault as fault:
        return _whole(batch, names, fault)
    if np.array_equal(cells, batch.cells):
        return None
    for index, (episode, row) in enumerate(zip(batch.episodes, batch.rows, strict=True)):
        differs = cells[row] != batch.cells[row]
        if differs.any():
            goal = differs[:, -1] & ((batch.cells[row, -1] == Cell.TRUE) == episode.success)
            at = int(np.argmax(goal if goal.any() else differs.any(axis=1)))
            k = len(names) - 1 if goal.any() else int(np.argmax(differs[at]))
            said = _WORDS[Cell(int(cells[row[at], k]))]
            return _difference(batch, names, index, at, k=k, said=said)
    return None


def _whole(batch: Batch, names: tuple[str, ...], fault: ProgramFault) -> Difference:
    """A mutant that answers nothing: the first episode stands for all."""
    return _difference(batch, names, 0, 0, k=len(names) - 1, said=f"nothing ({fault})")


def _difference(
    batch: Batch,
    names: tuple[str, ...],
    index: int,
    at: int,
    *,
    k: int,
    said: str,
) -> Difference:
    episode, row = batch.episodes[index], batch.rows[index]
    return Difference(
        policy=episode.policy,
        seed=episode.seed,
        frame=at,
        subtask=names[k],
        original=_WORDS[Cell(int(batch.cells[row[at], k]))],
        mutant=said,
        success=bool(episode.success[at]),
        goal=k == len(names) - 1,
        actions=episode.actions[:at],
        faithful=np.array_equal(
            batch.cells[row[: at + 1], -1] == Cell.TRUE, episode.success[: at + 1]
        ),
    )


def _named(episode: Rollout, name: str) -> Rollout:
    return dataclasses.replace(episode, policy=name)
