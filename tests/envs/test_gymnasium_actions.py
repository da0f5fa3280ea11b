"""Actions of every kind of space, as JSON values."""

from __future__ import annotations

import json

import numpy as np
import pytest
from gymnasium import spaces

from synth.envs.gymnasium.actions import MANY, every_action, from_json, nudged, random_action
from synth.errors import EnvironmentFault

SPACES = [
    spaces.Discrete(3, start=5),
    spaces.MultiDiscrete([2, 3], start=[1, 0]),
    spaces.MultiBinary(3),
    spaces.Box(-1, 1, (2, 2), np.float32),
    spaces.Box(0, 255, (2,), np.uint8),
    spaces.Box(np.array([-np.inf, 0, -1]), np.array([np.inf, np.inf, 1]), dtype=np.float64),
    spaces.Tuple([spaces.Discrete(2), spaces.Tuple([spaces.Box(0, 1, (1,)), spaces.Discrete(2)])]),
]


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_a_random_action_survives_a_file_and_is_in_its_space(space):
    """What is drawn is written, read, and is an action of the space."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        drawn = random_action(space, rng)
        assert space.contains(from_json(space, json.loads(json.dumps(drawn))))
        near = nudged(space, drawn, rng, 0.1)
        assert space.contains(from_json(space, json.loads(json.dumps(near))))


def test_few_actions_are_listed_each_once():
    """In order, as the space counts them; endless and many are not listed."""
    assert every_action(SPACES[0]) == (5, 6, 7)
    assert every_action(SPACES[1]) == ([1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2])
    assert len(every_action(SPACES[2])) == 8
    pair = spaces.Tuple([spaces.Discrete(2), spaces.MultiBinary(1)])
    assert every_action(pair) == ([0, [0]], [0, [1]], [1, [0]], [1, [1]])
    assert every_action(SPACES[3]) is None
    assert every_action(SPACES[6]) is None
    assert every_action(spaces.Discrete(MANY + 1)) is None


@pytest.mark.parametrize(
    ("space", "value"),
    [(SPACES[0], 4), (SPACES[0], True), (SPACES[3], [0.0]), (SPACES[6], [0]), (SPACES[6], 1)],
)
def test_what_is_not_in_the_space_is_refused(space, value):
    """By its value, its kind or its shape."""
    with pytest.raises((TypeError, ValueError)):
        from_json(space, value)


def test_a_space_of_another_kind_names_those_that_can_be_recorded():
    """Dict and Text spaces have to be wrapped."""
    with pytest.raises(EnvironmentFault, match="MultiDiscrete"):
        random_action(spaces.Text(3), np.random.default_rng(0))
