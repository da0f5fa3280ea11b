"""Two small environments with their reward programs."""

from __future__ import annotations

import pytest

import synth
from tests.options import errands
from tests.walk import SOURCE


@pytest.fixture(scope="module")
def walk_reward():
    """The walk's: an item, then the far end."""
    with synth.Reward(SOURCE) as program:
        yield program


@pytest.fixture(scope="module")
def errands_reward():
    """The errands', in their order."""
    with synth.Reward(errands.SOURCE) as program:
        yield program
