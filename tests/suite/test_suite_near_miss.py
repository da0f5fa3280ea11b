"""Near misses: the goal holds exactly at success, and a lie is told with what is near it."""

from __future__ import annotations

from lamps import lamps, program_of

from synth.suite import all_checks, judge, render_suite

EXPERT = ("", "- a ag")
CUT = ("the expert, stopped one step before success", "- a")
LATE = ("route: a detour", "- a - a ag")
EAGER = "bool(frame[0, 0, 0] > 0)"


def failures(task, source, **options):
    """Failures of the near misses alone."""
    options.setdefault("splits", ("visible",))
    groups = ("near_miss",)
    return judge(source, task, groups=groups, **options).failures


def test_the_right_program_passes():
    """A near miss that fails and one that succeeds are both judged by their labels."""
    task = lamps("a g", EXPERT, CUT, LATE)
    judgement = judge(program_of(task.plan), task, groups=("near_miss",))
    assert judgement.accepted
    assert len([t for t in judgement.passed if t.endswith("]")]) == 2


def test_a_lie_names_how_it_was_made_and_the_success_that_is_most_like_it():
    """Where the episode never succeeds, another episode's success is named."""
    task = lamps("a g", EXPERT, CUT)
    (lie,) = failures(task, program_of(task.plan, lamp_g=EAGER))
    assert lie.message.startswith(
        "near-miss-0001 (the expert, stopped one step before success), frame 1: lamp_g holds, but "
        "the environment reports no success there; the most similar true success is frame 2 of "
        "expert-0000, from which it differs in 2 of 10 pixels."
    )
    assert (lie.episode, lie.frame, lie.subtask) == ("near-miss-0001", 1, "lamp_g")
    assert (lie.expected, lie.actual) == ("False", "True")


def test_a_goal_that_holds_too_early_is_told_when_success_comes():
    """Where the episode succeeds later, that frame is the nearest."""
    task = lamps("a g", EXPERT, LATE)
    (lie,) = failures(task, program_of(task.plan, lamp_g=EAGER))
    assert "here success comes at frame 4, 3 frames later." in lie.message
    assert "lamp_g first holds 3 frames early." in lie.message


def test_a_success_that_is_missed_is_a_failure_as_well():
    """A near miss is never assumed to fail: where it succeeds the goal must hold."""
    task = lamps("a g", EXPERT, LATE)
    (miss,) = failures(task, program_of(task.plan, lamp_g="False"))
    assert miss.message.startswith(
        "near-miss-0001 (route: a detour), frame 4: the environment reports success, but lamp_g "
        "does not hold."
    )
    assert (miss.expected, miss.actual) == ("True", "False")


def test_held_out_near_misses_stay_held_out():
    """Their failures are marked, and the success they are compared with is of their split."""
    task = lamps("a g", EXPERT, CUT, split="held_out")
    (lie,) = failures(task, program_of(task.plan, lamp_g=EAGER), splits=("held_out",))
    assert lie.held_out


def test_no_success_to_compare_with_is_said():
    """Without any success the sentence does not invent one."""
    task = lamps("a g", CUT)
    (lie,) = failures(task, program_of(task.plan, lamp_g=EAGER))
    assert "no episode shows a success that is near it." in lie.message


def test_without_the_table_nothing_of_it_is_made(task):
    """A task whose spec has no near misses is judged and written as it always was."""
    judgement = judge("", task, cascade=True)
    tests = (*judgement.passed, *judgement.failed, *judgement.unjudged)
    assert not [t for t in tests if t.startswith(("near_miss", "necessity"))]
    assert "near_miss" not in render_suite(task.spec)
    assert "necessity" not in render_suite(task.spec)


def test_with_the_table_the_generated_file_makes_every_check():
    """The suite of a task with near misses names the checks on them."""
    spec = lamps("a g", EXPERT, CUT).spec
    text = render_suite(spec)
    assert 'near_miss = pytest.mark.parametrize("episode", episodes_of(__file__, "near_miss"))' in (
        text
    )
    assert all(f'audit("{check.id}"' in text for check in all_checks() if check.applies(spec))
    assert "metamorphic" not in text
