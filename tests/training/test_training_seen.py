"""Credit in the observation: what has been credited is seen, for each kind of space."""

from __future__ import annotations

from functools import partial

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st
from stable_baselines3.common.vec_env import DummyVecEnv, VecMonitor, VecNormalize

import synth
from synth.errors import UsageError
from synth.seen import CREDIT_KEY, CreditSpace
from synth.seen_vec import CreditVecObservation
from synth.training.arm import Arm
from synth.training.truth import TruthInfo, TruthVecWrapper

BOX = gym.spaces.Box(-2.0, 3.0, (4,), np.float32)
PICTURE = gym.spaces.Box(0, 255, (8, 8, 3), np.uint8)
SPACES = (
    BOX,
    gym.spaces.Box(-np.inf, np.inf, (3,), np.float64),
    gym.spaces.Box(0, 9, (5,), np.int64),
    PICTURE,
    gym.spaces.Discrete(6),
    gym.spaces.Discrete(4, start=-2),
    gym.spaces.Dict({"view": PICTURE, "at": BOX}),
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(SPACES), st.lists(st.booleans(), min_size=1, max_size=5), st.integers(0, 99))
def test_what_is_joined_lies_in_the_space_and_tells_both(space, credited, seed):
    """Any observation with any credit is of the new space, and neither part is lost."""
    joined = CreditSpace(space, len(credited))
    space.seed(seed)
    observation = space.sample()
    seen = joined.join(observation, credited)
    assert joined.space.contains(seen)
    credit = seen[CREDIT_KEY] if isinstance(seen, dict) else seen[-len(credited) :]
    assert credit.tolist() == [float(held) for held in credited]
    if isinstance(space, gym.spaces.Discrete):
        assert int(np.argmax(seen[: -len(credited)])) == observation - space.start
    elif isinstance(seen, dict):
        kept = {key: value for key, value in seen.items() if key != CREDIT_KEY}
        told = kept.get("observation", kept)
        assert all(
            np.array_equal(a, b) for a, b in zip(_parts(told), _parts(observation), strict=True)
        )
    else:
        assert np.array_equal(seen[: -len(credited)], observation)


def _parts(observation):
    return list(observation.values()) if isinstance(observation, dict) else [observation]


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(SPACES[:6]), st.integers(0, 99))
def test_a_batch_is_joined_row_by_row(space, seed):
    """Joining many at once is joining each."""
    joined = CreditSpace(space, 2)
    space.seed(seed)
    rows = [space.sample() for _ in range(3)]
    credited = np.array([[0, 0], [1, 0], [1, 1]], np.bool_)
    batch = joined.join(np.stack(rows), credited)
    for k, row in enumerate(rows):
        one = joined.join(row, credited[k])
        for whole, part in zip(_parts(batch), _parts(one), strict=True):
            assert np.array_equal(whole[k], part)


@pytest.mark.parametrize(
    "space", [gym.spaces.MultiBinary(3), gym.spaces.Dict({CREDIT_KEY: BOX}), gym.spaces.Text(4)]
)
def test_what_credit_cannot_be_added_to_is_refused(space):
    """The message says what to do instead."""
    with pytest.raises(UsageError, match=r"flatten them first|rename it"):
        CreditSpace(space, 2)


def test_credit_is_seen_from_the_step_that_credits_and_gone_after_a_reset(doorkey, actions):
    """On an expert's way each sub-task's number turns to 1.0 at its credit, and stays."""
    env = synth.CreditObservation(synth.make(doorkey))
    observation, _ = env.reset(seed=actions[0])
    assert not observation[CREDIT_KEY].any()
    names = env.get_wrapper_attr("reward_program").subtasks
    held: set[str] = set()
    for action in actions[1]:
        observation, *_, info = env.step(action)
        held |= set(info["synth"]["credited"])
        assert {n for n, c in zip(names, observation[CREDIT_KEY], strict=True) if c} == held
    assert held == set(names)
    observation, _ = env.reset()
    assert not observation[CREDIT_KEY].any()
    env.close()


def test_the_last_observation_of_an_episode_has_its_own_credit(doorkey, actions):
    """A vectorised environment resets itself: the next episode's credit is none of it."""
    pytest.importorskip("stable_baselines3", reason="needs the train extra")
    venv = synth.CreditVecObservation(synth.make_vec(doorkey, 1))
    venv.seed(actions[0])
    venv.reset()
    for action in actions[1]:
        observations, _, dones, infos = venv.step(np.array([action]))
    assert dones[0]
    assert infos[0]["terminal_observation"][CREDIT_KEY].all()
    assert not observations[CREDIT_KEY].any()
    venv.close()


def test_there_must_be_a_reward_below():
    """An environment without a reward program has no credit to show."""
    with pytest.raises(UsageError, match="there is no credit to see"):
        synth.CreditObservation(gym.make("CliffWalking-v1"))


def test_the_wrapped_environment_is_a_gymnasium_environment(doorkey):
    """Gymnasium's own checker finds nothing wrong."""
    env = synth.CreditObservation(synth.make(doorkey))
    check_env(env, skip_render_check=True)
    env.close()


class Told(gym.Env):
    """Two steps; what its only sub-task means holds after the second."""

    observation_space = gym.spaces.Box(0.0, 1.0, (1,), np.float32)
    action_space = gym.spaces.Discrete(1)

    def reset(self, *, seed=None, options=None):
        """Nothing has been done."""
        super().reset(seed=seed)
        self.steps = 0
        return np.zeros(1, np.float32), {}

    def step(self, action):
        """One more."""
        self.steps += 1
        return np.zeros(1, np.float32), 0.0, self.steps == 2, False, {"is_success": self.steps == 2}


@pytest.mark.parametrize("below", [VecMonitor, VecNormalize])
def test_truth_is_read_below_other_vectorised_wrappers(below):
    """Each episode begins with its own truth, whoever passes the infos on, and is seen as paid."""
    truth = partial(TruthInfo, Told(), lambda env: lambda: {"twice": env.unwrapped.steps == 2})
    arm = Arm("truth", seen=True)
    predicates = ("twice", "success")
    inner = below(DummyVecEnv([partial(truth, predicates[:1])]))
    venv = CreditVecObservation(TruthVecWrapper(inner, (("twice",), ("goal",)), predicates, arm))
    venv.reset()
    paid = [float(venv.step(np.zeros(1, int))[1][0]) for _ in range(4)]
    assert paid == [0.0, 1.0, 0.0, 1.0]
