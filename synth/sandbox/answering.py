"""The seam between whoever wants verdicts and whatever gives them.

Mostly that is a program in its sandbox. Rewards that are no programs (`synth.alternatives`) come
in by the same two methods, so that all that judges programs judges them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from synth.plan import Stages
    from synth.program import Program
    from synth.sandbox.verdicts import Verdicts

__all__ = ["Answerer", "Answerers"]


class Answerer(Protocol):
    """Answers which of K sub-tasks hold in frames; see `synth.sandbox.Sandbox`."""

    stages: Stages

    def check(
        self, frames: NDArray[np.uint8], initial: NDArray[np.uint8], mission: str | None = None
    ) -> NDArray[np.bool_]:
        """``bool[T, K]``, or ``bool[K]`` for one frame."""
        ...

    def progress(
        self, frames: NDArray[np.uint8], initial: NDArray[np.uint8], mission: str | None = None
    ) -> NDArray[np.float32]:
        """``float32[T, K]`` in [0, 1], or ``float32[K]`` for one frame."""
        ...

    def verdicts(
        self,
        frames: NDArray[np.uint8],
        pairs: NDArray[np.integer],
        missions: Sequence[str] | None = None,
    ) -> Verdicts:
        """Verdicts on P pairs ``int[P, 2]`` of frame and initial frame."""
        ...

    def close(self) -> None:
        """Give up what it holds; a later call takes it up again."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Answerers(Protocol):
    """Where answers come from: `synth.sandbox.Sandboxes`, or an alternative to programs."""

    def open(self, program: Program, *, deadline: float = 10.0) -> Answerer:
        """What answers for a program, or in its place."""
        ...
