"""One episode: a policy acts in a simulator until success, the end, or the step limit.

Nothing here stores frames twice-removed or knows about splits; `synth.record.recorder`
turns rollouts into an `EpisodeStore`, and reports roll out fresh seeds with `roll_expert`
and `roll_random`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Staged, family_of, find_policy
from synth.errors import EnvironmentFault, ExpertFailed, SynthError
from synth.record.changes import changes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from synth.envs import Moment, Policy, Simulator
    from synth.episode import Change
    from synth.spec import Spec

__all__ = ["Rollout", "random_policy", "require_success", "roll_expert", "roll_random", "rollout"]

_RANDOM_STREAM = 1
"""Keeps the policy's draws apart from the environment's, which has the same seed."""


@dataclass(frozen=True, eq=False, slots=True)
class Rollout:
    """One episode of T actions with its frames.

    Attributes:
        frames: ``uint8[T+1, H, W, 3]``.
        actions: T actions as JSON values.
        rewards: ``float64[T]``, the environment's own.
        success: ``bool[T+1]``.
        truth: Predicate name to ``bool[T+1]``.
        seed: What the environment was reset with.
        policy: Who acted.
        scene: What kind of scene it was, where the simulator tells.
        changes: What changed in the scene and when; ``None`` where the simulator draws no
            backdrop.
    """

    frames: NDArray[np.uint8]
    actions: tuple[Any, ...]
    rewards: NDArray[np.float64]
    success: NDArray[np.bool_]
    truth: Mapping[str, NDArray[np.bool_]]
    seed: int
    policy: str
    scene: str = ""
    changes: tuple[Change, ...] | None = None

    def __len__(self) -> int:
        """The number of actions, T."""
        return len(self.actions)

    def until(self, frame: int) -> Rollout:
        """The same episode, ended at a frame, which becomes its last."""
        end = frame + 1
        return replace(
            self,
            frames=self.frames[:end],
            actions=self.actions[:frame],
            rewards=self.rewards[:frame],
            success=self.success[:end],
            truth={name: values[:end] for name, values in self.truth.items()},
            changes=None
            if self.changes is None
            else tuple(c for c in self.changes if c.frame <= frame),
        )


def rollout(
    simulator: Simulator,
    policy: Policy,
    seed: int,
    max_steps: int,
    *,
    name: str = "",
    alter: Callable[[Any], None] | None = None,
) -> Rollout:
    """Reset, then act until success, the episode's end, `max_steps`, or no more actions.

    Args:
        simulator: Reset here.
        policy: Called once after the reset.
        seed: For the reset.
        max_steps: At most so many actions.
        name: Who acts, for the record.
        alter: Changes the scene after the reset; see `Staged.alter`.

    Raises:
        EnvironmentFault: The simulator changes its frame's shape or its predicates, or
            cannot change its scene.
    """
    staged = simulator if isinstance(simulator, Staged) else None
    moments = [simulator.reset(seed)]
    if alter is not None:
        if staged is None:
            raise EnvironmentFault(f"{type(simulator).__name__} cannot change its scene.")
        moments = [staged.alter(alter)]
    scene = simulator.scene()
    backdrops = [staged.backdrop()] if staged is not None else []
    actions: list[Any] = []
    if not moments[0].done:
        for action in policy(simulator):
            moments.append(simulator.step(action))
            actions.append(action)
            if staged is not None:
                backdrops.append(staged.backdrop())
            if moments[-1].done or moments[-1].success or len(actions) >= max_steps:
                break
    changes = changes_of(backdrops) if staged is not None else None
    return _to_rollout(moments, actions, seed=seed, name=name, scene=scene, changes=changes)


def random_policy(seed: int) -> Policy:
    """A policy that draws every action uniformly, the same ones for the same seed."""

    def act(simulator: Simulator) -> Iterator[Any]:
        rng = np.random.default_rng([_RANDOM_STREAM, seed])
        while True:
            yield simulator.random_action(rng)

    return act


def require_success(episode: Rollout, spec: Spec) -> None:
    """Check that an expert's episode ends in success.

    Raises:
        ExpertFailed: It does not.
    """
    if not episode.success[-1]:
        raise ExpertFailed(
            f"specs/{spec.name}.toml: expert.policy: {episode.policy} did not succeed in "
            f"{spec.env} with seed {episode.seed} after {len(episode)} of {spec.max_steps} steps. "
            "Raise `max_steps`, or name another expert."
        )


def expert_rollout(spec: Spec, simulator: Simulator, policy: Policy, seed: int) -> Rollout:
    """An expert's episode in a simulator at hand.

    Raises:
        ExpertFailed: The expert does not succeed, or breaks.
    """
    name = spec.expert.policy
    try:
        episode = rollout(simulator, policy, seed, spec.max_steps, name=name)
    except ExpertFailed as error:
        raise ExpertFailed(
            f"specs/{spec.name}.toml: expert.policy: {name}, seed {seed}: {error}"
        ) from error
    except SynthError:
        raise
    except Exception as error:
        # An expert is the user's own code: whatever it raises is the expert's failure.
        raise ExpertFailed(
            f"specs/{spec.name}.toml: expert.policy: {name} broke in {spec.env} with seed {seed}: "
            f"{type(error).__name__}: {error}."
        ) from error
    require_success(episode, spec)
    return episode


def roll_expert(spec: Spec, seed: int) -> Rollout:
    """The expert's episode of any seed; it ends in success.

    Raises:
        ExpertFailed: The expert does not succeed.
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist.
    """
    simulator = family_of(spec).make(spec)
    try:
        return expert_rollout(spec, simulator, find_policy(spec), seed)
    finally:
        simulator.close()


def roll_random(spec: Spec, seed: int) -> Rollout:
    """A random episode of any seed.

    Raises:
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist.
    """
    simulator = family_of(spec).make(spec)
    try:
        return rollout(simulator, random_policy(seed), seed, spec.max_steps, name="random")
    finally:
        simulator.close()


def _to_rollout(
    moments: list[Moment],
    actions: list[Any],
    *,
    seed: int,
    name: str,
    scene: str,
    changes: tuple[Change, ...] | None,
) -> Rollout:
    first = moments[0]
    for t, moment in enumerate(moments):
        if moment.frame.shape != first.frame.shape or moment.frame.dtype != np.uint8:
            raise EnvironmentFault(
                f"seed {seed}: frame {t} is {moment.frame.dtype}{list(moment.frame.shape)}, "
                f"but the first is uint8{list(first.frame.shape)}; all must be alike."
            )
        if moment.truth.keys() != first.truth.keys():
            raise EnvironmentFault(
                f"seed {seed}: the predicates at frame {t} are not those of the first frame."
            )
    return Rollout(
        frames=np.stack([m.frame for m in moments]),
        actions=tuple(actions),
        rewards=np.array([m.reward for m in moments[1:]], dtype=np.float64),
        success=np.array([m.success for m in moments], dtype=np.bool_),
        truth={k: np.array([m.truth[k] for m in moments], dtype=np.bool_) for k in first.truth},
        seed=seed,
        policy=name,
        scene=scene,
        changes=changes,
    )
