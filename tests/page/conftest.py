"""One small task whose reward took two rounds, and its page, made once for all tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import synth.models.open
from synth.cli.app import app
from synth.envs.screens.browser import find_browser
from synth.models.scripted import ScriptedModel
from tests.cli.conftest import PROGRAM

needs_browser = pytest.mark.skipif(
    find_browser() is None, reason="Chromium is not installed (Debian's package chromium)"
)

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

[near_miss]
episodes = 2

[target]
microseconds_per_frame = 1000000
"""

HOSTILE = "<script>document.title = 'taken'</script> & <img src=http://example.com/x.png>"
PLAN = f"""{{"task": "walk to the green square", "stages": [[{{"name": "reach_goal",
"description": "the agent stands on the green square {HOSTILE}",
"visible": "part of the green is covered"}}]]}}
"""

WRONG = PROGRAM.replace("0 < now < initial", "now < 0")


@dataclass(frozen=True)
class Made:
    """A checkout with a committed reward, and its page."""

    folder: Path
    page: Path

    @property
    def html(self) -> str:
        """The page's text."""
        return self.page.read_text(encoding="utf-8")


def command(*arguments: str) -> int:
    """Run ``synth ...``; its exit code, or what it raised."""
    result = app(list(arguments), standalone_mode=False)
    return result if isinstance(result, int) else 0


@pytest.fixture
def made(made_once: Made, monkeypatch: pytest.MonkeyPatch) -> Made:
    """The checkout, as the folder that commands run in."""
    monkeypatch.chdir(made_once.folder)
    return made_once


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A wrong program, its repair, the promotion, and ``synth report walk``."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "specs").mkdir()
    (folder / "specs" / "walk.toml").write_text(SPEC, encoding="utf-8")
    model = ScriptedModel([PLAN, WRONG, PROGRAM], name="scripted:x")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(synth.models.open, "open_model", lambda *_, **__: model)
        # No page shows it, and it takes seconds.
        patch.setattr("synth.cli.run.audit", lambda _spec, _say: True)
        assert command("run", "walk", "--model", "scripted:x") == 0
        assert command("report", "walk") == 0
    # Other tests of this process have another folder and another model.
    return Made(folder, folder / "runs" / "reports" / "walk.html")
