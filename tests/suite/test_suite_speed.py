"""Measuring speed."""

from __future__ import annotations

import pytest
from keydoor import REWARD

from synth.errors import ProgramSyntaxError
from synth.suite import measure_speed


def test_speed_is_measured_for_one_frame_and_for_many(task):
    """Both times are positive, and a batch costs less for each frame than frames on their own."""
    speed = measure_speed(REWARD, task.store.frames[:50], task.store.frames[0])
    assert speed.single_us > 0
    assert speed.batched_us > 0


def test_speed_of_nonsense_is_an_error(task):
    """A program that does not parse has no speed."""
    with pytest.raises(ProgramSyntaxError):
        measure_speed("nonsense", task.store.frames[:2], task.store.frames[0])
