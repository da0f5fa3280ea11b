"""Counts the pictures that cannot be told from success, and looks for them on purpose.

Chance need not come by them: a random agent seldom stands before the box with an empty hand. An
expert always does. So of a few experts' last states every other action is tried as well: one that
makes the very picture of success, and none, is what a learner will find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.envs.recipe import acting
from synth.episode import Untold, frame_digest
from synth.record.aliasing import Alias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.episode import Rollout
    from synth.record.player import Player

__all__ = ["UntoldWatch", "look_beside_success"]

LOOKED = 4
"""Expert seeds whose last states are looked at."""


class UntoldWatch:
    """Remembers the pictures, each with its initial one, once."""

    def __init__(self) -> None:
        self._pictures: set[tuple[bytes, bytes]] = set()
        self._first: tuple[int, int, bool] | None = None

    def add(self, rolled: Rollout, alias: Alias | None) -> None:
        """Take in what was found in an episode; nothing, unless the picture is a success too."""
        if alias is None or not alias.same:
            return
        frames = rolled.frames
        self._pictures.add((frame_digest(frames[alias.frame]), frame_digest(frames[0])))
        if self._first is None:
            events = rolled.scene_events or ()
            leaves = any(e.frame == alias.frame and e.leaves for e in events)
            self._first = (rolled.seed, alias.frame, leaves)

    @property
    def found(self) -> Untold | None:
        """How many, and the first; ``None`` where there is none."""
        if self._first is None:
            return None
        return Untold(len(self._pictures), *self._first)


def look_beside_success(player: Player, seeds: Iterable[int]) -> None:
    """Try every other action in place of those with which experts succeed.

    What is found is added to the player's count. Nothing is tried where there is no end of
    actions: none can be expected to make the very same picture.

    Args:
        player: Plays; its expert.
        seeds: Whose experts; the first few that serve are looked at.
    """
    if player.actions is None:
        return
    looked = 0
    for seed in seeds:
        shown = player.shown(seed)
        if not shown:
            continue
        _beside(player, seed, shown)
        looked += 1
        if looked == LOOKED:
            return


def _beside(player: Player, seed: int, shown: tuple[object, ...]) -> None:
    success = player.play(seed, shown)
    last = len(shown)
    if not success.success[last] or not success.judged[last]:
        return
    for action in player.actions or ():
        if action == shown[-1]:
            continue
        rolled = player.play_policy(seed, acting((*shown[:-1], action)))
        told = len(rolled) != last or rolled.success[last] or not rolled.judged[last]
        if not told and np.array_equal(rolled.frames[last], success.frames[last]):
            player.untold.add(rolled, Alias(last, same=True))
