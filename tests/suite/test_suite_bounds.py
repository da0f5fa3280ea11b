"""What held-out episodes prove: printed by an audit, and asked for by a gate."""

from __future__ import annotations

import dataclasses

import pytest
from keydoor import REWARD, make_spec, program, write_folder

from synth.errors import SpecError
from synth.spec import GateSpec
from synth.suite import judge
from synth.suite.bounds import bounds, shortfall
from synth.suite.subject import Subject

pytest_plugins = ["pytester"]

BOTH = ("visible", "held_out")


def asking(task, **gate):
    """The task with a gate that asks for a certainty."""
    return dataclasses.replace(task, spec=make_spec(gate=gate))


def test_bounds_are_those_of_the_held_out_episodes(task):
    """Six of six bound the miss rate at 39.3% with 95% certainty, however many were visible."""
    said = bounds(Subject(REWARD, task, splits=BOTH))
    assert said == (
        "held out, with 95% certainty: 6 of 6 expert episodes complete, so at most 39.3% are "
        "missed; 0 of 6 random episodes complete falsely, so at most 39.3% do"
    )
    assert bounds(Subject(REWARD, task, splits=("visible",))) == ""


def test_bounds_count_misses_and_lies(task):
    """A program that is always true completes everywhere; one always false nowhere."""
    everything = bounds(Subject(program("True", "True", "True"), task, splits=BOTH))
    assert "6 of 6 random episodes complete falsely, so at most 100.0% do" in everything
    nothing = bounds(Subject(program("False", "False", "False"), task, splits=BOTH))
    assert "0 of 6 expert episodes complete, so at most 100.0% are missed" in nothing


def test_gate_may_ask_for_a_certainty(task):
    """Too few held-out experts fail the gate, and the message says how many are needed."""
    (failure,) = judge(REWARD, asking(task, max_miss=0.05), splits=BOTH).failures
    assert failure.test == "expert::completes_often_enough"
    assert failure.held_out
    assert "59 episodes with no more than 0 missed are needed" in failure.message
    assert "set held_out.episodes = 59" in failure.message


def test_enough_episodes_meet_the_gate(task):
    """The gate is met where the bound is, and a lower certainty needs fewer episodes."""
    assert judge(REWARD, asking(task, max_miss=0.4), splits=BOTH).accepted
    assert judge(REWARD, asking(task, max_miss=0.25, certainty=0.8), splits=BOTH).accepted
    assert not judge(REWARD, asking(task, max_miss=0.25, certainty=0.9), splits=BOTH).accepted


def test_visible_episodes_prove_nothing(task):
    """On the visible split alone the gate asks for no proof."""
    assert judge(REWARD, asking(task, max_miss=0.001), splits=("visible",)).accepted


def test_misses_raise_the_number_needed():
    """With one miss in the count, 93 episodes are needed for 5%."""
    said = shortfall(1, 20, GateSpec(max_miss=0.05))
    assert said.startswith("19 of 20 held-out expert episodes complete")
    assert "93 episodes with no more than 1 missed are needed" in said


def test_asking_for_a_certainty_leaves_the_episodes_valid(task):
    """The gate is no part of what is recorded, so asking for more makes nothing stale."""
    assert make_spec(gate={"max_miss": 0.05}).episode_digest() == make_spec().episode_digest()


@pytest.mark.parametrize("gate", [{"max_miss": 0.0}, {"certainty": 1.0}, {"max_miss": 1.5}])
def test_impossible_certainty_is_refused(gate):
    """No count of episodes gives certainty, nor excludes every miss."""
    with pytest.raises(SpecError, match="gate"):
        make_spec(gate=gate)


def test_audit_prints_the_bounds(pytester):
    """Below each task's line the audit prints what its held-out episodes prove."""
    write_folder(pytester.path / "keydoor", experts=2, randoms=2)
    result = pytester.runpytest("keydoor", "-p", "no:cacheprovider", "-p", "no:syrupy")
    result.stdout.fnmatch_lines(
        [
            "keydoor: 3 sub-tasks, 8 episodes, * all passed",
            "    held out, with 95% certainty: 2 of 2 expert episodes complete, so at most 77.6%*",
        ]
    )


def test_program_that_does_not_run_has_no_bounds(pytester):
    """Where nothing can be judged, nothing is claimed."""
    write_folder(pytester.path / "keydoor", "import os\n", experts=2, randoms=2)
    result = pytester.runpytest("keydoor", "-p", "no:cacheprovider", "-p", "no:syrupy")
    assert "certainty" not in result.stdout.str()
    assert result.ret == 1
