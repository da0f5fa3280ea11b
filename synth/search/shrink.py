"""From an episode with a lie to the shortest episode of the same seed with that lie.

First actions are left out as long as the lie stays. Then every shorter way is tried, level
by level from the reset, states told apart by `Comparable.state`: what is found, or that nothing
is, proves the shortest. Simulators without states stop after the first step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synth.envs import Comparable
from synth.search.breadth import Breadth
from synth.search.counterexample import spots

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.episode import Rollout
    from synth.record.player import Player
    from synth.search.counterexample import Violation
    from synth.search.witness import Witness

__all__ = ["PLAYS", "Caught", "first_lies", "shorten"]

PLAYS = 400
"""Episodes that leaving out actions may try."""


@dataclass(frozen=True, eq=False, slots=True)
class Caught:
    """A lie and the episode it is in, which ends with it."""

    spot: Violation
    rolled: Rollout


def first_lies(
    player: Player, witness: Witness, rolled: Rollout, wanted: Callable[[Violation], bool]
) -> tuple[Caught, ...]:
    """The first lie of each kind that is wanted, those that pixels excuse left out."""
    holds = witness.holds(rolled.frames, rolled.frames[0])
    return tuple(
        Caught(spot, rolled.until(spot.frame))
        for spot in spots(holds, rolled.success, witness.stages)
        if wanted(spot) and not player.is_aliased(rolled, spot.frame)
    )


def shorten(player: Player, witness: Witness, caught: Caught) -> tuple[Caught, bool]:
    """The same lie in as few actions as can be found, and whether fewer are impossible.

    Args:
        player: Where to play.
        witness: Whom to ask.
        caught: The lie to shorten.
    """
    best = _leave_out(player, witness, caught)
    if len(best.rolled) <= 1:
        return best, True  # with no action at all the first frame would have been caught
    if not isinstance(player.simulator, Comparable):
        return best, False
    actions, proven = Breadth(player, witness, best.spot, best.rolled.seed).run(len(best.rolled))
    if actions is not None:
        found = _with(player, witness, best, actions)
        if found is not None:
            return found, proven
    return best, proven


def _leave_out(player: Player, witness: Witness, caught: Caught) -> Caught:
    """Leave out runs of actions, long ones first, until not one can be spared."""
    best, plays, size = caught, 0, max(1, len(caught.rolled) // 2)
    while True:
        at, spared = 0, False
        while at < len(best.rolled) and plays < PLAYS:
            actions = best.rolled.actions
            plays += 1
            found = _with(player, witness, best, actions[:at] + actions[at + size :])
            if found is None:
                at += size
            else:
                best, spared = found, True
        if plays >= PLAYS or (size == 1 and not spared):
            return best
        size = max(1, size // 2)


def _with(
    player: Player, witness: Witness, like: Caught, actions: tuple[Any, ...]
) -> Caught | None:
    """The lie of the same kind in an episode of the same seed, if it is there."""
    rolled = player.play(like.rolled.seed, actions)
    return next(iter(first_lies(player, witness, rolled, like.spot.is_like)), None)
