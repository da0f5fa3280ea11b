"""Near misses and other routes that hold on any screen: beside what is asked for, and astray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs.recipe import way_of
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from synth.envs import Policy
    from synth.envs.recipe import Recipe
    from synth.episode import Rollout

__all__ = ["RECIPES"]

BESIDE = 3
"""Squares from what is asked for, at most."""
STRAYS = 3
"""Taps beside it, or anywhere."""


def _beside(
    simulator: Any, _shown: Rollout, _expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    """Taps around what is asked for, at no place that is."""
    env = simulator.env
    for _ in range(STRAYS):
        wanted = env.wanted()
        taps = [one for one in wanted if one < len(env.grid)]
        if not taps:
            raise ExpertFailed("nothing is to be tapped here")
        near = {
            env.grid.near(tap, across, down)
            for tap in taps
            for across in range(-BESIDE, BESIDE + 1)
            for down in range(-BESIDE, BESIDE + 1)
        }
        around = sorted(near.difference(wanted))
        yield int(rng.choice(around))


def _half_way(
    simulator: Any, shown: Rollout, _expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    """Part of what is asked for, and then taps at random."""
    if len(shown) < 2:  # noqa: PLR2004 - half of one deed is none
        raise ExpertFailed("one deed is all that is asked for")
    yield from shown.actions[: int(rng.integers(1, len(shown)))]
    for _ in range(STRAYS):
        yield simulator.random_action(rng)


def _at_other_places(
    simulator: Any, shown: Rollout, _expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    """Everything that is asked for, in another order and at other places."""
    env = simulator.env
    for _ in range(len(shown) * 2):
        wanted = env.wanted()
        if not wanted:
            return
        yield int(rng.choice(wanted))


def _strays_first(
    simulator: Any, _shown: Rollout, expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    """A few taps anywhere, and then what is asked for."""
    for _ in range(int(rng.integers(1, STRAYS + 1))):
        yield simulator.random_action(rng)
    yield from expert(simulator)


RECIPES: tuple[Recipe, ...] = (
    way_of("beside", "taps beside what is asked for", "near", _beside),
    way_of("strays-first", "taps anywhere before what is asked for", "route", _strays_first),
    way_of("half-way", "part of what is asked for, and then taps anywhere", "near", _half_way),
    way_of("other-places", "the same deeds at other places", "route", _at_other_places),
)
