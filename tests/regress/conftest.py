"""A committed task without a simulator, and models by script that attempt it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synth.episode import write_store
from synth.loop import promote, run_loop
from synth.models.scripted import ScriptedModel
from tests.loop.squares import PLAN_TEXT, Markers, Squares, block, program

if TYPE_CHECKING:
    from pathlib import Path

    from synth.models.scripted import Answer


def writes(*marks: str) -> list[Answer]:
    """The answers of a model whose programs have these goals, one a round; see `Markers`."""
    return [PLAN_TEXT, *(block(program(goal=mark)) for mark in marks)]


@pytest.fixture
def committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``generated/squares`` with a reward of a scripted model; its checkout is where tests run."""
    monkeypatch.chdir(tmp_path)
    squares, folder = Squares(), tmp_path / "generated" / "squares"
    write_store(folder / "episodes", squares.store)
    model = ScriptedModel(writes("good"), name="scripted:old")
    run = tmp_path / "runs" / "squares" / "scripted-old"
    assert run_loop(squares, model, run, judge=Markers()).accepted
    promote(run, folder)
    return folder
