"""An episode played again, and whether it is still the same episode.

What tells is what anyone could see: when success comes, and which pixels of the pictures
change. No simulator state is read, and no truth. Nothing here changes a scene or chooses
what to play.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Alterable
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.envs import Simulator
    from synth.episode import Episode

__all__ = ["Alter", "Replay", "agrees", "changes_alike", "lies_still", "replay"]

Alter = Callable[[Any], None]
"""Changes the scene of an environment that has just been reset."""


@dataclass(frozen=True, eq=False, slots=True)
class Replay:
    """An episode played again.

    Attributes:
        frames: ``uint8[n, H, W, 3]``; fewer than T + 1 where it was over sooner.
        success: ``bool[n]``.
    """

    frames: NDArray[np.uint8]
    success: NDArray[np.bool_]


def replay(simulator: Simulator, episode: Episode, alters: Sequence[Alter] = ()) -> Replay:
    """Play an episode's actions again, in a scene changed in some ways.

    Args:
        simulator: Reset here.
        episode: Whose seed and actions.
        alters: Applied after the reset, in order.

    Raises:
        EnvironmentFault: The simulator cannot change its scene.
    """
    moment = simulator.reset(episode.seed)
    if alters:
        if not isinstance(simulator, Alterable):
            raise EnvironmentFault(f"{type(simulator).__name__} cannot change its scene.")

        def change(env: Any) -> None:
            for alter in alters:
                alter(env)

        moment = simulator.alter(change)
    moments = [moment]
    for action in episode.actions:
        if moments[-1].done:
            break
        moments.append(simulator.step(action))
    return Replay(
        np.stack([m.frame for m in moments]),
        np.array([m.success for m in moments], dtype=np.bool_),
    )


def agrees(played: Replay, episode: Episode) -> bool:
    """Whether success came and stayed away at the same steps."""
    return np.array_equal(played.success, episode.success)


def lies_still(plain: NDArray[np.uint8], changed: NDArray[np.uint8]) -> bool:
    """Whether the pictures differ where things were added and nowhere else, at every step.

    Where the plain picture looks as at first, so must the changed one: what was added has
    then not been moved, taken or covered.

    Args:
        plain: ``uint8[T+1, H, W, 3]``, the episode as recorded.
        changed: The same for the episode with the things.
    """
    added = (plain[0] != changed[0]).any(axis=-1)
    differs = (plain != changed).any(axis=-1)
    as_at_first = (plain == plain[0]).all(axis=-1) & added
    disturbed = as_at_first & (changed != changed[0]).any(axis=-1)
    return bool(added.any()) and not (differs & ~added).any() and not disturbed.any()


def changes_alike(plain: NDArray[np.uint8], changed: NDArray[np.uint8]) -> bool:
    """Whether the same pixels change at every step, and are other than at first alike.

    A colour in which one thing hides before another does not pass.

    Args:
        plain: ``uint8[T+1, H, W, 3]``, the episode as recorded.
        changed: The same for the episode in other colours.
    """
    if np.array_equal(plain[0], changed[0]):
        return False
    return all(
        np.array_equal((plain[1:] != one).any(axis=-1), (changed[1:] != other).any(axis=-1))
        for one, other in ((plain[:-1], changed[:-1]), (plain[0], changed[0]))
    )
