"""What a suite asks of programs where missions vary, and in which words it says no."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from token_row import HEAD, PLAN, REWARD, program, token_spec

from synth.cli.hunt import hunt as hunt_command
from synth.errors import ModelDeadEnd, UsageError
from synth.failure import Find
from synth.loop.demonstrations import demonstrations, some_missions
from synth.models.builtin import BuiltinModel
from synth.program import parse
from synth.prompts.requests import DescribeRequest
from synth.record import Seeds
from synth.record.player import Player
from synth.search import hunt
from synth.search.drawing import drawn_search
from synth.search.examiner import Examiner
from synth.search.layouts import starts_of
from synth.search.sorties import Scout
from synth.search.strategies import LAYOUTS
from synth.suite import judge
from synth.suite.omissions import left_out
from synth.suite.pytest.write import render_suite
from synth.task.folder import TaskFolder
from synth.task.found import add_found, play
from synth.verdicts import LiveVerdicts

WANTED = "mission.split()[2]"
PROGRESS = """\
def taken_progress(now, initial, mission):
    return 1.0 if taken(now, initial, mission) else 0.3
"""
GONE = f"gone(now, initial, {WANTED})"


@pytest.fixture
def task(store, row):
    """The row's task in memory; its world is there to be searched."""
    return TaskFolder(Path("tokens"), token_spec(), PLAN, store)


def failures(source, task, group=None):
    """What the visible split says against a program."""
    found = judge(source, task, groups=None if group is None else (group,), cascade=group is None)
    return found.failures


def test_the_right_program_passes_everything(task):
    """Both splits, the search and the right deeds for other missions among it."""
    found = judge(REWARD, task, splits=("visible", "held_out"))
    assert found.accepted, found.failures
    assert "missions::never_completes_the_deed_of_another_mission" in found.passed
    assert "search::no_lie_is_found" in found.passed


def test_a_program_that_does_not_heed_the_mission_is_told_so(task):
    """It is right on every expert; the deed for another mission shows it."""
    source = program("changed(now, initial)")
    assert not failures(source, task, "expert")
    (failure,) = failures(source, task, "missions")
    assert (
        "So it is in 2 of 2 such episodes. taken seems not to heed the mission" in failure.message
    )
    assert failure.message.endswith(f"is {task.store[failure.episode].mission!r}.")


def test_a_program_for_one_colour_is_told_which_words_it_misses(task):
    """Successes are missed exactly where the mission says something else."""
    colours = {e.mission.split()[2] for e in task.store.select(kind="expert", split="visible")}
    colour = min(colours)
    (first, *_) = failures(program(f"{WANTED} == {colour!r} and {GONE}"), task, "expert")
    assert f"exactly those whose mission does not say {colour!r}" in first.message


def test_the_search_tries_other_missions_and_keeps_them_with_what_it_finds(row):
    """Half of the layouts are told another mission; a find has the words of its episode."""
    spec = token_spec()
    with Player(spec) as player:
        starts = starts_of(player, range(8))
        assert [start.mission is None for start in starts] == [True, True, False, False] * 2
        for start in starts:
            own = player.began(start.seed) and player.simulator.mission()
            assert start.mission != own
    come = hunt(
        spec, parse(program("changed(now, initial)")), seeds=Seeds.of(spec).fresh, episodes=20
    )
    (one,) = [c for c in come.counterexamples if c.kind == "false_positive"]
    assert one.find.mission == one.rollout.mission
    assert f"mission {one.find.mission!r}" in one.sentence
    assert f"--mission '{one.find.mission}'" in one.find.command("tokens")
    with Player(spec) as player:
        again = player.play(one.find.seed, one.find.actions, mission=one.find.mission)
    assert np.array_equal(again.frames, one.rollout.frames)
    assert one.shortest


def test_the_search_plays_in_each_layout_what_is_right_for_another_mission(row):
    """After the expert's own deed comes the one for another mission, whole and unchanged."""
    with Player(token_spec()) as player:
        starts = starts_of(player, range(4))
        scout = Scout(player, starts, number=0)
        own, misled = ([scout.go() for _ in starts] for _ in range(2))
        for start, first, second in zip(starts, own, misled, strict=True):
            assert start.deed not in (None, first.layout.mission)
            assert second.actions == player.shown(start.seed, mission=start.deed)
            assert second.layout.mission == first.layout.mission


def test_a_drawn_search_begins_with_deeds_for_other_missions(row, monkeypatch):
    """Where Hypothesis draws, half of the episodes at most are such deeds, before all others."""
    played = []
    examine = Examiner.examine

    def spy(self, seed, actions, **how):
        played.append((seed, tuple(actions), how.get("mission")))
        return examine(self, seed, actions, **how)

    monkeypatch.setattr(Examiner, "examine", spy)
    spec, right = token_spec(), parse(REWARD)
    with Player(spec) as player, LiveVerdicts(right) as verdicts:
        examiner = Examiner(player, verdicts, progress=False)
        starts = starts_of(player, range(LAYOUTS))
        found, _ = drawn_search(examiner, starts, 8, number=0, tell=lambda _: None)
        wanted = [(s.seed, player.shown(s.seed, mission=s.deed), s.mission) for s in starts[:4]]
    assert played[:4] == wanted
    assert len(played) > len(wanted)
    assert not found


def test_a_find_of_another_mission_is_another_find(task, row):
    """The same seed and actions are kept once for each mission, and replayed with it."""
    episode = next(e for e in task.store.episodes if e.fulfils is not None)
    store = task.store
    for words in (episode.mission, episode.fulfils, episode.mission):
        find = Find(episode.seed, episode.actions, "found", words)
        store = add_found(store, task.spec, [(play(task.spec, find), find.note)])
    found = store.select(kind="found")
    assert [e.mission for e in found] == [episode.mission, episode.fulfils]
    assert [e.success.any() for e in found] == [False, True]


def test_the_test_file_names_the_check_only_where_missions_vary():
    """A task without missions has no such test, and nothing is said to be left out."""
    name = "never_completes_the_deed_of_another_mission"
    assert name in render_suite(token_spec())
    assert name not in render_suite(token_spec(missions=False))
    assert not any("missions" in words for words in left_out(token_spec(missions=False)))


def test_where_no_such_near_miss_was_recorded_it_is_said(task):
    """The check is skipped with its reason, neither passed nor failed."""
    kept = tuple(e for e in task.store.episodes if e.fulfils is None)
    bare = replace(task, store=replace(task.store, episodes=kept))
    found = judge(REWARD, bare, groups=("missions",))
    assert [skip.reason for skip in found.skipped] == [
        "right deeds for other missions (none was recorded)"
    ]


def test_a_program_without_the_parameter_is_sent_back_by_the_lint(task):
    """The message says what the third parameter is."""
    two = f"{HEAD}\ndef taken(now, initial):\n    return True\n\n\nSUBTASKS = [taken]\n"
    (failure,) = failures(two, task, "program")
    assert "must take exactly (now, initial, mission)" in failure.message


def test_every_way_of_asking_agrees(task):
    """Stills, perturbed pictures, progress and single frames go by the episode's mission."""
    source = REWARD.replace("SUBTASKS", f"{PROGRESS}\n\nSUBTASKS")
    spec = token_spec("[metamorphic]\nbrightness = 10\nepisodes = 8\n")
    found = judge(source, replace(task, spec=spec, store=_of(task.store, spec)))
    assert found.accepted, found.failures
    assert any(test.startswith("metamorphic") for test in found.passed)
    assert any(test.startswith("scenes") for test in found.passed)


def _of(store, spec):
    return replace(store, spec_digest=spec.episode_digest())


def test_builtin_declines_at_once(task):
    """It reads no words, and says what would help."""
    request = DescribeRequest(
        goal="g", missions=some_missions(task.store), demonstrations=demonstrations(task.store)
    )
    with pytest.raises(ModelDeadEnd, match=r"reads no words.*--model"):
        BuiltinModel().ask(request)


def test_only_seeds_that_can_be_told_otherwise_are(row):
    """A world with one mission a layout is searched with that."""
    row.simulator.missions = lambda: (row.simulator.words,)
    with Player(token_spec()) as player:
        assert {start.mission for start in starts_of(player, range(6))} == {None}


def test_a_mission_on_the_command_line_needs_an_episode():
    """`--mission` without `--seed` says nothing."""
    with pytest.raises(UsageError, match="--mission says nothing without --seed"):
        hunt_command("doorkey", mission="go to the moon")


def test_a_find_says_how_to_play_it_again():
    """Its command has the mission, and one without has none."""
    find = Find(3, (1, 2), "note", "take the red token")
    assert find.command("t").endswith("--mission 'take the red token'")
    assert "--mission" not in replace(find, mission=None).command("t")
