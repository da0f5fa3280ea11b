"""The first pictures are the environment's own."""

from __future__ import annotations

import numpy as np
import pytest

from synth.errors import EnvironmentFault
from synth.record import record

STEADY = "def act(simulator):\n    while True:\n        yield 1\n"


def drawn_natively(fake, picture):
    """Give the fake an environment that draws the count by itself."""
    # A class of its own: `isinstance` with a protocol remembers its answer for each class.
    fake.__class__ = type("NativeFake", (type(fake),), {"native_frame": picture})


def test_equal_pictures_are_recorded(fake, experts, make_spec):
    """A family that draws what the environment draws passes, and is asked for two episodes."""
    asked = []

    def picture(self):
        asked.append(self.seed)
        return np.full((4, 4, 3), self.at, np.uint8)

    drawn_natively(fake, picture)
    record(make_spec(policy=experts(STEADY)))
    assert {0, 10_000} <= set(asked)


def test_a_thing_drawn_otherwise_is_named_by_seed_frame_and_place(fake, experts, make_spec):
    """What differs in the environment's own picture ends the recording."""

    def picture(self):
        own = np.full((4, 4, 3), self.at, np.uint8)
        if self.at == 2:
            own[1, 2:] = 255
        return own

    drawn_natively(fake, picture)
    told = r"seed 0, frame 2: .*2 pixels otherwise.*rows 1 to 1 and columns 2 to 3"
    with pytest.raises(EnvironmentFault, match=told):
        record(make_spec(policy=experts(STEADY)))


def test_another_size_is_said(fake, experts, make_spec):
    """Two sizes are named, not their pixels."""
    drawn_natively(fake, lambda _self: np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(EnvironmentFault, match=r"\[4, 4, 3\], .*itself \[8, 8, 3\]"):
        record(make_spec(policy=experts(STEADY)))
