"""A plan, models that are made on the spot, and a committed task."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_clip import write_tiny_clip

from synth.plan import Plan, SubTask

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def plan():
    """Red first, then blue."""
    return Plan(
        task="Make it red, then blue.",
        stages=(
            (SubTask(name="made_red", description="It was made red.", visible="all is red"),),
            (SubTask(name="made_blue", description="It was made blue.", visible="all is blue"),),
        ),
    )


class ByColour:
    """Embeds a flat picture as its colour, and words as the colours that they name."""

    def __init__(self):
        self.embedded = 0

    def pictures(self, frames):
        """Red, green and blue, and a little of none of them."""
        self.embedded += len(frames)
        return self._unit([[*frame[0, 0], 1] for frame in frames])

    def texts(self, words):
        """Of each colour whether it is named."""
        return self._unit([[*(name in w for name in ("red", "green", "blue")), 0.1] for w in words])

    def _unit(self, rows):
        vectors = np.array(rows, np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def by_colour():
    """An embedder that anybody can reckon with."""
    return ByColour()


@pytest.fixture(scope="session")
def doorkey():
    """The folder of the committed reward."""
    return ROOT / "generated" / "doorkey"


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory):
    """The folder of a CLIP with random weights."""
    pytest.importorskip("transformers", reason="needs the clip extra")
    folder = tmp_path_factory.mktemp("clip")
    write_tiny_clip(folder)
    return folder
