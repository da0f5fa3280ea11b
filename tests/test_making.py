"""`synth.make` and `synth.make_vec`: a task's own environment, paid by its reward."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from minigrid.wrappers import ImgObsWrapper

import synth
from synth.errors import EnvironmentFault, SynthError, UsageError
from synth.proven import read_goal_from
from synth.record import Seeds, roll_expert
from synth.record.player import Player
from synth.task import read_task

ROOT = Path(__file__).parents[1]
DOORKEY = ROOT / "generated" / "doorkey"


@pytest.fixture(scope="module")
def shown() -> tuple[int, tuple[int, ...]]:
    """A fresh seed and the expert's actions on it."""
    spec = read_task(DOORKEY / "task.toml").spec
    seed = Seeds.of(spec).fresh[0]
    return seed, roll_expert(spec, seed).actions


@pytest.fixture(autouse=True)
def no_warning_of_ours() -> None:
    """Pictures that synth makes itself are those the reward was proven on."""
    warnings.simplefilter("error", category=UserWarning)


def test_an_expert_is_paid_in_full(shown) -> None:
    """Render settings, step limit and options are the task's own."""
    seed, actions = shown
    env = synth.make(DOORKEY)
    observation, _ = env.reset(seed=seed)
    assert set(observation) == {"image", "direction", "mission"}
    assert env.render().shape == (96, 96, 3)
    assert env.unwrapped.max_steps == 200
    paid = [float(env.step(action)[1]) for action in actions]
    assert sum(paid) == pytest.approx(1.0)
    assert sum(p > 0 for p in paid) == 3
    env.close()


def test_the_picture_is_drawn_in_the_familys_fast_way(shown, monkeypatch) -> None:
    """MiniGrid's own render is not called for the reward."""
    env = synth.make(DOORKEY)
    monkeypatch.setattr(env.unwrapped, "render", lambda: pytest.fail("drawn the slow way"))
    env.reset(seed=shown[0])
    env.step(2)


TOGGLE = 5


@pytest.fixture(scope="module")
def aliased(tmp_path_factory) -> Path:
    """The committed UnlockPickup, its provenance as it is where pictures were found aliased."""
    folder = tmp_path_factory.mktemp("aliased") / "unlock-pickup"
    shutil.copytree(ROOT / "generated" / "unlock-pickup", folder)
    provenance = json.loads((folder / "provenance.json").read_text())
    provenance["goal_from"] = "environment"
    (folder / "provenance.json").write_text(json.dumps(provenance))
    return folder


def test_a_destroyed_box_is_not_paid_for_as_a_goal(aliased) -> None:
    """Laid down the key and opened the box: pixel for pixel a success, and paid in none of 50."""
    spec = read_task(aliased / "task.toml").spec
    with Player(spec) as player:
        wrong = {s: (*player.shown(s)[:-1], TOGGLE) for s in Seeds.of(spec).fresh[:50]}
    paid = {"environment": 0, "reward": 0}
    for told, env in (
        ("environment", synth.make(aliased)),
        ("reward", synth.make(aliased, goal_from="reward")),
    ):
        with env.reward_program as program:
            for seed, actions in wrong.items():
                env.reset(seed=seed)
                for action in actions:
                    info = env.step(action)[-1]
                paid[told] += program.subtasks[-1] in info["synth"]["credited"]
        env.close()
    assert paid["environment"] == 0
    assert paid["reward"] == len(wrong)


def test_the_default_is_the_provenances_everywhere(aliased) -> None:
    """One environment or many, by hand or made; a folder that does not say leaves it so."""
    with synth.load(aliased) as program, synth.load(DOORKEY) as other:
        assert (program.goal_from, other.goal_from) == ("environment", "reward")
        spec = read_task(aliased / "task.toml").spec
        with Player(spec) as player:
            seed = Seeds.of(spec).fresh[0]
            actions = (*player.shown(seed)[:-1], TOGGLE)
        venv = synth.make_vec(aliased, 1, observation="picture")
        venv.seed(seed)
        venv.reset()
        last = [venv.step(np.array([action]))[3][0]["synth"] for action in actions][-1]
        assert not last["complete"]
        venv.close()


def test_a_damaged_word_on_the_goal_is_refused(aliased, tmp_path) -> None:
    """A provenance that cannot be read, or says something else, is not taken for "reward"."""
    (tmp_path / "provenance.json").write_text('{"goal_from": "me"}')
    with pytest.raises(UsageError, match="'reward' or 'environment': restore"):
        read_goal_from(tmp_path)
    (tmp_path / "provenance.json").write_text("[]")
    with pytest.raises(UsageError, match="damaged"):
        read_goal_from(tmp_path)


def test_it_is_an_environment_like_any_other() -> None:
    """Gymnasium's own check finds nothing but that it is wrapped."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_env(synth.make(DOORKEY, observation="picture"), skip_render_check=True)
    told = [str(w.message) for w in caught]
    assert all("unwrapped" in text for text in told), told


def test_the_learner_can_see_what_the_reward_sees(shown) -> None:
    """`observation="picture"` is the proven picture, and the learner's to write into."""
    seed, actions = shown
    env = synth.make(DOORKEY, observation="picture")
    seen, _ = env.reset(seed=seed)
    assert seen in env.observation_space
    assert np.array_equal(seen, env.render())
    paid = 0.0
    for action in actions:
        seen[:] = 0
        seen, reward, *_ = env.step(action)
        paid += float(reward)
    assert paid == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["dummy", "subproc"])
@pytest.mark.parametrize("observation", ["own", "picture"])
def test_the_vectorised_form_pays_the_same(shown, kind, observation) -> None:
    """Each environment gets its episode's credit, in whatever process it runs."""
    seed, actions = shown
    venv = synth.make_vec(DOORKEY, 2, kind=kind, observation=observation)
    try:
        venv.seed(seed)  # the second gets the next one
        venv.reset()
        paid = sum(venv.step(np.array([action, 6]))[1] for action in actions)
    finally:
        venv.close()
    assert paid.tolist() == pytest.approx([1.0, 0.0])


def test_a_script_that_is_read_again_by_each_process_is_told_what_to_do(tmp_path) -> None:
    """Without a guard each process would start processes; Python's own message is a riddle."""
    script = tmp_path / "script.py"
    script.write_text(f"import synth\nsynth.make_vec({str(DOORKEY)!r}, 2, kind='subproc')\n")
    run = [sys.executable, str(script)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert "EnvironmentFault: a process that was to hold an environment ended" in done.stderr
    assert 'if __name__ == "__main__":' in done.stderr.splitlines()[-1]


def test_text_is_left_out_where_stable_baselines3_cannot_hold_it() -> None:
    """A mission is no observation for it; the rest stays."""
    venv = synth.make_vec(DOORKEY, 1)
    assert set(venv.observation_space.spaces) == {"image", "direction"}
    assert set(venv.reset()) == {"image", "direction"}


def test_wrappers_of_observations_go_below_the_reward(shown) -> None:
    """`wrap` decides what the learner sees, and nothing of what it is paid."""
    env = synth.make(DOORKEY, wrap=ImgObsWrapper)
    assert env.reset(seed=shown[0])[0].shape == (7, 7, 3)
    assert sum(float(env.step(a)[1]) for a in shown[1]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: synth.make(ROOT / "generated" / "nothing"), "there is no task here"),
        (lambda: synth.make(DOORKEY, observation="pixels"), "'own' or 'picture'"),
        (lambda: synth.make(DOORKEY, goal_from="me"), "'reward' or 'environment'"),
        (lambda: synth.make_vec(DOORKEY, 0), "1 or more"),
        (lambda: synth.make_vec(DOORKEY, 1, env_weight=-1), "env_weight is -1; it must be 0"),
        (lambda: synth.make(DOORKEY, env_weight=float("nan")), "env_weight is nan"),
        (lambda: synth.make_vec(DOORKEY, 1, kind="threads"), "'dummy' or 'subproc'"),
    ],
)
def test_what_cannot_be_made_says_why(call, told) -> None:
    """A slip is the caller's, in one sentence."""
    with pytest.raises(SynthError, match=told):
        call()


def test_a_task_that_was_imported_cannot_be_made_and_what_can_be_done_is_said(tmp_path) -> None:
    """There are pictures of it and no simulator."""
    for name in ("reward.py", "task.toml"):
        text = (DOORKEY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace('"MiniGrid-DoorKey-6x6-v0"', '"recorded"'))
    with pytest.raises(EnvironmentFault, match=r"nothing can be played.*`pytest generated/"):
        synth.make(tmp_path)


def test_an_observation_of_text_alone_is_refused_for_stable_baselines3() -> None:
    """The message names both ways out."""

    class Words(gym.ObservationWrapper):
        def __init__(self, env: gym.Env) -> None:
            super().__init__(env)
            self.observation_space = gym.spaces.Text(10)

        def observation(self, observation: object) -> str:
            return "words"

    with pytest.raises(UsageError, match="wrap"):
        synth.make_vec(DOORKEY, 1, wrap=Words)


def test_the_readmes_script_runs_as_printed(tmp_path, monkeypatch) -> None:
    """With fewer steps, and nothing else changed."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (script,) = (s for s in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "PPO" in s)
    short = script.replace("100_000", "1_024").replace("generated/doorkey", str(DOORKEY))
    assert short != script
    monkeypatch.chdir(tmp_path)
    warnings.simplefilter("default")
    exec(compile(short, "README.md", "exec"), {})
    assert (tmp_path / "doorkey.zip").is_file()
