"""A committed task without a simulator, and models by script that attempt it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synth.episode import write_store
from synth.loop import promote, run_loop
from synth.models.scripted import ScriptedModel
from synth.regress import attempt
from synth.spec import TargetSpec
from tests.loop.squares import (
    GOAL,
    PLAN_TEXT,
    SPEC,
    Markers,
    Squares,
    block,
    program,
    real_program,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from synth.models.scripted import Answer
    from synth.regress import Attempt, Attempted

PATIENT = SPEC.model_copy(update={"target": TargetSpec(microseconds_per_frame=1e6)})


def writes(*marks: str) -> list[Answer]:
    """The answers of a model whose programs have these goals, one a round; see `Markers`."""
    return [PLAN_TEXT, *(block(program(goal=mark)) for mark in marks)]


def right_program(goal: str = GOAL, mark: str = "good") -> str:
    """A program that is right, and passes by `Markers` unless its goal has another mark."""
    return real_program(f'"{mark}" != "" and {goal}')


def scripted_make(
    passing: Mapping[str, Sequence[bool]], goal: str = GOAL
) -> Callable[[Attempt], Attempted]:
    """Makes attempts by models of which it is laid down which of their samples pass.

    Args:
        passing: For each model which samples pass.
        goal: What the goal of a passing sample says.
    """

    def make(one: Attempt) -> Attempted:
        passes = passing[one.model][one.sample - 1]
        text = right_program(goal, "good" if passes else "wrong")
        model = ScriptedModel([PLAN_TEXT, block(text)], name=one.model)
        return attempt(one, model=model, judge=Markers())

    return make


@pytest.fixture
def committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``generated/squares`` with a reward of a scripted model; its checkout is where tests run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("synth.suite.speed.BUDGET", 0.01)  # nothing here is about speed
    squares, folder = Squares(PATIENT), tmp_path / "generated" / "squares"
    write_store(folder / "episodes", squares.store)
    model = ScriptedModel([PLAN_TEXT, block(real_program())], name="scripted:old")
    run = tmp_path / "runs" / "squares" / "scripted-old"
    assert run_loop(squares, model, run, judge=Markers()).accepted
    promote(run, folder)
    return folder
