"""Scenes: how an episode's world can be arranged, with pictures of it that no episode shows.

Episodes show what somebody did. A *scene* is one arrangement of the world that can be reached
from the start of an episode: the key lies by the far wall, the door is shut again. Its *stills*
are pictures of that one arrangement with the agent set on different places. What tells of the
arrangement must say the same on all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from synth.episode.store import Split
    from synth.vision import Box

__all__ = ["Scene", "Still", "still_id"]


@dataclass(frozen=True, eq=False, slots=True)
class Still:
    """One picture of a scene.

    Attributes:
        id: Unique within the task: ``scene-0003/12``; see `still_id`.
        frame: ``uint8[H, W, 3]``.
        success: Whether the environment reports success at this very moment.
        truth: Predicate name to value.
        note: Where the agent is and what it did last, in words: ``after pickup``.
    """

    id: str
    frame: NDArray[np.uint8]
    success: bool
    truth: Mapping[str, bool]
    note: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """One arrangement of the world of an episode, the agent aside.

    Attributes:
        id: Unique within the task: ``scene-0003``, ``held-scene-0003``.
        base: Id of the recorded episode in whose world it is; that episode's first frame is
            the initial frame of all stills.
        split: The episode's split.
        way: What was done from the start, in words: ``("pickup", "drop")``.
        backdrop: ``uint8[H, W, 3]``, the picture without the agent. No program sees it.
        ahead: Boxes of the places that change from here until the expert succeeds; ``None``
            where the expert, called anew, does not. What it must still do cannot be done yet.
        stills: Pictures of it, at least one.
    """

    id: str
    base: str
    split: Split
    way: tuple[str, ...]
    backdrop: NDArray[np.uint8]
    ahead: tuple[Box, ...] | None
    stills: tuple[Still, ...]


def still_id(scene: str, number: int) -> str:
    """The id of a scene's still, counted from 0.

    Example:
        >>> still_id("scene-0003", 12)
        'scene-0003/12'
    """
    return f"{scene}/{number}"
