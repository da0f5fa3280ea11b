"""Imitations: the thing of success changes as it does at success, and it is none.

The box is gone, as when it is taken, but it was opened with the key in hand; the last door is open,
but the first is not. A program that looks at that thing alone takes the one for the other, and
neither chance nor an expert gone astray need ever show it. So the expert's last action is replaced
by each other one, with one earlier action left out or none, and the scene without the agent is
compared with that of success, at the place that changed there. Told by playing; no truth is read.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from synth.envs import Backdrop
from synth.pixels import differing
from synth.record.serving import one_each

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from synth.episode import Rollout
    from synth.record.player import Player

__all__ = ["NAME", "imitation", "imitations"]

NAME = "near_miss:imitation"
"""Who acts in such an episode, for the record."""
TRIES = 3
"""Seeds without an imitation after which none is expected in this task."""


def imitations(player: Player, seeds: Sequence[int], number: int) -> Iterator[Rollout]:
    """Imitations of as many seeds as are wanted, one each.

    Args:
        player: Plays. Where there is no end of actions, or no backdrop, there are none.
        seeds: Used from the first on.
        number: How many at most.
    """
    return one_each(partial(imitation, player), seeds, number, tries=TRIES)


def imitation(player: Player, seed: int) -> Rollout | None:
    """An episode of a seed that ends with an imitation, or ``None`` where there is none.

    Pictures that cannot be told from success are none; the player counts them.
    """
    shown = player.shown(seed)
    if not shown or player.actions is None or not isinstance(player.simulator, Backdrop):
        return None
    before, after = _scene(player, seed, shown[:-1]), _scene(player, seed, shown)
    if before is None or after is None or before.shape != after.shape:
        return None
    place = differing(before, after)
    if not place.any():
        return None  # only the agent moves: there is no thing
    if _by_itself(player, seed, shown, place=place, after=after):
        return None
    for actions in _candidates(player, seed, shown, place=place, before=before, after=after):
        rolled = player.play(seed, actions, name=NAME)
        if player.told_to_its_end(rolled):
            return rolled
    return None


def _by_itself(
    player: Player,
    seed: int,
    shown: tuple[Any, ...],
    *,
    place: NDArray[np.bool_],
    after: NDArray[np.uint8],
) -> bool:
    """Whether the place changes so whatever is done last, as where balls roll about."""
    others = [action for action in player.actions or () if action != shown[-1]]
    scenes = [_scene(player, seed, (*shown[:-1], action)) for action in others]
    alike = [s is not None and np.array_equal(s[place], after[place]) for s in scenes]
    return 2 * sum(alike) >= len(others)


def _candidates(
    player: Player,
    seed: int,
    shown: tuple[Any, ...],
    *,
    place: NDArray[np.bool_],
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
) -> Iterator[tuple[Any, ...]]:
    """Actions after which the place looks as at success, without success.

    Args:
        player: Plays.
        seed: Of the episode.
        shown: The expert's actions.
        place: ``bool[H, W]``, what changes at success.
        before: ``uint8[H, W, 3]``, the scene without the agent just before.
        after: The same at success.
    """
    bases = [shown[:-1], *(shown[:k] + shown[k + 1 : -1] for k in range(len(shown) - 1))]
    # Left out of a row of equal ones, each makes the same way.
    for base in {json.dumps(base): base for base in bases}.values():
        scene = _scene(player, seed, base)
        # The thing must still be there: what comes next is what changes it.
        if scene is None or not np.array_equal(scene[place], before[place]):
            continue
        for action in player.actions or ():
            actions = (*base, action)
            scene = _scene(player, seed, actions, fails=True)
            if scene is not None and np.array_equal(scene[place], after[place]):
                yield actions


def _scene(
    player: Player, seed: int, actions: tuple[Any, ...], *, fails: bool = False
) -> NDArray[np.uint8] | None:
    """``uint8[H, W, 3]``, the scene without the agent after actions.

    ``None`` where the episode ends before, or where it `fails` to fail.
    """
    rolled = player.play(seed, actions, draw=False)
    if len(rolled) != len(actions) or (fails and rolled.success.any()):
        return None
    assert isinstance(player.simulator, Backdrop)  # noqa: S101 - the caller has seen to it
    return player.simulator.backdrop()
