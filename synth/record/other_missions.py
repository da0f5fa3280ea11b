"""Near misses of missions: the right deed for another mission.

An expert fulfils one mission of a layout; the same actions are played again in an episode of the
same layout that is told another. In every picture it is the same episode, and it is none of
success: what a program that does not heed the mission, or heeds half of it, takes for one. Only
what the environment does not grant is kept.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from synth.envs import Instructable
from synth.episode.store import OTHER_MISSION
from synth.record.serving import one_each
from synth.record.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from synth.episode import Rollout
    from synth.record.player import Player

__all__ = ["NAME", "in_turn", "other_mission", "other_missions"]

NAME = "near_miss:other-mission"
"""Who acts in such an episode, for the record."""

TRIES = 10
"""Seeds without one after which none is expected in this task."""


def other_missions(
    player: Player, seeds: Sequence[int], number: int
) -> Iterator[tuple[Rollout, str]]:
    """Right deeds for other missions, one of each seed.

    Args:
        player: Plays. Where its simulator cannot be told another mission there are none.
        seeds: Used from the first on.
        number: How many at most.

    Yields:
        The episode and its note, which names the mission that the deed is right for.
    """
    if not player.missioned or not isinstance(player.simulator, Instructable):
        return
    yield from one_each(partial(other_mission, player), seeds, number, tries=TRIES)


def in_turn(own: str, missions: Sequence[str], seed: int) -> list[str]:
    """The others in the order in which to try them: by chance, or those most like it first.

    Args:
        own: The mission of the episode, which is left out.
        missions: All that the layout could have.
        seed: Of the layout; the same seed always gives the same order.
    """
    rng = np.random.default_rng([Stream.MISSION, seed])
    others = [mission for mission in missions if mission != own]
    drawn = [others[int(at)] for at in rng.permutation(len(others))]
    if rng.integers(2):
        return drawn
    # What shares most words tells whether the last of them is heeded.
    return sorted(drawn, key=lambda mission: -len(set(mission.split()) & set(own.split())))


def other_mission(player: Player, seed: int) -> tuple[Rollout, str] | None:
    """The deed of a seed's own mission under another, or ``None`` where each is fulfilled by it.

    Pictures that cannot be told from success are none; the player counts them.
    """
    shown = player.shown(seed)
    simulator = player.simulator
    if not shown or not isinstance(simulator, Instructable):
        return None
    player.began(seed, draw=False)
    own = simulator.mission()
    for mission in in_turn(own, simulator.missions(), seed):
        # Without pictures first: in most layouts some missions are fulfilled by the same deed.
        quick = player.play(seed, shown, draw=False, mission=mission)
        if quick.success.any():
            continue
        rolled = player.play(seed, shown, name=NAME, mission=mission)
        if player.told_to_its_end(rolled):
            return rolled, f"{OTHER_MISSION}: {own}"
    return None
