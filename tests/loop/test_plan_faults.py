"""A success that does without a sub-task puts the plan in question, not the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from squares import PLAN, PLAN_TEXT, SPEC, Markers, Squares, block, function, program

from synth.failure import Failure
from synth.loop import LoopOptions, Outcome, run_loop
from synth.loop.feedback import blames_the_plan
from synth.loop.verdict import Verdict
from synth.models.scripted import ScriptedModel
from synth.plan import Plan, SubTask
from synth.prompts.render import render
from synth.prompts.requests import DescribeRequest

if TYPE_CHECKING:
    from pathlib import Path

TEST = "necessity::every_success_credits_every_subtask"
TOO_MUCH = Plan(
    task=PLAN.task,
    stages=(
        PLAN.stages[0],
        (SubTask(name="face_goal", description="facing it", visible="the tip"),),
        PLAN.stages[1],
    ),
)
FACING = """def face_goal(frame, initial):
    return bool(look(frame)) and "good" != ""


SUBTASKS = [take_key, face_goal, reach_goal]
"""
OVERDONE = program().replace("SUBTASKS = [take_key, reach_goal]\n", FACING)


class Necessary(Markers):
    """Like `Markers`, and finds a success that does without ``face_goal``."""

    def visible(self, source: str, plan: Plan) -> Verdict:
        """See `synth.loop.Judge`."""
        verdict = super().visible(source, plan)
        if not verdict.passes:
            return verdict
        if "face_goal" not in plan.names:
            return Verdict.of((*verdict.passed, TEST), (), ())
        message = "expert-0001 succeeds at frame 5, but a success can do without face_goal."
        failure = Failure(TEST, "necessity", message, "expert-0001", 5, "face_goal")
        return Verdict.of(verdict.passed, (TEST,), (failure,))


def run(answers: list[str], folder: Path, **options: int) -> tuple[Outcome, ScriptedModel]:
    """Run the loop; the outcome, and the model with what it was asked."""
    model = ScriptedModel(answers)
    outcome = run_loop(Squares(SPEC), model, folder, LoopOptions(**options), judge=Necessary())
    return outcome, model


def test_an_unnecessary_sub_task_asks_for_a_better_plan_at_once(tmp_path: Path) -> None:
    """The next request is for a plan, with the plan so far and the success that refutes it."""
    answers = [TOO_MUCH.model_dump_json(), block(OVERDONE), PLAN_TEXT, block(program())]
    outcome, model = run(answers, tmp_path / "run")
    assert outcome.accepted
    assert outcome.plan == PLAN
    assert [r.kind for r in model.requests] == ["describe", "write", "describe", "write"]
    again = model.requests[2]
    assert isinstance(again, DescribeRequest)
    assert again.previous == TOO_MUCH
    assert [c.failure.subtask for c in again.reports] == ["face_goal"]
    assert "can do without face_goal" in again.reports[0].failure.message
    names = [s.name for s in again.reports[0].shots]
    assert names == [f"expert-0001-frame-000{k}" for k in (0, 5, 4)]
    assert "it is the plan that is to be corrected now" in render(again).text


def test_a_plan_is_put_in_question_as_soon_as_nothing_else_fails(tmp_path: Path) -> None:
    """Code is refined while code is wrong; then the plan is asked for again."""
    wrong = OVERDONE.replace('"good" != ""', '"wrong" != ""', 1)
    answers = [
        TOO_MUCH.model_dump_json(),
        block(wrong),
        block(function("take_key", "good")),
        PLAN_TEXT,
        block(program()),
    ]
    outcome, model = run(answers, tmp_path / "run")
    assert outcome.accepted
    kinds = [r.kind for r in model.requests]
    assert kinds == ["describe", "write", "refine", "describe", "write"]


def test_a_plan_that_comes_back_is_refined_like_any_other(tmp_path: Path) -> None:
    """A model that insists on its plan may be right: then its checker is to be repaired."""
    again = [TOO_MUCH.model_dump_json(), block(OVERDONE)]
    outcome, model = run(
        [*again, *again, block(function("take_key", "good"))], tmp_path / "run", rounds=5
    )
    assert not outcome.accepted
    kinds = [r.kind for r in model.requests]
    assert kinds == ["describe", "write", "describe", "write", "refine"]


def test_only_necessity_alone_blames_the_plan() -> None:
    """A verdict with any other failure, or with none, is about the program."""
    plan = Failure(TEST, "necessity", "x")
    code = Failure("near_miss::y[near-miss-0000]", "near_miss", "y")
    assert blames_the_plan(Verdict.of(("a::b",), (plan.test,), (plan,)))
    assert not blames_the_plan(Verdict.of((), (plan.test, code.test), (plan, code)))
    assert not blames_the_plan(Verdict.of(("a::b",), (), ()))
