"""The abilities of simulators: what some can do beyond the least that all must.

Each is a protocol of its own, so that a simulator has an ability by having its methods. A
check that needs an ability which a simulator lacks is skipped with that reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from synth.envs.base import TimeStep

__all__ = [
    "Alterable",
    "Backdrop",
    "Comparable",
    "Enumerable",
    "Instructable",
    "Missioned",
    "Native",
    "Nudged",
    "Pictured",
    "Worded",
]


@runtime_checkable
class Backdrop(Protocol):
    """A simulator that can draw its scene without the agent."""

    def backdrop(self) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]``: the present picture without the agent."""
        ...


@runtime_checkable
class Alterable(Protocol):
    """A simulator whose scene can be changed after a reset, the agent's place included."""

    def alter(self, change: Callable[[Any], None], *, draw: bool = True) -> TimeStep:
        """Change the scene of an episode that has just been reset, or its agent's place.

        With one of `poses` it may be called within an episode as well: predicates and
        everything else but the agent stay what they are.

        Args:
            change: Called with the environment.
            draw: Whether the picture is wanted.

        Returns:
            The first time step of the changed episode; its truth and its success are those
            of the changed scene.
        """
        ...

    def poses(self) -> Sequence[Callable[[Any], None]]:
        """Ways to set the agent elsewhere, each of them for `alter`.

        Every place that it could reach from where it is now while all else comes to lie as it
        does now (a door may be shut behind it), facing each way; its present place is among
        them. Places on which the episode ends are left out: what the agent looks like there is
        seen by a step. The order is the same wherever the agent stands among them.
        """
        ...


@runtime_checkable
class Comparable(Protocol):
    """A simulator whose states can be told apart."""

    def state(self) -> bytes:
        """Equal where everything that decides what follows is equal, the step count aside."""
        ...


@runtime_checkable
class Enumerable(Protocol):
    """A simulator that may have a finite number of actions."""

    def actions(self) -> tuple[Any, ...] | None:
        """All actions, JSON values, each once; ``None`` where there is no end of them."""
        ...


@runtime_checkable
class Nudged(Protocol):
    """A simulator whose actions can be changed a little: those of continuous control."""

    def nudged(self, action: Any, rng: np.random.Generator, size: float) -> Any:
        """An action near `action`.

        Args:
            action: A JSON value.
            rng: Decides the direction.
            size: Largest change, as a share of the action's range, 0 to 1.
        """
        ...


@runtime_checkable
class Worded(Protocol):
    """A simulator whose actions have names."""

    def action_name(self, action: Any) -> str:
        """One word for people: ``forward``."""
        ...


@runtime_checkable
class Pictured(Protocol):
    """A simulator that can draw the present moment after a step that was not drawn."""

    def picture(self) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]``: the frame that the last reset or step would have given."""
        ...


@runtime_checkable
class Native(Protocol):
    """A simulator that draws by itself what the environment would draw."""

    def native_frame(self) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]``: the environment's own picture of this moment."""
        ...


@runtime_checkable
class Missioned(Protocol):
    """A simulator whose episodes are told in words what is wanted."""

    def mission(self) -> str:
        """The words of the present episode, the same from its reset to its end.

        Raises:
            EnvironmentFault: There was no reset, or the environment gives no words.
        """
        ...


@runtime_checkable
class Instructable(Missioned, Protocol):
    """A simulator whose episodes can be given another mission.

    For example, what an agent does that was told to go to the red door, seen as an answer to
    "go to the blue door"::

        simulator.reset(7)
        others = [m for m in simulator.missions() if m != simulator.mission()]
        first = simulator.instruct(others[0])
    """

    def missions(self) -> tuple[str, ...]:
        """All missions that the present layout could be given, its own among them.

        Each once, in an order that the same seed always gives. None of them is fulfilled at the
        start. Where the layout allows no other, its own alone.
        """
        ...

    def instruct(self, mission: str, *, draw: bool = True) -> TimeStep:
        """Give an episode that has just been reset another mission.

        Layout and picture stay what they are; success and truth are as of that mission.

        Args:
            mission: One of `missions`.
            draw: Whether the picture is wanted.

        Returns:
            The first time step of the episode with that mission.

        Raises:
            EnvironmentFault: The layout cannot be given it.
        """
        ...
