"""The seam between synth and simulators: what a family of environments provides.

A family makes environments, renders them, and knows success and truth. Truth is a mapping
of named predicates over simulator *state*; it is recorded beside the frames and scores
reports. This module holds only the protocols: no simulator is imported here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from synth.spec import Spec

__all__ = ["Family", "Moment", "Policy", "Simulator", "Staged", "Worded"]


@dataclass(frozen=True, eq=False, slots=True)
class Moment:
    """What can be known after a reset or a step.

    Attributes:
        frame: ``uint8[H, W, 3]``, RGB; the caller may keep it.
        reward: The environment's own reward; 0.0 after a reset.
        success: Whether the environment reports success at this very moment.
        done: Whether the episode is over, by success, failure or the step limit.
        truth: Predicate name to value; the same names throughout an episode.
    """

    frame: NDArray[np.uint8]
    reward: float
    success: bool
    done: bool
    truth: Mapping[str, bool]


@runtime_checkable
class Simulator(Protocol):
    """One environment, rendered. Not thread-safe."""

    def reset(self, seed: int) -> Moment:
        """Begin the episode of that seed; the same seed gives the same episode.

        Raises:
            EnvironmentFault: The simulator cannot build that episode.
        """
        ...

    def step(self, action: Any) -> Moment:
        """Apply one action, a JSON value."""
        ...

    def random_action(self, rng: np.random.Generator) -> Any:
        """An action drawn uniformly, a JSON value."""
        ...

    def scene(self) -> str:
        """What kind of scene the present episode is (``yellow door``), or ``""``.

        Reports group episodes by it, so that a colour on which a reward fails shows.
        """
        ...

    def close(self) -> None:
        """Release what the simulator holds."""
        ...


@runtime_checkable
class Staged(Protocol):
    """A simulator that can draw its scene, and change it; not every one can."""

    def backdrop(self) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]``: the picture without the one who acts."""
        ...

    def alter(self, change: Callable[[Any], None]) -> Moment:
        """Change the scene of an episode that has just been reset.

        Args:
            change: Called with the environment.

        Returns:
            The first moment of the changed episode; its truth and its success are those of
            the changed scene.
        """
        ...

    def state(self) -> bytes:
        """Equal where everything that decides what follows is equal, the step count aside."""
        ...


@runtime_checkable
class Worded(Protocol):
    """A simulator whose actions have names."""

    def action_name(self, action: Any) -> str:
        """One word for people: ``forward``."""
        ...


class Family(Protocol):
    """Environments that are made, rendered and understood in the same way."""

    @property
    def name(self) -> str:
        """One lower-case word: ``minigrid``."""
        ...

    def claims(self, env_id: str) -> bool:
        """Whether this family makes that environment id. Needs no simulator installed."""
        ...

    def known(self) -> tuple[str, ...]:
        """The environment ids it can make here; none where its simulator is missing."""
        ...

    def make(self, spec: Spec) -> Simulator:
        """Make the environment of a spec.

        Raises:
            EnvironmentFault: A package is missing; the message says what to install.
            SpecError: ``env``, ``render`` or ``options`` say what the family cannot do.
        """
        ...

    def versions(self) -> dict[str, str]:
        """Package name to version, of what decides the frames."""
        ...


class Policy(Protocol):
    """A function from a simulator to actions."""

    def __call__(self, simulator: Any, /) -> Iterator[Any]:
        """Called after a reset; yields actions and may look at the simulator in between."""
        ...
