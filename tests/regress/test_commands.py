"""`synth regress`, `synth diff` and `synth bless` as a user types them, on a real simulator."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from synth.models.scripted import ScriptedModel
from tests.cli.conftest import (  # noqa: F401 - fixtures
    PLAN,
    PROGRAM,
    Command,
    checkout,
    scripted,
    synth_command,
)

if TYPE_CHECKING:
    from pathlib import Path

LONG = f"  # {'a remark, ' * 12}to its end"
OTHER = PROGRAM.replace("0 < now < initial", f"now > 0 and now < initial{LONG}")


@pytest.mark.slow
def test_a_candidate_is_compared_looked_at_and_blessed(
    checkout: Path,  # noqa: F811 - the fixture
    synth_command: Command,  # noqa: F811 - the fixture
    scripted: object,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From a committed reward to another one, with exit codes, files and a changelog."""
    monkeypatch.setattr("synth.suite.speed.BUDGET", 0.01)  # nothing here is about speed
    scripted(PLAN, PROGRAM)
    assert synth_command("run", "walk", "--model", "scripted:x").code == 0
    before = (checkout / "generated" / "walk" / "reward.py").read_bytes()
    monkeypatch.setattr(
        sys.modules["synth.regress.attempt"],
        "open_model",
        lambda text, **_: ScriptedModel([PLAN, OTHER], name=text),
    )
    options = ("--samples", "2", "--episodes", "2", "--markdown", "comment.md", "--json")
    ran = synth_command("regress", "walk", "--model", "scripted:new", *options)
    assert ran.code == 0, ran.all
    (task,) = json.loads(ran.out)["tasks"]
    assert (task["call"], task["ruling"]["needed"]) == ("undecided", 5)
    assert task["episodes"].startswith("4 fresh episodes")
    assert task["candidates"][0]["figures"]["truth"][-1]["wrong"] == 0
    assert "| walk | undecided | 2 of 2 / taken to pass 80% |" in (
        checkout / "comment.md"
    ).read_text(encoding="utf-8")
    assert (checkout / "generated" / "walk" / "reward.py").read_bytes() == before

    candidate = "runs/walk/regress/scripted-new/1-1"
    ran = synth_command("diff", "walk", "committed", candidate, "--episodes", "0")
    assert ran.code == 0, ran.all
    assert f"now > 0 and now < initial{LONG}\n" in ran.out  # not cut off at a terminal's width
    assert "0 of 8 episodes differ" in ran.out

    ran = synth_command("bless", "walk")
    assert ran.code == 2
    assert f"name one of them: {candidate}, runs/walk/regress/scripted-new/1-2" in ran.err
    ran = synth_command("bless", "walk", candidate, "--note", "why not")
    assert ran.code == 0, ran.all
    folder = checkout / "generated" / "walk"
    assert b"now > 0 and now" in (folder / "reward.py").read_bytes()
    assert "by scripted:x: why not" in (folder / "CHANGELOG.md").read_text(encoding="utf-8")


def test_what_is_not_committed_cannot_be_compared(
    checkout: Path,  # noqa: F811 - the fixture
    synth_command: Command,  # noqa: F811 - the fixture
) -> None:
    """The message names the command that makes a first reward."""
    ran = synth_command("regress", "walk", "--model", "builtin")
    assert ran.code == 2
    assert "`synth run walk` makes a first reward" in ran.err
    assert "no reward is committed" in synth_command("regress", "--model", "builtin").err
