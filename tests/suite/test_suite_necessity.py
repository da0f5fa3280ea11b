"""Faults of a plan are told apart, and a right plan is not blamed."""

from __future__ import annotations

import pytest
from lamps import lamps, program_of

from synth.suite import judge

NOTE = "route: another way"


def blamed(stages, *written, **options):
    """The failures of the group."""
    split = options.get("split", "visible")
    task = lamps(stages, *written, **options)
    judgement = judge(program_of(task.plan), task, groups=("necessity",), splits=(split,))
    assert judgement.passed or judgement.failures
    return judgement.failures


EXPERTS = (("", "- a ab abg"), ("", "- a a ab abg"))


@pytest.mark.parametrize(
    "route",
    ["- a ab abg", "- a - a ab abg", "- a ab a ab abg", "- a b bg", "- a ab - abg", "- a a ab"],
)
def test_a_right_plan_is_not_blamed(route):
    """Detours, things undone and done again, and episodes that fail leave the plan alone."""
    assert blamed("a b g", *EXPERTS, (NOTE, route)) == ()


def test_an_unnecessary_sub_task_is_named_with_the_success_that_does_without_it():
    """The sentence names sub-task and episode, and says that the plan is wrong."""
    (failure,) = blamed("a b g", *EXPERTS, (NOTE, "- a ag"))
    assert failure.message == (
        "near-miss-0002 (route: another way) succeeds at frame 2, but lamp_b holds on none of its "
        "frames: a success can do without lamp_b, so the plan is wrong, not the program. Leave it "
        "out of the plan. It is skipped in 1 of 3 successes."
    )
    assert (failure.group, failure.subtask, failure.frame) == ("necessity", "lamp_b", 2)
    assert failure.episode == "near-miss-0002"


def test_what_waits_for_an_unnecessary_sub_task_is_not_blamed():
    """Of the sub-tasks that a success is not credited with, the first is at fault."""
    (failure,) = blamed("a b g", *EXPERTS, (NOTE, "- b bg"))
    assert failure.subtask == "lamp_a"


def test_stages_in_the_wrong_order_are_named():
    """Where the later stage always comes first, the plan has them the wrong way round."""
    (failure,) = blamed("b a g", *EXPERTS, (NOTE, "- a a ab abg"))
    assert "the plan has them in the wrong order. Put lamp_a before lamp_b." in failure.message
    assert "in all 3 successes" in failure.message
    assert failure.subtask == "lamp_a"


def test_one_success_is_too_little_to_call_an_order_wrong():
    """A single episode may have come about in any order."""
    assert blamed("b a g", EXPERTS[0]) == ()
    assert blamed("a b g", *EXPERTS, (NOTE, "- b ab abg")) == ()


def test_an_order_where_any_will_do_is_named():
    """Successes that go about it in opposite ways refute the order."""
    (failure,) = blamed("a b g", *EXPERTS, *[(NOTE, "- b ab abg")] * 2)
    assert failure.message == (
        "near-miss-0002 (route: another way): lamp_b is achieved at frame 1 and lamp_a at frame "
        "2, the other way round than in expert-0000, and both succeed: the plan is wrong to impose "
        "an order where any will do. Put lamp_a and lamp_b in one stage."
    )


def test_any_order_within_a_stage_is_right():
    """What the plan leaves open is not blamed."""
    assert blamed("ab g", *EXPERTS, (NOTE, "- b ab abg")) == ()


def test_something_undone_early_and_done_again_says_nothing_about_the_order():
    """An object put down before it may be, taken again and put down in the end: no fault."""
    experts = [("", "- a ab abc abcg")] * 2
    assert blamed("a b c g", *experts, (NOTE, "- a ac a ab abc abcg")) == ()


def test_a_sub_task_that_is_over_before_its_turn_is_blamed_on_the_order():
    """It was there, but never after what the plan puts before it."""
    (failure,) = blamed("a b g", *EXPERTS, (NOTE, "- b - a ag"))
    assert failure.subtask == "lamp_b"
    assert (
        "lamp_b holds there at frame 1 for the last time, before lamp_a is achieved: the plan is "
        "wrong to put lamp_b after lamp_a"
    ) in failure.message


def test_the_gate_tolerates_what_it_tolerates_in_experts():
    """Where not every expert need complete, a rare skip is no fault of the plan."""
    route = (NOTE, "- a ag")
    assert blamed("a b g", *EXPERTS, route, expert_completion=0.6) == ()
    assert blamed("a b g", *EXPERTS, route, expert_completion=0.7)


def test_a_success_that_was_there_from_the_start_says_nothing():
    """Nothing had to be done, so nothing was skipped."""
    assert blamed("a b g", *EXPERTS, (NOTE, "g g")) == ()


def test_held_out_faults_are_held_out():
    """A plan that held-out successes refute is refuted without showing them."""
    (failure,) = blamed("a b g", *EXPERTS, (NOTE, "- a ag"), split="held_out")
    assert failure.held_out
