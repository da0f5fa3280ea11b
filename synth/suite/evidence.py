"""All verdicts of a program over a task's episodes.

Every distinct (frame, initial frame) pair is judged once, in one batch; then all of them
again, shuffled, by a second fresh worker, since a pure function cannot tell the order in
which it is asked. What the verdicts should have been is for the checks to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.credit import assign_credit
from synth.sandbox import Cell, Sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from synth.credit import Credit
    from synth.episode import Episode, EpisodeStore
    from synth.plan import Stages
    from synth.sandbox import CellError, Verdicts

__all__ = ["Evidence", "gather"]

SHUFFLE = 20240204  # any fixed seed: the second pass must be the same on every run
PATIENCE = 10.0
PATIENCE_PER_PAIR = 0.02  # seconds; three times the slowest published program


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """Verdicts of one program on some episodes. P pairs, K sub-tasks.

    Attributes:
        stages: The program's sub-tasks, stage by stage.
        pairs: ``int64[P, 2]``: frame and initial frame, as indices into the store's frames.
        cells: ``uint8[P, K]`` of `Cell`.
        again: The same from the second pass.
        errors: The first few exceptions.
        rows: Episode id to ``int64[T+1]``, the row in `cells` of each of its frames.
        credits: Episode id to what it is credited with.
    """

    stages: Stages
    pairs: NDArray[np.int64]
    cells: NDArray[np.uint8]
    again: NDArray[np.uint8]
    errors: tuple[CellError, ...]
    rows: Mapping[str, NDArray[np.int64]]
    credits: Mapping[str, Credit]

    @property
    def subtasks(self) -> tuple[str, ...]:
        """Names in plan order, which is the order of the columns; the last is the goal."""
        return tuple(name for stage in self.stages for name in stage)

    @property
    def differs(self) -> NDArray[np.bool_]:
        """``bool[P]``: whether the frame of a pair is not its initial frame."""
        differs: NDArray[np.bool_] = self.pairs[:, 0] != self.pairs[:, 1]
        return differs

    def cells_of(self, episode: Episode) -> NDArray[np.uint8]:
        """``uint8[T+1, K]`` of `Cell`."""
        return self.cells[self.rows[episode.id]]

    def holds(self, episode: Episode) -> NDArray[np.bool_]:
        """``bool[T+1, K]``; a checker that raised, or gave no bool, does not hold."""
        holds: NDArray[np.bool_] = self.cells_of(episode) == Cell.TRUE
        return holds

    def goal(self, episode: Episode) -> NDArray[np.bool_]:
        """``bool[T+1]``, where the goal holds."""
        return self.holds(episode)[:, -1]

    def credit(self, episode: Episode) -> Credit:
        """What the episode is credited with."""
        return self.credits[episode.id]


def gather(
    source: str,
    store: EpisodeStore,
    episodes: Sequence[Episode],
    stages: Stages,
    *,
    twice: bool = True,
    unsafe: bool = False,
) -> Evidence:
    """Run a program over episodes, twice.

    Only the frames of these episodes reach the program.

    Args:
        source: The program; it must parse and lint.
        store: Where the frames are.
        episodes: Which episodes.
        stages: The program's own stages.
        twice: Whether to run it again in another order; else it is taken to be pure.
        unsafe: Run even where this machine cannot confine the program.

    Raises:
        ProgramFault: The program hung, crashed or broke the reply format as a whole.
            A checker that raises on one frame is not such a case: it becomes a cell.
        SandboxUnavailable: This machine cannot confine it.
    """
    index = np.concatenate([e.frame_index for e in episodes]).astype(np.int64)
    first = np.concatenate([np.full(len(e.frame_index), e.frame_index[0]) for e in episodes])
    pairs, inverse = np.unique(np.stack([index, first], axis=1), axis=0, return_inverse=True)
    ends = np.cumsum([len(e.frame_index) for e in episodes])
    rows = dict(
        zip((e.id for e in episodes), np.split(inverse.reshape(-1), ends[:-1]), strict=True)
    )
    deadline = PATIENCE + PATIENCE_PER_PAIR * len(pairs)
    straight = _one_pass(source, store.frames, pairs, stages, deadline=deadline, unsafe=unsafe)
    again = straight.cells
    if twice:
        order = np.random.default_rng(SHUFFLE).permutation(len(pairs))
        shuffled = _one_pass(
            source, store.frames, pairs[order], stages, deadline=deadline, unsafe=unsafe
        )
        again = np.empty_like(shuffled.cells)
        again[order] = shuffled.cells
    credited = {
        name: assign_credit(straight.cells[of] == Cell.TRUE, stages) for name, of in rows.items()
    }
    return Evidence(stages, pairs, straight.cells, again, straight.errors, rows, credited)


def _one_pass(
    source: str,
    frames: NDArray[np.uint8],
    pairs: NDArray[np.int64],
    stages: Stages,
    *,
    deadline: float,
    unsafe: bool,
) -> Verdicts:
    """Judge pairs in a worker of their own; frames are sent in the order the pairs name them."""
    flat = pairs.reshape(-1)
    _, where, local = np.unique(flat, return_index=True, return_inverse=True)
    by_appearance = np.argsort(where)
    rank = np.empty_like(by_appearance)
    rank[by_appearance] = np.arange(len(by_appearance))
    sent = frames[flat[where[by_appearance]]]
    with Sandbox(source, deadline=deadline, unsafe=unsafe, stages=stages) as sandbox:
        return sandbox.verdicts(sent, rank[local].reshape(-1, 2))
