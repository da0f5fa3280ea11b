"""What is lost where a service fails, an answer is cut or a run is interrupted: nothing."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from squares import PLAN_TEXT, block, program

from synth.errors import (
    ModelDeadEnd,
    ModelRefused,
    ModelTruncated,
    ModelUnavailable,
    Paid,
)
from synth.journal import (
    WastedRecord,
    read_journal,
)
from synth.models.base import Reply, Usage
from synth.models.scripted import ScriptedModel
from synth.prompts.requests import RefineRequest, WriteRequest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Go

    from synth.prompts.requests import Request

GOOD = block(program())


def test_a_dead_end_is_the_models_and_asking_again_is_not_the_advice(go: Go) -> None:
    """A model that cannot do it ends the run as an outcome with exit code 6, not as a fault."""
    model = ScriptedModel([PLAN_TEXT, block(program(key="wrong")), ModelDeadEnd("no such word.")])
    outcome = go(model)
    assert (outcome.accepted, outcome.ending, outcome.exit_code) == (False, "dead_end", 6)
    assert outcome.reason == "no such word."
    assert "another with --model" in outcome.next_step
    assert "run the same" not in outcome.next_step.lower()
    assert outcome.source == program(key="wrong")


def test_a_failed_service_loses_nothing_and_a_rerun_asks_only_what_is_missing(go: Go) -> None:
    """Exit code 3, a message that says to run again, and no answer asked for twice."""
    first = ScriptedModel([PLAN_TEXT, ModelUnavailable("the service is down.")])
    with pytest.raises(ModelUnavailable, match="Nothing answered is lost") as failed:
        go(first)
    assert failed.value.exit_code == 3
    second = ScriptedModel({"write-1-0": GOOD})
    outcome = go(second)
    assert outcome.accepted
    assert [r.key for r in second.requests] == ["write-1-0"]
    assert (outcome.calls, outcome.replayed) == (2, 1)


def test_samples_that_were_answered_survive_one_that_was_not(go: Go) -> None:
    """With one of three samples lost, the other two are not paid for again."""
    answers = {f"describe-0-{k}": PLAN_TEXT for k in range(3)}
    with pytest.raises(ModelUnavailable):
        go(ScriptedModel({**answers, "describe-0-1": ModelUnavailable("down.")}), samples=3)
    second = ScriptedModel({**answers, **{f"write-1-{k}": GOOD for k in range(3)}})
    assert go(second, samples=3).accepted
    asked = sorted(r.key for r in second.requests)
    assert asked == ["describe-0-1", "write-1-0", "write-1-1", "write-1-2"]


def test_an_interrupted_run_goes_on(go: Go) -> None:
    """Ctrl-C ends cleanly with what there is, and the same command continues."""

    def answers(request: object) -> str | Reply:
        if isinstance(request, WriteRequest):
            raise KeyboardInterrupt
        return Reply(PLAN_TEXT, Usage(10, 5))

    outcome = go(ScriptedModel(answers))
    assert not outcome.accepted
    assert outcome.ending == "interrupted"
    assert outcome.exit_code == 130
    second = ScriptedModel({"write-1-0": GOOD})
    assert go(second).accepted
    assert len(second.requests) == 1


def test_answers_in_flight_at_an_interrupt_are_kept(go: Go) -> None:
    """Ctrl-C while several samples are under way waits for them: they are paid for."""

    def answers(request: Request) -> str:
        if request.sample == 1:
            os.kill(os.getpid(), signal.SIGINT)
        return PLAN_TEXT

    # Where the tests run in the background, the shell has Ctrl-C ignored from the start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        outcome = go(ScriptedModel(answers), samples=3)
    finally:
        signal.signal(signal.SIGINT, before)
    assert outcome.ending == "interrupted"
    kept = read_journal(outcome.folder / "journal.jsonl").responses
    assert "describe-0-1" in {r.key for r in kept}


def test_an_answer_cut_at_the_token_limit_is_feedback(go: Go) -> None:
    """The model hears that its answer was cut, and the run goes on."""
    cut = ModelTruncated("the answer reached 4096 tokens.")
    model = ScriptedModel([PLAN_TEXT, cut, GOOD])
    outcome = go(model)
    assert outcome.accepted
    refine = model.requests[2]
    assert isinstance(refine, RefineRequest)
    assert "cut at the token limit" in refine.source


def test_what_a_cut_answer_cost_is_counted(go: Go) -> None:
    """Tokens of an answer that reached the limit count against the budget as any others."""
    cut = ModelTruncated("cut.", paid=Paid("def half(", 1200, 900, "m"))
    outcome = go(ScriptedModel([PLAN_TEXT, cut, GOOD]))
    assert outcome.usage.total >= 2100


def test_a_refused_answer_is_written_down_and_asked_again(go: Go, tmp_path: Path) -> None:
    """The run ends, the cost stays in the journal, and the same command asks once more."""
    refused = ModelRefused("the model declined.", paid=Paid("No.", 100, 7, "m"))
    with pytest.raises(ModelRefused):
        go(ScriptedModel([PLAN_TEXT, refused]))
    outcome = go(ScriptedModel([GOOD]))
    assert outcome.accepted
    assert outcome.calls == 3, "the plan, the refusal and the program"
    assert outcome.usage.total >= 107
    (journal,) = tmp_path.rglob("journal.jsonl")
    (wasted,) = [r for r in read_journal(journal).records if isinstance(r, WastedRecord)]
    assert (wasted.text, wasted.input_tokens) == ("No.", 100)
