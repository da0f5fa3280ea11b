"""Credit in the observations of stable-baselines3's vectorised environments.

As `synth.seen`, whose table says how credit is added. The last observation of an episode, which
learners take a value of where it was cut, carries the credit of that episode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.errors import UsageError
from synth.seen import CreditSpace
from synth.vec import CreditVecWrapper, VecEnv, VecEnvWrapper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CreditVecObservation", "crediting_below"]


class CreditVecObservation(VecEnvWrapper):
    """Add what has been credited to the observations of a `synth.RewardVecWrapper`.

    Args:
        venv: A `RewardVecWrapper`, or wrappers above one.

    Raises:
        UsageError: There is no `RewardVecWrapper` below, or the observations are of a kind that
            credit cannot be added to.
    """

    def __init__(self, venv: VecEnv) -> None:
        self._crediting = crediting_below(venv, "CreditVecObservation")
        self._joined = CreditSpace(venv.observation_space, self._crediting.credited.shape[1])
        super().__init__(venv, observation_space=self._joined.space)

    def reset(self) -> Any:
        """Reset all; what holds at once is credited from the first observations on."""
        return self._joined.join(self.venv.reset(), self._crediting.credited)

    def step_wait(self) -> tuple[Any, NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Step all; credit after it is in the observations."""
        observations, rewards, dones, infos = self.venv.step_wait()
        ended = self._crediting.credited_by_the_step
        for i in dones.nonzero()[0].tolist():
            last = infos[i]["terminal_observation"]
            infos[i]["terminal_observation"] = self._joined.join(last, ended[i])
        return self._joined.join(observations, self._crediting.credited), rewards, dones, infos


def crediting_below(venv: VecEnv, asking: str) -> CreditVecWrapper:
    """What pays credit in a stack of wrappers.

    Args:
        venv: The topmost.
        asking: Name of the wrapper that needs it.

    Raises:
        UsageError: There is none.
    """
    below = venv
    while isinstance(below, VecEnvWrapper):
        if isinstance(below, CreditVecWrapper):
            return below
        below = below.venv
    raise UsageError(
        f"there is no credit to see: {asking} goes above a synth.RewardVecWrapper, such as "
        "synth.make_vec gives."
    )
