"""A checkout in a temporary folder, and the command line run in it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import synth.models.open
from synth.cli import main
from synth.models.base import Model
from synth.models.scripted import ScriptedModel
from synth.record import record_folder
from synth.spec import parse_spec

SPEC = """\
env = "MiniGrid-Empty-5x5-v0"
goal = "reach the green square"
max_steps = 20

[render]
tile_size = 8
highlight = false

[expert]
policy = "synth.envs.minigrid:planner"
episodes = 2

[random]
episodes = 2

[held_out]
episodes = 2

[target]
microseconds_per_frame = 1000000
"""

PLAN = """{"task": "walk to the green square", "stages": [[{"name": "reach_goal",
"description": "the agent stands on the green square", "visible": "part of the green is covered"}]]}
"""

PROGRAM = """\
```python
from synth import vision

GREEN = (0, 255, 0)


def perceive(frame):
    return vision.count_colour(frame, GREEN)


def reach_goal(now, initial):
    return 0 < now < initial


SUBTASKS = [reach_goal]
```
"""

WRONG = PROGRAM.replace("0 < now < initial", "now < 0")


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Both streams."""
        return self.out + self.err


Command = Callable[..., Ran]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one spec, ``walk``, as working directory."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "walk.toml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def recorded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The episodes of ``walk``."""
    folder = tmp_path_factory.mktemp("walk") / "episodes"
    record_folder(parse_spec(SPEC, name="walk"), folder)
    return folder


@pytest.fixture
def recorded(checkout: Path, recorded_once: Path) -> Path:
    """``generated/walk`` as `synth record walk` leaves it."""
    folder = checkout / "generated" / "walk"
    shutil.copytree(recorded_once, folder / "episodes")
    return folder


@pytest.fixture
def synth_command(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Run ``synth ...`` in the checkout, in this process alone unless it is told ``--jobs``."""
    # A process takes longer to start than to do what there is here.
    monkeypatch.setattr(os, "cpu_count", lambda: 1)

    def invoke(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["synth", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        code = left.value.code
        return Ran(code if isinstance(code, int) else int(code is not None), out, err)

    return invoke


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ScriptedModel]:
    """Let ``--model scripted:x`` be a model with these answers."""

    def install(*answers: str | Exception) -> ScriptedModel:
        model = ScriptedModel(answers, name="scripted:x")
        original = synth.models.open.open_model

        def open_model(text: str, **options: object) -> Model:
            return model if text == "scripted:x" else original(text, **options)

        monkeypatch.setattr(synth.models.open, "open_model", open_model)
        return model

    return install


@pytest.fixture
def unaudited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the audit at the end of a run pass unmade, which takes seconds.

    For tests of what comes before it; `test_main_job` has those that make it.
    """
    monkeypatch.setattr("synth.cli.run.audit", lambda _spec, _say: True)
