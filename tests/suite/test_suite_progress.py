"""Progress tells how far a sub-task has come, and not the contrary."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamps import lamps, program_of
from scipy.stats import spearmanr

from synth.sandbox import Sandboxes
from synth.suite import judge
from synth.suite.progress import order_line, turns, value_order
from synth.suite.subject import Subject

EXPERTS = (("", "- c cd acd acd abcd abcdg"), ("", "- - c cd acd abcd abcdg"))
NEAR = ("an agent that is almost right", "- c cd d c cd")
LIT = "int((frame[0, :, 0] > 0).sum())"
"""How many lamps are lit: 0, 1, 2 before lamp_a, which is the third."""


def written(task, **progress):
    """The lamps' right program with progress functions."""
    source = program_of(task.plan)
    head, tail = source.split("SUBTASKS")
    functions = [
        f"def {name}_progress(frame, initial):\n    return {body}\n\n"
        for name, body in progress.items()
    ]
    return f"{head}{''.join(functions)}\nSUBTASKS{tail}"


def blamed(split="visible", **progress):
    """The failures of the group."""
    task = lamps("a b g", *EXPERTS, NEAR, split=split)
    judgement = judge(written(task, **progress), task, groups=("progress",), splits=(split,))
    assert judgement.passed or judgement.failures
    return judgement.failures


RIGHT = {
    "rises": f"min(0.9, {LIT} / 4) if frame[0, 0, 0] == 0 else 1.0",
    "flat, then jumps": "1.0 if frame[0, 0, 0] > 0 else 0.0",
    "always the same": "0.5",
    "never done": "0.0",
    "a distance that is not 1 where it is done": f"{LIT} / 8",
    "noise": f"min(0.9, abs({LIT} - 1) / 4)",
}


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT)
def test_a_right_progress_is_not_blamed(body):
    """Flat is pointless and not wrong; it need not be 1 where it is done, nor rise each step."""
    assert blamed(lamp_a=body) == ()


def test_a_program_without_progress_is_not_asked():
    """It passes: what is skipped depends on the task alone."""
    assert blamed() == ()


def test_progress_the_wrong_way_round_is_named():
    """The sentence says from where to where it falls, and what it must do."""
    failure = next(f for f in blamed(lamp_a=f"(8 - {LIT}) / 9") if "rises" in f.test)
    assert failure.message == (
        "lamp_a_progress falls while experts do lamp_a: in expert-0000 it goes from 0.89 at frame "
        "0 to 0.67 at frame 2, just before lamp_a holds. Up to there the value-order correlation "
        "is -0.97 in the median of 2 expert episodes; it must rise with what has been done: is it "
        "the wrong way round?"
    )
    assert (failure.episode, failure.subtask, failure.frame) == ("expert-0000", "lamp_a", 2)


def test_a_leap_at_the_end_hides_no_fall():
    """Progress that falls until the sub-task holds, and is 1 from there on, falls."""
    failures = blamed(lamp_a=f"(8 - {LIT}) / 9 if frame[0, 0, 0] == 0 else 1.0")
    assert "progress::rises_on_the_way" in {f.test for f in failures}


def test_progress_of_a_thing_undone_is_not_one():
    """It says *done* of a near miss on which the sub-task does not hold."""
    (failure,) = blamed(lamp_b="1.0 if frame[0, 3, 0] > 0 else 0.0")
    assert failure.test == "progress::is_one_only_where_it_holds"
    assert "lamp_b_progress is 1 at frame 2 of expert-0000, where lamp_b does not hold" in (
        failure.message
    )


def test_progress_that_is_highest_where_nothing_is_done_is_named():
    """Flat until it is done, and lower then: the order says little, the height says it."""
    (failure,) = blamed(lamp_g="0.8 if frame[0, 4, 0] == 0 else 0.1")
    assert failure.test == "progress::is_not_highest_where_undone"
    assert "0.80 in the mean" in failure.message


@pytest.mark.parametrize(
    ("body", "test"),
    [
        ("0.9 - 0.1 * " + LIT, "rises_on_the_way"),
        ("1.0 / (1 + " + LIT + ")", "rises_on_the_way"),
        ("1.0 if bool((frame == initial).all()) else 0.2", "is_one_only_where_it_holds"),
        ("1.0 if frame[0, 2, 0] > 0 else 0.0", "is_one_only_where_it_holds"),
        ("0.99 if frame[0, 0, 0] == 0 else 0.0", "is_not_highest_where_undone"),
        ("1.0", "is_one_only_where_it_holds"),
    ],
    ids=["falls", "inverse", "done at first", "done when near", "done is 0", "always done"],
)
def test_flawed_progress_is_red_at_the_check_that_states_its_fault(body, test):
    """Six ways to be wrong, each told by the check that says which."""
    assert f"progress::{test}" in {f.test for f in blamed(lamp_a=body)}


def test_held_out_progress_is_judged_alone():
    """A fault that held-out episodes show is a held-out failure."""
    failures = blamed("held_out", lamp_a=f"(8 - {LIT}) / 9")
    assert failures
    assert all(f.held_out for f in failures)


@given(st.lists(st.integers(0, 4), min_size=3, max_size=30))
def test_value_order_is_spearmans(values):
    """Ties are shared evenly; what stays the same has no order."""
    told = value_order(np.array(values, np.float32))
    if len(set(values)) == 1:
        assert told is None
    else:
        assert told == pytest.approx(spearmanr(values, range(len(values))).statistic)


def test_the_value_order_is_reported():
    """Over the turns of the last split judged, for each sub-task that tells progress."""
    task = lamps("a b g", *EXPERTS, NEAR)
    source = written(task, lamp_a=f"{LIT} / 8", lamp_b="0.5")
    subject = Subject(source, task, splits=("visible",), sandboxes=Sandboxes())
    assert [(t.start, t.end) for t in turns(subject, "visible", 0)] == [(0, 3), (0, 4)]
    assert order_line(subject) == (
        "progress, value-order correlation along experts: lamp_a 0.99 over 2, lamp_b none told"
    )
