"""A room to train in: made and drawn by the code that the simulator uses.

The environment itself is MiniWorld's: its observation is the agent's view at MiniWorld's own
pitch, textures and all, and it terminates at success.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from synth.envs.rooms.drawing import RoomPainter
from synth.envs.rooms.errands import errand_of
from synth.envs.rooms.opening import render_settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synth.envs.trainable import StepResult
    from synth.spec import Spec

__all__ = ["RoomPicture", "errand_is_done"]


class RoomPicture:
    """The spec's picture of a wrapped environment.

    Args:
        spec: Whose ``[render]`` it follows; the environment was made from it.
    """

    def __init__(self, spec: Spec) -> None:
        self._settings = render_settings(spec)
        self._painters: WeakKeyDictionary[Any, RoomPainter] = WeakKeyDictionary()

    def __call__(self, env: Any, /) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]`` of an environment after a reset."""
        room = env.unwrapped
        painter = self._painters.get(room)
        if painter is None:
            painter = self._painters[room] = RoomPainter(room, self._settings)
        return painter.paint()


def errand_is_done(env: Any, step: StepResult, /) -> bool:
    """Whether a step ends in success, as the simulator has it."""
    _, reward, terminated, _, _ = step
    errand = errand_of(env.unwrapped)
    return errand.done(env.unwrapped) if errand else bool(terminated and float(reward) > 0)
