"""What a family gives to those who train: an environment, and how it is drawn.

A simulator is for recording and for tests; a learner wants the environment itself, with
gymnasium's usual wrappers, and its picture as fast as the family can draw it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synth.spec import Spec

__all__ = ["Picture", "Trainable"]


class Picture(Protocol):
    """Draws an environment; it may keep what it drew, so each environment has its own."""

    def __call__(self, env: Any, /) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]`` of an environment after a reset, wrapped or not."""
        ...


@runtime_checkable
class Trainable(Protocol):
    """A family that gives an environment to learn in, drawn as its simulator draws it."""

    def environment(self, spec: Spec) -> Any:
        """The `gymnasium.Env` of a spec, made with ``render_mode="rgb_array"``.

        Raises:
            EnvironmentFault: As for `Family.make`.
            SpecError: As for `Family.make`.
        """
        ...

    def picture(self, spec: Spec) -> Picture:
        """How that environment is drawn: pixel for pixel as the simulator's frames."""
        ...
