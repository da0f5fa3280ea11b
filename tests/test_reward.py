"""`synth.load` and `Reward`."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import synth
from synth.errors import LintError, ProgramFault, ProgramSyntaxError, RewardError, UsageError
from tests.walk import SOURCE, Walk


@pytest.fixture
def reward() -> Iterator[synth.Reward]:
    """The walk's reward."""
    with synth.Reward(SOURCE) as program:
        yield program


def walk(actions: str) -> np.ndarray:
    """Frames of a walk, ``uint8[T+1, 4, 32, 3]``."""
    env = Walk()
    env.reset(seed=0)
    frames = [env.render()]
    for action in actions:
        env.step(np.int64(action == "r"))
        frames.append(env.render())
    return np.stack(frames)


def test_check_answers_frame_by_frame_for_every_subtask(reward: synth.Reward) -> None:
    """bool[T, K], memoryless, in plan order."""
    frames = walk("rrrrrrr")
    holds = reward.check(frames, frames[0])
    assert reward.subtasks == ("take_item", "reach_goal")
    assert holds.shape == (8, 2)
    assert holds.dtype == np.bool_
    assert holds[:, 0].tolist() == [False] * 3 + [True] * 5
    assert holds[:, 1].tolist() == [False] * 7 + [True]


def test_a_single_frame_gives_one_row(reward: synth.Reward) -> None:
    """bool[K] for uint8[H, W, 3]."""
    frames = walk("rrr")
    assert reward.check(frames[3], frames[0]).tolist() == [True, False]


def test_progress_falls_back_to_the_verdict(reward: synth.Reward) -> None:
    """Where a program measures no progress, holding is progress 1."""
    frames = walk("rrr")
    progress = reward.progress(frames, frames[0])
    assert progress.dtype == np.float32
    assert progress[:, 0].tolist() == [0.5, 0.5, 0.5, 1.0]
    assert progress[:, 1].tolist() == [0.0] * 4


def test_credit_of_an_episode(reward: synth.Reward) -> None:
    """Credit says when each sub-task was achieved."""
    credit = reward.credit(walk("rrlrrrrrr"))
    assert credit.complete == 9
    assert credit.skipped == ()
    assert credit.first == (5, 9)


def test_a_reward_survives_pickling(reward: synth.Reward) -> None:
    """A copy in another process starts a worker of its own."""
    frames = walk("rrr")
    with pickle.loads(pickle.dumps(reward)) as copy:
        assert copy.check(frames, frames[0]).tolist() == reward.check(frames, frames[0]).tolist()


def test_it_works_again_after_close(reward: synth.Reward) -> None:
    """Closing ends the worker and nothing else."""
    frames = walk("r")
    reward.close()
    assert reward.check(frames, frames[0]).shape == (2, 2)


def test_load_reads_a_folder_or_a_file(tmp_path: Path) -> None:
    """`synth.load` takes what the user has at hand."""
    (tmp_path / "reward.py").write_text(SOURCE, encoding="utf-8")
    for path in (tmp_path, tmp_path / "reward.py", str(tmp_path)):
        with synth.load(path) as reward:
            assert reward.subtasks == ("take_item", "reach_goal")


def test_a_missing_program_names_the_command_that_makes_it(tmp_path: Path) -> None:
    """The remedy is in the message."""
    with pytest.raises(UsageError, match="synth run walk"):
        synth.load(tmp_path / "walk" if (tmp_path / "walk").mkdir() is None else tmp_path)


def test_a_tasks_name_in_place_of_its_folder_is_told_the_folder(tmp_path, monkeypatch) -> None:
    """Whoever writes `synth.load("walk")` meant generated/walk, where there is one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "generated" / "walk").mkdir(parents=True)
    (tmp_path / "generated" / "walk" / "task.toml").touch()
    for call in (synth.load, synth.make, lambda task: synth.make_vec(task, 2)):
        with pytest.raises(UsageError, match="Did you mean generated/walk"):
            call("walk")
        with pytest.raises(UsageError, match="there is no"):
            call("generated/walk/none")


@pytest.mark.parametrize("text", ["import os\n" + SOURCE, "", "def f(:\n"])
def test_an_error_names_the_file_of_the_program(tmp_path: Path, text: str) -> None:
    """Among many rewards one knows which is wrong."""
    (tmp_path / "odd.py").write_text(text, encoding="utf-8")
    with pytest.raises(RewardError, match=re.escape(str(tmp_path / "odd.py"))):
        synth.load(tmp_path / "odd.py")


def test_a_program_outside_the_allow_list_is_never_started(tmp_path: Path) -> None:
    """Lint comes before the sandbox."""
    (tmp_path / "reward.py").write_text("import os\n" + SOURCE, encoding="utf-8")
    with pytest.raises(LintError, match="line 1"):
        synth.load(tmp_path)


def test_text_that_is_no_program_has_a_caret(tmp_path: Path) -> None:
    """A syntax error shows the place."""
    (tmp_path / "reward.py").write_text(SOURCE.replace("return now[0] <", "return now[0 <"))
    with pytest.raises(ProgramSyntaxError, match=r"\^"):
        synth.load(tmp_path)


def test_a_program_that_raises_names_frame_and_subtask() -> None:
    """A fault of the program is told as one."""
    broken = SOURCE.replace("return now[1] < initial[1]", "return 1 // (now[1] - 16) > 0")
    frames = walk("r")
    with (
        synth.Reward(broken) as reward,
        pytest.raises(ProgramFault, match=r"(?s)reach_goal.*ZeroDivisionError"),
    ):
        reward.check(frames, frames[0])
