"""What a family gives to those who train: an environment, and how it is drawn.

A simulator is for recording and for tests; a learner wants the environment itself, with
gymnasium's usual wrappers, and its picture as fast as the family can draw it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from synth.spec import Spec

__all__ = ["Encoded", "Granted", "Picture", "StepResult", "Timed", "Trainable", "Truthful"]

StepResult = tuple[Any, Any, bool, bool, dict[str, Any]]
"""Observation, reward, terminated, truncated and info, as gymnasium's ``step`` returns them."""


class Picture(Protocol):
    """Draws an environment; it may keep what it drew, so each environment has its own."""

    def __call__(self, env: Any, /) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]`` of an environment after a reset, wrapped or not."""
        ...


class Granted(Protocol):
    """Whether an environment grants success after a step, by what the step returned."""

    def __call__(self, env: Any, step: StepResult, /) -> bool:
        """The environment, wrapped or not, and what its ``step`` returned."""
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

    def granted(self, spec: Spec) -> Granted:
        """What the environment's success is; as the simulator reports it."""
        ...


@runtime_checkable
class Encoded(Protocol):
    """A family whose observations a small network learns from better in another form."""

    def encoded(self, env: Any) -> Any:
        """The `gymnasium.Env` with its observations as one row of numbers."""
        ...


@runtime_checkable
class Timed(Protocol):
    """A family whose environments come with a time limit of their own, which a spec may shorten."""

    def own_limit(self, spec: Spec) -> int | None:
        """Steps after which the environment itself cuts an episode; ``None`` where it never does.

        Raises:
            EnvironmentFault: As for `Family.make`.
            SpecError: As for `Family.make`.
        """
        ...


@runtime_checkable
class Truthful(Protocol):
    """A family that tells truth of an environment that is trained in, for comparison alone."""

    def truth_reader(self, env: Any) -> Callable[[], Mapping[str, bool]]:
        """Reads the predicates of the episode that has just begun; one reader an episode.

        The same names and values as the simulator's time steps have.
        """
        ...
