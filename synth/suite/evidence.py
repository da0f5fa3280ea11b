"""All verdicts of a program over a task's episodes, as recorded and in perturbed pictures.

The recorded episodes are judged a second time, shuffled, by a fresh worker, since a pure
function cannot tell the order in which it is asked. What the verdicts should have been is
for the checks to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.credit import assign_credit
from synth.sandbox import CONFINED, Cell
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from synth.credit import Credit
    from synth.episode import Episode, EpisodeStore
    from synth.plan import Stages
    from synth.program import Program
    from synth.sandbox import Answerers, CellError
    from synth.suite.perturbed import Perturbed

__all__ = ["PerturbedVerdicts", "RecordedVerdicts", "gather", "gather_perturbed"]


@dataclass(frozen=True, eq=False, slots=True)
class RecordedVerdicts:
    """Verdicts of one program on some recorded episodes. P pairs, K sub-tasks.

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
    program: Program,
    store: EpisodeStore,
    episodes: Sequence[Episode],
    *,
    twice: bool = True,
    sandboxes: Answerers = CONFINED,
) -> RecordedVerdicts:
    """Run a program over episodes, twice.

    Only the frames of these episodes reach the program.

    Args:
        program: The program; it must lint.
        store: Where the frames are.
        episodes: Which episodes.
        twice: Whether to run it again in another order; else it is taken to be pure.
        sandboxes: Where the program runs.

    Raises:
        ProgramFault: The program hung, crashed or broke the reply format as a whole.
        SandboxUnavailable: This machine cannot confine it.
    """
    shown = [Footage(store.frames, e.frame_index, e.mission) for e in episodes]
    answers = ask(program, shown, sandboxes=sandboxes)
    again = answers.cells
    if twice:
        again = ask(program, shown, shuffled=True, sandboxes=sandboxes).cells
    ids = [episode.id for episode in episodes]
    stages = program.stages
    return RecordedVerdicts(
        stages,
        answers.pairs,
        answers.cells,
        again,
        answers.errors,
        rows=dict(zip(ids, answers.rows, strict=True)),
        credits={id_: assign_credit(answers.holds(n), stages) for n, id_ in enumerate(ids)},
    )


@dataclass(frozen=True, eq=False, slots=True)
class PerturbedVerdicts:
    """What a program says of one episode in perturbed pictures. T actions, K sub-tasks.

    Attributes:
        perturbed: The episode and its pictures.
        cells: ``uint8[T+1, K]`` of `Cell`.
        errors: Frame to why a cell of it is no verdict, for the first few.
    """

    perturbed: Perturbed
    cells: NDArray[np.uint8]
    errors: Mapping[int, CellError]


def gather_perturbed(
    program: Program, shown: Sequence[Perturbed], *, sandboxes: Answerers = CONFINED
) -> tuple[PerturbedVerdicts, ...]:
    """Run a program over episodes in perturbed pictures, once.

    Whether a program remembers is asserted on the recorded frames.

    Args:
        program: The program; it must lint.
        shown: The episodes.
        sandboxes: Where the program runs.

    Returns:
        The verdicts, in the order of `shown`.

    Raises:
        ProgramFault: The program hung, crashed or broke the reply format as a whole.
        SandboxUnavailable: This machine cannot confine it.
    """
    footage = [Footage(one.frames, one.index, one.episode.mission) for one in shown]
    answers = ask(program, footage, sandboxes=sandboxes)
    errors = {error.pair: error for error in reversed(answers.errors)}
    return tuple(
        PerturbedVerdicts(
            one,
            answers.of(n),
            {t: errors[row] for t, row in enumerate(answers.rows[n].tolist()) if row in errors},
        )
        for n, one in enumerate(shown)
    )
