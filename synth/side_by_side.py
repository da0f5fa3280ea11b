"""The pictures of environments side by side, and what a reward says of them.

Programs have no memory: a picture that an episode has shown before has its verdicts already. Most
of a learner's pictures were: it turns, and turns back. The rest of a step is judged in one batch,
or in one for each size of picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.errors import EnvironmentFault, ProgramFault
from synth.sandbox import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from synth.reward import RewardFunction

__all__ = ["SideBySide"]


class SideBySide:
    """What a reward says of N environments, each in an episode of its own.

    Args:
        reward: Says which of its K sub-tasks hold.
        count: N.

    Raises:
        EnvironmentFault: While asking: pictures of a size that the reward was not proven on, or
            that is not that of the episode's first one.
        ProgramFault: While asking: the program failed on a picture.

    Warns:
        UnprovenPictures: The first pictures show colours that no recorded one shows.
    """

    def __init__(self, reward: RewardFunction, count: int) -> None:
        self._reward = reward
        # Of each environment: the episode's words, first picture, last one, its bytes, and its
        # verdicts; and those of every picture that the episode has shown.
        self._missions: list[str] = [""] * count
        self._initials: dict[int, NDArray[np.uint8]] = {}
        self._last: dict[int, NDArray[np.uint8]] = {}
        self._bytes: list[bytes] = [b""] * count
        self._known: list[dict[int, NDArray[np.bool_]]] = [{} for _ in range(count)]
        self._holds = np.zeros((count, len(reward.subtasks)), dtype=np.bool_)
        self._compared = False

    def begin(
        self,
        fresh: Sequence[int],
        frames: Sequence[NDArray[np.uint8]],
        missions: Sequence[str] | None = None,
    ) -> NDArray[np.bool_]:
        """Episodes of some environments begin.

        Args:
            fresh: Their numbers.
            frames: The first picture of each, ``uint8[H, W, 3]``.
            missions: The words of each episode, where they vary.

        Returns:
            ``bool[len(fresh), K]``: what holds there.
        """
        for n, (i, frame) in enumerate(zip(fresh, frames, strict=True)):
            self._initials[i] = self._last[i] = frame
            self._bytes[i] = frame.tobytes()
            self._known[i].clear()
            if missions is not None:
                self._missions[i] = missions[n]
        if not self._compared and (proven := self._reward.proven) is not None:
            for frame in frames:
                proven.compare(frame)
            self._compared = True
        self._judge(fresh)
        return self._holds[list(fresh)]

    def now(self, frames: Iterable[tuple[int, NDArray[np.uint8]]]) -> NDArray[np.bool_]:
        """The environments show other pictures.

        Args:
            frames: Number and picture of each that made a step.

        Returns:
            ``bool[N, K]``: what holds; what did not make a step is as it was.
        """
        fresh = []
        for i, frame in frames:
            content = frame.tobytes()
            if content == self._bytes[i]:
                continue
            self._last[i], self._bytes[i] = frame, content
            known = self._known[i].get(hash(content))
            if known is None:
                fresh.append(i)
            else:
                self._holds[i] = known
        if fresh:
            self._judge(fresh)
        return self._holds

    def _judge(self, which: Sequence[int]) -> None:
        """Ask about the last pictures of some environments, in one batch for each size."""
        sizes: dict[tuple[int, ...], list[int]] = {}
        for i in which:
            shape = self._last[i].shape
            if shape != self._initials[i].shape:
                raise EnvironmentFault(
                    f"environment {i} drew {shape} after a first picture of "
                    f"{self._initials[i].shape}; pictures of an episode must be of one size."
                )
            sizes.setdefault(shape, []).append(i)
        for alike in sizes.values():
            self._judge_alike(alike)

    def _judge_alike(self, which: list[int]) -> None:
        pictures = [picture for i in which for picture in (self._last[i], self._initials[i])]
        pairs = np.arange(len(pictures)).reshape(-1, 2)
        told = [self._missions[i] for i in which] if self._reward.takes_mission else None
        verdicts = self._reward.verdicts(np.stack(pictures), pairs, told)
        if verdicts.errors:
            error = verdicts.errors[0]
            raise ProgramFault(f"environment {which[error.pair]}: {error}")
        self._holds[which] = verdicts.cells == Cell.TRUE
        for i in which:
            # By 64 bits of a keyed hash: the pictures of an episode would be too many to keep.
            self._known[i][hash(self._bytes[i])] = self._holds[i].copy()
