"""The family of everything else: making, pictures, success and repeatability."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st

from synth.envs import Enumerable, Nudged, Simulator, family_of
from synth.envs.gymnasium import margins
from synth.envs.gymnasium.pictures import resized
from synth.errors import EnvironmentFault, IllegalAction, SpecError
from synth.experts import find_policy
from synth.record import rollout
from synth.spec import load_spec, parse_spec

ROOT = Path(__file__).parents[2]
OURS = ("acrobot", "cliff-walking", "frozen-lake", "garden", "mountain-car", "taxi")
LAKE = {"is_slippery": False, "desc": "seed -> synth.envs.gymnasium.maps:frozen_lake"}


class Painter(gymnasium.Env):
    """Draws what the test wants, and says what the test wants."""

    metadata: ClassVar = {"render_modes": ["rgb_array"]}
    picture = np.zeros((8, 8, 3), np.uint8)

    def __init__(self, render_mode=None, action_space=None):
        self.action_space = action_space or gymnasium.spaces.Discrete(2)
        self.observation_space = gymnasium.spaces.Discrete(1)
        self.t = 0

    def reset(self, *, seed=None, options=None):
        """Count from zero."""
        super().reset(seed=seed)
        self.t = 0
        return 0, {}

    def step(self, action):
        """Solved after the second."""
        self.t += 1
        return 0, 1.0, False, False, {"solved": self.t == 2, "words": "no"}

    def render(self):
        """The test's picture."""
        return self.picture(self.t) if callable(self.picture) else self.picture


@pytest.fixture(autouse=True)
def painter(monkeypatch):
    """`Painter-v0` is registered during the test."""
    monkeypatch.setattr(Painter, "picture", np.zeros((8, 8, 3), np.uint8))
    monkeypatch.syspath_prepend(ROOT)
    gymnasium.register("Painter-v0", entry_point=Painter)
    yield
    gymnasium.registry.pop("Painter-v0")


@pytest.fixture
def play(make_spec):
    """A simulator of a spec, from its tables."""
    made = []

    def make(env="Painter-v0", when="terminated", **tables) -> Simulator:
        spec = make_spec(env, success={"when": when}, **tables)
        made.append(family_of(spec).make(spec))
        return made[-1]

    yield make
    for simulator in made:
        simulator.close()


@pytest.mark.parametrize("task", OURS)
def test_a_seed_and_its_actions_give_the_same_bytes_with_another_episode_in_between(task):
    """Every spec of this family repeats, drawn at every step or only at the last."""
    spec = load_spec(ROOT / "specs" / f"{task}.toml")
    simulator, expert = family_of(spec).make(spec), find_policy(spec)
    first = rollout(simulator, expert, 3, spec.max_steps)
    assert first.success[-1]
    rollout(simulator, expert, 4, 7)
    again = rollout(simulator, expert, 3, spec.max_steps)
    assert again.actions == first.actions
    assert again.frames.tobytes() == first.frames.tobytes()
    rollout(simulator, expert, 5, 3)
    simulator.reset(3, draw=False)
    for action in first.actions[:-1]:
        simulator.step(action, draw=False)
    assert np.array_equal(simulator.step(first.actions[-1]).frame, first.frames[-1])
    simulator.close()


@pytest.mark.parametrize("task", OURS)
def test_the_expert_of_each_spec_can_be_called_anew_after_going_astray(task):
    """An expert is a function of the state, so near misses can send it off and call it again."""
    spec = load_spec(ROOT / "specs" / f"{task}.toml")
    simulator, expert = family_of(spec).make(spec), find_policy(spec)
    step = simulator.reset(11, draw=False)
    way = expert(simulator)
    for _ in range(2):
        step = simulator.step(next(way), draw=False)
    for _ in range(spec.max_steps - 3):
        if step.done:
            break
        step = simulator.step(next(iter(expert(simulator))), draw=False)
    assert step.success
    simulator.close()


def test_the_garden_passes_gymnasiums_own_check():
    """The tutorial's environment is a good example."""
    spec = load_spec(ROOT / "specs" / "garden.toml")
    simulator = family_of(spec).make(spec)
    check_env(simulator.env, skip_render_check=True)


def test_each_seed_has_its_own_map(play):
    """An option that depends on the seed makes the environment anew."""
    simulator = play("FrozenLake-v1", options=LAKE)
    maps = {simulator.reset(seed) and simulator.env.desc.tobytes() for seed in range(6)}
    assert len(maps) > 3


def test_the_spec_s_step_limit_wins_over_the_registered_one(make_spec):
    """MountainCar is cut at 200 steps by Gymnasium, and here where the spec says."""
    for limit in (5, 230):
        spec = make_spec("MountainCar-v0", max_steps=limit, success={"when": "terminated"})
        simulator = family_of(spec).make(spec)
        simulator.reset(0, draw=False)
        ends = [simulator.step(0, draw=False).done for _ in range(limit)]
        assert ends.index(True) == limit - 1
        simulator.close()


@pytest.mark.parametrize(
    ("when", "successes"),
    [
        ("info.solved", [False, False, True]),
        ("reward > 0", [False, True, True]),
        ("reward >= 1.5", [False, False, False]),
        ("reward < 2", [False, True, True]),
        ("terminated", [False, False, False]),
        ("terminated and reward > 0", [False, False, False]),
        ("my_success:third", [True, False, True]),
    ],
)
def test_each_kind_of_condition_says_what_success_is(play, tmp_path, monkeypatch, when, successes):
    """After a reset there is no reward yet, so no comparison of it holds."""
    (tmp_path / "my_success.py").write_text("def third(env, outcome):\n    return env.t % 2 == 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_success", raising=False)
    simulator = play(when=when)
    steps = [simulator.reset(0), simulator.step(0), simulator.step(1)]
    assert [step.success for step in steps] == successes


@pytest.mark.parametrize(
    "when", ["reward", "reward > x", "info", "not terminated", "terminated or truncated", "a.b:"]
)
def test_a_wrong_condition_is_a_spec_error_with_examples(play, when):
    """Nothing is guessed: what cannot be read is refused."""
    with pytest.raises(SpecError, match="terminated and reward > 0") as caught:
        play(when=when)
    assert caught.value.key == "success.when"


def test_a_condition_that_is_missing_misspelt_or_no_yes_or_no_is_refused(make_spec, play):
    """Each says what is wrong."""
    with pytest.raises(SpecError, match="is required"):
        family_of(make_spec("Painter-v0")).make(make_spec("Painter-v0"))
    simulator = play(when="info.solvd")
    simulator.reset(0)
    with pytest.raises(SpecError, match=r"info\.solved"):
        simulator.step(0)
    simulator = play(when="info.words")
    simulator.reset(0)
    with pytest.raises(EnvironmentFault, match="not a yes or no"):
        simulator.step(0)


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (None, "draws nothing"),
        (np.zeros((8, 8, 3)), r"float64\[8, 8, 3\]"),
        (np.zeros((8, 8), np.uint8), r"uint8\[8, 8\]"),
        ("text", "draws a str"),
    ],
)
def test_pictures_that_are_not_rgb_are_refused(play, monkeypatch, picture, words):
    """The message says what was drawn and what to do."""
    monkeypatch.setattr(Painter, "picture", picture)
    with pytest.raises(EnvironmentFault, match=words):
        play().reset(0)


def test_pictures_of_changing_size_are_refused_unless_resized(play, monkeypatch):
    """`width` and `height` make them alike."""
    grows = staticmethod(lambda t: np.zeros((8 + t, 8, 3), np.uint8))
    monkeypatch.setattr(Painter, "picture", grows)
    simulator = play()
    simulator.reset(0)
    with pytest.raises(EnvironmentFault, match="changes the size"):
        simulator.step(0)
    fixed = play(render={"width": 16, "height": 8})
    assert fixed.reset(0).frame.shape == fixed.step(0).frame.shape == (8, 16, 3)


@pytest.mark.parametrize(
    ("render", "words"),
    [
        ({"sise": 64}, "Did you mean 'size'"),
        ({"size": 2}, "from 8 to 1024"),
        ({"width": 64}, "both width and height"),
        ({"size": 64, "width": 64, "height": 64}, "Remove one"),
        ({"crop": [4, 0, 2, 8]}, "left, top, right, bottom"),
    ],
)
def test_wrong_render_keys_are_spec_errors(play, render, words):
    """Each names the key and the remedy."""
    with pytest.raises(SpecError, match=words):
        play(render=render)


def test_crop_keeps_a_part(play, monkeypatch):
    """Left, top, right, bottom, in the environment's own pixels."""
    picture = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
    monkeypatch.setattr(Painter, "picture", picture)
    assert np.array_equal(play(render={"crop": [1, 2, 5, 8]}).reset(0).frame, picture[2:8, 1:5])
    with pytest.raises(EnvironmentFault, match="smaller"):
        play(render={"crop": [1, 2, 5, 9]}).reset(0)


@given(
    st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.integers(1, 5), st.integers(0, 99)
)
def test_shrinking_takes_the_mean_of_the_area(height, width, down, across, seed):
    """Where a side shrinks by a whole number, the mean of each block, but for rounding."""
    picture = np.random.default_rng(seed).integers(
        0, 256, (height * down, width * across, 3), np.uint8
    )
    means = picture.reshape(height, down, width, across, 3).mean(axis=(1, 3))
    assert np.abs(resized(picture, width=width, height=height) - means).max() <= 1.1


def test_no_window_is_asked_for_and_the_user_s_choice_is_left_alone(play, monkeypatch):
    """The variable is set only while something is made or reset."""
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    play("CartPole-v1").reset(0)
    assert "SDL_VIDEODRIVER" not in os.environ
    monkeypatch.setenv("SDL_VIDEODRIVER", "offscreen")
    play("CartPole-v1").reset(0)
    assert os.environ["SDL_VIDEODRIVER"] == "offscreen"


def test_a_missing_package_says_what_to_install(play, monkeypatch):
    """The remedy is one command."""
    monkeypatch.setitem(sys.modules, "pygame", None)
    with pytest.raises(EnvironmentFault, match=r"pip install"):
        play("CartPole-v1").reset(0)


def test_modules_are_imported_first_and_a_broken_one_is_named(make_spec, tmp_path, monkeypatch):
    """`modules` and the one of `module:Id` register environments."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "broken_envs.py").write_text("1 / 0\n")
    with pytest.raises(SpecError, match="'broken_envs' does not import: ZeroDivisionError"):
        family_of(make_spec("broken_envs:Thing-v0"))
    with pytest.raises(SpecError, match="there is no module 'no_envs'"):
        family_of(make_spec("no_envs:Thing-v0"))
    assert family_of(make_spec("docs.tutorial.garden:Garden-v0")).name == "gymnasium"


def test_options_that_are_wrong_are_spec_errors(play):
    """Synth's own, unknown ones, and functions that are not there."""
    with pytest.raises(SpecError, match="set by synth"):
        play(options={"render_mode": "human"})
    with pytest.raises(SpecError, match="refuses its options"):
        play("MountainCar-v0", options={"colour": "red"})
    with pytest.raises(SpecError, match="no function 'nothing'"):
        play(options={"desc": "seed -> synth.envs.gymnasium.maps:nothing"})
    with pytest.raises(SpecError, match="module:function"):
        play(options={"desc": "seed -> 4"})


def test_actions_are_listed_where_few_and_nudged_where_numbers(play):
    """Pendulum turns by any torque, CartPole goes left or right."""
    cart, pendulum = play("CartPole-v1"), play("Pendulum-v1")
    assert isinstance(cart, Enumerable)
    assert cart.actions() == (0, 1)
    assert not isinstance(cart, Nudged)
    assert isinstance(pendulum, Nudged)
    assert pendulum.actions() is None
    near = pendulum.nudged([2.0], np.random.default_rng(0), 0.1)
    assert 1.6 <= near[0] <= 2.0
    pendulum.reset(0)
    pendulum.step(near)
    cart.reset(0)
    with pytest.raises(IllegalAction, match="has no action 2") as caught:
        cart.step(2)
    assert caught.value.action == 2


def test_a_margin_that_breaks_is_the_spec_s_fault(monkeypatch):
    """Neither the expert nor the environment is blamed for it."""
    monkeypatch.setattr(margins, "mountain_car", lambda env: env.nothing_of_the_kind)
    text = (
        'env = "MountainCar-v0"\n[success]\nwhen = "terminated"\npixel = 0.006\n'
        'margin = "synth.envs.gymnasium.margins:mountain_car"\n[expert]\npolicy = "a:b"\n'
    )
    spec = parse_spec(text, name="car")
    simulator = family_of(spec).make(spec)
    with pytest.raises(SpecError, match=r"success\.margin: .*mountain_car broke: AttributeError"):
        simulator.reset(0, draw=False)


def test_the_first_picture_may_be_that_of_a_step_and_opens_no_window(tmp_path):
    """SDL looks for a screen when an environment first draws, and complains where there is none."""
    script = tmp_path / "first.py"
    script.write_text(
        "from synth.envs import family_of\n"
        "from synth.spec import parse_spec\n"
        'text = \'env = "FrozenLake-v1"\\n[success]\\nwhen = "terminated"\\n\'\n'
        "text += '[expert]\\npolicy = \"a:b\"\\n'\n"
        "spec = parse_spec(text, name='lake')\n"
        "simulator = family_of(spec).make(spec)\n"
        "simulator.reset(0, draw=False)\n"
        "simulator.step(0)\n"
        "import pygame\n"
        "print(pygame.display.get_driver())\n"
    )
    bare = {k: v for k, v in os.environ.items() if not k.startswith(("SDL_", "XDG_", "DISPLAY"))}
    done = subprocess.run(
        [sys.executable, script], env=bare, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["dummy"]
    assert done.stderr == ""
