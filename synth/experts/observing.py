"""What a saved model sees: observations made as they were when it was trained.

With ``expert.wrap`` they are the environment's own, handed through the wrappers of observations
named there; actions go back through those of actions. Without it, the first of these that fits
the observation space that the model was saved with:

1. the environment's own observation;
2. the picture as the spec draws it, which is what ``synth.make_vec(observation="picture")`` and
   the model's learner saw;
3. the environment's own observation, flattened.

With ``expert.normalize`` the statistics of a ``VecNormalize`` are applied last. A memory of
earlier observations (frame stacking) is not made.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium import spaces

from synth.envs.named import find_function
from synth.envs.observed import Observed
from synth.envs.registry import family_of
from synth.envs.trainable import Trainable
from synth.errors import EnvironmentFault, SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from synth.spec import Spec

__all__ = ["ModelEyes"]

_IMAGE = 3


class ModelEyes:
    """Makes observations for a model of one observation space.

    Args:
        spec: Whose ``expert.wrap`` and ``expert.normalize``.
        space: In which the model was trained.

    Raises:
        SpecError: A wrapper or the file of statistics cannot be found or used.
    """

    def __init__(self, spec: Spec, space: Any) -> None:
        self._spec, self.space = spec, space
        self._wrappers = [_wrapper(spec, name) for name in spec.expert.wrap]
        self._statistics = _statistics(spec)

    def of(self, simulator: Any) -> ModelSight:
        """The eyes of the model in a simulator that has been reset.

        Raises:
            SpecError: Nothing that the environment tells fits the model.
            EnvironmentFault: The simulator does not tell what its environment observes.
        """
        chain = self._chain(simulator)
        ways = dict(self._ways(simulator, chain))
        for see in ways.values():
            if _fits(self.space, see()):
                return ModelSight(see, chain, self._statistics)
        told = "; ".join(f"{name} is {_described(see())}" for name, see in ways.items())
        raise SpecError(
            f"the model was trained on {self.space}, and nothing that {self._spec.env} tells "
            f"fits that: {told}.",
            file=f"specs/{self._spec.name}.toml",
            key="expert.wrap",
            remedy="Name the wrappers between which it was trained, the innermost first: "
            'wrap = ["module:Class"].',
        )

    def _chain(self, simulator: Any) -> list[gymnasium.Wrapper[Any, Any, Any, Any]]:
        chain: list[Any] = []
        for name, wrapper in zip(self._spec.expert.wrap, self._wrappers, strict=True):
            made = _made(self._spec, name, wrapper, chain[-1] if chain else simulator.env)
            chain.append(made)
        return chain

    def _ways(
        self, simulator: Any, chain: Sequence[Any]
    ) -> Iterator[tuple[str, Callable[[], Any]]]:
        """Everything that may be shown to the model, by name, in the order of preference."""
        family = family_of(self._spec)
        if isinstance(simulator, Observed):

            def own() -> Any:
                seen = simulator.observation()
                for wrapper in chain:
                    if isinstance(wrapper, gymnasium.ObservationWrapper):
                        seen = wrapper.observation(seen)
                return seen

            yield ("the wrapped observation" if chain else "its observation"), own
        if chain:
            return
        if isinstance(family, Trainable):
            picture = family.picture(self._spec)
            yield "its picture", lambda: picture(simulator.env)
        elif not isinstance(simulator, Observed):
            raise EnvironmentFault(
                f"{self._spec.env} does not tell what it observes, so that no saved model can act "
                "in it. Let its simulator have `observation()` (synth.envs.observed)."
            )
        if isinstance(simulator, Observed) and hasattr(simulator, "env"):
            space = simulator.env.observation_space
            if space.is_np_flattenable:
                flat = spaces.flatten
                yield "flattened, it", lambda: flat(space, simulator.observation())


class ModelSight:
    """What a model sees of one simulator, and what its deeds are there."""

    def __init__(self, see: Callable[[], Any], chain: Sequence[Any], statistics: Any) -> None:
        self._see, self._statistics = see, statistics
        self._deeds = [w for w in reversed(chain) if isinstance(w, gymnasium.ActionWrapper)]

    def see(self) -> Any:
        """The observation of the present moment."""
        seen = self._see()
        return seen if self._statistics is None else self._statistics.normalize_obs(seen)

    def deed(self, action: Any) -> Any:
        """The environment's own action for one of the model's."""
        for wrapper in self._deeds:
            action = wrapper.action(action)
        return action


def _fits(space: Any, seen: Any) -> bool:
    """Whether an observation is of the shape and the kind that a space holds."""
    if isinstance(space, spaces.Dict):
        return (
            isinstance(seen, dict)
            and seen.keys() == space.spaces.keys()
            and all(_fits(part, seen[key]) for key, part in space.spaces.items())
        )
    if isinstance(space, spaces.Discrete):
        return np.shape(seen) == () and bool(space.contains(np.int64(seen)))
    if not hasattr(seen, "dtype") and not isinstance(seen, int | float | list | tuple):
        return False
    array = np.asarray(seen)
    # Learners saw pictures with their channels first, and turn those that come otherwise.
    first = (array.shape[-1:] + array.shape[:-1]) if array.ndim == _IMAGE else None
    alike = space.shape in {array.shape, first}
    return bool(alike and np.can_cast(array.dtype, space.dtype, casting="same_kind"))


def _described(seen: Any) -> str:
    if isinstance(seen, dict):
        return "{" + ", ".join(f"{key}: {_described(value)}" for key, value in seen.items()) + "}"
    array = np.asarray(seen)
    return f"{array.dtype}{list(array.shape)}"


def _wrapper(spec: Spec, name: str) -> Any:
    return find_function(spec, "expert.wrap", name, "Name another wrapper.")


def _made(spec: Spec, name: str, wrapper: Any, inner: Any) -> Any:
    try:
        made = wrapper(inner)
    except Exception as error:
        # Any wrapper, the user's own included.
        problem = f"{name} cannot wrap {spec.env}: {type(error).__name__}: {error}."
        raise _wrong(spec, "wrap", problem) from error
    kinds = (gymnasium.ObservationWrapper, gymnasium.ActionWrapper, gymnasium.RewardWrapper)
    if not isinstance(made, kinds):
        raise _wrong(
            spec,
            "wrap",
            f"{name} is no wrapper of observations, actions or rewards: what it keeps from step "
            "to step is unknown where an expert is called.",
        )
    return made


def _statistics(spec: Spec) -> Any:
    if spec.expert.normalize is None:
        return None
    file = Path(spec.expert.normalize)
    try:
        with file.open("rb") as stream:
            found = pickle.load(stream)  # noqa: S301 - the user's own file, as the model is
    except FileNotFoundError as error:
        raise _wrong(spec, "normalize", f"there is no file {file}.") from error
    except Exception as error:
        # Unpickling may raise anything.
        problem = f"{file} does not load: {type(error).__name__}: {error}."
        raise _wrong(spec, "normalize", problem) from error
    if not hasattr(found, "normalize_obs"):
        problem = f"{file} holds a {type(found).__name__}, not a VecNormalize."
        raise _wrong(spec, "normalize", problem)
    return found


def _wrong(spec: Spec, key: str, problem: str) -> SpecError:
    return SpecError(problem, file=f"specs/{spec.name}.toml", key=f"expert.{key}")
