"""An episode's actions played again.

Whether it is still the same episode is for `synth.perturbations.agreement` to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Alterable
from synth.errors import EnvironmentFault
from synth.perturbations import Replay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.envs import Simulator
    from synth.episode import Episode
    from synth.perturbations import Alter

__all__ = ["replay"]


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
