"""One episode: a policy acts in a simulator until the end, the hold after success, or the limit.

`synth.record.player` holds what a task's episodes are played with; `synth.record.recorder`
turns rollouts into an `EpisodeStore`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Backdrop, Conditioned
from synth.envs.broken import broken
from synth.episode import Rollout
from synth.errors import (
    EnvironmentFault,
    ExpertBroke,
    ExpertFailed,
    IllegalAction,
    SolvedAtStart,
    SynthError,
)
from synth.record.missions import began, mission_of
from synth.record.scene_events import SceneWatch
from synth.record.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from synth.envs import Policy, Simulator, TimeStep
    from synth.spec import Spec

__all__ = [
    "HIDDEN",
    "expert_rollout",
    "plain",
    "random_policy",
    "require_open",
    "require_success",
    "rollout",
]

HIDDEN = 0.1
"""A success frame that shows less than this share of the deciding thing is not judged."""


def rollout(
    simulator: Simulator,
    policy: Policy,
    seed: int,
    max_steps: int,
    *,
    name: str = "",
    alter: Callable[[Any], None] | None = None,
    hold: int = 0,
    since: int = 0,
    pixels: float = 1.0,
    draw: bool = True,
    missioned: bool = False,
    mission: str | None = None,
) -> Rollout:
    """Reset, then act until the episode's end.

    It ends `hold` frames after the first success, where the environment ends, after `max_steps`,
    or where the policy has no more actions.

    Args:
        simulator: Reset here.
        policy: Called once after the reset.
        seed: For the reset.
        max_steps: At most so many actions.
        name: Who acts, for the record.
        alter: Changes the scene after the reset; see `Alterable.alter`.
        hold: Frames after the first success.
        since: Success within fewer actions than this ends nothing.
        pixels: Width of the band around the threshold that is not judged.
        draw: Whether pictures are wanted; without them frames are ``uint8[T+1, 0, 0, 3]``, and
            scene events are not told.
        missioned: Whether the task's missions vary: the episode's is then recorded.
        mission: Given to the episode; by default it has the one that its seed draws.

    Raises:
        IllegalAction: The policy gives an action that the environment does not have.
        EnvironmentFault: The simulator changes its frame's shape, its predicates or its mission,
            cannot change its scene, or gives a margin that contradicts success.
        ExpertFailed: The mission does not fit the changed scene.
    """
    step = began(simulator, seed, mission=mission, alter=alter, missioned=missioned, draw=draw)
    told = mission_of(simulator) if missioned else None
    scene, resolution = simulator.scene(), simulator.resolution()
    staged = simulator if draw and isinstance(simulator, Backdrop) else None
    watch = SceneWatch(staged.backdrop()) if staged is not None else None
    steps, actions = [step], list[Any]()
    left = hold if step.success and not since else None
    if not step.done and left != 0:
        for given in policy(simulator):
            action = plain(given)
            step = simulator.step(action, draw=draw)
            steps.append(step)
            actions.append(action)
            if staged is not None and watch is not None:
                watch.see(staged.backdrop())
            # The hold runs from the first success on, whether or not success stays.
            if left is not None:
                left -= 1
            elif step.success and len(actions) >= since:
                left = hold
            if step.done or left == 0 or len(actions) >= max_steps:
                break
    first = steps[0]
    for t, one in enumerate(steps):
        _require_alike(one, first, seed, t)
    if told is not None and (now := mission_of(simulator)) != told:
        raise EnvironmentFault(
            f"seed {seed}: the mission was {told!r} at the start and is {now!r} at the end. An "
            "episode has one mission."
        )
    success = np.array([s.success for s in steps], dtype=np.bool_)
    margins, seen = _margins(steps, seed), _seen(steps)
    return Rollout(
        frames=np.stack([s.frame for s in steps]),
        actions=tuple(actions),
        rewards=np.array([s.reward for s in steps[1:]], dtype=np.float64),
        success=success,
        truth={k: np.array([s.truth[k] for s in steps], dtype=np.bool_) for k in first.truth},
        seed=seed,
        policy=name,
        scene=scene,
        scene_events=None if watch is None else watch.events,
        judged=_judged(success, margins, seen, band=pixels * (resolution or 0.0)),
        margins=margins,
        seen=seen,
        mission=told,
    )


def plain(action: Any) -> Any:
    """An action as a JSON value: a policy may give NumPy's numbers and arrays as well."""
    if isinstance(action, np.ndarray | np.generic):
        return action.tolist()
    if isinstance(action, list | tuple):
        return [plain(part) for part in action]
    return action


def random_policy(seed: int) -> Policy:
    """A policy that draws every action uniformly, the same ones for the same seed."""

    def act(simulator: Simulator) -> Iterator[Any]:
        rng = np.random.default_rng([Stream.RANDOM, seed])
        while True:
            yield simulator.random_action(rng)

    return act


def require_open(episode: Rollout, spec: Spec) -> None:
    """Check that an episode is not solved at the start.

    Raises:
        SolvedAtStart: It is: there is nothing for anyone to do.
    """
    if episode.success[0]:
        raise SolvedAtStart(f"{spec.env} is solved at the start with seed {episode.seed}.")


def require_success(episode: Rollout, spec: Spec, why: str = "") -> None:
    """Check that an expert's episode succeeds, on a frame that is judged.

    Args:
        episode: The expert's.
        spec: Whose expert.
        why: What is known of an end without success, and what to do; sentences.

    Raises:
        ExpertFailed: It does not.
    """
    who = f"specs/{spec.name}.toml: expert.policy: {episode.policy}"
    if episode.first_success is None:
        raise ExpertFailed(
            f"{who} did not succeed in "
            f"{spec.env} with seed {episode.seed} after {len(episode)} of {spec.max_steps} steps. "
            f"{why or 'Name another expert.'}"
        )
    if not (episode.success & episode.judged).any():
        raise ExpertFailed(
            f"{who} succeeds in {spec.env} with seed {episode.seed} only where success cannot be "
            "told from the picture: within the band of `success.pixels`, or hidden. Let it go on "
            "until it is well inside, and raise `expert.hold`."
        )


def expert_rollout(
    spec: Spec,
    simulator: Simulator,
    policy: Policy,
    seed: int,
    *,
    draw: bool = True,
    mission: str | None = None,
) -> Rollout:
    """An expert's episode in a simulator at hand, with its own mission or one that is given.

    Raises:
        ExpertFailed: The expert does not succeed, or there is nothing to do.
        ExpertBroke: It raises an error, hangs, or gives what is no action.
    """
    name = spec.expert.policy
    stopped = False

    def until_it_stops(simulator: Simulator) -> Iterator[Any]:
        nonlocal stopped
        yield from policy(simulator)
        stopped = True

    try:
        episode = rollout(
            simulator,
            until_it_stops,
            seed,
            spec.max_steps,
            name=name,
            hold=spec.expert.hold,
            pixels=spec.success.pixels,
            draw=draw,
            missioned=spec.mission is not None,
            mission=mission,
        )
    except IllegalAction as error:
        raise broken(spec, policy, seed, error) from error
    except ExpertFailed as error:
        kind = ExpertBroke if isinstance(error, ExpertBroke) else ExpertFailed
        raise kind(
            f"specs/{spec.name}.toml: expert.policy: {name}, seed {seed}: {error}"
        ) from error
    except SynthError:
        raise
    except Exception as error:
        # An expert is the user's own code: whatever it raises is the expert's failure.
        raise broken(spec, policy, seed, error) from error
    require_open(episode, spec)
    require_success(episode, spec, _why_none(episode, spec, simulator, stopped=stopped))
    return episode


def _why_none(episode: Rollout, spec: Spec, simulator: Simulator, *, stopped: bool) -> str:
    """What is known of an expert's episode without success, and what to do."""
    if episode.success.any():
        return ""
    limited = len(episode) >= spec.max_steps
    if limited:
        end, remedy = "", "Raise `max_steps`, or name another expert."
    elif stopped:
        end, remedy = "The expert gave no further action. ", "Name another expert."
    else:
        end, remedy = "The environment ended the episode there. ", "Name another expert."
    if not isinstance(simulator, Conditioned):
        return end + remedy
    raised = "raise `max_steps`, " if limited else ""
    return (
        f"{end}{simulator.unmet()} Name what does hold when the task is done, {raised}or name "
        "another expert."
    )


def _require_alike(step: TimeStep, first: TimeStep, seed: int, t: int) -> None:
    if step.frame.shape != first.frame.shape or step.frame.dtype != np.uint8:
        raise EnvironmentFault(
            f"seed {seed}: frame {t} is {step.frame.dtype}{list(step.frame.shape)}, "
            f"but the first is uint8{list(first.frame.shape)}; all must be alike."
        )
    if step.truth.keys() != first.truth.keys():
        raise EnvironmentFault(
            f"seed {seed}: the predicates at frame {t} are not those of the first frame."
        )


def _margins(steps: list[TimeStep], seed: int) -> NDArray[np.float64] | None:
    """The margins, where every step has one.

    Raises:
        EnvironmentFault: Some steps have none, or a margin contradicts success.
    """
    if all(step.margin is None for step in steps):
        return None
    for t, step in enumerate(steps):
        if step.margin is None:
            raise EnvironmentFault(f"seed {seed}: frame {t} has no margin, though others have.")
        if (step.margin > 0) != step.success:
            word = "success" if step.success else "no success"
            raise EnvironmentFault(
                f"seed {seed}: at frame {t} the environment reports {word}, but the margin is "
                f"{step.margin:g}. A margin is positive exactly at success: mend the family."
            )
    return np.array([step.margin for step in steps], dtype=np.float64)


def _seen(steps: list[TimeStep]) -> NDArray[np.float64] | None:
    if any(step.seen is None for step in steps):
        return None
    return np.array([step.seen for step in steps], dtype=np.float64)


def _judged(
    success: NDArray[np.bool_],
    margins: NDArray[np.float64] | None,
    seen: NDArray[np.float64] | None,
    *,
    band: float,
) -> NDArray[np.bool_]:
    """Frames outside the band, success frames on which the deciding thing is hidden left out."""
    judged = np.ones(len(success), dtype=np.bool_)
    if margins is not None:
        judged &= np.abs(margins) >= band
    if seen is not None:
        judged &= ~(success & (seen < HIDDEN))
    return judged
