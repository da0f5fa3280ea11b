"""An environment that does not repeat itself is refused before anything is recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from synth.episode import Rollout
from synth.errors import EnvironmentFault
from synth.record.repeatable import require_repeatable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.record.player import Player


def rolled(seed: int) -> Rollout:
    """Three frames of a seed's own."""
    frames = np.random.default_rng(seed).integers(0, 256, (3, 4, 4, 3), np.uint8)
    return Rollout(
        frames=frames,
        actions=(0, 1),
        rewards=np.zeros(2),
        success=np.zeros(3, np.bool_),
        truth={},
        seed=seed,
        policy="odd",
    )


@dataclass
class Players:
    """Plays an episode again as `second` says."""

    second: Rollout

    spec = SimpleNamespace(env="Odd-v0")

    def roll_random(self, seed: int) -> Rollout:
        """As at first."""
        return rolled(seed)

    def play(self, seed: int, actions: Sequence[int]) -> Rollout:
        """The same seed and actions again."""
        assert (seed, tuple(actions)) == (7, (0, 1))
        return self.second


def changed_frame() -> Rollout:
    """One pixel of frame 2 is another."""
    frames = rolled(7).frames.copy()
    frames[2, 0, 0] ^= 1
    return replace(rolled(7), frames=frames)


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        (changed_frame(), "frame 2 differs in 1 pixel"),
        (replace(rolled(7), success=np.array([False, True, False])), "frame 1 is a success only"),
        (replace(rolled(7), frames=rolled(7).frames[:2]), "frame 2 is there only once"),
        (rolled(8), "frame 0 differs in 16 pixels"),
    ],
)
def test_the_first_frame_that_differs_is_named(second: Rollout, problem: str) -> None:
    """Whatever it differs in, with the seed to look at and what to do."""
    with pytest.raises(EnvironmentFault, match=f"Odd-v0 does not repeat itself.*seed 7.*{problem}"):
        require_repeatable(cast("Player", Players(second)), 7)


def test_what_repeats_itself_is_recorded() -> None:
    """The same pictures and the same success, to the last pixel."""
    require_repeatable(cast("Player", Players(rolled(7))), 7)
