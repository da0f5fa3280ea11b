"""A small synthetic task: a red square is taken, then a blue place is visited."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from synth.failure import Failure
from synth.plan import Plan, SubTask
from synth.prompts.requests import (
    Computation,
    Demonstration,
    DescribeRequest,
    FailureReport,
    FasterRequest,
    FunctionCost,
    LabelPicture,
    LabelRequest,
    RefineRequest,
    Request,
    Shot,
    WriteRequest,
)

RED, BLUE, GREY = (255, 0, 0), (0, 0, 255), (100, 100, 100)


def frame(*, red: bool = True, blue: bool = True) -> np.ndarray:
    """``uint8[16, 24, 3]``: a grey ground, perhaps a red square and a blue place on it."""
    picture = np.full((16, 24, 3), GREY, np.uint8)
    if red:
        picture[4:8, 4:8] = RED
    if blue:
        picture[8:12, 16:24] = BLUE
    return picture


PLAN = Plan(
    task="Take the red square, then visit the blue place.",
    stages=(
        (
            SubTask(name="take_red", description="It is taken.", visible="No red is left."),
            SubTask(name="see_blue", description="It is seen.", visible="Some blue is there."),
        ),
        (SubTask(name="visit_blue", description="It is visited.", visible="No blue is left."),),
    ),
)

START = Shot("expert-0000-frame-0000", "episode expert-0000, frame 0 of 9: initial", frame())
TAKEN = Shot("expert-0000-frame-0004", "episode expert-0000, frame 4 of 9", frame(red=False))
GOAL = Shot(
    "expert-0000-frame-0009",
    "episode expert-0000, frame 9 of 9: the goal is reached",
    frame(red=False, blue=False),
)
OTHER = Shot("random-0001-frame-0000", "episode random-0001, frame 0 of 50: initial", frame())
FAULT = Shot(
    "random-0001-frame-0003",
    "episode random-0001, frame 3 of 50: the frame at fault",
    frame(blue=False),
)

DEMONSTRATION = Demonstration("expert-0000", (START, TAKEN, GOAL))

SOURCE = """\
from synth import vision


def take_red(frame, initial):
    return vision.any_colour(initial, (255, 0, 0)) and not vision.any_colour(frame, (255, 0, 0))


def see_blue(frame, initial):
    return vision.any_colour(frame, (0, 0, 255))


def visit_blue(frame, initial):
    return not vision.any_colour(frame, (0, 0, 255))


SUBTASKS = [(take_red, see_blue), visit_blue]
"""

EARLY = FailureReport(
    Failure(
        test="random::goal_only_at_success[random-0001]",
        group="random",
        message="random-0001, frame 3: visit_blue holds, but the environment reports no success.",
        episode="random-0001",
        frame=3,
        subtask="visit_blue",
        expected="False",
        actual="True",
    ),
    (OTHER, FAULT),
    also=4,
    computed=(Computation(FAULT.name, ("visit_blue: blue = 0 -> True", "perceive: -> 12")),),
)
LATE = FailureReport(
    Failure(
        test="expert::credits_every_subtask[expert-0000]",
        group="expert",
        message="expert-0000: take_red is never credited.",
        episode="expert-0000",
        frame=4,
        subtask="take_red",
    ),
    (START, TAKEN),
)
WHOLE = FailureReport(
    Failure(
        test="contract::total",
        group="contract",
        message="On a blank image of 1 x 1 pixels the program raises.\nIndexError, line 5.",
    )
)

DESCRIBE = DescribeRequest(demonstrations=(DEMONSTRATION,), goal="take the red square")
DESCRIBE_AGAIN = DescribeRequest(
    demonstrations=(DEMONSTRATION,), previous=PLAN, reports=(WHOLE,), round=2
)
WRITE = WriteRequest(
    plan=PLAN, demonstrations=(DEMONSTRATION,), target_microseconds=60.0, goal="take it"
)
REFINE = RefineRequest(
    plan=PLAN,
    source=SOURCE,
    reports=(EARLY, WHOLE, LATE),
    notes=("visit_blue compared areas; reverted, since it broke expert::credits_every_subtask.",),
    demonstrations=(DEMONSTRATION,),
    target_microseconds=60.0,
    round=3,
)
REFINE_UNREADABLE = replace(
    REFINE, source="def take_red(frame, initial:\n", reports=(), demonstrations=()
)
FASTER = FasterRequest(
    plan=PLAN,
    source=SOURCE,
    profile=(FunctionCost("take_red", 81.25, 1.0), FunctionCost("see_blue", 40.0, 1.0)),
    microseconds=142.5,
    target_microseconds=60.0,
    notes=("a first try changed verdicts.",),
    example=(START,),
    round=5,
)

LABEL = LabelRequest(
    plan=PLAN,
    pictures=(
        LabelPicture("picture-01", frame(), frame(red=False), ("take_red", "see_blue")),
        LabelPicture("picture-02", frame(), frame(blue=False), ("take_red",)),
    ),
    part="a0",
    problem="no clear answer to: picture-01, take_red.",
    goal="take it",
    round=4,
)

ALL: dict[str, Request] = {
    "describe": DESCRIBE,
    "describe-again": DESCRIBE_AGAIN,
    "write": WRITE,
    "refine": REFINE,
    "refine-unreadable": REFINE_UNREADABLE,
    "faster": FASTER,
    "label": LABEL,
}
