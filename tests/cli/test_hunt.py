"""``synth hunt``: finds join the suite, and a hunt goes on where it was left."""

from __future__ import annotations

import json
from itertools import chain, repeat
from pathlib import Path

import pytest

from synth.episode import read_store
from synth.plan import Plan
from synth.scheduling import hire
from synth.search import campaign
from synth.spec import load_spec
from synth.task import TaskFolder, write_task
from synth.task.provenance import changed_files, file_digests, read_digests

from .conftest import PLAN, PROGRAM, Command

RIGHT = PROGRAM.removeprefix("```python\n").removesuffix("```\n")
EAGER = RIGHT.replace("0 < now < initial", "True")


@pytest.fixture
def walk(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded task with a right reward committed; streams are short."""
    monkeypatch.setattr(campaign, "STREAM", 10)
    folder = recorded
    write_task(folder / "task.toml", load_spec("walk"), Plan.model_validate_json(PLAN))
    (folder / "reward.py").write_text(RIGHT, encoding="utf-8")
    content = {"model": "builtin", "files": dict(file_digests(folder))}
    (folder / "provenance.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def state(checkout: Path) -> dict:
    """What the hunt remembers."""
    return json.loads((checkout / "runs" / "walk" / "hunt.json").read_text(encoding="utf-8"))


def files(folder: Path) -> dict[Path, bytes]:
    """All that lies in a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_found_is_exit_code_0(walk: Path, checkout: Path, synth_command: Command) -> None:
    """A right reward stays as it is, and the hunt remembers where it got to."""
    before = dict(file_digests(walk))
    ran = synth_command("hunt", "walk", "--minutes", "0.01")
    assert ran.code == 0, ran.all
    assert "no finds" in ran.out
    assert state(checkout)["stream"] >= 1
    assert dict(file_digests(walk)) == before


def test_a_find_joins_the_episodes_and_the_audit_stands(
    walk: Path, checkout: Path, synth_command: Command
) -> None:
    """It is printed with its picture, kept as an episode, and provenance knows the new files."""
    (walk / "reward.py").write_text(EAGER, encoding="utf-8")
    ran = synth_command("hunt", "walk", "--minutes", "0.01")
    assert ran.code == 1, ran.all
    assert "found-0000: search, seed 90000, no action: reach_goal holds at frame 0" in ran.out
    assert (checkout / "runs" / "walk" / "found-0000.png").exists()
    assert f"look at {Path('runs/walk/found-0000.png')}" in ran.out
    assert "[search] table" in ran.out
    episode, *_ = read_store(walk / "episodes").select(kind="found")
    assert (episode.seed, episode.actions, episode.split) == (90000, (), "visible")
    assert changed_files(walk, read_digests(walk)) == ()
    content = json.loads((walk / "provenance.json").read_text(encoding="utf-8"))
    assert content["model"] == "builtin"
    assert TaskFolder.read(walk).store["found-0000"].note.startswith("found by the search")


def test_a_find_of_the_committed_reward_says_what_it_changed_and_what_comes_next(
    walk: Path, synth_command: Command
) -> None:
    """The episode is named, the folder that it joined, and the command that makes use of it."""
    (walk / "reward.py").write_text(EAGER, encoding="utf-8")
    ran = synth_command("hunt", "walk", "--minutes", "0.01")
    assert (
        "  joined generated/walk/episodes as found-0000; next: `synth run walk` shows it to a model"
        in ran.out
    )


def test_a_hunt_of_another_program_leaves_the_committed_task_alone(
    walk: Path, checkout: Path, synth_command: Command
) -> None:
    """Its finds are told, with picture and command, and not one file of the task changes."""
    before = files(walk)
    other = checkout / "other.py"
    other.write_text(EAGER, encoding="utf-8")
    hunted = ("hunt", "walk", "--minutes", "0.01", "--reward", str(other))
    ran = synth_command(*hunted)
    assert ran.code == 1, ran.all
    assert files(walk) == before
    assert "find-0000: search, seed 90000, no action: reach_goal holds at frame 0" in ran.out
    assert (checkout / "runs" / "walk" / "find-0000.png").exists()
    assert f"play it again: synth hunt walk --seed 90000 --reward {other}" in ran.out
    assert "generated/walk is left alone" in ran.out
    assert "[search] table" not in ran.out
    kept = synth_command(*hunted, "--keep")
    assert kept.code == 1, kept.all
    assert "joined generated/walk/episodes as found-0000" in kept.out
    assert len(read_store(walk / "episodes").select(kind="found")) == 1


def test_what_is_done_and_seen_alike_under_two_seeds_is_one_find(
    walk: Path, checkout: Path, synth_command: Command
) -> None:
    """All layouts of this task are one: every stream finds the same, and it is told once."""
    (walk / "reward.py").write_text(EAGER, encoding="utf-8")
    task = TaskFolder.read(walk)
    one = campaign.Campaign(task, EAGER, checkout / "runs" / "walk" / "hunt.json")
    with hire(jobs=1) as crew:
        told = list(one.go_on(crew, chain([False, False, False], repeat(True)).__next__))
    assert one.stream == 3
    assert [kept.episode for _, kept in told] == ["found-0000"]
    assert len(one.finds) == len(read_store(walk / "episodes").select(kind="found")) == 1
    again = synth_command("hunt", "walk", "--seed", "90500", "--keep")
    assert "is among the task's already" in again.out


def test_a_sitting_of_any_length_searches_something(
    walk: Path, checkout: Path, synth_command: Command
) -> None:
    """Where to begin takes longer than the whole sitting, as on a busy machine, too."""
    ran = synth_command("hunt", "walk", "--minutes", "0.0000001")
    assert state(checkout)["stream"] == 1, ran.all


def test_the_hunt_goes_on_where_it_was_left(
    walk: Path, checkout: Path, synth_command: Command
) -> None:
    """A second sitting begins with the next stream and still counts the finds of the first."""
    (walk / "reward.py").write_text(EAGER, encoding="utf-8")
    synth_command("hunt", "walk", "--minutes", "0.01")
    first = state(checkout)
    ran = synth_command("hunt", "walk", "--minutes", "0")
    assert ran.code == 1
    assert f"going on after {first['episodes']} episodes" in ran.out
    assert state(checkout) == first
    synth_command("hunt", "walk", "--minutes", "0.01")
    assert state(checkout)["stream"] > first["stream"]


def test_an_interrupted_stream_is_searched_again(
    walk: Path, checkout: Path, synth_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C loses no more than a stream, and finds that were kept by then are not kept twice."""
    (walk / "reward.py").write_text(EAGER, encoding="utf-8")
    write = campaign.Campaign._write

    def interrupted(_self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(campaign.Campaign, "_write", interrupted)
    assert synth_command("hunt", "walk").code == 130
    kept = len(read_store(walk / "episodes").select(kind="found"))
    assert kept
    assert changed_files(walk, read_digests(walk)) == ()
    monkeypatch.setattr(campaign.Campaign, "_write", write)
    task = TaskFolder.read(walk)
    again = campaign.Campaign(task, EAGER, checkout / "runs" / "walk" / "hunt.json")
    assert again.stream == 0
    with hire(jobs=1) as crew:
        list(again.go_on(crew, chain([False], repeat(True)).__next__))
    assert len(read_store(walk / "episodes").select(kind="found")) == kept
    assert len(again.finds) == kept


def test_streams_searched_at_once_are_taken_in_by_their_order(walk: Path, checkout: Path) -> None:
    """Whoever is first: the first find is the first stream's, and both streams count."""
    found = []
    for jobs in (1, 2):
        path = checkout / f"by-{jobs}.json"
        one = campaign.Campaign(TaskFolder.read(walk), EAGER, path)
        with hire(jobs=jobs) as crew:
            kept = list(one.go_on(crew, chain([False, False], repeat(True)).__next__))
        assert one.stream == 2
        assert one.episodes > 0
        found.append([(k.sentence, c.find.seed, c.find.actions) for c, k in kept])
    assert found[0][0] == found[1][0]


def test_another_program_starts_from_the_first_stream(
    walk: Path, checkout: Path, synth_command: Command
) -> None:
    """What was searched for one program says nothing about another."""
    synth_command("hunt", "walk", "--minutes", "0.01")
    other = checkout / "other.py"
    other.write_text(EAGER, encoding="utf-8")
    ran = synth_command("hunt", "walk", "--minutes", "0.01", "--reward", str(other))
    assert ran.code == 1
    assert "going on" not in ran.out
    assert "reach_goal holds at frame 0" in ran.out


def test_episodes_that_were_changed_are_not_added_to(walk: Path, synth_command: Command) -> None:
    """A find must not make an audit forget that something else was tampered with."""
    (walk / "episodes" / "manifest.json").write_text(
        (walk / "episodes" / "manifest.json").read_text(encoding="utf-8") + "\n", encoding="utf-8"
    )
    ran = synth_command("hunt", "walk")
    assert ran.code == 2
    assert "is not what the reward was judged on" in ran.err


def test_a_program_that_does_not_lint_is_not_run(
    walk: Path, checkout: Path, synth_command: Command
) -> None:
    """The reward is at fault before anything is played."""
    bad = checkout / "bad.py"
    bad.write_text("import os\n" + RIGHT, encoding="utf-8")
    ran = synth_command("hunt", "walk", "--reward", str(bad))
    assert ran.code == 1
    assert ran.err.startswith("reward: ")


def test_a_damaged_memory_says_how_to_start_again(
    walk: Path, checkout: Path, synth_command: Command
) -> None:
    """The file that remembers is named, and what to do with it."""
    (checkout / "runs" / "walk").mkdir(parents=True, exist_ok=True)
    (checkout / "runs" / "walk" / "hunt.json").write_text("{", encoding="utf-8")
    ran = synth_command("hunt", "walk")
    assert ran.code == 2
    assert "hunt.json: where the hunt stood cannot be read" in ran.err


def test_a_find_is_played_again_by_the_command_it_prints(
    walk: Path, checkout: Path, synth_command: Command
) -> None:
    """Frame by frame: what holds, whether it is success, and where the program is wrong."""
    (walk / "reward.py").write_text(EAGER, encoding="utf-8")
    ran = synth_command("hunt", "walk", "--minutes", "0.01")
    assert "play it again: synth hunt walk --seed 90000" in ran.out
    again = synth_command("hunt", "walk", "--seed", "90000", "--actions", "2,1")
    assert again.code == 1, again.all
    assert (
        "0 reset        no success; holds: reach_goal  <- false_positive: reach_goal" in again.out
    )
    assert "1 forward" in again.out
    assert (checkout / "runs" / "walk" / "replay-90000.png").exists()


def test_what_an_audit_found_joins_the_suite_by_the_command_it_printed(
    walk: Path, synth_command: Command
) -> None:
    """With --keep the episode is among the task's, once, and the audit stands."""
    (walk / "reward.py").write_text(EAGER, encoding="utf-8")
    again = ("hunt", "walk", "--seed", "90007", "--actions", "0,1", "--keep")
    ran = synth_command(*again)
    assert ran.code == 1, ran.all
    assert "kept as found-0000" in ran.out
    assert changed_files(walk, read_digests(walk)) == ()
    [episode] = TaskFolder.read(walk).store.select(kind="found")
    assert (episode.seed, episode.actions) == (90007, (0, 1))
    assert "is among the task's already" in synth_command(*again).out


def test_an_episode_on_which_the_reward_is_right_is_not_kept(
    walk: Path, synth_command: Command
) -> None:
    """Nothing is written, and that is said."""
    before = dict(file_digests(walk))
    ran = synth_command("hunt", "walk", "--seed", "5", "--actions", "2", "--keep")
    assert ran.code == 0, ran.all
    assert "it is not kept" in ran.out
    assert dict(file_digests(walk)) == before


def test_a_right_program_is_played_again_without_a_fault(
    walk: Path, checkout: Path, synth_command: Command
) -> None:
    """Exit code 0, and nothing joins the episodes."""
    before = dict(file_digests(walk))
    ran = synth_command("hunt", "walk", "--seed", "5", "--actions", "2")
    assert ran.code == 0, ran.all
    assert "<-" not in ran.out
    assert dict(file_digests(walk)) == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--seed", "5", "--actions", "x"), "these are no actions"),
        (("--seed", "5", "--actions", "17"), "has no action 17"),
        (("--actions", "2"), "say nothing without --seed"),
        (("--mission", "go"), "--mission says nothing without --seed"),
    ],
)
def test_what_cannot_be_played_is_a_usage_error(
    walk: Path, synth_command: Command, given: tuple[str, ...], said: str
) -> None:
    """It names what is wrong and is exit code 2."""
    ran = synth_command("hunt", "walk", *given)
    assert ran.code == 2, ran.all
    assert said in ran.err
