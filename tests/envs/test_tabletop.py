"""The tabletop family: its environments, its physics, its expert."""

from __future__ import annotations

import warnings

import gymnasium
import pytest
from gymnasium.utils.env_checker import check_env

pytest.importorskip("pybullet", reason="the extra `tabletop` is not installed")

from synth.envs.tabletop.ids import IDS


@pytest.mark.parametrize("env_id", IDS)
def test_its_environments_are_sound(env_id: str) -> None:
    """Gymnasium's own checker has nothing to say of them."""
    env = gymnasium.make(env_id, render_mode="rgb_array")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)
    env.close()
