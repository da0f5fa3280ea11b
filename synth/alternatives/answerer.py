"""What alternatives have in common: they answer picture by picture.

Whoever asks uses the methods of a sandbox (`synth.sandbox.Answerer`); a subclass says what it
makes of pictures.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

import numpy as np

from synth.errors import ProgramFault
from synth.sandbox import Cell, CellError, Verdicts
from synth.sandbox.inputs import as_frames, as_mission, as_missions, as_pairs, as_stack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from numpy.typing import NDArray

    from synth.plan import Stages
    from synth.program import Program
    from synth.verdicts import Picture

__all__ = ["PictureAnswerer", "PictureVerdicts"]


class PictureVerdicts:
    """What is made of N pictures. K sub-tasks.

    Args:
        cells: ``uint8[N, K]`` of `Cell`.
        shares: ``float32[N, K]`` in [0, 1]; by default 1 where a sub-task holds, else 0.
        errors: Why some cell is no verdict.
    """

    def __init__(
        self,
        cells: NDArray[np.uint8],
        shares: NDArray[np.float32] | None = None,
        errors: tuple[CellError, ...] = (),
    ) -> None:
        self.cells, self.errors = cells, errors
        self.shares = (cells == Cell.TRUE).astype(np.float32) if shares is None else shares


class PictureAnswerer(ABC):
    """Answers for a reward that is no program.

    It opens itself: opened again it is the same, with what it remembers of pictures.

    Args:
        stages: The plan's stages.
    """

    def __init__(self, stages: Stages) -> None:
        self.stages = stages

    @abstractmethod
    def judge(self, pictures: Sequence[Picture]) -> PictureVerdicts:
        """Judge pictures, each with the initial one of its episode and the words of that.

        Args:
            pictures: At least one.
        """

    def open(self, program: Program, *, deadline: float = 10.0) -> Self:  # noqa: ARG002 - as a sandbox is opened
        """Itself: a deadline binds programs, and a large model takes the time that it takes."""
        return self

    def check(
        self, frames: NDArray[np.uint8], initial: NDArray[np.uint8], mission: str | None = None
    ) -> NDArray[np.bool_]:
        """``bool[T, K]``, or ``bool[K]`` for one frame.

        Raises:
            UsageError: The arrays are not such frames, or the mission is no text.
            ProgramFault: On some frame there is no verdict.
        """
        told = self._of_episode(frames, initial, mission)
        holds: NDArray[np.bool_] = told.cells == Cell.TRUE
        return holds if np.ndim(frames) > np.ndim(initial) else holds[0]

    def progress(
        self, frames: NDArray[np.uint8], initial: NDArray[np.uint8], mission: str | None = None
    ) -> NDArray[np.float32]:
        """``float32[T, K]`` in [0, 1], or ``float32[K]`` for one frame; raises as `check`."""
        shares = self._of_episode(frames, initial, mission).shares
        return shares if np.ndim(frames) > np.ndim(initial) else shares[0]

    def verdicts(
        self,
        frames: NDArray[np.uint8],
        pairs: NDArray[np.integer],
        missions: Sequence[str] | None = None,
    ) -> Verdicts:
        """Verdicts on P pairs; see `synth.sandbox.Sandbox.verdicts`.

        Raises:
            UsageError: They are not such frames, pairs and missions.
        """
        frames = as_stack(frames)
        order = as_pairs(pairs, len(frames))
        told: Sequence[str | None] = as_missions(missions, len(order)) or [None] * len(order)
        if not len(order):
            return Verdicts(np.zeros((0, sum(map(len, self.stages))), np.uint8))
        judged = self.judge(
            [(frames[f], frames[i], words) for (f, i), words in zip(order, told, strict=True)]
        )
        return Verdicts(judged.cells, judged.errors)

    def _of_episode(
        self, frames: NDArray[np.uint8], initial: NDArray[np.uint8], mission: str | None
    ) -> PictureVerdicts:
        frames, initial = as_frames(frames, initial)
        words = as_mission(mission)
        stack = frames if frames.ndim > initial.ndim else frames[None]
        if not len(stack):
            return PictureVerdicts(np.zeros((0, sum(map(len, self.stages))), np.uint8))
        judged = self.judge([(frame, initial, words) for frame in stack])
        if judged.errors:
            raise ProgramFault(f"frame {judged.errors[0].pair}: {judged.errors[0]}.")
        return judged

    def close(self) -> None:
        """What was learned of pictures is kept; nothing else is held by default."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
