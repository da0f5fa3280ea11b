"""The search: deterministic, at most one find of a kind, finds that can be played again."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from small_worlds import DOORKEY, DOORKEY_ENV, EMPTY, EMPTY_ENV, WRONG, small_spec

from synth.episode import read_store, write_store
from synth.errors import EnvironmentFault, ProgramFault, StaleEpisodes
from synth.program import parse
from synth.record import Seeds, record
from synth.search import hunt, missing
from synth.search.sorties import CHEAP
from synth.task.found import add_found, play

MISSED = next(w for w in WRONG if w.name == "on the goal, coming from above only").source
ALWAYS = EMPTY.replace("return (row, column) == (3, 3)", "return True")
RIGHT_OF_START = "return (row, column, facing) == (1, 2, RIGHT)"
BOTH = EMPTY.replace("return (row, column) == (3, 3)", RIGHT_OF_START)


@cache
def search(source: str, **options):
    """Search the walk to the green square, once for each way to ask."""
    spec = small_spec(EMPTY_ENV)
    options = {"seeds": Seeds.of(spec).visible_search, "episodes": 40, **options}
    return hunt(spec, parse(source), **options)


def as_data(found):
    """What can be compared."""
    return [
        (one.kind, one.subtask, one.frame, one.find, one.shortest, one.words)
        for one in found.counterexamples
    ]


@pytest.fixture(scope="module")
def store():
    """The recorded task."""
    return record(small_spec(EMPTY_ENV, episodes=2))


def test_the_same_search_gives_the_same_lies():
    """Same program, spec and bounds: same episodes tried, same finds."""
    one, other = search(BOTH), search.__wrapped__(BOTH)
    assert as_data(one) == as_data(other)
    assert (one.coverage, one.key) == (other.coverage, other.key)


def test_another_stream_is_another_search():
    """Streams use other seeds."""
    both = [search(BOTH, stream=stream).counterexamples for stream in (0, 1)]
    seeds = {one.find.seed for found in both for one in found}
    assert len(seeds) > 1


def test_there_is_at_most_one_lie_of_each_kind():
    """A program that is wrong both ways gives one find for each, and the search goes on between."""
    found = search(BOTH)
    kinds = sorted(one.kind for one in found.counterexamples)
    assert kinds == ["false_negative", "false_positive"]
    assert found.episodes <= 40 * CHEAP


def test_a_goal_that_always_holds_is_caught_before_anything_is_done():
    """The shortest episode has no action at all."""
    (one,) = search(ALWAYS).counterexamples
    assert (one.kind, one.frame, one.find.actions, one.shortest) == ("false_positive", 0, (), True)
    assert "no action: reach_goal holds at frame 0" in one.sentence


def test_the_sentence_says_where_and_how():
    """Seed, actions in words, frame and sub-task, and that it is the shortest."""
    one = next(one for one in search(BOTH).counterexamples if one.kind == "false_positive")
    assert one.sentence.startswith(
        f"search, seed {one.find.seed}, 1 action (forward): reach_goal holds at frame 1, but the "
        "environment reports no success; it is the shortest episode that shows it. The nearest "
        "success of this layout differs in 40 pixels, within rows 9..30, columns 17..30. In all "
    )
    assert one.sentence.endswith(
        "the agent (what the picture without it lacks) is within rows 9..14, columns 17..22 and "
        "looks the same."
    )


def test_all_actions_are_said():
    """However many: what is done again and again is counted."""
    one = next(one for one in search(BOTH).counterexamples if one.kind == "false_positive")
    long = replace(
        one, find=replace(one.find, actions=(2,) * 14), words=("forward",) * 13 + ("left",)
    )
    assert "14 actions (forward x 13, left)" in long.sentence


LATE_DOOR = DOORKEY.replace(
    "return door_seen_open(frame) and not door_seen_open(initial)",
    "return door_seen_open(frame) and not door_seen_open(initial) and agent(frame)[2] == DOWN",
)


def test_a_program_that_misses_what_happened_is_not_excused_by_the_plan():
    """Where the same place changed as in the expert's episode, the plan is not to blame."""
    spec = small_spec(DOORKEY_ENV)
    finds = hunt(spec, parse(LATE_DOOR), seeds=Seeds.of(spec).visible_search, episodes=60)
    (one,) = [one for one in finds.counterexamples if one.kind == "skipped_subtask"]
    assert "so the plan is wrong" not in one.sentence
    assert "came to look as it does in the expert's episode" in one.sentence


def test_a_success_that_does_without_a_subtask_is_the_plans_fault():
    """Nothing of the kind happened, so the sentence says that the plan is wrong."""
    wrong = next(w for w in WRONG if w.name == "the right column is asked for before the goal")
    finds = search(wrong.source).counterexamples
    one = next(one for one in finds if one.kind == "skipped_subtask")
    assert "so the plan is wrong" in one.sentence


def test_a_find_is_played_again_frame_for_frame():
    """Seed and actions are all that a find needs."""
    (one,) = search(MISSED, episodes=100).counterexamples
    again = play(small_spec(EMPTY_ENV), one.find)
    assert np.array_equal(again.frames, one.rollout.frames)
    assert again.success[-1]


def test_every_episode_is_told_of():
    """Progress counts up to what was tried, and never beyond the bound."""
    told = []
    found = search(EMPTY, episodes=20, on_episode=lambda done, total: told.append((done, total)))
    assert told == [(n + 1, 20 * CHEAP) for n in range(found.episodes)]


def test_a_program_that_dies_is_a_fault():
    """A hang or a crash ends the search with the program to blame."""
    dying = EMPTY.replace(
        "    row, column, facing = agent(frame)\n    return", "    while True: pass\n    return", 1
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synth.verdicts.BASE", 0.3)
        patch.setattr("synth.verdicts.PER_PAIR", 0.0)
        with pytest.raises(ProgramFault):
            search(dying, episodes=5)


def test_finds_become_episodes_after_all_others(store, tmp_path):
    """Ids count up, frames are stored once, and what is known is left out."""
    spec = small_spec(EMPTY_ENV, episodes=2)
    found = search(BOTH).counterexamples
    pairs = [(one.rollout, one.find.note) for one in found]
    more = add_found(store, spec, [*pairs, pairs[0]])
    assert [e.id for e in more.select(kind="found")] == ["found-0000", "found-0001"]
    assert len(more.frames) <= len(store.frames) + sum(len(one.rollout) + 1 for one in found)
    for one, episode in zip(found, more.select(kind="found"), strict=True):
        assert np.array_equal(more.frames_of(episode), one.rollout.frames)
        assert (episode.note, episode.split) == (one.find.note, "visible")
    assert add_found(more, spec, pairs).episodes == more.episodes
    write_store(tmp_path, more)
    back = read_store(tmp_path)
    assert np.array_equal(back.frames_of(back["found-0001"]), found[1].rollout.frames)


def test_held_out_finds_have_frames_of_their_own(store):
    """A held-out find refers to no frame of a visible episode."""
    spec = small_spec(EMPTY_ENV, episodes=2)
    pairs = [(one.rollout, one.find.note) for one in search(BOTH).counterexamples]
    more = add_found(store, spec, pairs, split="held_out")
    visible = {int(i) for e in more.select(split="visible") for i in e.frame_index}
    held = {int(i) for e in more.select(kind="found") for i in e.frame_index}
    assert [e.id for e in more.select(kind="found")] == ["held-found-0000", "held-found-0001"]
    assert not visible & held


def test_a_store_of_another_spec_takes_no_finds(store):
    """Episodes of two versions of a task do not mix."""
    with pytest.raises(StaleEpisodes):
        add_found(store, small_spec(EMPTY_ENV, episodes=3), [])


def test_a_missing_simulator_is_the_environments_fault(monkeypatch):
    """Without the package the search says what is missing, and `missing` says it beforehand."""

    def gone(_self, spec):
        raise EnvironmentFault(f"{spec.env} needs the package 'minigrid', which is not installed.")

    monkeypatch.setattr("synth.envs.minigrid.MiniGridFamily.make", gone)
    assert "needs the package 'minigrid'" in missing(small_spec(EMPTY_ENV))
    with pytest.raises(EnvironmentFault):
        search.__wrapped__(EMPTY)
