"""The gymnasium and stable-baselines3 wrappers."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.vec_env import (
    DummyVecEnv,
    VecFrameStack,
    VecMonitor,
    VecNormalize,
)

import synth
from synth.errors import EnvironmentFault
from synth.proven import UnprovenPictures
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
        "claimed_at": 7,
        "skipped": (),
        "share": 1.0,
        "env_reward": 1.0,
    }


def test_potential_shaping_adds_to_the_environments_reward(reward: synth.Reward) -> None:
    """Without discounting, F sums to minus the first potential over a terminated episode."""
    env = synth.RewardWrapper(Walk(), reward, mode="potential", gamma=1.0)
    assert sum(returns(env)) == pytest.approx(1.0)


@pytest.mark.parametrize("vectorised", [False, True])
def test_a_potential_is_given_back_at_an_end_and_kept_at_a_cut(
    reward: synth.Reward, vectorised: bool
) -> None:
    """Phi is 0 in the goal; where a time limit cuts the episode, it is kept."""
    paid = {}
    for limit in (4, 7):

        def limited(limit: int = limit) -> gym.Env:
            return gym.wrappers.TimeLimit(Walk(), limit)

        shaping = {"mode": "potential", "gamma": 0.9}
        if vectorised:
            below = DummyVecEnv([lambda make=limited: FrameInfo(make())])
            venv = synth.RewardVecWrapper(below, reward, **shaping)
            venv.reset()
            paid[limit] = [float(venv.step(np.ones(1, int))[1][0]) for _ in range(limit)]
        else:
            paid[limit] = returns(synth.RewardWrapper(limited(), reward, **shaping), limit)
    before = [0, 0, 0.9 * 0.5]
    assert paid[4] == pytest.approx([*before, 0.9 * 0.5 - 0.5])
    assert paid[7] == pytest.approx([*before, *[0.9 * 0.5 - 0.5] * 3, 1.0 - 0.5])


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


class OneBuffer(Walk):
    """Draws every picture into one array, as many engines do."""

    canvas = None

    def render(self):
        """The one array, filled anew."""
        frame = super().render()
        if self.canvas is None:
            self.canvas = np.empty_like(frame)
        self.canvas[...] = frame
        return self.canvas


class Camera:
    """Holds a lock, as cameras, clients and GL contexts do: it cannot be copied."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def grab(self, env: gym.Env) -> np.ndarray:
        """The environment's picture."""
        with self.lock:
            return env.render()


@pytest.mark.parametrize("below", [VecMonitor, VecNormalize, lambda v: VecFrameStack(v, 2)])
def test_other_vectorised_wrappers_may_stand_below(reward: synth.Reward, below) -> None:
    """Every episode starts from its own first picture, whoever passes the infos on."""
    venv = synth.RewardVecWrapper(below(DummyVecEnv([lambda: FrameInfo(Walk())])), reward)
    venv.reset()
    paid = [float(venv.step(np.ones(1, int))[1][0]) for _ in range(10)]
    assert paid == [0, 0, 0.5, 0, 0, 0, 0.5, 0, 0, 0.5]


def test_other_vectorised_wrappers_may_stand_above(reward: synth.Reward) -> None:
    """A monitor above counts the program's reward."""
    venv = VecMonitor(synth.RewardVecWrapper(DummyVecEnv([lambda: FrameInfo(Walk())]), reward))
    venv.reset()
    infos = [venv.step(np.ones(1, int))[3][0] for _ in range(7)]
    assert infos[-1]["episode"]["r"] == 1.0
    assert "synth_frame" not in venv.venv.reset_infos[0]


def test_an_environment_that_draws_into_one_array_is_paid_alike(reward: synth.Reward) -> None:
    """No picture is kept that the environment still writes into."""
    expected = [0, 0, 0.5, 0, 0, 0, 0.5]
    assert returns(synth.RewardWrapper(OneBuffer(), reward)) == expected
    venv = synth.RewardVecWrapper(DummyVecEnv([lambda: FrameInfo(OneBuffer())]), reward)
    venv.reset()
    assert [float(venv.step(np.ones(1, int))[1][0]) for _ in range(7)] == expected


def test_the_picture_may_come_from_an_object_that_cannot_be_copied(reward: synth.Reward) -> None:
    """`frame` is used as it is."""
    assert returns(synth.RewardWrapper(Walk(), reward, frame=Camera().grab))[2] == 0.5
    assert "synth_frame" in FrameInfo(Walk(), frame=Camera().grab).reset(seed=0)[1]


def test_an_unchanged_picture_is_not_judged_again(reward: synth.Reward, monkeypatch) -> None:
    """Programs have no memory, so the verdict is the same."""
    env = synth.RewardWrapper(Walk(), reward)
    env.reset(seed=0)
    asked = []
    monkeypatch.setattr(reward, "check", lambda *a: asked.append(a) or np.zeros(2, np.bool_))
    for action in (LEFT, LEFT, RIGHT, LEFT):
        env.step(action)
    assert len(asked) == 2


def test_only_what_changed_is_sent_to_the_sandbox(reward: synth.Reward, monkeypatch) -> None:
    """One environment of three moves: one pair is judged, and a reset judges one."""
    sizes = []
    verdicts = reward.verdicts
    monkeypatch.setattr(
        reward, "verdicts", lambda f, p, m: sizes.append(len(p)) or verdicts(f, p, m)
    )
    venv = synth.RewardVecWrapper(DummyVecEnv([lambda: FrameInfo(Walk())] * 3), reward)
    venv.reset()
    for _ in range(7):
        venv.step(np.array([1, 0, 0]))
    assert sizes == [3, *[1] * 7, 1]


def test_a_picture_is_judged_once_in_an_episode(reward: synth.Reward, monkeypatch) -> None:
    """Going back and forth asks nothing new; the next episode begins with nothing known."""
    asked = []
    verdicts = reward.verdicts
    monkeypatch.setattr(
        reward, "verdicts", lambda f, p, m: asked.append(len(p)) or verdicts(f, p, m)
    )
    short = partial(gym.wrappers.TimeLimit, Walk(), 5)
    venv = synth.RewardVecWrapper(DummyVecEnv([lambda: FrameInfo(short())]), reward)
    venv.reset()
    for action in (RIGHT, LEFT, RIGHT, LEFT, RIGHT):
        venv.step(np.array([action]))
    assert asked == [1, 1, 1]  # the first picture, one step from it, and the next episode's first
    venv.step(np.array([RIGHT]))
    assert asked == [1, 1, 1, 1]


def test_the_goal_can_be_taken_from_the_environment() -> None:
    """A program that sees the goal at once is paid for it only where success is granted."""
    eager = SOURCE.replace("return now[1] < initial[1]", "return True")
    with synth.Reward(eager) as program:
        trusting = synth.RewardWrapper(Walk(), program)
        assert sum(returns(trusting)) == 0.0
        env = synth.RewardWrapper(Walk(), program, goal_from="environment")
        assert returns(env) == [0, 0, 0.5, 0, 0, 0, 0.5]
        venv = synth.RewardVecWrapper(
            DummyVecEnv([lambda: FrameInfo(Walk())]), program, goal_from="environment"
        )
        venv.reset()
        paid = [float(venv.step(np.ones(1, int))[1][0]) for _ in range(7)]
        assert paid == [0, 0, 0.5, 0, 0, 0, 0.5]


GENERATED = Path(__file__).parents[1] / "generated"


def test_a_wrapped_environments_spec_can_be_written_down() -> None:
    """The reward is recorded by its path, and the environment can be made again from it."""
    import minigrid  # noqa: F401, PLC0415 - registers the environments

    base = gym.make("MiniGrid-DoorKey-6x6-v0", render_mode="rgb_array", tile_size=16)
    with synth.load(GENERATED / "doorkey") as program:
        text = synth.RewardWrapper(base, program).spec.to_json()
    again = gym.make(gym.envs.registration.EnvSpec.from_json(text))
    assert again.get_wrapper_attr("reward_program").subtasks == program.subtasks
    again.get_wrapper_attr("reward_program").close()


@pytest.mark.parametrize("vectorised", [False, True])
@pytest.mark.parametrize(
    ("render", "told"),
    [
        ({"tile_size": 16, "highlight": False}, None),
        ({}, EnvironmentFault),
        ({"tile_size": 32, "highlight": False}, EnvironmentFault),
        ({"tile_size": 16, "highlight": True}, UnprovenPictures),
    ],
)
def test_pictures_drawn_otherwise_are_never_taken_in_silence(render, told, vectorised) -> None:
    """An expert is paid in full as the spec draws; elsewhere there is an error or a warning."""
    from minigrid.wrappers import ImgObsWrapper  # noqa: PLC0415 - registers the environments

    from synth.record import Seeds, roll_expert  # noqa: PLC0415 - of this test alone
    from synth.task import read_task  # noqa: PLC0415

    spec = read_task(GENERATED / "doorkey" / "task.toml").spec
    seed = Seeds.of(spec).fresh[0]

    def make() -> gym.Env:
        return gym.make(spec.env, render_mode="rgb_array", max_steps=spec.max_steps, **render)

    with synth.load(GENERATED / "doorkey") as program, warnings.catch_warnings():
        warnings.simplefilter("error", UnprovenPictures)
        if vectorised:
            # stable-baselines3 holds no text, as a mission is.
            inner = DummyVecEnv([lambda: FrameInfo(ImgObsWrapper(make()))])
            venv = synth.RewardVecWrapper(inner, program)
            venv.seed(seed)
            reset, step = venv.reset, lambda a: venv.step(np.array([a]))[1][0]
        else:
            env = synth.RewardWrapper(make(), program)
            reset, step = lambda: env.reset(seed=seed), lambda a: env.step(a)[1]
        if told is not None:
            with pytest.raises(told, match="highlight = false"):
                reset()
            return
        reset()
        assert sum(float(step(a)) for a in roll_expert(spec, seed).actions) == pytest.approx(1.0)
