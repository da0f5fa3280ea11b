"""Rivals are what recorded tests leave open, and the pictures chosen catch what is wrong there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from key_row import BESIDE, EVER, RIGHT

from synth.labels.pool import make_pool, verdicts
from synth.labels.questions import choose_questions, rival_readings
from synth.labels.rivals import from_programs, open_readings
from synth.labels.structural import structural
from synth.labels.whereabouts import agent_boxes
from synth.program import parse

if TYPE_CHECKING:
    from synth.task import TaskFolder


def test_a_pool_holds_each_picture_once_and_nothing_of_the_other_split(keys: TaskFolder) -> None:
    """Recorded frames and stills; the initial pictures are there and are not asked about."""
    for split, other in (("visible", "held_out"), ("held_out", "visible")):
        pool = make_pool(keys.store, split)
        assert len(set(pool.shas)) == len(pool)
        assert not set(pool.shas) & set(make_pool(keys.store, other).shas)
        assert pool.digest == make_pool(keys.store, split).digest
        assert (~pool.askable).sum() == 2
        assert {"/" in reference for reference in pool.references} == {True, False}


@pytest.mark.parametrize("wrong", [BESIDE, EVER])
@pytest.mark.parametrize("split", ["visible", "held_out"])
def test_a_program_that_is_wrong_where_no_episode_goes_is_asked_about_there(
    keys: TaskFolder, wrong: str, split: str
) -> None:
    """Without knowing what is right: one of the pictures chosen shows the fault."""
    pool = make_pool(keys.store, "visible" if split == "visible" else "held_out")
    chosen = choose_questions(wrong, pool, most=12)
    right, said = verdicts(pool, parse(RIGHT)), verdicts(pool, parse(wrong))
    recorded = [row for row, at in enumerate(pool.references) if "/" not in at]
    assert (right[recorded] == said[recorded]).all()
    assert any(right[q.row, q.column] != said[q.row, q.column] for q in chosen.questions)
    assert len({q.row for q in (*chosen.questions, *chosen.controls)}) <= 12
    assert all(q.column == 0 for q in chosen.questions)


def test_what_is_chosen_does_not_depend_on_a_second_run_and_goes_on_after_what_was_asked(
    keys: TaskFolder,
) -> None:
    """Deterministic; pairs that are told apart are not paid for again."""
    pool = make_pool(keys.store, "visible")
    chosen = choose_questions(RIGHT, pool, most=60)
    assert choose_questions(RIGHT, pool, most=60) == chosen
    again = choose_questions(RIGHT, pool, most=60, asked=chosen.questions)
    assert again.questions == ()
    assert again.left == chosen.left


def test_other_programs_are_rivals_in_one_subtask_at_a_time(keys: TaskFolder) -> None:
    """Spliced: the candidate's other sub-tasks are kept, and the goal is left to success."""
    pool = make_pool(keys.store, "visible")
    holds = verdicts(pool, parse(RIGHT))
    other = verdicts(pool, parse(BESIDE)) ^ np.array([False, True])
    (rival,) = from_programs([("another", other)], holds)
    assert rival.column == 0
    assert "another" in rival.meaning


def test_what_cannot_be_run_or_has_other_subtasks_is_no_rival(keys: TaskFolder) -> None:
    """It is passed over, whatever it is."""
    pool = make_pool(keys.store, "visible")
    program = parse(RIGHT)
    holds = verdicts(pool, program)
    without = rival_readings(program, pool, holds)
    others = [
        ("broken", "def key_taken(frame, initial:\n"),
        ("lints not", f"import os\n{RIGHT}"),
        ("another plan", RIGHT.replace("key_taken", "took_key")),
        ("fails", RIGHT.replace("SUBTASKS =", "BAD = 1 / 0\nSUBTASKS =")),
    ]
    assert len(rival_readings(program, pool, holds, others)) == len(without)
    assert len(rival_readings(program, pool, holds, [*others, ("beside", BESIDE)])) >= len(without)


def test_mutants_are_rivals(keys: TaskFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few small faults, as far as experts do not tell them."""
    pool = make_pool(keys.store, "visible")
    program = parse(BESIDE)
    holds = verdicts(pool, program)
    monkeypatch.setattr("synth.labels.questions.MUTANTS", 12)
    readings = rival_readings(program, pool, holds)
    assert any("mutant" in reading.meaning for reading in readings)


def test_a_reading_that_experts_refute_is_not_open(keys: TaskFolder) -> None:
    """One that begins to hold elsewhere than where the scene changes is caught without eyes."""
    pool = make_pool(keys.store, "visible")
    holds = verdicts(pool, parse(RIGHT))
    readings = structural(pool, holds, ("key_taken", "at_goal"))
    late = holds.copy()
    for strip in pool.strips:
        if strip.scene is None:
            late[strip.rows[2], 0] = False
    open_ = open_readings([*readings, *from_programs([("late", late)], holds)], pool, holds)
    assert not any("late" in reading.meaning for reading in open_)
    assert len({reading.says.tobytes() for reading in open_}) == len(open_)
    words = " ".join(reading.meaning for reading in readings)
    for part in ("only at the moment", "beside it", "beyond", "wherever at_goal holds"):
        assert part in words


def test_the_agent_is_found_where_it_is(keys: TaskFolder) -> None:
    """In a still by the picture without it, in an episode by what moves."""
    pool = make_pool(keys.store, "visible")
    episode = pool.strips[0]
    boxes = agent_boxes(episode)
    assert boxes[4] == (0, 16, 4, 20)
    scene = next(strip for strip in pool.strips if strip.scene is not None)
    assert agent_boxes(scene)[2] == (4, 16, 8, 20)


def test_controls_are_pictures_whose_answer_is_known(keys: TaskFolder) -> None:
    """A success and the frame before one; few pictures are spent on none."""
    pool = make_pool(keys.store, "visible")
    chosen = choose_questions(RIGHT, pool, most=12)
    assert chosen.controls
    assert all(pool.success[q.row] != -1 and q.column == 1 for q in chosen.controls)
    assert choose_questions(RIGHT, pool, most=3).controls == ()


def test_a_plan_of_the_goal_alone_asks_nothing(keys: TaskFolder) -> None:
    """Success vouches for the goal."""
    alone = RIGHT.replace("SUBTASKS = [key_taken, at_goal]", "SUBTASKS = [at_goal]")
    pool = make_pool(replace(keys.store, scenes=()), "visible")
    chosen = choose_questions(alone, pool, most=12)
    assert chosen.questions == ()
    assert chosen.rivals == 0
