"""A real task whose missions vary, from its spec to its judgement: MiniGrid's Fetch.

A program written by hand passes everything; those that heed no words, or a part of them, are
red at the checks that say so. None of them is a committed reward.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import synth
from synth.episode import write_store
from synth.mutation.judge import MutantJudge
from synth.mutation.mutants import mutants
from synth.plan import Plan, SubTask
from synth.record.player import Player
from synth.record.recorder import record
from synth.report.accuracy import measure_accuracy
from synth.reward import Reward
from synth.spec import load_spec
from synth.suite import judge
from synth.task.folder import TaskFolder, write_task

SPECS = Path(__file__).parents[2] / "specs"
PLAN = Plan(
    task="Pick up the object that the mission names.",
    stages=(
        (
            SubTask(
                name="taken",
                description="The object that the mission names is picked up.",
                visible="It is gone from its place.",
            ),
        ),
    ),
)
HEAD = """\
from synth import vision

COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "purple": (112, 39, 195),
    "yellow": (255, 255, 0),
    "grey": (100, 100, 100),
}
SIDE = 16


def at(mask, row, column):
    return mask[row::SIDE, column::SIDE]


def perceive(frame):
    # walls, and how many balls and keys there are of each colour, by a few pixels of their tiles
    rows, columns = frame.shape[0] // SIDE, frame.shape[1] // SIDE
    codes = vision.pack(frame[: rows * SIDE, : columns * SIDE])
    things = {}
    for name, colour in COLOURS.items():
        mask = vision.where(codes, colour)
        bare = ~at(mask, 2, 2) & ~at(mask, 14, 14)
        ball = at(mask, 7, 4) & at(mask, 7, 11) & at(mask, 4, 7) & at(mask, 11, 7) & bare
        key = at(mask, 3, 7) & at(mask, 8, 9) & at(mask, 12, 9) & ~at(mask, 4, 9) & bare
        things[name + " ball"] = int(ball.sum())
        things[name + " key"] = int(key.sum())
    grey = vision.where(codes, COLOURS["grey"])
    walls = int((at(grey, 2, 2) & at(grey, 14, 14) & at(grey, 7, 7)).sum())
    return walls, things


def fewer(now, initial, names):
    if now[0] == 0 or now[0] != initial[0]:
        return False
    return sum(now[1].get(n, 0) for n in names) < sum(initial[1].get(n, 0) for n in names)


def taken(now, initial, mission):
    colour, kind = mission.split()[-2:]
"""


def program(names: str) -> str:
    """Something of these names is gone."""
    return f"{HEAD}    return fewer(now, initial, {names})\n\n\nSUBTASKS = [taken]\n"


RIGHT = program('(colour + " " + kind,)')


@pytest.fixture(scope="module")
def fetch(tmp_path_factory) -> TaskFolder:
    """The committed spec's first episodes, on disk."""
    spec = load_spec("fetch", SPECS)
    few = {
        "expert": spec.expert.model_copy(update={"episodes": 8}),
        "random": spec.random.model_copy(update={"episodes": 4, "max_steps": 40}),
        "held_out": spec.held_out.model_copy(update={"episodes": 4}),
        "near_miss": spec.near_miss.model_copy(update={"episodes": 12, "scenes": 6}),
        "search": spec.search.model_copy(update={"episodes": 8}),
    }
    spec = spec.model_copy(update=few)
    folder = tmp_path_factory.mktemp("generated") / "fetch"
    write_store(folder / "episodes", record(spec))
    write_task(folder / "task.toml", spec, PLAN)
    (folder / "reward.py").write_text(RIGHT)
    return TaskFolder.read(folder)


def test_the_right_program_is_green(fetch):
    """All splits, scenes, perturbed pictures and the search among it."""
    found = judge(RIGHT, fetch, splits=("visible", "held_out"))
    assert found.accepted, found.failures
    groups = {test.partition("::")[0] for test in found.passed}
    assert {"missions", "near_miss", "scenes", "metamorphic", "search"} <= groups


@pytest.mark.parametrize(
    ("names", "group", "words"),
    [
        ("now[1]", "missions", "seems not to heed the mission at all"),
        ('[colour + " ball", colour + " key"]', "", "no success"),
        ('[c + " " + kind for c in COLOURS]', "missions", "right for another mission"),
        ('(("blue " + kind,) if colour == "blue" else ())', "expert", "does not say 'blue'"),
    ],
)
def test_programs_that_heed_too_little_are_red_where_it_says_why(fetch, names, group, words):
    """Those that ignore the mission, its kind, or its colour, and that of one colour only."""
    found = judge(program(names), fetch, splits=("visible", "held_out"))
    assert not found.accepted
    assert not group or {failure.group for failure in found.failures} == {group}
    assert any(words in failure.message for failure in found.failures), found.failures


def test_training_is_paid_for_the_mission_of_each_episode(fetch):
    """The environment of the folder, its planner, and the reward told by the environment."""
    env = synth.make(fetch.path)
    with Player(fetch.spec) as player:
        for seed in range(3):
            env.reset(seed=seed)
            paid = [env.step(action)[1] for action in player.shown(seed)]
            assert paid[-1] == 1.0
            assert not any(paid[:-1])
    env.close()


def test_accuracy_counts_the_deeds_that_are_right_for_another_mission(fetch):
    """None completes under the right program, and all under one that heeds nothing."""
    for source, completed in ((RIGHT, 0), (program("now[1]"), 6)):
        with Reward(source) as reward:
            figures = measure_accuracy(fetch.spec, reward, seeds=6)
        assert figures.missions is not None
        assert (figures.missions.others, figures.missions.completed) == (6, completed)
        assert figures.missions.distinct > 1
        assert figures.subtasks[-1].wrong == 0 or source != RIGHT


@pytest.mark.slow
def test_its_mutants_are_told_from_it(fetch):
    """Its suite kills small faults in what it makes of the words, and not the program itself."""
    made = [m for m in mutants(RIGHT) if "+    colour, kind" in m.diff]
    assert made
    judging = MutantJudge(fetch, 0)
    assert any(judging.killer(mutant.source) for mutant in made[:3])
    assert not judging.killer(RIGHT)


def test_a_folder_whose_missions_are_damaged_is_refused(fetch, tmp_path):
    """The episode is named, and what to do about it."""
    copy = shutil.copytree(fetch.path, tmp_path / "fetch")
    path = copy / "episodes" / "episodes.jsonl"
    path.write_text(path.read_text().replace('"mission":"', '"mission":"   ","was":"', 1))
    with pytest.raises(synth.errors.UsageError, match=r"expert-0000.*record again"):
        TaskFolder.read(copy)
