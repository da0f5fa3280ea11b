"""Tasks whose success no picture shows are refused before anything is kept."""

from __future__ import annotations

import pytest

from synth.errors import SpecError
from synth.record import record
from synth.spec import validate_spec


def grid(env):
    """A few episodes of a grid."""
    return validate_spec(
        {
            "env": env,
            "max_steps": 60,
            "mission": {"from": "env.mission"},
            "render": {"tile_size": 8},
            "expert": {"policy": "synth.envs.minigrid:planner", "episodes": 3},
            "random": {"episodes": 1, "max_steps": 10},
            "held_out": {"episodes": 1},
        },
        name="said",
    )


def test_a_success_that_is_only_said_is_refused():
    """Beside the door the agent says *done*: the picture before it and after it are the same."""
    with pytest.raises(SpecError, match="cannot be seen in a picture: 4 of 4 pictures of success"):
        record(grid("MiniGrid-GoToDoor-5x5-v0"))


def test_a_success_that_shows_is_recorded():
    """A thing that is taken away is seen to be gone."""
    assert record(grid("MiniGrid-Fetch-5x5-N2-v0")).episodes
