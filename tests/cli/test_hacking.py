"""``synth hacking``: a planted wrong program shows a gap, an honest one does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synth.episode import read_store
from synth.plan import Plan
from synth.spec import load_spec
from synth.task import write_task
from synth.task.provenance import changed_files, file_digests, read_digests

from .conftest import PLAN, PROGRAM, SPEC, Command

pytest.importorskip("stable_baselines3", reason="needs the train extra")
from synth.training import TrainingResult, settings_of

HONEST = PROGRAM.removeprefix("```python\n").removesuffix("```\n")
PLANTED = """\
from synth import vision


def perceive(frame):
    return int(frame[8:16, 8:16].sum())


def reach_goal(now, initial):
    return now < initial - 1000


SUBTASKS = [reach_goal]
"""
"""Takes an agent that has left its first cell for one that has arrived."""


def trained(checkout: Path, synth_command: Command, program: str, limit: int = 20) -> Path:
    """The task with that reward, and an agent that was paid by nothing else."""
    spec = SPEC.replace("max_steps = 20", f"max_steps = {limit}")
    (checkout / "specs" / "walk.toml").write_text(spec, encoding="utf-8")
    assert synth_command("record", "walk").code == 0
    folder = checkout / "generated" / "walk"
    write_task(folder / "task.toml", load_spec("walk"), Plan.model_validate_json(PLAN))
    (folder / "reward.py").write_text(program, encoding="utf-8")
    content = {"model": "builtin", "files": dict(file_digests(folder))}
    (folder / "provenance.json").write_text(json.dumps(content), encoding="utf-8")
    ran = synth_command(
        "train", "walk", "--env-weight", "0", "--envs", "2", "--steps", "256", "--jobs", "1"
    )
    assert ran.code == 0, ran.all
    return folder


def test_an_honest_program_shows_no_gap(checkout: Path, synth_command: Command) -> None:
    """What it claims is what is true, at the same frames; nothing is kept, and the exit code 0."""
    folder = trained(checkout, synth_command, HONEST, limit=80)
    before = dict(file_digests(folder))
    ran = synth_command("hacking", "walk", "--episodes", "10", "--keep", "--json")
    assert ran.code == 0, ran.all
    rows = json.loads(ran.out)
    assert [row["deterministic"] for row in rows] == [False, True]
    for row in rows:
        counts = row["counts"]
        assert sum(counts[k] for k in ("both", "lies", "missed", "neither")) == 10
        assert (counts["lies"], counts["missed"], counts["early"]) == (0, 0, 0)
        assert row["claim_frame"] == row["truth_frame"]
        assert row["claimed_not_true"]["low"] == 0.0
    assert rows[0]["counts"]["both"] > 0
    assert dict(file_digests(folder)) == before


def test_a_planted_lie_is_found_shown_and_kept(checkout: Path, synth_command: Command) -> None:
    """The gap is counted and drawn; the shortest lie is a film strip and a `found` episode."""
    folder = trained(checkout, synth_command, PLANTED)
    ran = synth_command(
        "hacking", "walk", "--episodes", "10", "--keep", "--figure", "gap.png"
    )  # fmt: skip
    assert ran.code == 1, ran.all
    report = json.loads(
        (checkout / "runs/walk/training/code-alone/seed-0/hacking.json").read_text("utf-8")
    )
    drawn = report["rows"][0]
    assert drawn["counts"]["lies"] > 5
    assert "claimed, not true" in ran.out
    assert (checkout / "gap.png").read_bytes().startswith(b"\x89PNG")
    assert (checkout / "runs/walk/hacking/code-alone.png").read_bytes().startswith(b"\x89PNG")
    (kept,) = read_store(folder / "episodes").select(kind="found")
    lies = [row["lie"] for row in report["rows"] if row["lie"]]
    assert len(kept.actions) == min(len(lie["actions"]) for lie in lies)
    assert kept.note.startswith("found by a trained agent")
    assert not kept.success.any()
    assert changed_files(folder, read_digests(folder)) == ()
    acts = ",".join(map(str, kept.actions))
    assert f"synth hunt walk --seed {kept.seed} --actions {acts}" in ran.out
    assert "is in" in synth_command("hacking", "walk", "--episodes", "10", "--keep").out


def test_an_agent_of_another_program_is_refused(checkout: Path, synth_command: Command) -> None:
    """What it learned from is no longer there, so its claims would be another's."""
    home = checkout / "runs/walk/training/code/seed-0"
    home.mkdir(parents=True)
    (home / "model.zip").write_bytes(b"")
    result = TrainingResult(
        task="walk",
        arm="code",
        seed=0,
        settings=settings_of("minigrid"),
        steps=1,
        stopped="steps",
        steps_to_90=None,
        episodes=(),
        seconds=0.0,
        reward="of another program",
        versions={},
        machine={},
    )
    (home / "result.json").write_text(result.model_dump_json(), encoding="utf-8")
    (checkout / "generated" / "walk").mkdir(parents=True)
    (checkout / "generated" / "walk" / "reward.py").write_text(HONEST, encoding="utf-8")
    ran = synth_command("hacking", "walk")
    assert ran.code == 2, ran.all
    assert "trained by another program" in ran.err


def test_without_an_agent_there_is_nothing_to_look_at(
    checkout: Path, synth_command: Command
) -> None:
    """The message says how to train one, and which arms there are."""
    ran = synth_command("hacking", "walk")
    assert ran.code == 2
    assert "synth train walk --env-weight 0" in ran.err
    assert "holds none" in synth_command("hacking", "walk", "--arm", "code").err
