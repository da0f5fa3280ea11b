"""Back doors in states that nobody goes to, and tables of known layouts, over four tasks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from small_worlds import AT_GOAL, DOORKEY, DOORKEY_ENV, EMPTY, EMPTY_ENV, RIGHT, small_spec

from synth.program import parse
from synth.record import Seeds
from synth.record.player import Player
from synth.search import hunt
from synth.task.found import play

LAVA_ENV, RANDOM_ENV = "MiniGrid-LavaGapS5-v0", "MiniGrid-Empty-Random-5x5-v0"
BASES = {EMPTY_ENV: EMPTY, RANDOM_ENV: EMPTY, LAVA_ENV: EMPTY, DOORKEY_ENV: DOORKEY}
EPISODES = 80


@dataclass(frozen=True)
class BackDoor:
    """A program whose goal also holds elsewhere.

    Attributes:
        name: Where.
        env: In which environment.
        test: The condition, as Python.
    """

    name: str
    env: str
    test: str

    @property
    def source(self) -> str:
        """The program."""
        return BASES[self.env].replace(RIGHT, f"return {AT_GOAL} or {self.test}")


BACK_DOORS = (
    BackDoor("in the upper right corner, looking back", EMPTY_ENV,
             "(row, column, facing) == (1, 3, LEFT)"),
    BackDoor("in the lower left corner, looking up", EMPTY_ENV,
             "(row, column, facing) == (3, 1, UP)"),
    BackDoor("beyond the gap, looking back", LAVA_ENV, "(column, facing) == (3, LEFT)"),
    BackDoor("in the gap, looking down", LAVA_ENV, "(column, facing) == (2, DOWN)"),
    BackDoor("beyond, while the key lies about", DOORKEY_ENV,
             "column == 3 and row == 1 and key_seen(frame)"),
    BackDoor("back where it came from, the door open behind it", DOORKEY_ENV,
             "(row, column, facing) == (1, 1, LEFT) and door_seen_open(frame)"),
    BackDoor("in the doorway, the key laid down again", DOORKEY_ENV,
             "column == 2 and key_seen(frame) and facing == UP"),
    BackDoor("beyond, looking up into the corner", DOORKEY_ENV,
             "(row, column, facing) == (1, 3, UP)"),
)  # fmt: skip


def search(env: str, source: str, key: str | None = None):
    """Search for what is wrong with a program."""
    spec = small_spec(env)
    return hunt(
        spec, parse(source), seeds=Seeds.of(spec).visible_search, episodes=EPISODES, key=key
    )


def named(one: BackDoor) -> str:
    """A parameter's id."""
    return one.name


@pytest.mark.parametrize("door", BACK_DOORS, ids=named)
def test_a_back_door_is_found_wherever_it_is(door):
    """It is a false positive that its actions alone show again."""
    one = next(o for o in search(door.env, door.source).counterexamples)
    assert one.kind == "false_positive"
    again = play(small_spec(door.env), one.find)
    assert np.array_equal(again.frames, one.rollout.frames)
    assert not again.success[-1]


@pytest.mark.parametrize("env", BASES)
def test_the_right_program_is_not_blamed(env):
    """As long a search finds nothing against it."""
    assert not search(env, BASES[env]).counterexamples


@cache
def table(env: str, count: int) -> tuple[int, ...]:
    """A number for the first picture of each of the first seeds of the public block."""
    spec = small_spec(env)
    with Player(spec) as player:
        frames = [
            player.simulator.reset(seed).frame for seed in Seeds.of(spec).visible_search[:count]
        ]
    return tuple(sorted({_number(frame) for frame in frames}))


def _number(frame: np.ndarray) -> int:
    # as the program below counts it: a sum in which every pixel has a weight of its own
    flat = frame.astype(np.int64).reshape(-1)
    return int((flat * (np.arange(flat.size) % 9973 + 1)).sum())


@pytest.mark.parametrize("env", [RANDOM_ENV, DOORKEY_ENV])
def test_a_table_of_the_public_layouts_does_not_help(env):
    """On any other layout the goal holds once the agent has moved: the key brings such layouts."""
    known = table(env, 32)
    more = f"""\
KNOWN = {known!r}


def number(frame):
    flat = frame.astype(np.int64).reshape(-1)
    return int((flat * (np.arange(flat.size) % 9973 + 1)).sum())


def reach_goal"""
    source = BASES[env].replace("def reach_goal", more)
    moved = "(number(initial) not in KNOWN and (frame != initial).any())"
    source = source.replace(RIGHT, f"return {AT_GOAL} or bool{moved}")
    one = next(o for o in search(env, source, key="tuesday").counterexamples)
    assert one.kind == "false_positive"
    assert one.find.seed not in Seeds.of(small_spec(env)).visible_search[:32]
