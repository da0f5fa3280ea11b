"""A run of training: paid as its arm says, taken down, and gone on with after a kill."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import gymnasium as gym
import numpy as np
import pytest
from typer.testing import CliRunner

from synth.cli.app import app
from synth.cli.train import _arm
from synth.errors import UsageError
from synth.training import Arm, TrainingRun, environments, settings_of, train, trainer
from synth.training.results import read_episodes
from synth.training.trainer import algorithm_named

pytest.importorskip("stable_baselines3", reason="needs the train extra")

from stable_baselines3 import HerReplayBuffer
from stable_baselines3.common.save_util import load_from_pkl


def a_run(doorkey, home, arm, steps=256, **settings):
    """A short one."""
    chosen = settings_of("minigrid", steps=steps, environments=2)
    chosen = chosen.model_copy(
        update={
            "hyperparameters": {**chosen.hyperparameters, "n_steps": 64, "batch_size": 64},
            **settings,
        }
    )
    return TrainingRun(task="doorkey", folder=doorkey, home=home, arm=arm, seed=0, settings=chosen)


ARMS = (
    Arm("code", seen=True),
    Arm("sparse", seen=False),
    Arm("sparse", seen=True),
)


@pytest.mark.parametrize("arm", ARMS, ids=lambda arm: arm.name)
def test_what_is_paid_is_what_the_arm_says(doorkey, tmp_path, arm, actions):
    """Code pays the plan and what the environment pays, sparse the latter alone."""
    venv = environments(doorkey, arm, 1)
    venv.seed(actions[0])
    venv.reset()
    paid, own = 0.0, 0.0
    for action in actions[1]:
        _, rewards, _, infos = venv.step([action])
        paid += float(rewards[0])
        own += infos[0]["synth"]["env_reward"] if "synth" in infos[0] else float(rewards[0])
    venv.close()
    assert infos[0]["is_success"]
    assert paid == pytest.approx(own + (1.0 if arm.paid == "code" else 0.0), abs=1e-4)


def test_truth_pays_as_the_right_program_does(doorkey, actions):
    """On DoorKey, whose program is right, credit by state comes at the very same steps."""
    told = []
    for arm in (Arm("code", seen=True), Arm("truth", seen=True)):
        venv = environments(doorkey, arm, 1)
        venv.seed(actions[0])
        venv.reset()
        told.append([float(venv.step([action])[1][0]) for action in actions[1]])
        venv.close()
    assert told[0] == pytest.approx(told[1])


@pytest.mark.parametrize("paid", ["code", "truth"])
def test_options_pay_each_subtask_to_the_policy_that_follows_it(doorkey, actions, paid):
    """An expert's episode is three options, paid 1 each; the episode ends with the last of them."""
    venv = environments(doorkey, Arm(paid, seen=False, options="plan"), 1)
    venv.seed(actions[0])
    venv.reset()
    told = []
    for action in actions[1]:
        _, rewards, dones, infos = venv.step([action])
        if dones[0]:
            told.append((float(rewards[0]), infos[0]["synth_option"]["episode_ended"]))
    venv.close()
    assert told == [(1.0, False), (1.0, False), (1.0, True)]
    assert infos[0]["is_success"]


@pytest.mark.parametrize("name", ["options", "options-learned"])
def test_arms_by_options_are_given_by_name(name):
    """What `--reward` takes is what folders and figures call them; they see credit where asked."""
    arm = _arm(name, seen=None, env_weight=0.0, mode="potential")
    assert arm.name == name
    assert not arm.seen
    assert _arm(name, seen=True, env_weight=1.0, mode="credit").name == f"{name}-seen"


def test_a_run_by_options_counts_the_environments_episodes(doorkey, tmp_path):
    """However many options each holds; what the manager has learned is kept and gone on with."""
    arm = Arm("code", seen=False, options="learned")
    done = train(a_run(doorkey, tmp_path / "s", arm, steps=1500))
    assert done.arm == "options-learned"
    assert all(episode.length <= 360 for episode in done.episodes)
    assert max(episode.length for episode in done.episodes) > 60
    kept = json.loads((tmp_path / "s" / "manager.json").read_text())
    assert "000" in kept["values"]
    (tmp_path / "s" / "result.json").unlink()
    (tmp_path / "s" / "manager.json").write_text(
        '{"alpha": 0.1, "epsilon": 0.1, "values": {"0": [1]}}'
    )
    with pytest.raises(UsageError, match="another length than 3"):
        train(a_run(doorkey, tmp_path / "s", arm, steps=1500))


@pytest.mark.slow
def test_in_hindsight_what_was_reached_was_wanted(tmp_path):
    """Learned from with a replay buffer that changes goals, gone on with, without any program."""
    pytest.importorskip("panda_gym", reason="needs the panda extra")
    (tmp_path / "panda-push").mkdir()
    shutil.copy("generated/panda-push/task.toml", tmp_path / "panda-push")
    settings = settings_of("panda", steps=220)
    given = {**settings.hyperparameters, "learning_starts": 120, "batch_size": 16}
    run = TrainingRun(
        task="panda-push",
        folder=tmp_path / "panda-push",
        home=tmp_path / "s",
        arm=Arm("her", seen=False),
        seed=0,
        settings=settings.model_copy(update={"hyperparameters": given}),
    )
    done = train(run)
    assert (done.arm, done.steps, done.reward) == ("her", 220, "")
    assert isinstance(load_from_pkl(run.home / "buffer.pkl"), HerReplayBuffer)
    (run.home / "result.json").unlink()
    longer = run.model_copy(update={"settings": run.settings.model_copy(update={"steps": 260})})
    assert train(longer).steps == 260


@pytest.mark.parametrize(
    ("algorithm", "said"), [("sac", "achieved_goal and desired_goal"), ("ppo", "replay buffer")]
)
def test_hindsight_asks_for_goals_and_a_buffer(algorithm, said):
    """It is said which of them is missing."""
    goals = {name: gym.spaces.Box(-1, 1, (3,)) for name in ("achieved_goal", "desired_goal")}
    space = gym.spaces.Dict(goals) if algorithm == "ppo" else gym.spaces.Box(-1, 1, (3,))
    with pytest.raises(UsageError, match=said):
        trainer._in_hindsight(algorithm_named(algorithm), SimpleNamespace(observation_space=space))


def test_options_need_checkers():
    """The environment's own reward tells of no sub-task."""
    with pytest.raises(UsageError, match="give code or truth"):
        Arm("sparse", seen=False, options="plan")


def test_a_killed_run_goes_on_from_its_checkpoint(doorkey, tmp_path, monkeypatch):
    """Episodes after the checkpoint are dropped, earlier ones kept, and no step is made twice."""
    monkeypatch.setattr(trainer, "CHECKPOINT_STEPS", 128)
    home = tmp_path / "seed-0"
    whole = a_run(doorkey, home, ARMS[1], steps=1500)

    class Killed(BaseException):
        """As a kill would, nothing is tidied up."""

    calls = []

    def kill(steps, share):
        calls.append(steps)
        if steps > 1000:
            raise Killed

    with pytest.raises(Killed):
        train(whole, kill)
    kept = trainer._checkpoint(home)
    assert kept is not None
    assert 0 < kept.steps <= calls[-1]
    before = read_episodes(home / "episodes.jsonl")[: kept.episodes]
    done = train(whole)
    assert list(done.episodes[: len(before)]) == before
    assert done.steps >= 1500
    assert [e.steps for e in done.episodes] == sorted(e.steps for e in done.episodes)
    assert train(whole) == done


def test_another_setting_is_not_taken_for_the_same_run(doorkey, tmp_path):
    """A finished run is not handed out for one that asks for more."""
    home = tmp_path / "seed-0"
    train(a_run(doorkey, home, ARMS[1], steps=128))
    with pytest.raises(UsageError, match=r"other settings \(steps 128 there, 256 asked for\)"):
        train(a_run(doorkey, home, ARMS[1], steps=256))


def test_another_program_is_not_taken_for_the_same_run(doorkey, tmp_path):
    """What a reward was made anew for would be shown as its own; without a program nothing ages."""
    runs = [a_run(doorkey, tmp_path / arm.name, arm, steps=128) for arm in ARMS[1:]]
    for run in runs:
        train(run)
        file = run.home / "result.json"
        told = json.loads(file.read_text())
        file.write_text(json.dumps(told | ({"reward": "0" * 64} if told["reward"] else {})))
    assert train(runs[0]).reward == ""
    with pytest.raises(UsageError, match="another program"):
        train(runs[1])


def test_training_stops_where_the_share_is_reached(doorkey, tmp_path, monkeypatch):
    """Once enough of the last episodes succeeded, nothing more is trained."""
    monkeypatch.setattr(trainer, "_stopped", lambda _, episodes: len(episodes) >= 1)
    done = train(a_run(doorkey, tmp_path / "s", ARMS[1], steps=20_000))
    assert done.stopped == "early"
    assert done.steps < 2_000


def test_a_failed_run_is_said_once_with_its_arm(doorkey, tmp_path, monkeypatch):
    """What is wrong stands behind the party and the run; the status is the error's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    shutil.copy(doorkey.parents[1] / "specs" / "doorkey.toml", tmp_path / "specs")
    done = CliRunner().invoke(app, ["train", "doorkey", "--steps", "128"])
    assert done.exit_code == 2
    assert done.stderr.count("generated/doorkey") == 1
    assert done.stderr.startswith("usage: doorkey, code, seed 0: generated/doorkey")


def test_a_slip_in_an_arms_name_is_told_the_nearest():
    """As commands and specs are."""
    with pytest.raises(UsageError, match="Did you mean 'code'"):
        _arm("coed", seen=None, env_weight=1.0, mode="credit")


def test_an_algorithm_without_settings_is_refused():
    """The message names those that have some, and the file, which may be anywhere."""
    with pytest.raises(UsageError, match=r"/defaults/minigrid\.toml has dqn, ppo"):
        settings_of("minigrid", algorithm="alphazero")


def test_a_task_may_have_settings_of_its_own():
    """They go before the family's, and what the caller says before both."""
    usual, own = (
        settings_of("minigrid", "doorkey"),
        settings_of("minigrid", "blocked-unlock-pickup"),
    )
    assert own.steps > usual.steps
    assert own.model_copy(update={"steps": usual.steps}) == usual
    assert settings_of("minigrid", "blocked-unlock-pickup", steps=7).steps == 7


def test_commands_train_and_draw(doorkey, tmp_path, monkeypatch):
    """`synth train` leaves a result, and `synth curves` makes a table and a figure of it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "generated").symlink_to(doorkey.parent)
    (tmp_path / "specs").symlink_to(doorkey.parent.parent / "specs")
    told = CliRunner().invoke(
        app,
        ["train", "doorkey", "--reward", "sparse", "--steps", "256", "--envs", "2", "--json"],
        catch_exceptions=False,
    )
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout.splitlines()[-1])["arm"] == "sparse"
    drawn = CliRunner().invoke(app, ["curves", "--figure", "curves.png"], catch_exceptions=False)
    assert drawn.exit_code == 0, drawn.output
    assert "0 of 1" in drawn.stdout
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_training_episodes_are_as_long_as_the_environment_lets_them_be(doorkey):
    """A spec cuts episodes at 200 steps, MiniGrid's DoorKey-6x6 at 360; each arm is cut alike."""
    for arm in (Arm("sparse", seen=False), Arm("code", seen=True), Arm("truth", seen=True)):
        lengths = []
        for limit in ("task", "environment"):
            venv = environments(doorkey, arm, 1, time_limit=limit)
            venv.reset()
            steps, done = 0, False
            while not done:
                _, _, (done,), _ = venv.step(np.array([0]))
                steps += 1
            lengths.append(steps)
            venv.close()
        assert lengths == [200, 360]


def test_what_was_not_trained_and_what_nobody_asked_for_is_said(doorkey, tmp_path, monkeypatch):
    """Steps come in batches; what is there already is kept, and how to train anew is said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "generated").symlink_to(doorkey.parent)
    (tmp_path / "specs").symlink_to(doorkey.parent.parent / "specs")
    asked = ["train", "doorkey", "--reward", "sparse", "--steps", "100", "--envs", "2"]
    first = CliRunner().invoke(app, asked, catch_exceptions=False).output
    assert "256 steps, where 100 were asked for: ppo collects steps in batches of 256" in first
    assert "trained before" not in first
    again = CliRunner().invoke(app, asked, catch_exceptions=False).output
    assert "nothing was trained: this was trained before, and kept; delete runs/doorkey/" in again
    both = CliRunner().invoke(app, [*asked, "--seeds", "2"], catch_exceptions=False).output
    assert "1 of 2 was trained before" in both
