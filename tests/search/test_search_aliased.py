"""No program is blamed for what pixels cannot tell, and each for what they can."""

from __future__ import annotations

import pytest
from small_worlds import small_spec

from synth.program import parse
from synth.record import Seeds
from synth.record.player import Player
from synth.search import hunt
from synth.search.examiner import Examiner
from synth.verdicts import LiveVerdicts

ENV = "MiniGrid-UnlockPickup-v0"
TOGGLE = 5
BOX_GONE = """\
import numpy as np

T = 8


def things(frame):
    # tiles of the right room with a colour in them that is not the agent's, row by row
    height, width = frame.shape[0] // T, frame.shape[1] // T
    room = frame[: height * T, : width * T].astype(int)
    coloured = (room.max(axis=2) - room.min(axis=2)) > 60
    red = (room[..., 0] > 200) & (room[..., 1] < 60) & (room[..., 2] < 60)
    tiles = (coloured & ~red).reshape(height, T, width, T).sum(axis=(1, 3))
    return tiles[:, width // 2 + 1 :] > 2


def box_taken(frame, initial):
    return bool(things(initial).any() and not (things(frame) & things(initial)).any())


SUBTASKS = [box_taken]
"""


def test_a_box_that_is_destroyed_is_not_held_against_the_program():
    """The goal holds there and the environment grants nothing, yet no program is blamed."""
    spec = small_spec(ENV).model_copy(update={"max_steps": 100})
    with Player(spec) as player, LiveVerdicts(parse(BOX_GONE)) as verdicts:
        examiner = Examiner(player, verdicts, progress=False)
        seed = next(s for s in range(50) if _box_is_not_red(examiner, s))
        shown = player.shown(seed)
        episode = examiner.examine(seed, (*shown[:-1], TOGGLE))
        assert episode.holds[-1, -1]
        assert not episode.success[-1]
        assert not examiner.caught(episode, lambda _violation: True)


def _box_is_not_red(examiner, seed):
    """Whether the program sees this seed's box, which it takes for the agent where it is red."""
    return bool(examiner.examine(seed, examiner.player.shown(seed)).holds[-1, -1])


@pytest.mark.slow
def test_a_search_finds_no_false_claim_against_a_box_that_is_gone():
    """Not with the hand empty, nor with the key in it, nor after either."""
    spec = small_spec(ENV).model_copy(update={"max_steps": 100})
    found = hunt(spec, parse(BOX_GONE), seeds=Seeds.of(spec).visible_search, episodes=300)
    assert not [one for one in found.counterexamples if one.kind == "false_positive"]
