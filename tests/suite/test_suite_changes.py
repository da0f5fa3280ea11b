"""Sub-tasks tell of what changes in the scene when it happens, and of nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lamps import NAMES, lamps, program_of
from staged_lamps import LIT, staged

from synth.suite import judge

ROUTE = "route: another way"
NEAR = "an agent that is almost right"
EXPERTS = (("", "- d ad ad abd abg"), ("", "- - d ad ab ab abg"))


def failures(task, *, check="", splits=("visible",), **bodies):
    """The failures of the checks on changes, where a checker tells its lamp lit unless given."""
    bodies = {f"lamp_{n}": LIT.format(at=NAMES.index(n)) for n in "abcdg"} | bodies
    judgement = judge(
        program_of(task.plan, **bodies), task, groups=("near_miss", "necessity"), splits=splits
    )
    assert judgement.passed or judgement.skipped
    return [f for f in judgement.failures if check in f.test]


def on(name):
    """A checker that looks at another lamp than its own."""
    return LIT.format(at=NAMES.index(name))


@pytest.mark.parametrize(
    "episode",
    [
        (ROUTE, "- d dc c ac abc abcg"),
        (ROUTE, "- a - a ab abg"),
        (ROUTE, "- a ab aB aB ab abg"),
        (ROUTE, "- a ab aB aBg"),
        (NEAR, "- d c d"),
        (NEAR, "- a aB aB"),
    ],
)
def test_a_right_program_is_not_blamed(episode):
    """Detours, things undone and done again, and failures are told as they are."""
    assert failures(staged("a b g", *EXPERTS, episode)) == []


def test_a_sub_task_that_is_a_frame_early_looks_at_the_agent():
    """It holds where only the agent has moved: beside the thing, before the deed."""
    (failure,) = failures(staged("a b g", *EXPERTS), lamp_a=on("d"))
    assert failure.message == (
        "lamp_a first holds 1 frame early: at frame 1 of expert-0000, where nothing in the scene "
        "but the agent has changed; rows 0..0, columns 0..0 change at frame 2. It looks at "
        "where the agent is rather than at the thing. So it is in 2 expert episodes."
    )
    assert failure.test == "near_miss::holds_with_its_change"
    assert (failure.episode, failure.frame, failure.subtask) == ("expert-0000", 1, "lamp_a")
    assert (failure.expected, failure.actual) == ("False", "True")


def test_a_sub_task_that_is_a_frame_late_in_every_success_waits_for_something_else():
    """A checker that is always as late is the program's fault."""
    experts = [("", "- a ad adb abg"), ("", "- - a ad adb abg"), (ROUTE, "- c a ad abd abg")]
    (failure,) = failures(staged("a b g", *experts), lamp_a=on("d"))
    assert failure.message == (
        "lamp_a first holds 1 frame late: at frame 2 of expert-0000, although rows 0..0, columns "
        "0..0 change at frame 1 already. It waits for what the agent does next instead of "
        "looking at the thing. So it is in 2 expert episodes."
    )
    assert (failure.frame, failure.expected, failure.actual) == (1, "True", "False")


def test_what_is_late_only_as_experts_go_is_a_missing_stage():
    """Where the next stage follows at once in experts and not in others, it has its own end."""
    task = staged(
        "d b g", ("", "- a ad abd abg"), ("", "- - a ad abd abg"), (ROUTE, "- a a a ad abg")
    )
    (failure,) = failures(task)
    assert failure.message == (
        "a stage is missing: in all 2 expert episodes something changes for good on the way to "
        "success (rows 0..0, columns 0..0 at frame 1 of expert-0000) and no sub-task notices; add "
        "a sub-task for it. One that is meant for it must begin to hold on that very frame. If "
        "lamp_d is meant for it, which first holds a few frames after, it is late: mend the "
        "program, and leave the plan as it is."
    )
    assert failure.test == "necessity::every_change_is_noticed"
    assert (failure.group, failure.episode, failure.frame) == ("necessity", "expert-0000", 1)
    assert failure.subtask is None


def test_no_stage_is_missing_where_a_success_does_without_the_change():
    """What only some successes change is not needed."""
    experts = ("", "- a a a a abg"), ("", "- a a abg"), (ROUTE, "- bg")
    assert [f for f in failures(staged("b g", *experts)) if "missing" in f.message] == []
    assert failures(staged("b g", *experts[:2]), check="every_change_is_noticed")


def test_no_stage_is_missing_where_the_change_does_not_last():
    """What looks as at first in the end was a detour."""
    experts = ("", "- a a - - - bg"), ("", "- a - - - - bg")
    assert failures(staged("b g", *experts)) == []


def test_a_sub_task_that_is_no_change_at_all_is_told_by_an_episode_without_one():
    """Early in a near miss, though never in an expert: it told something that comes with it."""
    either = f"{on('a')} or {on('c')}"
    near = (NEAR, "- d c cd")
    (failure,) = failures(staged("a b g", *EXPERTS, near), lamp_a=either)
    assert failure.message == (
        "lamp_a holds at frame 2 of near-miss-0002 (an agent that is almost right), before "
        "anything in the scene has changed but the agent; in all 2 expert episodes it "
        "first holds at the very frame on which something changes. It must tell that change from "
        "what was so from the start and from what the agent does: compare the thing with "
        "how it is in the initial image. So it is in 1 episode."
    )
    assert failure.test == "near_miss::holds_only_after_a_change"
    assert (failure.frame, failure.expected, failure.actual) == (2, "False", "True")


def test_a_sub_task_that_was_so_from_the_start_is_told():
    """A thing that was never there has not been taken."""
    (failure,) = failures(staged("a b g", *EXPERTS, (NEAR, "a ad")))
    assert "lamp_a holds at frame 0 of near-miss-0002" in failure.message


def test_a_goal_that_truly_holds_before_any_change_is_no_lie():
    """The environment's word is taken for the goal."""
    experts = ("", "- d a abg"), ("", "- a abg")
    task = staged("a g", *experts, (ROUTE, "- cg"))
    assert failures(task, check="holds_only_after_a_change", lamp_g=on("g")) == []


def test_a_sub_task_that_is_early_by_chance_is_meant_for_the_change_it_also_meets():
    """Early by one frame here and two there, it is about the change where it meets one as well."""
    early = (EXPERTS[0], ("", "- d d ad ab ab abg"))
    on_time = ("", "- - ad ad ab abg")
    (failure,) = failures(staged("a b g", *early, on_time), lamp_a=on("d"))
    assert failure.test == "near_miss::holds_with_its_change"
    assert failure.message.endswith("So it is in 2 expert episodes.")
    (unmet,) = failures(staged("a b g", *early), lamp_a=on("d"))
    assert unmet.group == "necessity"


def test_a_thing_that_is_undone_and_done_again_must_be_noticed():
    """Any difference from the first look is not the right look."""
    task = staged("a b g", *EXPERTS, (ROUTE, "- a ab aB aBd ab abg"))
    (failure,) = failures(task, lamp_b="bool(frame[0, 1, 0] > 0)")
    assert failure.message == (
        "lamp_b holds at frame 4 of near-miss-0002 (route: another way), although the thing of "
        "which it tells (rows 0..0, columns 1..1) is not as it should be there: it changed at "
        "frame 2, where lamp_b began to hold, again at frame 3, and looks as at frame 2 only from "
        "frame 5 on, on the way to success. lamp_b tells another look from the first one, but not "
        "the right one: let it look for how the thing is when it is done, and not for any "
        "difference from how it was at first."
    )
    assert failure.test == "near_miss::notices_when_it_is_undone"
    assert (failure.frame, failure.expected, failure.actual) == (4, "False", "True")


def test_a_thing_that_goes_on_changing_is_not_undone():
    """A further look that stays is a further step, of which no sub-task need tell."""
    task = staged("a b g", *EXPERTS, (ROUTE, "- a aB ab abg"))
    assert failures(task, lamp_b="bool(frame[0, 1, 0] > 0)") == []


def test_episodes_whose_changes_were_not_recorded_say_nothing():
    """Older recordings fail none of these checks and pass none: the checks are skipped."""
    task = lamps("a b g", *EXPERTS)
    assert failures(task, check="change", lamp_a=on("d")) == []
    store = staged("g", *EXPERTS).store
    bare = replace(store, episodes=tuple(replace(e, scene_events=None) for e in store.episodes))
    bare_task = replace(staged("g", *EXPERTS), store=bare)
    assert failures(bare_task) == []
    judgement = judge(program_of(task.plan), replace(task, store=bare), groups=("near_miss",))
    assert not judgement.passed
    assert "scene events (none was recorded: no picture without the agent)" in judgement.reasons


def test_held_out_faults_are_held_out():
    """What is seen in held-out episodes is marked so, whoever is at fault."""
    for stages, bodies in (("a b g", {"lamp_a": on("d")}), ("b g", {})):
        task = staged(stages, *EXPERTS, split="held_out")
        found = failures(task, splits=("held_out",), **bodies)
        assert found
        assert all(f.held_out for f in found)


def test_a_program_that_is_late_is_blamed_and_not_its_plan():
    """A success in which the thing did change does not do without its sub-task."""
    late = "bool(frame[0, 0, 0] == 255 and frame[0, 3, 0] == 255)"
    experts = ("", "- a ad adb abg"), ("", "- - a ad adb abg"), (ROUTE, "- a ab abg")
    task = staged("a b g", *experts)
    (failure,) = failures(task, check="holds_once_its_thing", lamp_a=late)
    assert failure.message == (
        "near-miss-0002 (route: another way) succeeds at frame 3, and the thing of which lamp_a "
        "tells (rows 0..0, columns 0..0) changed for good at frame 1, but lamp_a misses it: it "
        "holds on none of its frames. The program is late or blind, and the plan is right: let "
        "lamp_a hold from the very frame on which the thing changes, wherever that is and whatever "
        "the agent does next. It is missed in 1 of 3 successes."
    )
    assert (failure.episode, failure.frame, failure.subtask) == ("near-miss-0002", 1, "lamp_a")


def test_a_late_program_is_never_told_to_leave_its_sub_task_out():
    """Two failures never send a model in a circle: none blames the plan for the skip."""
    late = "bool(frame[0, 0, 0] == 255 and frame[0, 3, 0] == 255)"
    experts = ("", "- a ad adb abg"), ("", "- - a ad adb abg"), (ROUTE, "- a ab abg")
    said = [f.message for f in failures(staged("a b g", *experts), lamp_a=late)]
    assert not any("Leave it out of the plan" in message for message in said)


def test_a_success_that_does_without_the_change_still_refutes_the_plan():
    """There the thing never changed: the plan is wrong, whoever reads the pictures."""
    experts = ("", "- a ab abg"), ("", "- - a ab abg"), (ROUTE, "- b bg")
    (failure,) = failures(staged("a b g", *experts), check="credits_every")
    assert "a success can do without lamp_a, so the plan is wrong" in failure.message
