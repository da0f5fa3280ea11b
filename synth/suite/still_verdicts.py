"""All verdicts of a program over the stills of a task's scenes.

A still is judged beside the first frame of the episode in whose world it is. All stills are
judged in one batch, each distinct pair once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.episode import frame_digest
from synth.sandbox import CONFINED, Cell
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from synth.episode import EpisodeStore, Scene
    from synth.program import Program
    from synth.sandbox import Answerers, CellError

__all__ = ["StillVerdicts", "gather_stills"]


@dataclass(frozen=True, eq=False, slots=True)
class StillVerdicts:
    """Verdicts of one program on the stills of some scenes. P pairs, K sub-tasks.

    Attributes:
        cells: ``uint8[P, K]`` of `Cell`.
        errors: The first few exceptions; `CellError.pair` is a row of `cells`.
        rows: Scene id to ``int64[S]``, the row in `cells` of each of its stills.
    """

    cells: NDArray[np.uint8]
    errors: tuple[CellError, ...]
    rows: Mapping[str, NDArray[np.int64]]

    def cells_of(self, scene: Scene) -> NDArray[np.uint8]:
        """``uint8[S, K]`` of `Cell`, still by still."""
        return self.cells[self.rows[scene.id]]

    def holds(self, scene: Scene) -> NDArray[np.bool_]:
        """``bool[S, K]``; a checker that raised, or gave no bool, does not hold."""
        holds: NDArray[np.bool_] = self.cells_of(scene) == Cell.TRUE
        return holds


def gather_stills(
    program: Program,
    store: EpisodeStore,
    scenes: Sequence[Scene],
    *,
    sandboxes: Answerers = CONFINED,
) -> StillVerdicts:
    """Run a program over the stills of scenes, once.

    Whether a program remembers is asserted on the recorded frames.

    Args:
        program: The program; it must lint.
        store: Where the initial frames are.
        scenes: Whose stills.
        sandboxes: Where the program runs.

    Raises:
        ProgramFault: The program hung, crashed or broke the reply format as a whole.
        SandboxUnavailable: This machine cannot confine it.
    """
    pictures: list[NDArray[np.uint8]] = []
    known: dict[bytes, int] = {}

    def place(frame: NDArray[np.uint8]) -> int:
        at = known.setdefault(frame_digest(frame), len(pictures))
        if at == len(pictures):
            pictures.append(frame)
        return at

    index = [
        [place(store.initial_of(store[scene.base])), *(place(s.frame) for s in scene.stills)]
        for scene in scenes
    ]
    stack = np.stack(pictures) if pictures else np.zeros((0, 1, 1, 3), np.uint8)
    footage = [
        Footage(stack, np.array(i), store[scene.base].mission)
        for i, scene in zip(index, scenes, strict=True)
    ]
    answers = ask(program, footage, sandboxes=sandboxes)
    rows = {scene.id: answers.rows[n][1:] for n, scene in enumerate(scenes)}
    return StillVerdicts(answers.cells, answers.errors, rows)
