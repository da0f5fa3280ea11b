"""What has been put down elsewhere is not held, where it is needed again."""

from __future__ import annotations

import numpy as np
import pytest
from lamps import plan_of, program_of, task_of

from synth.episode import Episode, SceneEvent
from synth.suite import judge

SIDE = 4
LOOK = np.full((SIDE, SIDE, 3), 200, dtype=np.uint8)
LOOK[1:3, 1:3] = 50
GONE = "bool(initial[0, 0, 0] == 200 and frame[0, 0, 0] == 0)"
NOWHERE = "bool(initial[0, 0, 0] == 200 and (frame == 50).sum() == 0)"
GOAL = "bool(frame[-1, -1, 0] == 255)"
ROUTE = "route: the object dropped elsewhere first"


def picture(lies, look=LOOK):
    """``uint8[5, 16, 3]``: the thing at one of four places, or nowhere; ``g`` is success."""
    frame = np.zeros((SIDE + 1, 4 * SIDE, 3), dtype=np.uint8)
    for place in lies.strip("-g"):
        left = SIDE * int(place)
        frame[:SIDE, left : left + SIDE] = look
    frame[-1, -1] = 255 * ("g" in lies)
    return frame


def failures(*written, body=GONE, look=LOOK, changes=True, split="visible"):
    """What the check says of episodes written as where the thing lies, frame by frame."""
    frames, episodes = [], []
    for number, lies in enumerate(written):
        parts = lies.split()
        index = np.arange(len(frames), len(frames) + len(parts), dtype=np.int32)
        frames += [picture(part, look) for part in parts]
        success = np.array(["g" in part for part in parts])
        first = ["0" in part for part in parts]
        found = tuple(
            SceneEvent(t, (0, 0, SIDE, SIDE), leaves=first[t - 1], returns=first[t])
            for t in range(1, len(parts))
            if first[t] != first[t - 1]
        )
        episodes.append(
            Episode(
                id=f"near-miss-{number:04d}",
                kind="near_miss",
                split=split,
                seed=number,
                policy="test",
                frame_index=index,
                actions=tuple(range(len(parts) - 1)),
                rewards=success[1:].astype(np.float64),
                success=success,
                truth={},
                note=ROUTE,
                scene_events=found if changes else None,
            )
        )
    task = task_of("a g", *episodes, frames=frames)
    source = program_of(plan_of("a g"), lamp_a=body, lamp_g=GOAL)
    judgement = judge(source, task, groups=("near_miss",), splits=(split,))
    test = "near_miss::notices_when_it_is_put_down"
    # A check that nothing is put down for is skipped: it does not pass.
    made = {*judgement.passed, *judgement.failed, *(skip.test for skip in judgement.skipped)}
    assert test in made
    return [f for f in judgement.failures if f.test == test]


def test_a_thing_that_lies_elsewhere_and_is_needed_again_is_not_held():
    """The sentence says where it lies, from when on, and when it is taken again."""
    (failure,) = failures("0 0 - 2 2 - -g")
    assert failure.message == (
        "lamp_a holds at frame 3 of near-miss-0000 (route: the object dropped elsewhere first), "
        "although the thing of which it tells (rows 0..3, columns 0..3) lies elsewhere there: it "
        "left its first place at frame 2, where lamp_a began to hold, is seen again at row 0, "
        "column 8 from frame 3 on, and is taken from there at frame 5, on the way to success. "
        "lamp_a looks at the thing's first place alone; let it look for the thing in the whole "
        "image."
    )
    assert (failure.frame, failure.subtask, failure.expected) == (3, "lamp_a", "False")


def test_a_checker_that_looks_everywhere_is_not_blamed():
    """It holds while the thing is nowhere, and only then."""
    assert failures("0 0 - 2 2 - -g", body=NOWHERE) == []


@pytest.mark.parametrize(
    "lies",
    ["0 - 2 2g", "0 - - -g", "0 - 2 - 3 -", "01 - 2 - -g", "0 - 0 - -g", "0 - 2 - 3g"],
)
def test_what_does_not_show_that_it_was_needed_again_says_nothing(lies):
    """It stays where it was put, the episode fails, or its look does not tell it from another."""
    assert failures(lies) == []


def test_what_is_carried_in_sight_is_not_put_down():
    """Its picture in the inventory, at the last place, is there from the frame it is taken on."""
    held = "bool(initial[0, 0, 0] == 200 and (frame[:, :12] == 50).sum() == 0)"
    assert failures("0 3 3 - - -g", body=held) == []
    (failure,) = failures(
        "0 3 2 2 3 -g", body="bool(initial[0, 0, 0] == 200 and frame[0, 0, 0] == 0)"
    )
    assert failure.frame == 2


def test_a_look_of_one_colour_says_nothing():
    """It may be anything."""
    assert failures("0 - 2 - -g", look=np.full((SIDE, SIDE, 3), 200, dtype=np.uint8)) == []


def test_older_recordings_say_nothing():
    """Without the changes nobody knows what a sub-task is about."""
    assert failures("0 - 2 - -g", changes=False) == []


def test_held_out_faults_are_held_out():
    """And each fault is told once for each split."""
    (failure,) = failures("0 - 2 - -g", "0 - 3 - -g", split="held_out")
    assert failure.held_out


def test_a_checker_that_sees_some_places_is_told_which():
    """Where it does see the thing it does not look at the first place alone."""
    some = "bool(initial[0, 0, 0] == 200 and (frame[:, :12] == 50).sum() == 0)"
    (failure,) = failures("0 0 - 3 - -g", "0 - 2 - -g", "0 - 1 1 - -g", body=some)
    assert failure.message.endswith(
        "lamp_a does see the thing at row 0, column 8 at frame 2 of near-miss-0001, and does not "
        "see it here; let it look for the thing in the whole image."
    )
