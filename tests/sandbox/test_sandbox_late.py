"""A program that is merely slow is told so, and one that does not end is told that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from synth.errors import ProgramFault
from synth.sandbox.lateness import _lateness

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.sandbox import Sandbox

    Make = Callable[..., Sandbox]

ENDLESS = "def goal(frame, initial):\n    while {when}:\n        pass\n    return True\n"
SLOW = "def goal(frame, initial):\n    for _ in range(400000):\n        pass\n    return True\n"


def said(box: Sandbox, count: int) -> str:
    """What is said of a program over so many pictures; each but the first has a bright corner."""
    frames = np.zeros((count, 4, 4, 3), np.uint8)
    frames[1:, 0, 0] = 255
    pairs = np.stack([np.arange(count), np.zeros(count, np.int64)], axis=1)
    with pytest.raises(ProgramFault) as caught:
        box.verdicts(frames, pairs)
    return str(caught.value)


def test_a_slow_program_is_told_how_long_a_picture_takes(sandbox: Make) -> None:
    """The same pictures alone are answered, each slowly: that is no endless loop."""
    told = said(sandbox(SLOW, deadline=1.0), 300)
    assert "deadline of 1 s" in told
    assert "Of the 300 pictures" in told
    assert "ms each, which is too slow for so many" in told


def test_a_program_that_never_answers_is_told_to_look_for_a_loop(sandbox: Make) -> None:
    """Not even one picture alone is answered."""
    told = said(sandbox(ENDLESS.format(when="True"), deadline=0.5), 20)
    assert "the first, alone, was not answered" in told
    assert "a loop that does not end" in told


def test_a_program_that_hangs_on_some_pictures_is_told_so(sandbox: Make) -> None:
    """The first is answered at once, and the next never."""
    told = said(sandbox(ENDLESS.format(when="frame[0, 0, 0]"), deadline=2.0), 20)
    assert "and the next was not answered" in told
    assert "on some pictures" in told


def test_a_single_picture_and_the_top_level_are_told_as_what_they_are(sandbox: Make) -> None:
    """Nothing is tried again where there is nothing to compare."""
    box = sandbox(ENDLESS.format(when="True"), deadline=0.3)
    with pytest.raises(ProgramFault, match="a single picture: look for a loop"):
        box.check(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8))
    assert "a single picture" in said(box, 1)
    with pytest.raises(ProgramFault, match="still being loaded"):
        sandbox(
            "while True:\n    pass\n\n\ndef goal(frame, initial):\n    return True\n", deadline=0.3
        )


def test_a_program_that_was_late_can_be_asked_again(sandbox: Make) -> None:
    """The trial leaves no worker behind, and the next call has a fresh one."""
    box = sandbox(ENDLESS.format(when="frame[0, 0, 0]"), deadline=0.5)
    said(box, 3)
    assert box.pid is None
    assert box.check(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)).tolist() == [
        True
    ]


@pytest.mark.parametrize(
    ("answered", "spent", "waited", "told"),
    [
        (0, 0.0, 4.0, "the first, alone"),
        (10, 4.0, 0.0, "too slow for so many"),
        (8, 3.6, 0.4, "too slow for so many"),  # cut off: it had no more time than the others took
        (8, 0.8, 3.2, "the next was not answered"),
        (200, 0.2, 0.0, "another of them takes far longer"),
    ],
)
def test_why_it_was_late_is_told_by_what_single_pictures_took(
    answered: int, spent: float, waited: float, told: str
) -> None:
    """Of 1,000 pictures in 30 s."""
    assert told in _lateness(1000, 30.0, answered=answered, spent=spent, waited=waited)
