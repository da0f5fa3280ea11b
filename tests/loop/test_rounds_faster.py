"""What the loop does once every test passes and the program is too slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from squares import PLAN_TEXT, block, function, program

from synth.journal import (
    FunctionRecord,
    SpeedRecord,
)
from synth.loop.faster import parts_of
from synth.models.scripted import ScriptedModel
from synth.prompts.requests import FasterRequest

if TYPE_CHECKING:
    from conftest import Go


GOOD = block(program())


def test_a_faster_program_is_kept_where_it_passes_everything(go: Go) -> None:
    """Rounds for speed come on top, carry the profile, and end where the target is met."""
    model = ScriptedModel(
        [PLAN_TEXT, block(program(microseconds=90)), block(function("look", "30"))]
    )
    outcome = go(model, rounds=2)
    assert outcome.accepted
    assert outcome.source == program(microseconds=30)
    assert outcome.fast_enough
    assert outcome.looks == 2
    faster = model.requests[2]
    assert isinstance(faster, FasterRequest)
    assert faster.microseconds == 90
    assert faster.profile[0].function == "look"
    assert (outcome.folder / "reward.py").read_text() == program(microseconds=30)


@pytest.mark.parametrize(
    "answer",
    [
        block(program(microseconds=30, key="wrong")),
        block(program(microseconds=30, goal="narrow")),
        block(program(microseconds=95)),
        "No.",
    ],
    ids=["fails a visible test", "fails on held-out episodes", "slower", "no code"],
)
def test_a_faster_program_that_gives_something_up_is_not_kept(go: Go, answer: str) -> None:
    """The passing program stays accepted, slow as it is, and the model hears why."""
    slow = program(microseconds=90)
    model = ScriptedModel([PLAN_TEXT, block(slow), answer, answer])
    outcome = go(model)
    assert outcome.accepted
    assert outcome.source == slow
    assert outcome.fast_enough is False
    assert "asks for 60" in outcome.next_step
    assert len(model.requests) == 4
    second = model.requests[3]
    assert isinstance(second, FasterRequest)
    assert second.notes
    assert "held" not in second.notes[0]


def test_a_model_that_offers_no_faster_program_is_asked_once(go: Go) -> None:
    """The same program as an answer means that there is no other; nothing is judged again."""
    slow = program(microseconds=90)
    model = ScriptedModel([PLAN_TEXT, block(slow), block(slow)])
    outcome = go(model)
    assert outcome.accepted
    assert outcome.source == slow
    assert outcome.looks == 1
    assert len(model.requests) == 3


def test_a_rejected_faster_program_comes_back_with_its_time(go: Go) -> None:
    """And with why it was not taken, whether it was wrong or no faster."""
    slow = block(program(microseconds=90))
    wrong = block(program(key="wrong", microseconds=30))
    model = ScriptedModel([PLAN_TEXT, slow, wrong, "No."])
    assert go(model).accepted
    last = model.requests[-1]
    assert isinstance(last, FasterRequest)
    (note,) = last.notes
    assert note.startswith(
        "A program with another look, take_key took 30 us per frame, and was not taken, "
        "since it fails expert::take_key[expert-0001]"
    )
    assert note.endswith("(to beat: 90 us).")


def test_the_parts_of_a_measured_time_sum_up_to_it(go: Go) -> None:
    """Whatever a stopwatch said: what is called from outside, and the handing over."""
    slow = block(program(microseconds=90))
    model = ScriptedModel([PLAN_TEXT, slow, "No.", "No."])
    go(model)
    request = model.requests[2]
    assert isinstance(request, FasterRequest)
    assert request.hand_over == pytest.approx(90 - 90 / 4)
    record = SpeedRecord(
        program="",
        single=75.0,
        batched=60.0,
        profile=(
            FunctionRecord(function="perceive", microseconds=88.0, calls=1.0),
            FunctionRecord(function="helper", microseconds=44.0, calls=2.0),
            FunctionRecord(function="goal", microseconds=8.0, calls=1.0),
        ),
    )
    costs, hand_over = parts_of(record, ("goal",))
    by_name = {cost.function: cost.microseconds for cost in costs}
    assert by_name["perceive"] + by_name["goal"] + hand_over == pytest.approx(75.0)
    assert by_name["helper"] == pytest.approx(by_name["perceive"] / 2)
    assert parts_of(record.model_copy(update={"batched": 80.0}), ("goal",))[1] == 0.0
