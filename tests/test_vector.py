"""Gymnasium's own vector environments, and pictures of several sizes side by side."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from functools import partial

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv
from stable_baselines3.common.vec_env import DummyVecEnv

import synth
from synth.errors import EnvironmentFault
from synth.wrappers import FrameInfo
from tests.walk import CELLS, SOURCE, Walk

STEPS = CELLS - 1
PAID = [0, 0, 0.5, 0, 0, 0, 0.5]
"""Of an episode that walks right."""


@pytest.fixture(scope="module")
def reward() -> Iterator[synth.Reward]:
    """The walk's reward."""
    with synth.Reward(SOURCE) as program:
        yield program


def one() -> gym.Env:
    """A walk whose pictures come along."""
    return FrameInfo(Walk())


def late() -> gym.Env:
    """The same, cut short."""
    return FrameInfo(gym.wrappers.TimeLimit(Walk(), 5))


class Large(Walk):
    """Draws everything three times as large."""

    def render(self) -> np.ndarray:
        """``uint8[12, 96, 3]``."""
        return super().render().repeat(3, axis=0).repeat(3, axis=1)


def right(envs: gym.vector.VectorEnv, steps: int) -> np.ndarray:
    """``float[steps, N]``: what walking right pays."""
    return np.array([envs.step(np.ones(envs.num_envs, np.int64))[1] for _ in range(steps)])


def test_at_the_next_step_a_reset_pays_nothing(reward: synth.Reward) -> None:
    """Gymnasium's default: the step after an end is the reset; each environment has its own."""
    envs = synth.RewardVectorWrapper(SyncVectorEnv([one, late]), reward)
    envs.reset(seed=0)
    paid = right(envs, 2 * (STEPS + 1))
    assert paid[:, 0].tolist() == [*PAID, 0] * 2
    assert paid[:12, 1].tolist() == [*PAID[:5], 0] * 2


def test_at_the_same_step_the_last_picture_counts(reward: synth.Reward) -> None:
    """It comes in the final info; the next episode begins from its own first picture."""
    inner = SyncVectorEnv([one, late], autoreset_mode=AutoresetMode.SAME_STEP)
    envs = synth.RewardVectorWrapper(inner, reward)
    envs.reset(seed=0)
    paid = right(envs, 2 * STEPS)
    assert paid[:, 0].tolist() == PAID * 2
    assert paid[:10, 1].tolist() == PAID[:5] * 2


def test_by_the_caller_only_those_of_the_mask_begin_anew(reward: synth.Reward) -> None:
    """What the others have been paid for stays paid."""
    inner = SyncVectorEnv([one, late], autoreset_mode=AutoresetMode.DISABLED)
    envs = synth.RewardVectorWrapper(inner, reward)
    envs.reset(seed=0)
    assert right(envs, 5)[:, 1].tolist() == PAID[:5]
    envs.reset(options={"reset_mask": np.array([False, True])})
    assert envs.credited.tolist() == [[True, False], [False, False]]
    assert right(envs, 2).tolist() == [[0, 0], [0.5, 0]]


def test_environments_in_processes_of_their_own_are_paid_alike(reward: synth.Reward) -> None:
    """And so is every way to shape; infos hold no pictures."""
    ways = ({}, {"mode": "potential", "gamma": 0.9}, {"goal_from": "environment", "scale": 2.0})
    for way in ways:
        kinds = (SyncVectorEnv, partial(AsyncVectorEnv, context="fork"))
        told = []
        for kind in kinds:
            envs = synth.RewardVectorWrapper(kind([one, one]), reward, **way)
            envs.reset(seed=0)
            told.append(right(envs, STEPS + 3))
            infos = envs.step(np.ones(2, np.int64))[4]
            assert "synth_frame" not in infos
            envs.close()
        assert np.array_equal(*told)
    single = synth.RewardWrapper(Walk(), reward, mode="potential", gamma=0.9)
    single.reset(seed=0)
    envs = synth.RewardVectorWrapper(SyncVectorEnv([one]), reward, mode="potential", gamma=0.9)
    envs.reset(seed=0)
    alone = [float(single.step(np.int64(1))[1]) for _ in range(STEPS)]
    assert right(envs, STEPS)[:, 0].tolist() == pytest.approx(alone)


def test_infos_say_what_was_credited(reward: synth.Reward) -> None:
    """As for a single environment; a step that was a reset says nothing."""
    envs = synth.RewardVectorWrapper(SyncVectorEnv([one, one]), reward)
    envs.reset(seed=0)
    infos = [envs.step(np.ones(2, np.int64))[4] for _ in range(STEPS + 1)]
    assert infos[2]["synth"][0]["credited"] == ("take_item",)
    assert infos[6]["synth"][1]["complete"]
    assert infos[6]["synth"][1]["env_reward"] == 1.0
    assert infos[7]["synth"].tolist() == [None, None]
    assert infos[7]["_synth"].tolist() == [False, False]


def test_gymnasiums_own_wrappers_stand_above(reward: synth.Reward) -> None:
    """Statistics above count the program's reward."""
    inner = SyncVectorEnv([one])
    envs = gym.wrappers.vector.RecordEpisodeStatistics(synth.RewardVectorWrapper(inner, reward))
    envs.reset(seed=0)
    infos = [envs.step(np.ones(1, np.int64))[4] for _ in range(STEPS)]
    assert infos[-1]["episode"]["r"].tolist() == [1.0]


def test_without_pictures_it_says_what_to_wrap(reward: synth.Reward) -> None:
    """The message names the wrapper."""
    envs = synth.RewardVectorWrapper(SyncVectorEnv([Walk]), reward)
    with pytest.raises(EnvironmentFault, match="FrameInfo"):
        envs.reset(seed=0)


def test_pictures_of_several_sizes_are_judged_side_by_side(reward: synth.Reward) -> None:
    """In one batch for each size: the same is paid for the same."""
    makes = [lambda: FrameInfo(Walk()), lambda: FrameInfo(Large()), lambda: FrameInfo(Walk())]
    venv = synth.RewardVecWrapper(DummyVecEnv(makes), reward)
    venv.reset()
    paid = [venv.step(np.ones(3, int))[1].tolist() for _ in range(STEPS)]
    assert paid == [[pay] * 3 for pay in PAID]


def test_a_picture_that_grows_within_an_episode_is_refused(reward: synth.Reward) -> None:
    """It is nobody's size."""

    class Growing(Large):
        def render(self) -> np.ndarray:
            return super().render() if self._at else Walk.render(self)

    venv = synth.RewardVecWrapper(DummyVecEnv([lambda: FrameInfo(Growing())]), reward)
    venv.reset()
    with pytest.raises(EnvironmentFault, match="one size"):
        venv.step(np.ones(1, int))


def test_a_wrapped_environment_can_be_pickled(reward: synth.Reward) -> None:
    """The copy has a worker of its own and goes on where the original was."""
    env = synth.RewardWrapper(Walk(), reward)
    env.reset(seed=0)
    for _ in range(2):
        env.step(np.int64(1))
    copy = pickle.loads(pickle.dumps(env))
    assert float(copy.step(np.int64(1))[1]) == 0.5
    assert float(env.step(np.int64(1))[1]) == 0.5
    copy.reward_program.close()
