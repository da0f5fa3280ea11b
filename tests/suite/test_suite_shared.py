"""What wrong pictures share is told where it sets them apart, and not else."""

from __future__ import annotations

from lamps import program_of
from things_and_agent import A_GONE, B_TURNED, GOAL, acted

from synth.suite import judge
from synth.suite.shared import agent_boxes, apart

EXPERTS = (("", "ax.b. .x.b. ..xb. ..xB. ..xB.g"), ("", "a.xb. ax.b. .x.b. ..xb. ..xB. ..xB.g"))
WALKS = tuple((f"walk {n}", "ax.b. a.xb. a..bx ax.b. a.xb. a..bx") for n in range(3))
TILE = (0, 4, 4, 8)


def test_the_agent_is_what_differs_from_most_pictures():
    """Only while nothing in the scene changes; where too little moves nobody knows."""
    task = acted(*EXPERTS, WALKS[0])
    boxes = agent_boxes(task.store, task.store["near-miss-0002"])
    assert boxes[:3] == [TILE, (0, 8, 4, 12), (0, 16, 4, 20)]
    still = acted(*EXPERTS, ("hardly", "ax.b. a.xb."))
    assert agent_boxes(still.store, still.store["near-miss-0002"]) == [None, None]


def test_a_place_is_told_where_it_sets_wrong_from_right():
    """At least three wrong ones, and few right ones there."""
    other = (0, 12, 4, 16)
    assert apart("it is", [TILE] * 3, [other] * 4) == (
        " In all wrong ones it is within rows 0..3, columns 4..7; on none that is right."
    )
    assert "on 1 of 4 that are right" in apart("it is", [TILE] * 3, [other] * 3 + [TILE])
    assert apart("it is", [TILE] * 2, [other] * 4) == ""
    assert apart("it is", [TILE] * 3, [TILE] * 3 + [other]) == ""
    assert apart("it is", [TILE] * 3, []) == ""


def test_goals_that_lie_where_the_agent_stands_say_so_in_a_near_miss():
    """Which is what the example alone does not show; that there is no success is said once."""
    lies = f"{GOAL} or bool((frame[:4, 16:] == 250).any())"
    task = acted(*EXPERTS, *WALKS)
    source = program_of(task.plan, lamp_a=A_GONE, lamp_b=B_TURNED, lamp_g=lies)
    messages = [f.message for f in judge(source, task, groups=("near_miss",)).failures]
    (message,) = {m for m in messages if m.startswith("near-miss-0002")}
    assert message.count("no success") == 1
    assert message.endswith(
        " In all wrong ones the agent is within rows 0..3, columns 16..19; on none that is right."
    )
