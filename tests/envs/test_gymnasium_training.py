"""Any environment to train in: the pictures and the success are the simulator's."""

from __future__ import annotations

import numpy as np
import pytest

from synth.envs import Trainable
from synth.envs.gymnasium import FAMILY
from synth.spec import parse_spec

EXPERT = '\n[expert]\npolicy = "m:f"\n'
FROZEN = """\
env = "FrozenLake-v1"
max_steps = 20
[options]
is_slippery = false
{}
[render]
size = 64
[success]
when = "reward > 0"
"""
MAPS = 'desc = "seed -> synth.envs.gymnasium.maps:frozen_lake"\n'


@pytest.mark.parametrize("maps", ["", MAPS])
def test_pictures_and_success_in_training_are_those_of_the_recording(maps) -> None:
    """Resized by the same code, also where each seed has an environment of its own."""
    spec = parse_spec(FROZEN.format(maps) + EXPERT, name="lake")
    assert isinstance(FAMILY, Trainable)
    simulator, env = FAMILY.make(spec), FAMILY.environment(spec)
    picture, granted = FAMILY.picture(spec), FAMILY.granted(spec)
    for seed in (3, 4):
        shown = simulator.reset(seed)
        env.reset(seed=seed)
        for action in (2, 2, 1, 1, 1, 2):
            assert np.array_equal(picture(env), shown.frame)
            assert shown.frame.shape == (64, 64, 3)
            shown = simulator.step(action)
            outcome = env.step(action)
            assert granted(env, outcome) == shown.success
            if shown.done:
                break
    simulator.close()
    env.close()


def test_without_a_seed_each_episode_is_drawn_and_can_be_drawn_again() -> None:
    """A seed given once decides all that follow."""
    spec = parse_spec(FROZEN.format(MAPS) + EXPERT, name="lake")
    env = FAMILY.environment(spec)
    maps = []
    for seed in (7, None, None, 7, None, None):
        env.reset(seed=seed)
        maps.append(env.unwrapped.desc.tobytes())
    assert maps[:3] == maps[3:]
    assert len(set(maps)) == 3
    env.close()
