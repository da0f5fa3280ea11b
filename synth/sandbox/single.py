"""One frame after the other: what a worker has of the episode already is not sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.sandbox.requests import lay_missions, request_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synth.sandbox.process import WorkerProcess

__all__ = ["Single"]


class Single:
    """The frames of single calls in the memory of a session's present worker."""

    def __init__(self) -> None:
        self._shape: tuple[int, ...] = ()
        self._told = 0
        self._initial = _Initial()
        self._requests: dict[tuple[int, bool, bool], bytes] = {}

    def forget(self) -> None:
        """There is another worker, or its frames were overwritten."""
        self._shape = ()

    def lay(
        self,
        worker: WorkerProcess,
        op: int,
        frame: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        mission: str | None,
    ) -> tuple[bytes, bool]:
        """Lay a frame out.

        Args:
            worker: The present one, with room for two frames.
            op: One of `wire.Op`.
            frame: ``uint8[H, W, 3]``.
            initial: ``uint8[H, W, 3]``.
            mission: The words of the episode, where they vary.

        Returns:
            The request, and whether it is to be made by looking (`synth.sandbox.mailbox`).
        """
        shape = frame.shape
        if shape != self._shape:
            self._first = worker.memory.slot(0, shape[0], shape[1])
            self._now = worker.memory.slot(1, shape[0], shape[1])
            self._shape, self._initial = shape, _Initial()
            self._requests.clear()
        # Said to the worker, which perceives the initial frame once an episode.
        fresh = not self._initial.is_that(initial, mission)
        if fresh:
            self._first.put(initial)
            self._initial = _Initial(initial, mission)
            told = lay_missions(worker.memory, None if mission is None else (mission,))
            if told != self._told:
                self._told = told
                self._requests.clear()
        self._now.put(frame)
        looks = worker.pace.looks()
        key = (op, fresh, looks)
        request = self._requests.get(key)
        if request is None:
            request = self._requests[key] = request_of(
                op, pairs=1, shape=(2, *shape[:2]), fresh=fresh, looks=looks, text=self._told
            )
        return request, looks


class _Initial:
    """What the worker was last told of an episode's beginning.

    Args:
        frame: ``uint8[H, W, 3]``.
        mission: The words of the episode, where they vary.
    """

    def __init__(self, frame: NDArray[np.uint8] | None = None, mission: str | None = None) -> None:
        self._content = b"" if frame is None else frame.tobytes()
        self._mission = mission
        # Nobody writes to such an array, so that the next call need not look what it holds.
        frozen = frame is not None and frame.flags.owndata and not frame.flags.writeable
        self._frozen = frame if frozen else None

    def is_that(self, frame: NDArray[np.uint8], mission: str | None) -> bool:
        """Whether it was these."""
        return mission == self._mission and (
            frame is self._frozen or frame.tobytes() == self._content
        )
