"""No program is blamed for what pixels cannot tell, and each for what they can."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_worlds import small_spec

from synth.program import parse
from synth.record import Seeds
from synth.record.player import Player
from synth.search import hunt
from synth.search.counterexample import Violation
from synth.search.examiner import Examiner, excused
from synth.task.folder import read_task
from synth.verdicts import LiveVerdicts

ENV = "MiniGrid-UnlockPickup-v0"
LEFT, TOGGLE = 0, 5
FOLDER = Path(__file__).parents[2] / "generated" / "unlock-pickup"
COMMITTED = read_task(FOLDER / "task.toml")
RIGHT = (FOLDER / "reward.py").read_text()
ANY_WAY = RIGHT.replace(
    "if not agent_points_at(now, y, x):", "if not agent_beside(now, y, x):"
).replace(
    "def box_picked_up",
    """\
def agent_beside(frame, y, x):
    for dr, dc, _ in FACING:
        top = y + 16 * dr
        left = x + 16 * dc
        if 0 <= top <= frame.shape[0] - 16 and 0 <= left <= frame.shape[1] - 16:
            if tuple(frame[top + 8, left + 8].tolist()) == RED:
                return True
    return False


def box_picked_up""",
)
"""The same, the goal being true beside the box's empty place whichever way the agent faces."""
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


def test_a_program_is_blamed_again_once_the_picture_can_be_told():
    """Who has taken the box faces its place: turned away, only the destroyed one is gone."""
    spec = COMMITTED.spec
    with Player(spec) as player:
        shown = player.shown(5)
        caught = {}
        for name, source in (("right", RIGHT), ("any way", ANY_WAY)):
            with LiveVerdicts(parse(source)) as verdicts:
                examiner = Examiner(player, verdicts, progress=False)
                episode = examiner.examine(5, (*shown[:-1], TOGGLE, LEFT, LEFT))
                assert episode.holds[len(shown), -1]
                caught[name] = examiner.caught(episode, lambda _violation: True)
    assert not caught["right"]
    (one,) = caught["any way"]
    assert one.violation.kind == "false_positive"
    assert one.violation.frame == len(shown) + 1
    assert one.actions == (*shown[:-1], TOGGLE, LEFT)


def test_no_success_behind_such_a_picture_is_said_to_skip():
    """What was credited there may have been credited for a picture of success."""
    with Player(COMMITTED.spec) as player:
        shown = player.shown(5)
        rolled = player.play(5, (*shown[:-1], TOGGLE, LEFT))
        for kind, blamed in (("false_positive", True), ("skipped_subtask", False)):
            at = Violation(kind, "any", len(rolled))
            assert excused(player, rolled, at) is not blamed
        assert not excused(player, rolled, Violation("skipped_subtask", "any", len(shown) - 1))


@pytest.mark.slow
@pytest.mark.parametrize(("source", "kinds"), [(RIGHT, set()), (ANY_WAY, {"false_positive"})])
def test_a_search_goes_on_behind_a_box_that_is_gone(source, kinds):
    """It finds who takes any way of standing beside its place for success, and blames no other."""
    spec = COMMITTED.spec
    found = hunt(spec, parse(source), seeds=Seeds.of(spec).visible_search, episodes=200, key="")
    assert {one.kind for one in found.counterexamples} == kinds
