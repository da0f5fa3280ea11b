"""Plans: asked again, put in question, given up, and answered in place of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from squares import PLAN, PLAN_TEXT, block, program

from synth.models.scripted import ScriptedModel
from synth.plan import Plan
from synth.prompts.requests import DescribeRequest, RefineRequest, WriteRequest

if TYPE_CHECKING:
    from conftest import Go


GOOD = block(program())


def test_an_answer_that_is_no_plan_is_asked_again_with_the_reason(go: Go) -> None:
    """It costs a round, and the model hears what was wrong."""
    model = ScriptedModel(["First, take the key.", PLAN_TEXT, GOOD])
    outcome = go(model)
    assert outcome.accepted
    assert outcome.rounds == 3
    again = model.requests[1]
    assert isinstance(again, DescribeRequest)
    assert again.key == "describe-1-0"
    assert "could not be read as a plan" in again.reports[0].failure.message


def test_three_rounds_without_improvement_put_the_plan_in_question(go: Go) -> None:
    """The plan is thought over with what failed, the program written anew, the best kept."""
    other = Plan(task="reach it", stages=(PLAN.stages[1],))
    only_goal = "def reach_goal(frame, initial):\n    return True\n\n\nSUBTASKS = [reach_goal]\n"
    stuck = block(program(key="wrong"))
    model = ScriptedModel(
        [PLAN_TEXT, stuck, stuck, stuck, stuck, other.model_dump_json(), block(only_goal)]
    )
    outcome = go(model)
    assert outcome.accepted
    assert outcome.plan == other
    kinds = [r.kind for r in model.requests]
    assert kinds == ["describe", "write", "refine", "refine", "refine", "describe", "write"]
    again = model.requests[5]
    assert isinstance(again, DescribeRequest)
    assert again.previous == PLAN
    assert again.reports[0].failure.subtask == "take_key"


def test_a_worse_program_of_a_new_plan_does_not_replace_the_best(go: Go) -> None:
    """What is on the disk is the best of the whole run, not of the newest plan."""
    one_wrong, all_wrong = block(program(key="wrong")), block(program(key="worse"))
    other = PLAN.model_copy(update={"task": "take it, then reach the goal"})
    model = ScriptedModel([PLAN_TEXT, *[one_wrong] * 4, other.model_dump_json(), *[all_wrong] * 2])
    outcome = go(model, rounds=8)
    assert not outcome.accepted
    assert outcome.exit_code == 5
    assert outcome.source == program(key="wrong")
    assert outcome.plan == PLAN
    assert (outcome.folder / "reward.py").read_text() == program(key="wrong")


def test_a_plan_in_place_of_a_repair_is_gone_on_with(go: Go) -> None:
    """A model with no other program for its plan need not wait until the plan is asked for."""
    one = Plan(task=PLAN.task, stages=PLAN.stages[1:])
    wrong, right = block(program(key="wrong")), block(program().replace("take_key, ", ""))
    model = ScriptedModel([PLAN_TEXT, wrong, one.model_dump_json(), right])
    outcome = go(model)
    assert [r.kind for r in model.requests] == ["describe", "write", "refine", "write"]
    write = model.requests[-1]
    assert isinstance(write, WriteRequest)
    assert write.plan == one
    assert outcome.plan == one


def test_a_plan_that_was_given_up_is_not_gone_back_to(go: Go) -> None:
    """Two plans that take turns would use up the budget; the model is told which are gone."""
    one = Plan(task=PLAN.task, stages=PLAN.stages[1:])
    wrong = block(program(key="wrong"))
    model = ScriptedModel([PLAN_TEXT, wrong, one.model_dump_json(), wrong, PLAN_TEXT, wrong])
    go(model, rounds=6)
    assert [r.kind for r in model.requests[2:]] == ["refine", "write", "refine", "refine"]
    first, _, second, third = model.requests[2:]
    assert isinstance(first, RefineRequest)
    assert isinstance(second, RefineRequest)
    assert isinstance(third, RefineRequest)
    assert first.given_up == ()
    assert second.given_up == (PLAN.stage_names,)
    assert third.plan == one
