"""What requests carry for a model that learns from labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synth.errors import UsageError
from synth.failure import Failure
from synth.journal import read_journal
from synth.loop import run_loop
from synth.models.base import Reply
from synth.models.builtin import BuiltinModel
from synth.plan import Plan, SubTask
from synth.prompts.label_answers import parse_labels
from synth.prompts.render import render
from synth.prompts.requests import (
    FailureReport,
    LabelPicture,
    LabelRequest,
    RefineRequest,
    Request,
)
from tests.builtin.test_builtin_loop import both
from tests.builtin.worlds import complaint, shot


class Listener:
    """`builtin`, with an ear at the door."""

    name = "listener"

    def __init__(self) -> None:
        self.heard: list[Request] = []

    def ask(self, request: Request) -> Reply:
        """Pass it on."""
        self.heard.append(request)
        return BuiltinModel().ask(request)


def test_labels_are_the_environments_own_word(tmp_path: Path) -> None:
    """For the goal every picture of the episode at fault is labelled with its success."""
    task, model = both(), Listener()
    run_loop(task, model, tmp_path / "run")
    refine = next(r for r in model.heard if isinstance(r, RefineRequest))
    labelled = 0
    for said in refine.reports:
        assert len(said.labels) in {0, len(said.shots)}
        for picture, label in zip(said.shots, said.labels, strict=False):
            name, _, frame = picture.name.rpartition("-frame-")
            assert not name.startswith("held-")
            if name != said.failure.episode:
                assert label is None  # beside another episode's initial frame nobody knows
                continue
            assert label == task.store[name].success[int(frame)]
            labelled += 1
    assert labelled >= 2


def request(*earlier: FailureReport) -> RefineRequest:
    """A refinement after other failures."""
    plan = Plan(task="t", stages=((SubTask(name="goal", description="d", visible="v"),),))
    return RefineRequest(
        plan=plan, source="x = 1", reports=(), earlier=earlier, target_microseconds=60
    )


def test_earlier_failures_are_one_line_each_and_bring_no_pictures() -> None:
    """A prompt names them; only the fields carry their frames."""
    early = complaint("goal", (shot("a-0", np.zeros((8, 8, 3), np.uint8)),), (False,), "It lied.")
    assert "It lied." in render(request(early)).text
    assert request(early).shots == ()
    assert "What failed with earlier programs" not in render(request()).text


def test_an_earlier_failure_that_is_held_out_is_refused() -> None:
    """The rule for complaints holds for earlier ones too."""
    held = FailureReport(Failure("expert::goal", "expert", "no", "held-expert-0001", held_out=True))
    with pytest.raises(UsageError, match="held out"):
        render(request(held))


def test_a_run_finds_its_own_answers_again(tmp_path: Path) -> None:
    """Run twice in one folder, nothing is asked a second time."""
    task, model = both(), Listener()
    first = run_loop(task, model, tmp_path / "run")
    asked = len(model.heard)
    second = run_loop(task, model, tmp_path / "run")
    assert len(model.heard) == asked == len(read_journal(tmp_path / "run/journal.jsonl").responses)
    assert second.source == first.source


def test_it_says_that_it_cannot_tell_rather_than_guess() -> None:
    """Its predicates are no eyes: every question is answered, and none with yes or no."""
    picture = np.zeros((8, 8, 3), np.uint8)
    plan = Plan(task="t", stages=((SubTask(name="done", description="d", visible="v"),),))
    request = LabelRequest(
        plan=plan, part="a0", pictures=(LabelPicture("picture-01", picture, picture, ("done",)),)
    )
    said = parse_labels(BuiltinModel().ask(request).text, request)
    assert [one.answer for one in said] == ["cannot_tell"]
