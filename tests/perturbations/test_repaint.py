"""Pixel changes stay within what the spec says, whatever the picture."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synth.perturbations.brightness import brightened
from synth.perturbations.noise import noisy
from synth.perturbations.shift import shifted

stacks = hnp.arrays(
    np.uint8, st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.just(3))
)


@given(frames=stacks, amount=st.integers(0, 64), seed=st.integers(0, 99))
def test_noise_stays_within_its_bound(frames, amount, seed):
    """No channel is off by more, size and type stay, and the same seed gives the same noise."""
    once, twice = (noisy(frames, amount, np.random.default_rng(seed)) for _ in range(2))
    assert (once.dtype, once.shape) == (np.uint8, frames.shape)
    assert np.abs(once.astype(int) - frames).max() <= amount
    assert np.array_equal(once, twice)


@given(frames=stacks, amount=st.integers(-128, 128))
def test_light_changes_every_channel_alike(frames, amount):
    """Each channel changes by just that, or as far as it can."""
    changed = brightened(frames, amount)
    assert changed.dtype == np.uint8
    assert np.array_equal(changed, np.clip(frames.astype(int) + amount, 0, 255))


@given(frames=stacks, down=st.integers(-16, 16), right=st.integers(-16, 16))
def test_a_shift_keeps_the_size_and_moves_what_stays_in_view(frames, down, right):
    """Each pixel comes from where it was, and beyond the edge the edge goes on."""
    moved = shifted(frames, down, right)
    assert (moved.dtype, moved.shape) == (np.uint8, frames.shape)
    height, width = frames.shape[1:3]
    for row in range(height):
        for column in range(width):
            from_row = min(max(row - down, 0), height - 1)
            from_column = min(max(column - right, 0), width - 1)
            assert np.array_equal(moved[:, row, column], frames[:, from_row, from_column])


def test_noise_is_new_in_every_frame():
    """Two frames that were the same are not any more."""
    frames = np.full((2, 8, 8, 3), 100, np.uint8)
    changed = noisy(frames, 5, np.random.default_rng(0))
    assert not np.array_equal(changed[0], changed[1])
