"""Ways to make near misses and other routes with any simulator that has an expert.

All of them work by actions alone: the expert's own up to its first success, changed, and the
expert called again from where that has led. Where actions have no end and can be changed a
little, a disturbed action is the expert's own or the last one, nudged: a walk of unrelated ones
leads nowhere. None looks at a frame or at truth, and none says how its episode
is labelled.

Two ways that suggest themselves are not here. An episode played backwards shows, with its
own last frame as the initial one, states that no environment ever starts from; with the
true initial frame it shows a memoryless checker no pair of frames that it has not met
forwards. A first frame of another seed shows the checker two different layouts as one
episode; no program can be blamed for what it says then. ``docs/near-miss.md`` has more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs import Nudged
from synth.envs.recipe import Recipe, acting
from synth.errors import ExpertFailed
from synth.record.aliasing import all_actions

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from synth.envs import Policy, Simulator
    from synth.envs.recipe import Make
    from synth.episode import Rollout

__all__ = ["GENERAL"]

LATE = 4
"""Late actions are among the last so many."""
DALLY = 10
"""Actions that are tried beside the goal."""
NUDGE = 0.5
"""How far a nudged action is from its original, as a share of the action's range."""
ASTRAY = (4, 12)
"""Least and most random actions of a detour."""


def _cut(shown: Rollout, _expert: Policy, _rng: np.random.Generator) -> Policy | None:
    return acting(shown.actions[:-1]) if len(shown) > 1 else None


def _leave_one_out(shown: Rollout, _expert: Policy, rng: np.random.Generator) -> Policy | None:
    if len(shown) < 2:  # noqa: PLR2004 - without its one action nothing is left
        return None
    at = int(rng.integers(len(shown)))
    return acting(shown.actions[:at] + shown.actions[at + 1 :])


def _late_noise(shown: Rollout, _expert: Policy, rng: np.random.Generator) -> Policy | None:
    if len(shown) < 2:  # noqa: PLR2004 - there is nothing late about a single action
        return None
    kept = len(shown) - int(rng.integers(1, min(LATE, len(shown) - 1) + 1))

    def act(simulator: Simulator) -> Iterator[Any]:
        yield from shown.actions[:kept]
        for own in shown.actions[kept:]:
            yield _disturbed(simulator, own, rng) if rng.random() < 0.5 else own  # noqa: PLR2004 - even odds
        for _ in range(LATE):
            yield _disturbed(simulator, own, rng)

    return act


def _dally(shown: Rollout, _expert: Policy, rng: np.random.Generator) -> Policy | None:
    """Stay beside the goal: any action but the one that would do it, there and back."""
    if len(shown) < 2:  # noqa: PLR2004 - before its one action the episode has not begun
        return None
    last = shown.actions[-1]

    def act(simulator: Simulator) -> Iterator[Any]:
        yield from shown.actions[:-1]
        for _ in range(DALLY):
            action = _disturbed(simulator, last, rng)
            if action != last:
                yield action

    return act


def _detour(where: float) -> Make:
    """Some random actions after a share of the expert's, then the expert from there."""

    def make(shown: Rollout, expert: Policy, rng: np.random.Generator) -> Policy | None:
        if len(shown) < 2:  # noqa: PLR2004 - no way, no detour
            return None
        kept = int(where * (len(shown) - 1))
        astray = int(rng.integers(*ASTRAY))

        def act(simulator: Simulator) -> Iterator[Any]:
            yield from shown.actions[:kept]
            action = simulator.random_action(rng) if _can_nudge(simulator) else None
            for _ in range(astray):
                action = _disturbed(simulator, action, rng)
                yield action
            yield from expert(simulator)

        return act

    return make


def _dithering(shown: Rollout, expert: Policy, rng: np.random.Generator) -> Policy | None:
    """The expert, asked anew at each step, with a random action one time in four."""
    if len(shown) < 2:  # noqa: PLR2004 - no way, no detour
        return None

    def act(simulator: Simulator) -> Iterator[Any]:
        while True:
            if rng.random() >= 0.25:  # noqa: PLR2004 - one time in four
                yield _next(expert, simulator)
            elif _can_nudge(simulator):
                yield _disturbed(simulator, _next(expert, simulator), rng)
            else:
                yield simulator.random_action(rng)

    return act


def _can_nudge(simulator: Simulator) -> bool:
    """Whether actions have no end and can be changed a little."""
    return isinstance(simulator, Nudged) and all_actions(simulator) is None


def _disturbed(simulator: Simulator, action: Any, rng: np.random.Generator) -> Any:
    """Another action: one near `action` where that means something, and else any."""
    if isinstance(simulator, Nudged) and _can_nudge(simulator):
        return simulator.nudged(action, rng, NUDGE)
    return simulator.random_action(rng)


def _next(expert: Policy, simulator: Simulator) -> Any:
    """What the expert does first, asked anew.

    Raises:
        ExpertFailed: It has nothing to do here.
    """
    for action in expert(simulator):
        return action
    raise ExpertFailed("the expert has nothing to do when asked within an episode")


GENERAL: tuple[Recipe, ...] = (
    Recipe("cut", "the expert, stopped one step before success", "near", _cut),
    Recipe("left-out", "the expert with one action left out", "near", _leave_one_out),
    Recipe("dally", "the expert, dallying beside the goal instead", "near", _dally),
    Recipe("late-noise", "the expert with its last actions disturbed", "near", _late_noise),
    Recipe("astray", "the expert after going astray at first", "route", _detour(0.0)),
    Recipe("detour", "the expert with a detour halfway", "route", _detour(0.5)),
    Recipe("late-detour", "the expert with a detour near the end", "route", _detour(0.9)),
    Recipe("dithering", "the expert with random actions in between", "route", _dithering),
)
"""Near misses first, then other routes to success."""
