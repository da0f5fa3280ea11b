"""The words of any environment: read once, where the spec says."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest

from synth.envs import family_of
from synth.errors import EnvironmentFault, SpecError
from synth.spec import parse_spec


class Told(gym.Env):
    """Tells its words in every way, and others after each step."""

    action_space = gym.spaces.Discrete(2)
    observation_space = gym.spaces.Dict({"task": gym.spaces.Text(40)})
    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012 - as gymnasium wants it

    def __init__(self, render_mode=None):
        self.render_mode, self.mission = render_mode, "left"

    def reset(self, *, seed=None, options=None):
        """Words by the seed."""
        super().reset(seed=seed)
        self.mission = ("left", "right")[(seed or 0) % 2]
        return {"task": f"go {self.mission}"}, {"order": f"turn {self.mission}", "n": 3}

    def step(self, action):
        """Anything; the words of the observation are those of the next moment."""
        return {"task": "well done"}, 0.0, False, False, {}

    def render(self):
        """Black."""
        return np.zeros((4, 4, 3), np.uint8)


gym.register("Told-v0", Told)


def spoken(env, observation, info):
    """All at once."""
    return f"{env.mission}, {observation['task']}, {info['order']}"


def simulator_of(source):
    """The simulator of a spec that reads its words there."""
    spec = parse_spec(
        f'env = "Told-v0"\n[success]\nwhen = "reward > 0"\n[mission]\nfrom = "{source}"\n'
        '[expert]\npolicy = "a:b"\n',
        name="told",
    )
    return family_of(spec).make(spec)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("env.mission", "right"),
        ("observation.task", "go right"),
        ("info.order", "turn right"),
        (f"{__name__}:spoken", "right, go right, turn right"),
    ],
)
def test_words_are_read_where_the_spec_says(source, words):
    """From attribute, observation, info or function, after the reset alone."""
    simulator = simulator_of(source)
    simulator.reset(1)
    simulator.step(0)
    assert simulator.mission() == words
    simulator.close()


@pytest.mark.parametrize(
    ("source", "error", "problem"),
    [
        ("observation.words", SpecError, r"mission\.from: the observation .* it has: task"),
        ("info.words", SpecError, "it has: order, n"),
        ("info.n", EnvironmentFault, "is a int, not the text"),
        ("no_such_module:words", SpecError, r"mission\.from: there is no module 'no_such_module'"),
    ],
)
def test_words_that_are_not_there_are_named(source, error, problem):
    """The message says what there is instead."""
    with pytest.raises(error, match=problem):
        simulator_of(source).reset(0)
