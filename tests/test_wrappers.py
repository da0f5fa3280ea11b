"""The gymnasium and stable-baselines3 wrappers."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.vec_env import DummyVecEnv

import synth
from synth.errors import EnvironmentFault
from synth.wrappers import FrameInfo
from tests.walk import SOURCE, Walk

RIGHT, LEFT = np.int64(1), np.int64(0)


@pytest.fixture(scope="module")
def reward() -> Iterator[synth.Reward]:
    """The walk's reward."""
    with synth.Reward(SOURCE) as program:
        yield program


def returns(env: gym.Env, actions: int = 7) -> list[float]:
    """Rewards of walking right."""
    env.reset(seed=0)
    return [float(env.step(RIGHT)[1]) for _ in range(actions)]


def test_a_wrapped_environment_passes_gymnasiums_own_check(reward: synth.Reward) -> None:
    """`check_env` finds nothing but that the environment is wrapped."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_env(synth.RewardWrapper(Walk(), reward), skip_render_check=True)
    told = [str(w.message) for w in caught]
    assert all("unwrapped" in text for text in told), told


def test_a_wrapped_minigrid_passes_gymnasiums_own_check(reward: synth.Reward) -> None:
    """The same on a real environment."""
    import minigrid  # noqa: F401, PLC0415 - registers the environments

    env = gym.make("MiniGrid-Empty-5x5-v0", render_mode="rgb_array", tile_size=8)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_env(synth.RewardWrapper(env, reward), skip_render_check=True)
    ours = [str(w.message) for w in caught if "unwrapped" not in str(w.message)]
    assert not [text for text in ours if "reward" in text or "info" in text], ours


def test_credit_pays_each_subtask_once(reward: synth.Reward) -> None:
    """A whole plan is worth `scale`, whatever the environment pays."""
    env = synth.RewardWrapper(Walk(), reward, scale=2.0)
    assert returns(env) == [0, 0, 1.0, 0, 0, 0, 1.0]
    assert returns(env) == [0, 0, 1.0, 0, 0, 0, 1.0]


def test_info_says_what_was_credited(reward: synth.Reward) -> None:
    """Names, completion, skips and the environment's own reward travel in the info."""
    env = synth.RewardWrapper(Walk(), reward)
    env.reset(seed=0)
    infos = [env.step(RIGHT)[4]["synth"] for _ in range(7)]
    assert infos[2]["credited"] == ("take_item",)
    assert infos[2]["share"] == 0.5
    assert infos[-1] == {
        "credited": ("reach_goal",),
        "complete": True,
        "skipped": (),
        "share": 1.0,
        "env_reward": 1.0,
    }


def test_potential_shaping_adds_to_the_environments_reward(reward: synth.Reward) -> None:
    """Without discounting, F sums to minus the first potential over a terminated episode."""
    env = synth.RewardWrapper(Walk(), reward, mode="potential", gamma=1.0)
    assert sum(returns(env)) == pytest.approx(1.0)


def test_progress_can_enter_the_potential(reward: synth.Reward) -> None:
    """With progress, the potential rises before a sub-task is credited."""
    env = synth.RewardWrapper(Walk(), reward, mode="potential", gamma=0.5, use_progress=True)
    env.reset(seed=0)
    assert float(env.step(RIGHT)[1]) == pytest.approx(0.5 * 0.25 - 0.25)


def test_an_environment_without_pictures_says_how_to_get_them(reward: synth.Reward) -> None:
    """The message names the argument."""
    env = synth.RewardWrapper(Walk(render_mode=None), reward)
    with pytest.raises(EnvironmentFault, match="rgb_array"):
        env.reset(seed=0)


def test_stepping_before_reset_is_gymnasiums_own_error(reward: synth.Reward) -> None:
    """As every environment does."""
    with pytest.raises(gym.error.ResetNeeded):
        synth.RewardWrapper(Walk(), reward).step(RIGHT)


def test_the_vectorised_form_pays_the_same_and_sees_the_last_frame(reward: synth.Reward) -> None:
    """Environments that reset themselves lose no goal, and each has its own credit."""
    venv = synth.RewardVecWrapper(DummyVecEnv([lambda: FrameInfo(Walk())] * 2), reward)
    venv.reset()
    paid = np.zeros((14, 2), dtype=np.float32)
    for t in range(14):
        _, paid[t], dones, infos = venv.step(np.array([RIGHT, RIGHT if t > 3 else LEFT]))
        assert dones.tolist() == [t in {6, 13}, t == 10]
        assert all("synth_frame" not in info for info in infos)
    assert np.flatnonzero(paid[:, 0]).tolist() == [2, 6, 9, 13]
    assert np.flatnonzero(paid[:, 1]).tolist() == [6, 10, 13]
    assert set(paid[paid > 0].tolist()) == {0.5}


def test_vectorised_environments_without_frames_say_what_to_wrap(reward: synth.Reward) -> None:
    """The message names the wrapper that is missing."""
    venv = synth.RewardVecWrapper(DummyVecEnv([Walk]), reward)
    with pytest.raises(EnvironmentFault, match="FrameInfo"):
        venv.reset()
