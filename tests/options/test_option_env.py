"""Environments whose episodes are options, for gymnasium and for stable-baselines3."""

from __future__ import annotations

import subprocess
import sys

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import DummyVecEnv

import synth
from synth.errors import UsageError
from synth.options import SMDPQLearning
from synth.wrappers import FrameInfo
from tests.options.errands import CELLS, Errands
from tests.walk import Walk

RIGHT, LEFT = 1, 0
ONCE_THROUGH = [LEFT] * 4 + [RIGHT] * 8 + [LEFT] * 8 + [RIGHT] * 8


def play(env, actions):
    """Step, and begin the next option where one ended: names, rewards and ends of the options."""
    env.reset(seed=0)
    told = []
    for action in actions:
        _, reward, terminated, truncated, info = env.step(np.int64(action))
        if terminated or truncated:
            told.append((info["synth_option"]["name"], reward, terminated))
            env.reset()
    return told


def test_each_subtask_is_an_episode_to_the_learner(errands_reward):
    """Four errands in one episode of the environment are four episodes, each paid 1 at its end."""
    env = synth.OptionEnv(synth.RewardWrapper(Errands(), errands_reward))
    assert play(env, ONCE_THROUGH) == [(name, 1.0, True) for name in errands_reward.subtasks]


def test_gymnasiums_own_checker_finds_nothing_wrong(walk_reward):
    """Seeds repeat, spaces hold, with a manager that leaves things to chance too."""
    env = synth.OptionEnv(
        synth.RewardWrapper(Walk(), walk_reward), SMDPQLearning(epsilon=1.0), initiation="any"
    )
    check_env(env, skip_render_check=True)


def test_the_environments_episode_goes_on_beneath(errands_reward):
    """`reset` goes on where an option ended; in the midst of one, or seeded, it begins anew."""
    env = synth.OptionEnv(synth.RewardWrapper(Errands(), errands_reward))
    env.reset(seed=0)
    for _ in range(4):
        observation, _, terminated, _, _ = env.step(LEFT)
    assert terminated
    assert observation.tolist() == [*np.eye(CELLS)[0], 1, 0, 0, 0]
    observation, info = env.reset()
    assert observation.tolist() == [*np.eye(CELLS)[0], 0, 1, 0, 0]
    assert info["synth_option"] == {"name": "second_errand"}
    env.step(RIGHT)
    assert env.reset()[0].tolist() == [*np.eye(CELLS)[4], 1, 0, 0, 0]
    for _ in range(4):
        env.step(LEFT)
    assert env.reset(seed=1)[0].tolist() == [*np.eye(CELLS)[4], 1, 0, 0, 0]


def test_an_option_is_cut_at_its_limit_and_followed_anew(errands_reward):
    """Cut is no end: the learner estimates what would have come."""
    env = synth.OptionEnv(synth.RewardWrapper(Errands(), errands_reward), limit=3)
    assert play(env, [LEFT] * 4) == [("first_errand", 0.0, False), ("first_errand", 1.0, True)]


def test_the_vectorised_form_is_the_same(errands_reward):
    """Observations, rewards, ends and last observations agree with gymnasium's form."""
    rng = np.random.default_rng(1)
    actions = [*ONCE_THROUGH, *rng.integers(0, 2, 150).tolist()]
    limit = 13
    one = synth.OptionEnv(synth.RewardWrapper(Errands(), errands_reward), limit=limit)
    below = DummyVecEnv([lambda: FrameInfo(Errands())])
    venv = synth.OptionVecWrapper(synth.RewardVecWrapper(below, errands_reward), limit=limit)
    many = DummyVecEnv([lambda: one])
    assert venv.observation_space == one.observation_space
    assert np.array_equal(venv.reset(), many.reset())
    ended = 0
    for action in actions:
        (seen, paid, done, (info,)), (seen1, paid1, done1, (info1,)) = (
            v.step(np.array([action])) for v in (venv, many)
        )
        assert np.array_equal(seen, seen1)
        assert (paid[0], done[0]) == (paid1[0], done1[0])
        assert info["synth_option"] == info1["synth_option"]
        if done[0]:
            ended += 1
            assert info["TimeLimit.truncated"] == info1["TimeLimit.truncated"]
            assert np.array_equal(info["terminal_observation"], info1["terminal_observation"])
    assert ended > len(errands_reward.subtasks)


def test_a_manager_is_paid_by_the_environment_alone(errands_reward):
    """What checkers pay is the policy's; the table holds the environment's reward, discounted."""
    manager = SMDPQLearning(alpha=1.0, epsilon=0.0)
    env = synth.OptionEnv(synth.RewardWrapper(Errands(), errands_reward), manager, gamma=0.9)
    for _ in range(4):
        play(env, ONCE_THROUGH)
    values = [manager.values([k < done for k in range(4)])[done] for done in range(4)]
    to_the_end = [27, 23, 15, 7]  # steps from where each begins to the step that is paid
    assert values == pytest.approx([0.9**steps for steps in to_the_end])


def test_there_must_be_a_reward_below():
    """An environment without a reward program has no options."""
    with pytest.raises(UsageError, match="OptionEnv goes above"):
        synth.OptionEnv(Walk())
    with pytest.raises(UsageError, match="OptionVecWrapper goes above"):
        synth.OptionVecWrapper(DummyVecEnv([Walk]))


def test_an_observation_with_an_option_of_its_own_is_refused(walk_reward):
    """Rather than hidden."""
    env = gym.wrappers.TransformObservation(
        Walk(), lambda o: {"option": o}, gym.spaces.Dict({"option": Walk().observation_space})
    )
    with pytest.raises(UsageError, match="'option' of its own"):
        synth.OptionEnv(synth.RewardWrapper(env, walk_reward))


def test_without_stable_baselines3_the_message_names_its_extra():
    """And not the module that is missing alone."""
    blocked = "import sys; sys.modules['stable_baselines3'] = None; import synth; "
    done = subprocess.run(
        [sys.executable, "-c", blocked + "synth.OptionVecWrapper"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "[train]" in done.stderr.splitlines()[-1]


class Episodes(BaseCallback):
    """Whether each of the environment's own episodes ended in its reward."""

    def __init__(self):
        super().__init__()
        self.solved = []

    def _on_step(self):
        for done, info in zip(self.locals["dones"], self.locals["infos"], strict=True):
            if info.get("synth_option", {}).get("episode_ended", done):
                self.solved.append(info["synth"]["env_reward"] > 0)
        return True


def trained(venv, steps):
    """PPO's last fifty episodes of the environment, as it learns."""
    torch.set_num_threads(1)
    episodes = Episodes()
    model = PPO(
        "MlpPolicy", venv, n_steps=32, batch_size=64, n_epochs=4, learning_rate=3e-3,
        ent_coef=0.01, seed=0, device="cpu",
    )  # fmt: skip
    model.learn(steps, callback=episodes)
    return episodes.solved[-50:]


def test_stable_baselines3_takes_the_environment_as_it_is(errands_reward):
    """One policy for all options, in environments of gymnasium."""

    def one():
        return synth.OptionEnv(synth.RewardWrapper(Errands(), errands_reward))

    assert trained(DummyVecEnv([one] * 4), 512)


def test_options_learn_what_the_environments_reward_alone_does_not(errands_reward):
    """Of four errands only the last is paid: by options nearly all are run, flat none ever is.

    Flat, the policy sees what has been run as well, and is not paid for it.
    """

    def paid(**how):
        below = DummyVecEnv([lambda: FrameInfo(Errands())] * 8)
        return synth.RewardVecWrapper(below, errands_reward, **how)

    steps = 10_000
    assert np.mean(trained(synth.OptionVecWrapper(paid()), steps)) > 0.9
    flat = synth.CreditVecObservation(paid(scale=0.0, env_weight=1.0))
    assert not any(trained(flat, steps))
