"""Ways to make near misses and other routes with any simulator that has an expert.

All of them work by actions alone: the expert's own, changed, and the expert called again
from where that has led. None looks at a frame or at truth, and none says how its episode
is labelled.

Two ways that suggest themselves are not here. An episode played backwards shows, with its
own last frame as the initial one, states that no environment ever starts from; with the
true initial frame it shows a memoryless checker no pair of frames that it has not met
forwards. A first frame of another seed shows the checker two different layouts as one
episode; no program can be blamed for what it says then. ``docs/near-miss.md`` has more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from synth.envs import Policy, Simulator
    from synth.record.rolling import Rollout

__all__ = ["GENERAL", "Aim", "Make", "Recipe", "acting"]

Aim = Literal["near", "route"]
Make = Callable[["Rollout", "Policy", np.random.Generator], "Policy | None"]

LATE = 4
"""Late actions are among the last so many."""
DALLY = 10
"""Actions that are tried beside the goal."""
ASTRAY = (4, 12)
"""Least and most random actions of a detour."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to make an episode.

    Attributes:
        key: One word, for the record.
        name: In words, as a message quotes it: ``the expert, stopped before the last step``.
        aim: A ``route`` is kept only where it succeeds, a ``near`` one either way.
        make: From the expert's episode of the seed, the expert and a source of chance to a
            policy, or ``None`` where the episode does not allow it.
        alter: Changes the scene after the reset, given the environment and the source of
            chance; ``None`` where the scene stays what it is. It raises `ExpertFailed` with
            the reason where the scene does not allow it.
        fails: Whether an episode that succeeds is not kept: a success in a scene that the
            environment never makes may do without what all others need.
    """

    key: str
    name: str
    aim: Aim
    make: Make
    alter: Callable[[Any, np.random.Generator], None] | None = None
    fails: bool = False

    def kept(self, rolled: Rollout, shown: Rollout) -> str:
        """Why an episode is not worth keeping, or nothing where it is."""
        if not rolled.actions:
            return "nothing was done in it"
        if rolled.actions == shown.actions and self.alter is None:
            return "it came out as the expert's own"
        if self.aim == "route" and not rolled.success[-1]:
            return "it did not succeed"
        if self.fails and rolled.success.any():
            return "it succeeded all the same"
        return ""


def acting(actions: tuple[Any, ...]) -> Policy:
    """A policy that plays given actions."""

    def act(_simulator: Simulator) -> Iterator[Any]:
        yield from actions

    return act


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
            yield simulator.random_action(rng) if rng.random() < 0.5 else own  # noqa: PLR2004 - even odds
        for _ in range(LATE):
            yield simulator.random_action(rng)

    return act


def _dally(shown: Rollout, _expert: Policy, rng: np.random.Generator) -> Policy | None:
    """Stay beside the goal: any action but the one that would do it, there and back."""
    if len(shown) < 2:  # noqa: PLR2004 - before its one action the episode has not begun
        return None
    last = shown.actions[-1]

    def act(simulator: Simulator) -> Iterator[Any]:
        yield from shown.actions[:-1]
        for _ in range(DALLY):
            action = simulator.random_action(rng)
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
            for _ in range(astray):
                yield simulator.random_action(rng)
            yield from expert(simulator)

        return act

    return make


def _dithering(shown: Rollout, expert: Policy, rng: np.random.Generator) -> Policy | None:
    """The expert, asked anew at each step, with a random action one time in four."""
    if len(shown) < 2:  # noqa: PLR2004 - no way, no detour
        return None

    def act(simulator: Simulator) -> Iterator[Any]:
        while True:
            if rng.random() < 0.25:  # noqa: PLR2004 - one time in four
                yield simulator.random_action(rng)
            else:
                yield next(iter(expert(simulator)))

    return act


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
