"""What cannot be checked is skipped with its reason, counted, said in one line, never passed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from keydoor import REWARD, make_spec, make_task, program, write_folder
from lamps import lamps, program_of

from synth.suite import GROUPS, all_checks, judge, not_checked
from synth.suite.bounds import bounds, distinct
from synth.suite.subject import Subject
from synth.task.folder import TaskFolder

pytest_plugins = ["pytester"]

BOTH = ("visible", "held_out")
EVERYTHING = {
    "near_miss": {},
    "search": {},
    "labels": {},
    "metamorphic": {
        "render": [{"tile_size": 8}],
        "distractors": 1,
        "colours": ["key"],
    },
}
"""A spec that asks for every check that some ability, or a simulator, must make possible."""

NEEDY = {
    "near_miss::holds_the_goal_exactly_at_success": "near miss episodes",
    "near_miss::holds_with_its_change": "scene events",
    "near_miss::holds_only_after_a_change": "scene events",
    "near_miss::notices_when_it_is_undone": "scene events",
    "near_miss::notices_when_it_is_put_down": "scene events",
    "near_miss::holds_once_its_thing_has_changed": "scene events",
    "scenes::answers_on_every_still": "scenes",
    "scenes::tells_success_in_every_scene": "scenes",
    "scenes::holds_wherever_the_agent_stands": "scenes",
    "scenes::notices_things_put_down_everywhere": "scenes",
    "scenes::notices_what_is_undone_after_use": "scenes",
    "scenes::holds_whatever_else_is_done": "scenes",
    "scenes::changes_with_its_own_thing_alone": "scene events",
    "metamorphic::holds_drawn_otherwise": "metamorphic.render",
    "metamorphic::holds_among_distractors": "metamorphic.distractors",
    "metamorphic::holds_in_other_colours": "metamorphic.colours",
    "search::known_finds_are_told_right": "finds of earlier searches",
    "search::no_lie_is_found": "search",
    "necessity::no_success_is_found_that_skips": "search",
    "necessity::every_change_is_noticed": "scene events",
    "labels::agrees_with_the_labels": "labels",
}
"""Checks that need more than frames and success, and what they miss in a family without it."""


def bare_task():
    """A task of a family that only renders and knows success: no ability, no simulator here."""
    task = make_task()
    spec = make_spec(**EVERYTHING)
    return replace(task, spec=spec, store=replace(task.store, spec_digest=spec.episode_digest()))


def test_in_a_family_without_abilities_each_check_that_needs_one_is_skipped_with_its_reason():
    """All checks are asked for: those that need nothing pass, the others are counted apart."""
    judgement = judge(REWARD, bare_task(), splits=BOTH, cascade=False)
    assert not judgement.failed
    assert not judgement.unjudged
    skipped = {skip.test: skip.reason for skip in judgement.skipped}
    assert skipped.keys() == NEEDY.keys()
    for test, what in NEEDY.items():
        assert skipped[test].startswith(f"{what} ("), skipped[test]
    passed = {test.partition("[")[0] for test in judgement.passed}
    assert (
        passed == {c.id for c in all_checks() if c.applies(make_spec(**EVERYTHING))} - NEEDY.keys()
    )
    assert judgement.accepted


def test_a_program_is_skipped_alike_whatever_it_says():
    """What is skipped depends on the task alone, so that candidates can be compared."""
    never = program("False", "False", "False")
    reasons = {judge(s, bare_task(), cascade=False).reasons for s in (REWARD, never)}
    assert len(reasons) == 1


def test_nothing_but_skips_is_not_accepted():
    """Where nothing could be checked nothing is known."""
    judgement = judge(REWARD, bare_task(), groups=("search",))
    assert judgement.skipped
    assert not judgement.accepted


def test_what_was_not_checked_is_one_line():
    """Groups and checks the spec leaves out come first, then reasons, each once."""
    assert not_checked(make_spec()) == (
        "not checked: near misses, scenes, progress, perturbations, search, necessity, labels"
    )
    assert not_checked(make_spec(**EVERYTHING)) == (
        "not checked: metamorphic (noise, brightness, shift)"
    )
    line = not_checked(make_spec(near_miss={}), ["scene events (none)", "scene events (none)"])
    assert line == "not checked: perturbations, search, labels, scene events (none)"
    some = make_spec(**{**EVERYTHING, "metamorphic": {"noise": 3}})
    assert not_checked(some).startswith("not checked: metamorphic (render, distractors")


def test_every_group_has_checks_and_every_check_a_group():
    """A group is one line of the table: no check hides in a group that nobody asks."""
    assert [g.name for g in GROUPS] == list(dict.fromkeys(c.group for c in all_checks()))


def test_an_audit_ends_with_what_was_not_checked(pytester):
    """Skips are shown as skips, do not count as tests passed, and are said below the task."""
    write_folder(pytester.path / "keydoor", experts=2, randoms=0)
    result = pytester.runpytest("keydoor", "-p", "no:cacheprovider", "-p", "no:syrupy")
    result.assert_outcomes(passed=24, skipped=2)
    result.stdout.fnmatch_lines(
        [
            "keydoor: 3 sub-tasks, 4 episodes, 24 tests: all passed, 2 skipped",
            "    not checked: near misses, scenes, progress, perturbations, search, necessity, l*",
        ]
    )


def test_another_program_is_audited_with_the_plan_beside_it(pytester):
    """`--reward` of a run's folder takes the plan of that run, not the committed one."""
    write_folder(pytester.path / "keydoor", experts=2, randoms=1)
    other = write_folder(pytester.path / "run", REWARD.replace("take_key", "got_key"), experts=1)
    text = (other.path / "task.toml").read_text().replace("take_key", "got_key")
    (other.path / "task.toml").write_text(text)
    options = ("-p", "no:cacheprovider", "-p", "no:syrupy")
    assert pytester.runpytest("keydoor", "--reward", "run/reward.py", *options).ret == 0
    (other.path / "task.toml").unlink()
    assert pytester.runpytest("keydoor", "--reward", "run/reward.py", *options).ret == 1


def test_episodes_that_repeat_prove_as_much_as_one():
    """Twenty equal experts bound the misses as one does, and the line says how many differ."""
    task = make_task()
    first = next(e for e in task.store.episodes if e.id == "held-expert-0000")
    same = tuple(replace(first, id=f"held-expert-{i:04}") for i in range(20))
    store = replace(task.store, episodes=same)
    said = bounds(Subject(REWARD, replace(task, store=store), splits=BOTH))
    assert "1 of 1 distinct expert episode (of 20) complete, so at most 95.0% are missed" in said
    assert distinct(same) == same[:1]
    assert len(distinct(task.store.episodes)) == len(task.store.episodes)


def test_frames_that_are_not_judged_make_nobody_wrong():
    """A goal that is a frame early is wrong, but not where that frame is not judged."""
    task = lamps("a g", ("", "- a ag"), ("", "- a ag"))
    early = program_of(task.plan, lamp_g="bool(frame[0, 0, 0] > 0)")
    assert judge(early, task, groups=("expert",)).failed
    edge = np.array([True, False, True])
    store = replace(
        task.store, episodes=tuple(replace(e, judged=edge) for e in task.store.episodes)
    )
    lenient = TaskFolder(task.path, task.spec, task.plan, store)
    exact = "expert::holds_the_goal_exactly_at_success"
    assert not [t for t in judge(early, lenient, groups=("expert",)).failed if exact in t]
