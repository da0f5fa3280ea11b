"""A small task with a simulator: walk to the green square of a 5x5 room."""

from __future__ import annotations

from synth.plan import Plan, SubTask

SPEC = """\
env = "MiniGrid-Empty-Random-5x5-v0"
goal = "reach the green square"
max_steps = 20

[render]
tile_size = 8
highlight = false

[expert]
policy = "synth.envs.minigrid:planner"
episodes = 4

[random]
episodes = 4

[held_out]
episodes = 4
"""

PLAN = Plan(
    task="walk to the green square",
    stages=(
        (
            SubTask(
                name="reach_goal",
                description="the agent stands on the green square",
                visible="part of the green is covered",
            ),
        ),
    ),
)

PROGRAM = """\
from synth import vision

GREEN = (0, 255, 0)


def perceive(frame):
    return vision.count_colour(frame, GREEN)


def reach_goal(now, initial):
    if initial > 100000:
        return False
    return 0 < now < initial


SUBTASKS = [reach_goal]
"""
