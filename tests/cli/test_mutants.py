"""``synth mutants``: the score, the survivors, and what it says when it cannot."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from synth.episode import read_store
from synth.mutation.judge import MutantJudge
from synth.mutation.measure import MutationRun
from synth.plan import Plan
from synth.record import Seeds
from synth.spec import load_spec
from synth.suite import judge
from synth.task import TaskFolder, write_task

from .conftest import PLAN, PROGRAM, WRONG, Command

SOURCE = PROGRAM.removeprefix("```python\n").removesuffix("```\n")


@pytest.fixture
def walk(recorded: Path) -> Path:
    """The recorded task with its reward committed."""
    write_task(recorded / "task.toml", load_spec("walk"), Plan.model_validate_json(PLAN))
    (recorded / "reward.py").write_text(SOURCE, encoding="utf-8")
    return recorded


def test_score_is_printed_by_operator(walk: Path, synth_command: Command) -> None:
    """The command prints a row per operator and the whole score."""
    ran = synth_command("mutants", "walk", "--limit", "10", "--sample", "6")
    assert ran.code == 0, ran.all
    assert "operator" in ran.out
    assert "constant return" in ran.out
    assert "10 of " in ran.out
    assert "mutants that are not equivalent are killed" in ran.out


def test_json_holds_the_survivors_and_the_finds(walk: Path, synth_command: Command) -> None:
    """As JSON every survivor has its diff and its difference, and finds are a list."""
    ran = synth_command("mutants", "walk", "--limit", "10", "--sample", "6", "--json")
    figures = json.loads(ran.out)
    assert figures["judged"] == 10
    assert figures["complete"]
    assert sum(row["killed"] for row in figures["operators"]) == figures["total"]["killed"]
    assert len(figures["survivors"]) == figures["total"]["survived"]
    assert isinstance(figures["found"], list)


def test_every_survivor_is_shown_as_a_diff_with_its_episode(
    walk: Path, synth_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mutant that the suite lets through is shown, with the episode that would have told it."""
    monkeypatch.setattr(MutantJudge, "killer", lambda _self, _source: "")
    ran = synth_command("mutants", "walk", "--limit", "10", "--sample", "6", "--jobs", "1")
    assert "+++ mutant.py" in ran.out
    assert "would be killed by expert, seed 100000, frame " in ran.out


def test_kept_finds_are_tests_from_then_on(
    walk: Path, synth_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --keep what tells a survivor is an episode of the task, once, and the reward passes it.

    Without it nothing is written.
    """
    monkeypatch.setattr(MutantJudge, "killer", lambda _self, _source: "")
    before = read_store(walk / "episodes")
    command = ("mutants", "walk", "--limit", "10", "--sample", "6", "--jobs", "1")
    assert "told by seed" in synth_command(*command).out
    assert len(read_store(walk / "episodes").episodes) == len(before.episodes)
    ran = synth_command(*command, "--keep")
    found = read_store(walk / "episodes").select(kind="found")
    assert f"{len(found)} episodes added" in ran.err
    assert found
    assert {e.seed for e in found}.isdisjoint(Seeds.of(load_spec("walk")).fresh)
    assert judge(SOURCE, TaskFolder.read(walk), splits=("visible", "held_out")).accepted
    assert "0 episodes added" in synth_command(*command, "--keep").err


def test_reward_that_fails_its_suite_is_at_fault(walk: Path, synth_command: Command) -> None:
    """A program that does not pass has no mutation score; the reward is blamed."""
    wrong = WRONG.removeprefix("```python\n").removesuffix("```\n")
    (walk / "reward.py").write_text(wrong, encoding="utf-8")
    ran = synth_command("mutants", "walk", "--limit", "3")
    assert ran.code == 1
    assert ran.err.startswith("reward: walk: the reward program does not pass its own suite")


def test_missing_reward_says_what_makes_one(walk: Path, synth_command: Command) -> None:
    """Without a reward program the message names the command that writes it."""
    (walk / "reward.py").unlink()
    ran = synth_command("mutants", "walk")
    assert ran.code == 2
    assert "`synth run walk` makes one" in ran.err


def test_time_that_runs_out_is_a_budget(walk: Path, synth_command: Command) -> None:
    """Out of time, it prints what it has and exits with the code of a budget."""
    ran = synth_command("mutants", "walk", "--seconds", "1", "--sample", "10000")
    assert ran.code == 5
    assert "mutants that are not equivalent" in ran.out
    assert "--seconds 1 ran out" in ran.err


def test_interruption_prints_what_there_is(
    walk: Path, synth_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted, it prints the figures of the mutants judged by then."""

    def interrupted(_self: MutationRun) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(MutationRun, "run", interrupted)
    ran = synth_command("mutants", "walk")
    assert ran.code == 130
    assert "0 of 0 judged" in ran.out


def test_interrupted_it_goes_on_where_it_was(
    walk: Path, synth_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command again asks the suite only about the rest, and says so."""
    whole, asked = MutantJudge.killer, Counter[str]()

    def interrupted(judge: MutantJudge, source: str) -> str:
        if sum(asked.values()) == 3:
            raise KeyboardInterrupt
        asked[source] += 1
        return whole(judge, source)

    command = ("mutants", "walk", "--limit", "6", "--sample", "6", "--jobs", "1")
    monkeypatch.setattr(MutantJudge, "killer", interrupted)
    ran = synth_command(*command)
    assert ran.code == 130
    assert "3 of " in ran.out
    monkeypatch.setattr(MutantJudge, "killer", whole)
    ran = synth_command(*command)
    assert ran.code == 0
    assert "the suite has been asked about 3 mutants before" in ran.err
    assert "6 of " in ran.out
    assert "going on" not in synth_command(*command).err
