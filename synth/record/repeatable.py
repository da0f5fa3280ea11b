"""Refusing environments that do not repeat themselves, before anything is recorded.

Everything here stands on it: that the same seed and actions give the same pictures, whatever was
played in between. One that draws from a clock or a global generator records without a word, and
each search, replay and fresh episode is then of another world.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.errors import EnvironmentFault
from synth.pixels import differing

if TYPE_CHECKING:
    from synth.record.player import Player

__all__ = ["require_repeatable"]


def require_repeatable(player: Player, seed: int) -> None:
    """Play one episode twice, and another in between.

    Args:
        player: Plays it.
        seed: Of the episode; the one in between has the next.

    Raises:
        EnvironmentFault: The two differ, in a picture or in success.
    """
    first = player.roll_random(seed)
    player.roll_random(seed + 1)
    again = player.play(seed, first.actions)
    for frame in range(max(len(first.frames), len(again.frames))):
        if frame >= min(len(first.frames), len(again.frames)):
            what = "is there only once"
        elif (first.frames[frame] != again.frames[frame]).any():
            pixels = int(differing(first.frames[frame], again.frames[frame]).sum())
            what = f"differs in {pixels} pixel{'' if pixels == 1 else 's'}"
        elif first.success[frame] != again.success[frame]:
            what = "is a success only once"
        else:
            continue
        raise EnvironmentFault(
            f"{player.spec.env} does not repeat itself: with seed {seed} and the same actions, "
            f"and another episode in between, frame {frame} {what}. Let the environment draw "
            "from `self.np_random` alone, which `reset(seed=...)` seeds, and from no clock."
        )
