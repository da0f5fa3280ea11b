"""One played episode with its frames, before it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.episode.store import every_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synth.episode.store import SceneEvent

__all__ = ["Rollout"]


@dataclass(frozen=True, eq=False, slots=True)
class Rollout:
    """One episode of T actions with its frames.

    Attributes:
        frames: ``uint8[T+1, H, W, 3]``.
        actions: T actions as JSON values.
        rewards: ``float64[T]``, the environment's own.
        success: ``bool[T+1]``.
        truth: Predicate name to ``bool[T+1]``.
        seed: What the environment was reset with.
        policy: Who acted.
        scene: What kind of scene it was, where the simulator tells.
        scene_events: What changed in the scene and when; ``None`` where the simulator draws no
            backdrop.
        judged: ``bool[T+1]``, whether success can be told at that frame; all by default.
        margins: ``float64[T+1]``, as `TimeStep.margin`; ``None`` where the family has none.
            State, like truth: never stored, never shown.
        seen: ``float64[T+1]``, as `TimeStep.seen`; ``None`` where the family cannot tell.
        mission: The words of the episode; ``None`` in a task whose missions do not vary.
    """

    frames: NDArray[np.uint8]
    actions: tuple[Any, ...]
    rewards: NDArray[np.float64]
    success: NDArray[np.bool_]
    truth: Mapping[str, NDArray[np.bool_]]
    seed: int
    policy: str
    scene: str = ""
    scene_events: tuple[SceneEvent, ...] | None = None
    judged: NDArray[np.bool_] = field(default_factory=every_frame)
    margins: NDArray[np.float64] | None = None
    seen: NDArray[np.float64] | None = None
    mission: str | None = None

    def __post_init__(self) -> None:
        if not len(self.judged):
            object.__setattr__(self, "judged", np.ones(len(self.success), dtype=np.bool_))

    def __len__(self) -> int:
        """The number of actions, T."""
        return len(self.actions)

    @property
    def first_success(self) -> int | None:
        """The first frame that is a success, judged or not; ``None`` where there is none."""
        return int(np.argmax(self.success)) if self.success.any() else None

    def until(self, frame: int) -> Rollout:
        """The same episode, ended at a frame, which becomes its last."""
        end = frame + 1
        return replace(
            self,
            frames=self.frames[:end],
            actions=self.actions[:frame],
            rewards=self.rewards[:frame],
            success=self.success[:end],
            judged=self.judged[:end],
            margins=None if self.margins is None else self.margins[:end],
            seen=None if self.seen is None else self.seen[:end],
            truth={name: values[:end] for name, values in self.truth.items()},
            scene_events=None
            if self.scene_events is None
            else tuple(c for c in self.scene_events if c.frame <= frame),
        )
