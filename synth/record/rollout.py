"""One episode: a policy acts in a simulator until success, the end, or the step limit.

`synth.record.player` holds what a task's episodes are played with; `synth.record.recorder`
turns rollouts into an `EpisodeStore`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Alterable, Backdrop
from synth.episode import Rollout
from synth.errors import EnvironmentFault, ExpertFailed, SynthError
from synth.record.scene_events import changes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from synth.envs import Policy, Simulator, TimeStep
    from synth.episode import SceneEvent
    from synth.spec import Spec

__all__ = ["expert_rollout", "random_policy", "require_success", "rollout"]

_RANDOM_STREAM = 1
"""Keeps the policy's draws apart from the environment's, which has the same seed."""


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
        alter: Changes the scene after the reset; see `Alterable.alter`.

    Raises:
        EnvironmentFault: The simulator changes its frame's shape or its predicates, or
            cannot change its scene.
    """
    staged = simulator if isinstance(simulator, Backdrop) else None
    moments = [simulator.reset(seed)]
    if alter is not None:
        if not isinstance(simulator, Alterable):
            raise EnvironmentFault(f"{type(simulator).__name__} cannot change its scene.")
        moments = [simulator.alter(alter)]
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


def _to_rollout(
    moments: list[TimeStep],
    actions: list[Any],
    *,
    seed: int,
    name: str,
    scene: str,
    changes: tuple[SceneEvent, ...] | None,
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
