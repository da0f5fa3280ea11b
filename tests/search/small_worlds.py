"""Small grids with a right program for each, and ways to be wrong that its suite lets pass."""

from __future__ import annotations

from dataclasses import dataclass

from synth.plan import Plan, SubTask
from synth.spec import Spec, parse_spec

EMPTY_ENV, DOORKEY_ENV = "MiniGrid-Empty-5x5-v0", "MiniGrid-DoorKey-5x5-v0"

HEAD = """\
import numpy as np

T = 8
LEFT = 2
RIGHT = 0
DOWN = 1
UP = 3


def red_of(frame):
    red = (frame[..., 0] > 200) & (frame[..., 1] < 60) & (frame[..., 2] < 60)
    height, width = red.shape[0] // T, red.shape[1] // T
    return red[: height * T, : width * T].reshape(height, T, width, T)


def agent(frame):
    # row, column and direction of the red triangle, which is broad at its back
    red = red_of(frame)
    tiles = red.sum(axis=(1, 3))
    if tiles.size == 0 or tiles.max() == 0:
        return (0, 0, 0)
    row, column = divmod(int(tiles.argmax()), tiles.shape[1])
    tile = red[row, :, column]
    half = T // 2
    sides = (
        int(tile[:, :half].sum()),
        int(tile[:half].sum()),
        int(tile[:, half:].sum()),
        int(tile[half:].sum()),
    )
    return (row, column, sides.index(max(sides)))


def yellow_tiles(frame):
    yellow = (frame[..., 0] > 150) & (frame[..., 1] > 150) & (frame[..., 2] < 60)
    height, width = yellow.shape[0] // T, yellow.shape[1] // T
    return yellow[: height * T, : width * T].reshape(height, T, width, T)


def key_seen(frame):
    # yellow in a tile without a bar from top to bottom, which doors alone have
    tiles = yellow_tiles(frame)
    bars = tiles.all(axis=1)
    return bool(((tiles.sum(axis=(1, 3)) > 0) & ~bars.any(axis=2)).any())


def door_seen_open(frame):
    # an open door has a bar on one side only, a shut one on both
    bars = yellow_tiles(frame).all(axis=1)
    half = T // 2
    return bool((bars[:, :, :half].any(axis=2) ^ bars[:, :, half:].any(axis=2)).any())


"""

EMPTY = (
    HEAD
    + """\
def reach_goal(frame, initial):
    row, column, facing = agent(frame)
    return (row, column) == (3, 3)


SUBTASKS = [reach_goal]
"""
)

DOORKEY = (
    HEAD
    + """\
def take_key(frame, initial):
    return key_seen(initial) and not key_seen(frame)


def open_door(frame, initial):
    return door_seen_open(frame) and not door_seen_open(initial)


def reach_goal(frame, initial):
    row, column, facing = agent(frame)
    return (row, column) == (3, 3)


SUBTASKS = [take_key, open_door, reach_goal]
"""
)

RIGHT = "return (row, column) == (3, 3)"

FALSE, MISSED, SKIPPED = "false_positive", "false_negative", "skipped_subtask"


@dataclass(frozen=True)
class Wrong:
    """A wrong program.

    Attributes:
        name: What is wrong with it.
        env: In which environment.
        kind: Which kind of counterexample must catch it.
        source: The program.
    """

    name: str
    env: str
    kind: str
    source: str


def small_spec(env: str, *, episodes: int = 4, search: int = 60) -> Spec:
    """A spec of one of the two grids."""
    max_steps = 60 if env == DOORKEY_ENV else 30
    return parse_spec(
        f'env = "{env}"\nmax_steps = {max_steps}\n[render]\ntile_size = 8\n'
        f'[expert]\npolicy = "synth.envs.minigrid:planner"\nepisodes = {episodes}\n'
        f"[random]\nepisodes = {episodes}\n[held_out]\nepisodes = {episodes}\n"
        f"[search]\nepisodes = {search}\n",
        name="small",
    )


def plan_of(*names: str) -> Plan:
    """A plan of these sub-tasks, one after the other."""
    stages = tuple((SubTask(name=n, description=n, visible=n),) for n in names)
    return Plan(task="a small task", stages=stages)


def _empty(name: str, kind: str, goal: str) -> Wrong:
    return Wrong(name, EMPTY_ENV, kind, EMPTY.replace(RIGHT, f"return {goal}"))


def _doorkey(name: str, kind: str, goal: str) -> Wrong:
    return Wrong(name, DOORKEY_ENV, kind, DOORKEY.replace(RIGHT, f"return {goal}"))


def _staged(wrong: str, env: str, base: str, stage: str, test: str) -> Wrong:
    """A plan with one more sub-task before the goal, which a success can do without."""
    goal = "def reach_goal"
    more = f"def {stage}(frame, initial):\n    row, column, facing = agent(frame)\n"
    source = base.replace(goal, f"{more}    return {test}\n\n\n{goal}")
    return Wrong(wrong, env, SKIPPED, source.replace("reach_goal]", f"{stage}, reach_goal]"))


AT_GOAL = "(row, column) == (3, 3)"

WRONG = (
    _empty("beside the goal, facing it from the left", FALSE,
           f"{AT_GOAL} or (row, column, facing) == (3, 2, RIGHT)"),
    _doorkey("in the other room, looking left", FALSE,
             f"{AT_GOAL} or (column, facing) == (3, LEFT)"),
    _doorkey("behind the door, shut again", FALSE,
             f"{AT_GOAL} or column == 3 and not door_seen_open(frame)"),
    _empty("on the goal, coming from above only", MISSED, f"{AT_GOAL} and facing == DOWN"),
    _staged("the right column is asked for before the goal", EMPTY_ENV, EMPTY,
            "walk_along", "column == 3 and row < 3"),
    _doorkey("on the goal, but only while the door is open", MISSED,
             f"{AT_GOAL} and door_seen_open(frame)"),
    _doorkey("on the goal, but only while no key lies about", MISSED,
             f"{AT_GOAL} and not key_seen(frame)"),
    _doorkey("in the doorway, looking back", FALSE,
             f"{AT_GOAL} or (column, facing) == (2, LEFT)"),
    _doorkey("in the other room, looking up", FALSE, f"{AT_GOAL} or (column, facing) == (3, UP)"),
    _staged("the key must be carried through the door", DOORKEY_ENV, DOORKEY,
            "carry_through", "column >= 2 and not key_seen(frame)"),
)  # fmt: skip
