"""What a thing looks like, and where else that is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lamps import lamps

from synth.suite.looks import came_from_elsewhere

KEY = np.array([[1, 1, 1, 0], [1, 0, 1, 1], [1, 1, 1, 0], [0, 0, 0, 1]], np.uint8) * 200
HERE, THERE = (8, 8, 12, 12), (2, 3, 6, 7)


def pictures(*laid):
    """A store of one episode: in each picture what lies in which box."""
    task = lamps("g", ("", " ".join("-" for _ in laid)))
    frames = np.zeros((len(laid), 16, 16, 3), np.uint8)
    for frame, things in zip(frames, laid, strict=True):
        for (top, left, bottom, right), look in things.items():
            frame[top:bottom, left:right, 0] = look
    (episode,) = task.store.episodes
    index = np.arange(len(laid), dtype=np.int32)
    return replace(task.store, frames=frames), replace(episode, frame_index=index)


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ({THERE: KEY}, {HERE: KEY}, True),
        ({THERE: KEY}, {THERE: KEY, HERE: KEY}, True),
        ({HERE: KEY}, {HERE: KEY}, False),
        ({THERE: KEY}, {HERE: KEY.T}, False),
        ({THERE: 200}, {HERE: 200}, False),
    ],
    ids=["another lies here", "its like lies here", "it lies here", "a new look", "plain"],
)
def test_what_lay_elsewhere_at_first_is_another_thing(first, then, told):
    """It is told by its look, where that is more than a plain patch."""
    store, episode = pictures(first, then)
    assert came_from_elsewhere(store, episode, HERE, 1) is told
