"""Counts the pictures that cannot be told from success, and looks for them on purpose.

Chance need not come by them: a random agent seldom stands before the box with an empty hand. An
expert always does. So of a few experts' last states every other action is tried as well: one that
makes the very picture of success, and none, is what a learner will find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.episode import Untold, frame_digest
from synth.record.aliasing import Alias

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from numpy.typing import NDArray

    from synth.episode import Rollout
    from synth.record.player import Player

__all__ = ["UntoldWatch", "look_beside_success"]

LOOKED = 4
"""Expert seeds whose last states are looked at."""


class UntoldWatch:
    """Remembers the pictures, each with its initial one and its mission, once."""

    def __init__(self) -> None:
        self._pictures: set[tuple[bytes, bytes, str | None]] = set()
        self._first: tuple[int, int, bool] | None = None

    def add(self, rolled: Rollout, alias: Alias | None) -> None:
        """Take in what was found in an episode; nothing, unless the picture is a success too."""
        if alias is None or not alias.same:
            return
        frames = rolled.frames
        picture = frame_digest(frames[alias.frame])
        self._pictures.add((picture, frame_digest(frames[0]), rolled.mission))
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


def _beside(player: Player, seed: int, shown: tuple[Any, ...]) -> None:
    last = len(shown)
    success = player.play(seed, shown, draw=False)
    if not success.success[last] or not success.judged[last]:
        return
    picture = _last_picture(player, seed, shown)
    for action in player.actions or ():
        actions = (*shown[:-1], action)
        # Played without pictures first: most of a picture's cost is drawing it.
        quick = player.play(seed, actions, draw=False)
        if len(quick) != last or quick.success[last] or not quick.judged[last]:
            continue
        if np.array_equal(_last_picture(player, seed, actions), picture):
            player.untold.add(player.play(seed, actions), Alias(last, same=True))


def _last_picture(player: Player, seed: int, actions: tuple[Any, ...]) -> NDArray[np.uint8]:
    """``uint8[H, W, 3]``, drawing that one alone."""
    simulator = player.simulator
    simulator.reset(seed, draw=False)
    for action in actions[:-1]:
        simulator.step(action, draw=False)
    return simulator.step(actions[-1]).frame
