"""A changed environment is told from a wrong reward by the message alone."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from synth.episode import write_store
from synth.loop import promote, run_loop
from synth.loop.adopt import RecordedTask
from synth.models.scripted import ScriptedModel
from synth.program import parse
from synth.record import record
from synth.sandbox import CONFINED
from synth.spec import load_spec
from synth.suite.drift import drift_of
from synth.task import TaskFolder
from tests.cli.conftest import PLAN, PROGRAM, SPEC

if TYPE_CHECKING:
    from pathlib import Path

RECOLOURED = """\
from minigrid.core import constants

constants.COLORS["green"][:] = (0, 200, 0)
"""
"""A conftest that stands for an upgrade of MiniGrid with another green."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with one committed reward, of a scripted model."""
    pytest.importorskip("minigrid")
    root = tmp_path_factory.mktemp("checkout")
    (root / "specs").mkdir()
    (root / "specs" / "walk.toml").write_text(SPEC, encoding="utf-8")
    spec = load_spec(str(root / "specs" / "walk.toml"))
    store = record(spec)
    write_store(root / "generated" / "walk" / "episodes", store)
    run = root / "runs" / "walk" / "scripted"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synth.suite.speed.BUDGET", 0.01)  # nothing here is about speed
        model = ScriptedModel([PLAN, PROGRAM])
        assert run_loop(RecordedTask(spec, store), model, run).accepted
    promote(run, root / "generated" / "walk")
    return root


def audit(root: Path, *options: str) -> str:
    """What ``pytest generated/walk`` prints, in a process of its own."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "generated/walk",
            "-q",
            "-p",
            "no:cacheprovider",
            *options,
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_another_colour_is_told_from_a_broken_reward_by_the_message_alone(checkout: Path) -> None:
    """The one names the renderer, place and colours, the other the episode and what was claimed."""
    conftest = checkout / "conftest.py"
    conftest.write_text(RECOLOURED, encoding="utf-8")
    try:
        changed = audit(checkout, "--synth-report=report.txt", "--junit-xml=junit.xml")
    finally:
        conftest.unlink()
    assert "1 of" in changed
    assert "The environment draws other pictures" in changed
    assert "(0, 255, 0) is now (0, 200, 0)" in changed
    assert "So the renderer has changed, and not the reward" in changed
    report = (checkout / "report.txt").read_text(encoding="utf-8").splitlines()
    assert [line.partition(":")[0] for line in report] == ["environment"]
    assert report[0].endswith("[generated/walk/test_walk.py::test_contract_stands_on_its_episodes]")
    properties = {
        p.get("name"): p.get("value")
        for p in ET.parse(checkout / "junit.xml").getroot().findall("testsuite/properties/property")
    }
    assert (properties["walk.failed"], properties["walk.drifted"]) == ("1", "1")

    program = checkout / "generated" / "walk" / "reward.py"
    right = program.read_text(encoding="utf-8")
    program.write_text(right.replace("0 < now < initial", "now < initial + 1"), encoding="utf-8")
    try:
        broken = audit(checkout, "--synth-report=report.json")
    finally:
        program.write_text(right, encoding="utf-8")
    assert "renderer" not in broken
    assert "were drawn again and are the same, so what fails is the reward's" in broken
    assert "reward.py is not the program of its provenance.json" in broken
    (told,) = json.loads((checkout / "report.json").read_text(encoding="utf-8"))
    assert {line["reason"] for line in told["wrong"]} == {"reward", "provenance"}
    assert (told["drifted"], told["blessed"]) == (0, 0)


def test_an_unchanged_environment_is_silent(checkout: Path) -> None:
    """A green audit says nothing of drift, and its report passes."""
    out = audit(checkout, "--synth-report=report.md")
    assert "all passed" in out
    assert "drawn again" not in out
    comment = (checkout / "report.md").read_text(encoding="utf-8")
    assert comment.startswith("### synth audit: all pass")
    assert "| as recorded | blessed |" in comment


def test_a_change_that_no_verdict_heeds_fails_nothing(checkout: Path) -> None:
    """It is said all the same: the next program may heed it."""
    task = TaskFolder.read(checkout / "generated" / "walk")
    source = (task.path / "reward.py").read_text(encoding="utf-8")
    frames = task.store.frames.copy()
    frames[:, 0, 0] = (1, 2, 3)  # a corner of the wall
    drift = drift_of(with_frames(task, frames), parse(source), CONFINED)
    assert drift.drifted
    assert not drift.matters
    assert "verdicts are the same on what is drawn now" in str(drift)
    assert "(1, 2, 3) is now (100, 100, 100)" in str(drift)


def test_an_episode_that_goes_otherwise_is_told_as_such(checkout: Path) -> None:
    """Not the pictures but what actions lead to has changed."""
    task = TaskFolder.read(checkout / "generated" / "walk")
    source = (task.path / "reward.py").read_text(encoding="utf-8")
    first = task.store.episodes[0]
    other = replace(first, success=np.zeros_like(first.success))
    store = replace(task.store, episodes=(other, *task.store.episodes[1:]))
    drift = drift_of(replace(task, store=store), parse(source), CONFINED)
    assert "behaves otherwise" in str(drift)
    assert f"{first.id}, seed {first.seed}, frame {len(first)} is a success now" in str(drift)
    assert "the environment has changed" in str(drift)


def test_packages_of_another_version_are_named(checkout: Path) -> None:
    """The first thing to look at after an upgrade."""
    task = TaskFolder.read(checkout / "generated" / "walk")
    source = (task.path / "reward.py").read_text(encoding="utf-8")
    store = replace(task.store, versions={**task.store.versions, "minigrid": "2.0"})
    drift = drift_of(replace(task, store=store), parse(source), CONFINED)
    assert [v.partition(" -> ")[0] for v in drift.versions] == ["minigrid 2.0"]
    assert not drift.drifted


def with_frames(task: TaskFolder, frames: np.ndarray) -> TaskFolder:
    """The same task with other recorded pictures."""
    return replace(task, store=replace(task.store, frames=frames))
