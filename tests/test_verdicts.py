"""A program asked about many frames, once: the same answers whatever the batch or the order."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ProgramFault
from synth.program import parse
from synth.sandbox import Cell, Verdicts
from synth.verdicts import AT_ONCE, Footage, LiveVerdicts, ask, patience

SOURCE = """\
def brighter(frame, initial):
    return bool(frame[0, 0, 0] > initial[0, 0, 0])

def done(frame, initial):
    if frame[0, 0, 1] > 200:
        raise ValueError("too green")
    return bool(frame[0, 0, 1] > 100)

SUBTASKS = [brighter, done]
"""
PROGRAM = parse(SOURCE)


def said(frame, initial):
    """What `SOURCE` says, without a sandbox."""
    green = int(frame[0, 0, 1])
    return [
        int(frame[0, 0, 0] > initial[0, 0, 0]),
        int(Cell.RAISED) if green > 200 else int(green > 100),
    ]


class FakeSandbox:
    """Answers as `SOURCE` does, and keeps what it was asked."""

    calls: ClassVar[list[np.ndarray]] = []

    def __init__(self, *_, **__):
        pass

    def verdicts(self, frames, pairs, missions=None):
        """What `SOURCE` says of each pair."""
        type(self).calls.append(frames[pairs])
        return Verdicts(np.array([said(frames[a], frames[b]) for a, b in pairs], np.uint8))

    def close(self):
        """There is no worker."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.fixture
def asked(monkeypatch):
    """Every batch of pairs that reached a program."""
    monkeypatch.setattr("synth.sandbox.sandboxes.Sandbox", FakeSandbox)
    FakeSandbox.calls = []
    return FakeSandbox.calls


def episodes(numbers, size=2):
    """Footage of episodes whose frames are of these colours."""
    stack = np.array([[[[a, b, 0]] * size] * size for e in numbers for a, b in e], np.uint8)
    starts = np.cumsum([0, *map(len, numbers)])
    return [
        Footage(stack, np.arange(at, at + len(e))) for at, e in zip(starts, numbers, strict=False)
    ]


COLOURS = st.tuples(st.integers(0, 3), st.sampled_from([0, 101, 255]))
WRITTEN = st.lists(st.lists(COLOURS, min_size=1, max_size=6), min_size=1, max_size=4)


@given(small=WRITTEN, large=WRITTEN)
@settings(max_examples=60, deadline=None)
def test_each_frame_gets_its_own_verdict_whatever_the_order_and_the_sizes(small, large):
    """Episodes of two sizes, straight or shuffled, are told as each frame alone would be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synth.sandbox.sandboxes.Sandbox", FakeSandbox)
        shown = [*episodes(small), *episodes(large, size=3)]
        for shuffled in (False, True):
            answers = ask(PROGRAM, shown, shuffled=shuffled)
            for n, one in enumerate(shown):
                frames = one.frames[one.index]
                assert answers.of(n).tolist() == [said(frame, frames[0]) for frame in frames]


def test_equal_pairs_are_asked_about_once(asked):
    """A frame that comes again in an episode costs nothing, in `ask` and live."""
    frames = np.zeros((5, 2, 2, 3), np.uint8)
    frames[3] = 7
    answers = ask(PROGRAM, [Footage.of(frames)])
    assert answers.of(0).shape == (5, 2)
    assert sum(map(len, asked)) == 2
    with LiveVerdicts(PROGRAM) as live:
        for _ in range(2):
            assert live.holds(frames, frames[0]).tolist() == answers.holds(0).tolist()
    assert sum(map(len, asked)) == 4


def test_the_same_frame_is_judged_anew_against_another_initial_frame(asked):
    """Frame and initial frame decide together: remembering the frame alone would be wrong."""
    dark, bright = np.zeros((1, 2, 2, 3), np.uint8), np.full((1, 2, 2, 3), 50, np.uint8)
    with LiveVerdicts(PROGRAM) as live:
        assert live.holds(bright, dark[0]).tolist() == [[True, False]]
        assert live.holds(bright, bright[0]).tolist() == [[False, False]]
    assert len(asked) == 2


def test_only_frames_that_are_shown_reach_the_program(asked):
    """A stack may hold frames of other episodes; they stay where they are."""
    stack = np.arange(6, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 3), np.uint8)
    ask(PROGRAM, [Footage(stack, np.array([4, 2, 4]))])
    assert set(np.unique(asked[0])) == {2, 4}


def test_nothing_shown_is_answered_with_nothing(asked):
    """No episodes give no verdicts, and start no worker."""
    answers = ask(PROGRAM, [])
    assert answers.cells.shape == (0, 2)
    assert not asked
    with LiveVerdicts(PROGRAM) as live:
        assert live.holds(
            np.zeros((0, 2, 2, 3), np.uint8), np.zeros((2, 2, 3), np.uint8)
        ).shape == (
            0,
            2,
        )


def test_live_calls_are_small_enough_for_their_deadline(asked):
    """No call of the live verdicts is about more pairs than its worker has time for."""
    frames = np.zeros((2 * AT_ONCE + 1, 1, 1, 3), np.uint8)
    frames[:, 0, 0, 0], frames[:, 0, 0, 2] = np.divmod(np.arange(len(frames)), 256)
    with LiveVerdicts(PROGRAM) as live:
        assert live.cells(frames, frames[0]).shape == (len(frames), 2)
    assert [len(pairs) for pairs in asked] == [AT_ONCE, AT_ONCE, 1]


def test_a_checker_that_raises_is_a_cell_with_its_error():
    """In the true sandbox an exception costs its own cell, and its row is that of its pair."""
    (one,) = episodes([[(0, 0), (1, 255), (2, 101)]])
    for shuffled in (False, True):
        answers = ask(PROGRAM, [one], shuffled=shuffled)
        assert answers.of(0).tolist() == [[0, 0], [1, Cell.RAISED], [1, 1]]
        (error,) = answers.errors
        assert (error.pair, error.exception) == (int(answers.rows[0][1]), "ValueError")


def test_a_program_that_hangs_is_a_fault_of_the_whole(monkeypatch):
    """Time is granted by the number of pairs, and a program that takes more is ended."""
    assert patience(100) > patience(1) > 0
    monkeypatch.setattr("synth.verdicts.BASE", 0.3)
    monkeypatch.setattr("synth.verdicts.PER_PAIR", 0.0)
    hangs = SOURCE.replace("    if frame", "    while True:\n        pass\n    if frame")
    with pytest.raises(ProgramFault):
        ask(parse(hangs), episodes([[(0, 0)]]))
