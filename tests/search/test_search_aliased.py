"""What pixels cannot tell is no lie, and what they can is one."""

from __future__ import annotations

import pytest
from small_worlds import small_spec

from synth.program import parse
from synth.record import Seeds
from synth.record.player import Player
from synth.search import hunt
from synth.search.shrink import first_lies
from synth.search.witness import Witness

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
    """The goal holds there and the environment grants nothing, yet it is no lie."""
    spec = small_spec(ENV).model_copy(update={"max_steps": 100})
    with Player(spec) as player, Witness(BOX_GONE, parse(BOX_GONE).stages) as witness:
        seed = next(s for s in range(50) if _box_is_not_red(player, witness, s))
        shown = player.shown(seed)
        rolled = player.play(seed, (*shown[:-1], TOGGLE))
        assert witness.holds(rolled.frames, rolled.frames[0])[-1, -1]
        assert not rolled.success[-1]
        assert not first_lies(player, witness, rolled, lambda _spot: True)


def _box_is_not_red(player, witness, seed):
    """Whether the program sees this seed's box, which it takes for the agent where it is red."""
    rolled = player.play(seed, player.shown(seed))
    return bool(witness.holds(rolled.frames, rolled.frames[0])[-1, -1])


@pytest.mark.slow
def test_a_search_finds_no_false_claim_against_a_box_that_is_gone():
    """Not with the hand empty, nor with the key in it, nor after either."""
    spec = small_spec(ENV).model_copy(update={"max_steps": 100})
    stages = parse(BOX_GONE).stages
    seeds = Seeds.of(spec).visible_search
    lies = hunt(spec, BOX_GONE, stages, seeds=seeds, episodes=300).lies
    assert not [lie for lie in lies if lie.kind == "false"]
