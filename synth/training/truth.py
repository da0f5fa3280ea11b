"""Credit by simulator state: the arm that shows what a program without any error would pay.

Nothing says which predicate a sub-task means, so each is paid by the one that it agrees with best
on fresh episodes, as in `synth accuracy`; the goal by the environment's own success.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from synth.envs import family_of
from synth.envs.trainable import Truthful
from synth.errors import UsageError
from synth.report import measure_accuracy
from synth.reward import load
from synth.shaping import Shaping
from synth.vec import CreditVecWrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from stable_baselines3.common.vec_env import VecEnv

    from synth.plan import Stages
    from synth.spec import Spec
    from synth.training.arm import Arm

__all__ = ["TRUTH_KEY", "TruthInfo", "TruthVecWrapper", "matched_predicates", "with_truth"]

TRUTH_KEY = "synth_truth"
SUCCESS = "success"
SEEDS = 20


def matched_predicates(spec: Spec, folder: Path) -> tuple[Stages, tuple[str, ...]]:
    """The plan's stages, and the predicate that stands for each sub-task.

    Raises:
        UsageError: The family tells no truth.
    """
    with load(folder) as reward:
        figures = measure_accuracy(spec, reward, seeds=SEEDS)
        predicates = tuple(row.predicate for row in figures.subtasks)
        if not all(predicates):
            raise UsageError(
                f"{spec.env} tells no truth about its sub-tasks, so there is no reward 'truth' "
                "for it; compare with 'sparse'."
            )
        return reward.stages, predicates


def with_truth(spec: Spec, env: gym.Env[Any, Any], predicates: tuple[str, ...]) -> TruthInfo:
    """An environment that tells predicates in its infos.

    Raises:
        UsageError: The family tells no truth of environments that are trained in.
    """
    family = family_of(spec)
    if not isinstance(family, Truthful):
        raise UsageError(
            f"{spec.env} tells no truth while it is trained in, so there is no reward 'truth' for "
            "it; compare with 'sparse'."
        )
    return TruthInfo(env, family.truth_reader, tuple(p for p in predicates if p != SUCCESS))


class TruthInfo(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Put predicates of the simulator's state into ``info["synth_truth"]``.

    Args:
        env: Any environment of the family.
        reader: Called after each reset; what it gives reads the predicates.
        predicates: The names wanted.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        reader: Callable[[Any], Callable[[], Mapping[str, bool]]],
        predicates: tuple[str, ...],
    ) -> None:
        gym.utils.RecordConstructorArgs.__init__(
            self, _disable_deepcopy=True, reader=reader, predicates=predicates
        )
        gym.Wrapper.__init__(self, env)
        self._reader, self._names = reader, predicates
        self._read: Callable[[], Mapping[str, bool]] = dict

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset, and read the first state."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._read = self._reader(self.env)
        return observation, {**info, TRUTH_KEY: self._told()}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, and read the state after it."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return observation, reward, terminated, truncated, {**info, TRUTH_KEY: self._told()}

    def _told(self) -> dict[str, bool]:
        read = self._read()
        # An episode may lack a predicate of another's layout: then it does not hold.
        return {name: bool(read.get(name, False)) for name in self._names}


class TruthVecWrapper(CreditVecWrapper):
    """Pay credit for predicates of the simulator's state.

    Args:
        venv: Its environments are wrapped in `TruthInfo` and tell ``is_success``.
        stages: The plan's stages.
        predicates: The predicate of each sub-task in plan order; ``success`` is the environment's.
        arm: How credit becomes reward.
    """

    def __init__(self, venv: VecEnv, stages: Stages, predicates: tuple[str, ...], arm: Arm) -> None:
        super().__init__(venv, stages, Shaping(arm.mode, env_weight=arm.env_weight))
        self._predicates = predicates

    def _hold_at_first(self, fresh: Sequence[int]) -> NDArray[np.bool_]:
        told = [self._source.reset_infos[i][TRUTH_KEY] for i in fresh]
        return self._holding([{**read, SUCCESS: False} for read in told])

    def _hold_now(self, infos: list[dict[str, Any]]) -> NDArray[np.bool_]:
        return self._holding(
            [{**info.pop(TRUTH_KEY), SUCCESS: info.get("is_success", False)} for info in infos]
        )

    def _holding(self, told: list[dict[str, bool]]) -> NDArray[np.bool_]:
        return np.array([[read[name] for name in self._predicates] for read in told], np.bool_)
