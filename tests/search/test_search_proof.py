"""The proof: wrong programs that pass the cheaper checks, each caught in the shortest episode."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from exhaustive import least_actions
from small_worlds import DOORKEY, DOORKEY_ENV, EMPTY, EMPTY_ENV, WRONG, Wrong, plan_of, small_spec

from synth.program import parse
from synth.record import Seeds, record
from synth.search import Counterexample, hunt
from synth.suite import judge
from synth.task import TaskFolder

EPISODES = 400
STREAM = 1
SHOWN = (
    "beside the goal, facing it from the left",
    "on the goal, coming from above only",
    "the right column is asked for before the goal",
)
"""What experts show too, since they arrive by every way that is equally short."""
QUICK = ("beside the goal, facing it from the left", "on the goal, coming from above only")


@cache
def task(env: str, *names: str) -> TaskFolder:
    """A recorded task whose plan has these sub-tasks."""
    spec = small_spec(env)
    return TaskFolder(Path("small"), spec, plan_of(*names), _store(env))


@cache
def _store(env: str):
    return record(small_spec(env))


def found(wrong: Wrong) -> tuple[Counterexample, ...]:
    """What the search finds against a program."""
    spec = small_spec(wrong.env)
    return hunt(
        spec,
        parse(wrong.source),
        seeds=Seeds.of(spec).visible_search,
        episodes=EPISODES,
        stream=STREAM,
    ).counterexamples


def named(wrong: Wrong) -> str:
    """A parameter's id."""
    return wrong.name


@pytest.mark.parametrize("wrong", [w for w in WRONG if w.name not in SHOWN], ids=named)
def test_the_wrong_program_passes_what_is_cheaper(wrong):
    """Experts and random episodes do not show what is wrong with it."""
    names = [name for stage in parse(wrong.source).stages for name in stage]
    groups = ("program", "contract", "expert", "random")
    judgement = judge(
        wrong.source,
        task(wrong.env, *names),
        splits=("visible", "held_out"),
        groups=groups,
        cascade=False,
    )
    assert judgement.accepted, judgement.failures


def caught(wrong: Wrong) -> None:
    """Check that it is caught, and in the shortest episode of that seed."""
    (one,) = [one for one in found(wrong) if one.kind == wrong.kind]
    assert one.shortest
    assert one.frame == len(one.find.actions) == len(one.rollout)
    spec = small_spec(wrong.env)
    least = least_actions(
        spec, one.find.seed, wrong.source, one.kind, one.subtask, most=one.frame + 1
    )
    assert one.frame == least


@pytest.mark.parametrize("wrong", [w for w in WRONG if w.name in QUICK], ids=named)
def test_a_fault_on_the_open_floor_is_caught_in_the_shortest_episode(wrong):
    """It is found, and an exhaustive search finds none in fewer actions."""
    caught(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [w for w in WRONG if w.name not in QUICK], ids=named)
def test_every_other_fault_is_caught_in_the_shortest_episode(wrong):
    """The same with keys and doors, where ways are long."""
    caught(wrong)


@pytest.mark.slow
@pytest.mark.parametrize(("env", "source"), [(EMPTY_ENV, EMPTY), (DOORKEY_ENV, DOORKEY)])
def test_nothing_is_found_against_the_right_program(env, source):
    """What is right stays unblamed after just as long a search."""
    assert not found(Wrong("right", env, "", source))
