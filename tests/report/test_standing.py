"""The figures of `synth tasks --measure` come from what is recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synth.cli.app import app
from synth.episode import read_store
from synth.errors import EnvironmentFault, SpecError
from synth.report import measure
from synth.report.standing import keep_time
from synth.spec import load_spec

ROOT = Path(__file__).parents[2]
SPEC = """\
env = "Nowhere-v0"
[expert]
policy = "nobody:walk"
[success]
when = "terminated"
"""


def test_held_out_episodes_that_were_replaced_are_counted_among_their_own_seeds(monkeypatch):
    """KeyCorridor's are of a later generation: none served without being tried."""
    monkeypatch.chdir(ROOT)
    spec = load_spec("key-corridor")
    assert read_store(ROOT / "generated" / "key-corridor" / "episodes").generation > 0
    told = measure(spec)
    assert told.experts is not None
    served, tried = told.experts
    assert served == spec.expert.episodes + spec.held_out.episodes
    assert served <= tried


def test_a_committed_task_is_measured_from_its_files(monkeypatch):
    """Counts are of its episodes, agreement is of its program on the held-out ones."""
    monkeypatch.chdir(ROOT)
    spec = load_spec("doorkey")
    told = measure(spec)
    assert told.experts == (spec.expert.episodes + spec.held_out.episodes,) * 2
    assert told.randoms is not None
    assert told.randoms[1] == spec.random.episodes + spec.held_out.episodes
    assert told.frame == (96, 96)
    assert (told.judged, told.successes_judged) == (1.0, 1.0)
    assert told.calls
    assert told.agreement is not None
    assert told.agreement.wrong == 0
    assert {row.predicate for row in told.agreement.subtasks} == {"carrying_key", "door_open"}
    assert not told.missing


def test_what_cannot_be_measured_says_why(tmp_path, monkeypatch):
    """One table and one JSON for all, the reason beside; a spec that is none costs no other."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/lost.toml").write_text(SPEC, encoding="utf-8")
    Path("specs/odd.toml").write_text("env = 3\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["tasks", "--measure", "--json"])
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert [row["task"] for row in content["tasks"]] == ["lost"]
    assert "there is no environment 'Nowhere-v0'" in content["tasks"][0]["missing"][0]
    assert content["broken"][0].startswith("specs/odd.toml")
    words = CliRunner().invoke(app, ["tasks", "--measure"]).stdout
    assert "lost: spec: specs/TASK.toml: env: there is no environment 'Nowhere-v0'" in words


def test_a_task_that_is_none_is_told_the_nearest(tmp_path, monkeypatch):
    """A slip is no line of the table, and the status says so."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/lost.toml").write_text(SPEC, encoding="utf-8")
    for extra in ([], ["--measure"]):
        with pytest.raises(SpecError, match="Did you mean 'lost'"):
            CliRunner().invoke(app, ["tasks", "lots", *extra], catch_exceptions=False)
    words = CliRunner().invoke(app, ["tasks", "lost"]).stdout
    assert words.endswith("1 spec, 0 with a reward; - : there is none yet.\n")


def test_the_time_of_a_recording_is_that_of_its_spec(tmp_path, monkeypatch):
    """It is forgotten with the spec's episodes, and asked for again only where it is wanted."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/lost.toml").write_text(SPEC, encoding="utf-8")
    spec = load_spec("lost")
    keep_time(spec, 12.345)
    assert measure(spec).seconds == pytest.approx(12.35)
    Path("specs/lost.toml").write_text(f"seed = 5\n{SPEC}", encoding="utf-8")
    told = measure(load_spec("lost"), again=True)
    assert told.seconds is None
    assert any("Nowhere-v0" in reason for reason in told.missing)


def test_a_missing_package_is_the_reason(tmp_path, monkeypatch):
    """An environment whose package is not there is said to need it."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/lost.toml").write_text(SPEC, encoding="utf-8")

    def lacking(_spec):
        raise EnvironmentFault('Nowhere-v0 needs a package. Run `pip install "synth[nowhere]"`.')

    monkeypatch.setattr("synth.record.player.family_of", lacking)
    (reason,) = measure(load_spec("lost")).missing
    assert "synth[nowhere]" in reason
