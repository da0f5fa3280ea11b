"""What tells of a thing changes with that thing alone: not with the agent, nor with another."""

from __future__ import annotations

import pytest
from lamps import program_of
from things_and_agent import A_GONE, B_TURNED, GOAL, acted

from synth.suite import judge

TEST = "scenes::changes_with_its_own_thing_alone"
EXPERTS = (("", "ax.b. .x.b. ..xb. ..xB. ..xB.g"), ("", "a.xb. ax.b. .x.b. ..xb. ..xB. ..xB.g"))
WALK = ("a walk", "ax.b. .x.b. x..b. .x.b. ..xb. ..xB. .x.B. ..xB. x..B.")
PUT = ("put down", "ax.b. .x.b. .xab. .x.b. ..xb. ..xB. .x.B. .xaB. x.aB. .xaB. ..xB. ..xB.g")
SHUT = ("shut again", "ax.b. .x.b. ..xb. ..xB. ..xb. .x.b. ..xB. ..xB.g")
BESIDE_A = f"{A_GONE} and bool((frame[:4, 4:8] == 250).any())"
BESIDE_B = f"{B_TURNED} and bool((frame[:4, 8:12] == 250).any())"


def failures(*episodes, experts=EXPERTS, split="visible", seen=True, **bodies):
    """What the check says of a program whose checkers are right unless given."""
    task = acted(*experts, *episodes, split=split, seen=seen)
    bodies = {"lamp_a": A_GONE, "lamp_b": B_TURNED, "lamp_g": GOAL} | bodies
    judgement = judge(program_of(task.plan, **bodies), task, groups=("scenes",), splits=(split,))
    assert TEST in {*judgement.passed, *judgement.failed, *(s.test for s in judgement.skipped)}
    return [f for f in judgement.failures if f.test == TEST]


def test_a_right_program_is_not_blamed():
    """The agent walks about, things are put down, taken again, turned and turned back."""
    assert failures(WALK, PUT, SHUT) == []


def test_what_holds_only_beside_its_thing_senses_the_agent():
    """The sentence says since when the thing has not changed, and how often it is so."""
    (failure,) = failures(WALK, lamp_b=BESIDE_B)
    assert failure.message == (
        "lamp_b no longer holds at frame 6 of near-miss-0002 (a walk), although the thing of "
        "which it tells (rows 0..3, columns 12..15) has not changed since frame 5: nothing in the "
        "scene but the agent changes there. It looks at where the agent is rather than at the "
        "thing. Let it say the same wherever the agent stands, until the thing itself changes "
        "again. So it is on 3 frames of 1 of 3 episodes."
    )
    assert (failure.episode, failure.frame, failure.subtask) == ("near-miss-0002", 6, "lamp_b")
    assert (failure.expected, failure.actual, failure.held_out) == ("True", "False", False)


def test_a_thing_that_is_gone_is_as_good():
    """Nothing is left of it to look at, and so the agent is looked at."""
    (failure,) = failures(WALK, lamp_a=BESIDE_A)
    assert "lamp_a no longer holds at frame 2 of expert-0000, although the thing" in failure.message


def test_what_another_thing_ends_is_not_about_its_own():
    """The first thing has been taken, also when the second one has been turned since."""
    (failure,) = failures(lamp_a=f"{A_GONE} and not {B_TURNED}")
    assert failure.message == (
        "lamp_a no longer holds at frame 3 of expert-0000, although the thing of which it tells "
        "(rows 0..3, columns 0..3) has not changed since frame 1: only another thing (rows 0..3, "
        "columns 12..15) changes there. Let it look at its own thing alone: other sub-tasks tell "
        "of the other things. So it is on 2 frames of 2 of 2 episodes."
    )


def test_what_asks_for_an_earlier_thing_too_is_fair_where_every_success_has_both():
    """*Both are done* ends where the first one is undone."""
    both = f"{B_TURNED} and {A_GONE}"
    lies = ("put down", "ax.b. .x.b. ..xb. ..xB. .xaB. ..xB. ..xB.g")
    assert failures(lies, lamp_b=both) == []
    behind = ("left behind", "ax.b. .x.b. ..xb. ..xB. .xaB. .xaB.g")
    (failure,) = failures(lies, behind, lamp_b=both)
    assert "only another thing (rows 0..3, columns 0..3) changes there" in failure.message


def test_what_tells_of_no_thing_may_do_as_it_likes():
    """*The agent is beside the second thing* begins with no change, and is about the agent."""
    beside = "bool((frame[:4, 8:12] == 250).any())"
    assert failures(WALK, PUT, SHUT, lamp_a=beside) == []


def test_one_expert_shows_nothing():
    """Whatever happens once may happen by chance; the check is skipped."""
    assert failures(WALK, experts=EXPERTS[:1], lamp_b=BESIDE_B) == []


def test_most_experts_are_enough():
    """In one of six another thing is done first: the plan's order may be free."""
    experts = (*EXPERTS * 3, ("", "a.xb. a.xB. ax.B. .x.B. .x.B.g"))
    (failure,) = failures(WALK, experts=experts, lamp_b=BESIDE_B)
    assert failure.subtask == "lamp_b"


def test_a_thing_whose_look_is_not_its_own_says_nothing_while_it_is_away():
    """Where two things look alike, nobody can say that it does not lie about."""
    gone = "not bool((frame[:4, :4] == 200).any()) and bool((frame[:4, :8] == 250).any())"
    twins = [(note, text.replace("b.", "ba").replace("B.", "Ba")) for note, text in EXPERTS]
    assert failures(experts=twins, lamp_a=gone) == []
    assert failures(lamp_a=gone)


def test_older_recordings_say_nothing():
    """Without the changes nobody knows what a sub-task is about."""
    assert failures(WALK, seen=False, lamp_b=BESIDE_B) == []


@pytest.mark.parametrize("split", ["visible", "held_out"])
def test_a_fault_belongs_to_its_split(split):
    """What held-out episodes show is held out."""
    (failure,) = failures(WALK, split=split, lamp_b=BESIDE_B)
    assert failure.held_out == (split == "held_out")
