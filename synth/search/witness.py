"""What a program says of played episodes, each distinct frame asked about once.

The program runs in its sandbox. What its verdicts should have been is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.episode import frame_digest
from synth.errors import ProgramFault
from synth.program import parse
from synth.sandbox import Cell, Sandbox

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from numpy.typing import NDArray

    from synth.plan import Stages

__all__ = ["Witness"]

PATIENCE = 15.0  # seconds for one call: an episode, or a level of a breadth-first search


class Witness:
    """A program in a sandbox, with a memory for its verdicts; a context manager.

    Args:
        source: The program's text.
        stages: Its sub-tasks, stage by stage; K of them.
        unsafe: Run it even where this machine cannot confine it.

    Raises:
        ProgramFault: The program cannot be loaded.
        SandboxUnavailable: This machine cannot confine it.
    """

    def __init__(self, source: str, stages: Stages, *, unsafe: bool = False) -> None:
        self.stages = stages
        self._sandbox = Sandbox(source, deadline=PATIENCE, unsafe=unsafe, stages=stages)
        self._has_progress = bool(parse(source).progress)
        self._rows: dict[tuple[bytes, bytes], NDArray[np.bool_]] = {}
        self._come: dict[tuple[bytes, bytes], float] = {}

    def __enter__(self) -> Self:
        """The witness itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the program's worker."""
        self._sandbox.close()

    def holds(self, frames: NDArray[np.uint8], initial: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which sub-tasks hold; a checker that raises, or gives no bool, does not.

        Args:
            frames: ``uint8[T, H, W, 3]``, at least one.
            initial: ``uint8[H, W, 3]``.

        Returns:
            ``bool[T, K]``.

        Raises:
            ProgramFault: The program hung, was killed, or broke the reply format.
        """
        start = frame_digest(initial)
        keys = [(start, frame_digest(frame)) for frame in frames]
        fresh = {key: t for t, key in enumerate(keys) if key not in self._rows}
        if fresh:
            asked = np.concatenate([frames[list(fresh.values())], initial[None]])
            pairs = np.stack(
                [np.arange(len(fresh)), np.full(len(fresh), len(fresh))], axis=1
            ).astype(np.int64)
            cells = self._sandbox.verdicts(asked, pairs).cells
            self._rows |= zip(fresh, cells == Cell.TRUE, strict=True)
        return np.stack([self._rows[key] for key in keys])

    def claim(self, frames: NDArray[np.uint8], initial: NDArray[np.uint8]) -> float:
        """The most that the program claims of any of these frames.

        That is how many sub-tasks hold, plus the mean of their progress where it tells any.

        Args:
            frames: ``uint8[T, H, W, 3]``; none gives 0.
            initial: ``uint8[H, W, 3]``.
        """
        if not len(frames):
            return 0.0
        held = self.holds(frames, initial).sum(axis=1).astype(np.float64)
        return float((held + self._progress(frames, initial)).max())

    def _progress(
        self, frames: NDArray[np.uint8], initial: NDArray[np.uint8]
    ) -> NDArray[np.float64]:
        start = frame_digest(initial)
        keys = [(start, frame_digest(frame)) for frame in frames]
        fresh = {key: t for t, key in enumerate(keys) if key not in self._come}
        if fresh and self._has_progress:
            try:
                shares = self._sandbox.progress(frames[list(fresh.values())], initial)
                self._come |= zip(fresh, shares.mean(axis=1).astype(float).tolist(), strict=True)
            except ProgramFault:
                self._has_progress = False  # another check says so; the search does without
        return np.array([self._come.get(key, 0.0) for key in keys])
