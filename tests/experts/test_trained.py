"""Saved models as experts: told by their content, shown what they were trained on."""

from __future__ import annotations

import sys

import gymnasium as gym
import numpy as np
import pytest
from corridor import RIGHT
from gymnasium import spaces

from synth.errors import EnvironmentFault, SpecError
from synth.experts import find_policy
from synth.experts.trained import algorithm_of
from synth.record import Player

sb3 = pytest.importorskip("stable_baselines3")
contrib = pytest.importorskip("sb3_contrib")
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize  # noqa: E402

OFF = {"buffer_size": 10}
ALGORITHMS = {
    "A2C": {},
    "PPO": {"n_steps": 2, "batch_size": 2},
    "DQN": OFF,
    "SAC": OFF,
    "TD3": OFF,
    "DDPG": OFF,
    "TQC": OFF,
    "CrossQ": OFF,
    "QRDQN": OFF,
    "TRPO": {},
    "ARS": {},
    "MaskablePPO": {},
    "RecurrentPPO": {},
}
CONTINUOUS = {"SAC", "TD3", "DDPG", "TQC", "CrossQ"}


def env_for(name: str) -> gym.Env:
    """An environment whose actions the algorithm can take."""
    return gym.make("Pendulum-v1" if name in CONTINUOUS else "Corridor-v0")


def goes_right(env, **words):
    """A PPO model that finds the same action best whatever it sees."""
    model = sb3.PPO("MlpPolicy", env, n_steps=2, batch_size=2, device="cpu", **words)
    model.policy.action_net.weight.data[:] = 0
    model.policy.action_net.bias.data[RIGHT] = 9.0
    return model


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_algorithm_is_told_from_the_file(name, tmp_path):
    """Every algorithm of both packages; DDPG loads as TD3, whose child it is."""
    home = sb3 if hasattr(sb3, name) else contrib
    policy = {"ARS": "LinearPolicy", "RecurrentPPO": "MlpLstmPolicy"}.get(name, "MlpPolicy")
    env = env_for(name)
    getattr(home, name)(policy, env, device="cpu", **ALGORITHMS[name]).save(tmp_path / "it.zip")
    package, found = algorithm_of(tmp_path / "it.zip")
    assert package == home.__name__
    assert found == ("TD3" if name == "DDPG" else name)


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda env: env, id="its own observation"),
        pytest.param(
            lambda env: gym.wrappers.AddRenderObservation(env, render_only=True), id="the picture"
        ),
    ],
)
def test_a_model_sees_what_it_was_trained_on(wrap, tmp_path, spec_of):
    """The environment's own observation where that fits, or the picture as it is recorded."""
    env = wrap(gym.make("Corridor-v0", render_mode="rgb_array"))
    goes_right(env).save(tmp_path / "it.zip")
    with Player(spec_of(f"sb3:{tmp_path / 'it.zip'}")) as player:
        rolled = player.roll_expert(3)
    assert rolled.success[-1]
    assert set(rolled.actions) == {RIGHT}


class Halved(gym.ObservationWrapper):
    """Every other cell."""

    observation_space = spaces.Box(0.0, 1.0, (3,), np.float32)

    def observation(self, observation):
        """Without the cells between."""
        return observation[::2]


class Turned(gym.ActionWrapper):
    """The model's actions, counted the other way round."""

    def action(self, action):
        """The other way round."""
        return 2 - int(action)


def test_wrappers_of_observations_and_actions_stand_between(tmp_path, spec_of):
    """Named in the spec, the innermost first, they are what the model was trained within."""
    model = goes_right(Halved(Turned(gym.make("Corridor-v0"))))
    model.policy.action_net.bias.data[:] = 0
    model.policy.action_net.bias.data[2 - RIGHT] = 9.0
    model.save(tmp_path / "it.zip")
    wrap = [f"{__name__}:Halved", f"{__name__}:Turned"]
    with Player(spec_of(f"sb3:{tmp_path / 'it.zip'}", expert={"wrap": wrap})) as player:
        assert player.roll_expert(3).success[-1]
    with (
        Player(spec_of(f"sb3:{tmp_path / 'it.zip'}")) as player,
        pytest.raises(SpecError, match=r"expert\.wrap: the model was trained on Box.*\(3,\)"),
    ):
        player.roll_expert(3)


def test_normalized_observations_are_normalized_again(tmp_path, spec_of, monkeypatch):
    """The statistics of a `VecNormalize` are applied, as they were saved."""
    venv = VecNormalize(DummyVecEnv([lambda: gym.make("Corridor-v0")]))
    venv.obs_rms.mean[:] = 5.0
    goes_right(venv).save(tmp_path / "it.zip")
    venv.save(tmp_path / "it.pkl")
    spec = spec_of(f"sb3:{tmp_path / 'it.zip'}", expert={"normalize": str(tmp_path / "it.pkl")})
    seen = []
    predict = sb3.PPO.predict
    monkeypatch.setattr(
        sb3.PPO, "predict", lambda self, o, **words: seen.append(o) or predict(self, o, **words)
    )
    with Player(spec) as player:
        player.roll_expert(3)
    assert max(one.max() for one in seen) < 0


@pytest.mark.parametrize("name", ["RecurrentPPO", "MaskablePPO"])
def test_models_with_a_memory_or_a_mask_act(name, tmp_path, spec_of):
    """A memory is carried through the episode; a mask is asked of the environment."""
    policy = "MlpLstmPolicy" if name == "RecurrentPPO" else "MlpPolicy"
    model = getattr(contrib, name)(policy, gym.make("Corridor-v0"), device="cpu")
    model.policy.action_net.weight.data[:] = 0
    model.policy.action_net.bias.data[RIGHT] = 9.0
    model.save(tmp_path / "it.zip")
    with Player(spec_of(f"sb3:{tmp_path / 'it.zip'}")) as player:
        assert player.roll_expert(3).success[-1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no file"),
        (b"not a zip", "no model that stable-baselines3 saved"),
    ],
)
def test_what_is_no_model_is_said_at_the_key(content, words, tmp_path, spec_of):
    """The message names the spec, the key and the file."""
    file = tmp_path / "it.zip"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SpecError, match=f"corridor.toml: expert.policy: .*{words}"):
        find_policy(spec_of(f"sb3:{file}"))


def test_a_missing_package_is_named_with_its_extra(tmp_path, spec_of, monkeypatch):
    """The message is the command that installs it."""
    goes_right(gym.make("Corridor-v0")).save(tmp_path / "it.zip")
    monkeypatch.setitem(sys.modules, "stable_baselines3", None)
    with pytest.raises(EnvironmentFault, match=r"saved by PPO .*\[sb3\]"):
        find_policy(spec_of(f"sb3:{tmp_path / 'it.zip'}"))
