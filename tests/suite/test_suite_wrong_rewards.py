"""Wrong rewards are red, and say why in one sentence."""

from __future__ import annotations

import numpy as np
import pytest
from keydoor import REWARD, program

import synth.suite.subject
import synth.verdicts
from synth.suite import judge
from synth.suite.diagnosis import timing

BOTH = ("visible", "held_out")
CHANGED = "bool(np.any(frame != initial))"
TAKE = "bool(frame[:8].max() - frame[:8].min() < 1)"


def messages(source, task, **options):
    """What a judgement says, all groups made, as one text per test."""
    judgement = judge(source, task, cascade=False, **options)
    assert not judgement.accepted
    return {f.test.split("[")[0]: f.message for f in reversed(judgement.failures)}


def replaced(name: str, body: str) -> str:
    """The right program with another body for one checker."""
    head, _, rest = REWARD.partition(f"def {name}(frame, initial):\n")
    return (
        f"{head}def {name}(frame, initial):\n    return {body}\n\n\n{rest.split(chr(10) * 3, 1)[1]}"
    )


def test_right_reward_passes_everything(task):
    """A right program fails nothing, on either split."""
    judgement = judge(REWARD, task, splits=BOTH)
    assert judgement.failures == ()
    assert judgement.accepted
    assert judgement.unjudged == ()


def test_always_true_is_told_as_such(task):
    """A reward that is always true fails on the first frame, on blank images and at random."""
    said = messages(program("True", "True", "True"), task)
    assert said["expert::starts_with_nothing_done"] == (
        "expert-0000, frame 0: take_key holds on the first frame, before anything was done. "
        "take_key holds on every recorded frame: it is always true."
    )
    assert (
        "reach_goal holds on a black image" in said["contract::does_not_complete_on_blank_or_noise"]
    )
    assert "always true" in said["contract::does_not_complete_on_blank_or_noise"]
    assert "6 of 6 random episodes complete" in said["random::completes_seldom"]


def test_always_false_is_told_as_such(task):
    """A reward that is always false credits nothing, and the sentence says so."""
    said = messages(program("False", "False", "False"), task)
    assert set(said) == {
        "expert::credits_every_subtask",
        "expert::holds_the_goal_exactly_at_success",
        "expert::completes_often_enough",
        "random::holds_the_goal_exactly_at_success",
    }
    assert said["expert::credits_every_subtask"].startswith(
        "expert-0000: take_key is never credited, since it holds on none of the "
    )
    assert said["expert::credits_every_subtask"].endswith(
        "take_key holds on no recorded frame of any episode: it is always false."
    )


def test_only_the_first_missing_stage_is_blamed(task):
    """A sub-task that waits for one never credited is not blamed; the goal never waits."""
    failures = judge(program("False", "False", "False"), task).failures
    blamed = [f.subtask for f in failures if f.test == "expert::credits_every_subtask[expert-0000]"]
    assert blamed == ["take_key", "reach_goal"]


def test_goal_that_overtakes_the_others_is_blamed_for_it(task):
    """Where a goal holds too early, it is told what it skipped, and the skipped are not blamed."""
    failures = judge(replaced("reach_goal", CHANGED), task, cascade=False).failures
    early = [f for f in failures if f.test == "expert::credits_every_subtask[expert-0000]"]
    assert [f.subtask for f in early] == ["reach_goal"]
    assert early[0].message.startswith(
        "expert-0000, frame 1: reach_goal holds before take_key and open_door are credited and "
        "before the environment reports success at frame 9."
    )


def test_any_pixel_changed_is_told_as_such(task):
    """A reward that fires on any change is found out, and told that this is what it does."""
    said = messages(program(CHANGED, CHANGED, CHANGED), task)
    for test in ("expert::holds_the_goal_exactly_at_success", "random::completes_seldom"):
        assert said[test].endswith(
            "reach_goal holds exactly where the image differs from the initial one: any change is "
            "success."
        )


def test_missing_subtask_is_named(task):
    """A program that leaves out sub-task 2 is told its number, its name and what to write."""
    source = REWARD.replace("[take_key, open_door, reach_goal]", "[take_key, reach_goal]")
    judgement = judge(source, task)
    assert len(judgement.failures) == 1
    assert judgement.failures[0].message == (
        "Sub-task 2, open_door, is missing from SUBTASKS; write SUBTASKS = "
        "[take_key, open_door, reach_goal] and a function for each."
    )
    assert judgement.failures[0].subtask == "open_door"


def test_unknown_subtask_and_other_stages_are_named(task):
    """A program must follow the plan's names and stages, and is told where it does not."""
    extra = "def turn(frame, initial):\n    return False\n\n\nSUBTASKS = [turn, "
    more = REWARD.replace("SUBTASKS = [", extra)
    assert "names turn, which is no sub-task" in judge(more, task).failures[0].message
    merged = REWARD.replace("[take_key, open_door, ", "[(take_key, open_door), ")
    assert "in other stages" in judge(merged, task).failures[0].message


def test_goal_of_something_gone_must_see_the_scene(task):
    """A goal that only misses something holds on a blank image too, and is told what to check."""
    gone = "bool(coloured(initial[:8]).any() and not coloured(frame).any())"
    said = messages(replaced("reach_goal", gone), task)
    assert said["contract::does_not_complete_on_blank_or_noise"].startswith(
        "reach_goal holds on a black image with the one of expert-0000 as the initial frame; it "
        "must first make sure that the image shows the scene at all."
    )


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (2, " reach_goal first holds 2 frames early."),
        (4, ""),
        (5, " reach_goal first holds 1 frame late."),
        (None, " reach_goal holds on none of the 8 frames of this episode."),
    ],
)
def test_timing_is_told_in_frames(first, words):
    """How early or late a goal holds is said in frames."""
    frames = np.arange(8)
    holds = frames >= first if first is not None else frames < 0
    assert timing(holds, frames >= 4, "reach_goal") == words


@pytest.mark.parametrize(
    ("goal", "sentence"),
    [
        ("bool((frame != initial).any() and open_door(frame, initial))", "early"),
        ("bool(count(frame, GREEN) == 3)", "always false"),
    ],
)
def test_goal_at_the_wrong_time_is_told_by_how_much(task, goal, sentence):
    """A goal that holds too early, or never, is told so with episode and frame."""
    said = messages(replaced("reach_goal", goal), task)
    assert "expert-0000" in said["expert::holds_the_goal_exactly_at_success"]
    assert sentence in said["expert::holds_the_goal_exactly_at_success"]


def test_exception_names_type_line_and_frame(task):
    """A checker that raises is told the exception, the line of the program and the frame."""
    source = replaced("open_door", "bool(1 / int((frame != initial).any()) > 2)")
    line = next(i for i, text in enumerate(source.splitlines(), 1) if "1 / int" in text)
    failure = judge(source, task).failures[0]
    assert failure.test == "program::runs"
    assert f"open_door raises ZeroDivisionError at line {line}: division by zero" in failure.message


def test_exception_on_a_later_frame_names_that_frame(task):
    """A checker that raises only once the key is gone is told where that happens first."""
    source = replaced("open_door", "bool(1 / int(coloured(frame[:8]).sum()) > 2)")
    failure = judge(source, task).failures[0]
    episode = task.store[failure.episode]
    assert failure.test == "contract::answers_on_every_frame"
    assert failure.episode == "expert-0000"
    assert failure.frame == int(episode.truth["has_key"].argmax())
    assert "ZeroDivisionError" in failure.message


def test_number_instead_of_a_bool_is_told(task):
    """A checker that returns a count is told that a bool was wanted."""
    failure = judge(replaced("open_door", "int(frame.size)"), task).failures[0]
    assert "open_door returns int instead of a bool on the first frame" in failure.message


def test_small_images_find_a_careless_index(task):
    """A checker that reads a fixed pixel fails on images that do not have it."""
    failures = judge(replaced("open_door", "bool(frame[20, 20, 0] > 300)"), task).failures
    found = next(f for f in failures if f.test == "contract::answers_on_any_image")
    assert "open_door raises IndexError" in found.message
    assert "noise of 1x1 pixels" in found.message


def test_drawn_images_find_a_rare_branch(task):
    """An exception that needs the goal's colour where no episode has it is found and shrunk."""
    rare = "bool(1 / (1 - int((frame[:1, :1] == np.array((0, 255, 0))).all())) > 9)"
    failures = judge(replaced("open_door", rare), task, cascade=False).failures
    found = next(f for f in failures if f.test == "contract::answers_on_any_image")
    assert "ZeroDivisionError" in found.message
    assert "a drawn image of" in found.message


def test_two_subtasks_with_one_meaning_are_told(task):
    """Sub-tasks that are credited together in every expert episode are found."""
    source = replaced("take_key", "open_door(frame, initial)")
    said = messages(source, task)
    assert said["expert::spreads_the_credits"].startswith(
        "take_key and open_door are credited on the same frame in all 6 expert episodes"
    )


def test_credits_that_fall_together_once_are_no_fault(task):
    """Two sub-tasks may be credited on one frame of some episode, only not of every one."""
    now = "coloured(frame[8:16]).sum() < coloured(initial[8:16]).sum()"
    red = "count(initial, (255, 0, 0)) > 0"
    source = replaced("open_door", f"bool(({now}) if not {red} else take_key(frame, initial))")
    judgement = judge(source, task, cascade=False)
    assert "expert::spreads_the_credits" in judgement.passed


def test_subtasks_in_the_wrong_order_are_told(task):
    """A sub-task that holds only before its turn is told that it must hold later."""
    source = replaced("open_door", "bool(coloured(frame[:8]).any() and (frame != initial).any())")
    said = messages(source, task)
    assert "open_door is never credited" in said["expert::credits_every_subtask"]


def test_progress_out_of_range_is_told(task):
    """A progress function beyond 1, or not finite, fails the contract by name."""
    source = REWARD.replace(
        "SUBTASKS =", "def open_door_progress(frame, initial):\n    return 3.0\n\n\nSUBTASKS ="
    )
    failures = judge(source, task).failures
    assert [f.test for f in failures] == ["contract::keeps_progress_in_range"]
    assert "open_door_progress" in failures[0].message


def test_hidden_state_is_found(task, monkeypatch):
    """Answers that depend on what was asked before fail the contract, if the lint lets them by."""
    monkeypatch.setattr(synth.suite.subject, "lint", lambda _, **__: [])
    head = "seen = 0\n\n\ndef odd():\n    global seen\n    seen += 1\n    return seen % 3 == 0"
    said = messages(program("odd()", "False", "False", head=head), task)
    assert "when they are shuffled" in said["contract::remembers_nothing"]
    assert "answers differently when asked twice" in said["contract::answers_on_any_image"]


def test_an_answer_that_tires_is_found(task, monkeypatch):
    """What is right whenever a picture is new, and wrong the third time in a row, is memory too."""
    monkeypatch.setattr(synth.suite.subject, "lint", lambda _, **__: [])
    head = (
        "last = None\ntimes = 0\n\n\ndef tired(frame):\n    global last, times\n"
        "    times = times + 1 if last is not None and np.array_equal(last, frame) else 1\n"
        "    last = frame.copy()\n    return times > 2"
    )
    said = messages(program("tired(frame)", "False", "False", head=head), task)
    assert "changes its answer" in said["contract::remembers_nothing"]


@pytest.mark.parametrize(
    ("when", "test"),
    [("True", "program::runs"), ("coloured(frame[:8]).any()", "contract::answers_on_every_frame")],
)
def test_program_that_hangs_is_a_failure_and_not_an_error(task, monkeypatch, when, test):
    """A checker that takes for ever is stopped, and the judgement says so."""
    monkeypatch.setattr(synth.verdicts, "BASE", 0.3)
    monkeypatch.setattr(synth.verdicts, "PER_PAIR", 0.0)
    if test == "contract::answers_on_every_frame":
        when = f"not {when}"
    slow = f"bool({when}) and len([0 for _ in range(10**9)]) == 0"
    judgement = judge(replaced("open_door", slow), task, cascade=False)
    assert judgement.failed[0] == test
    assert not {t.split("::")[0] for t in judgement.failed} - {"program", "contract"}
    assert judgement.unjudged
    assert "0.3 s" in judgement.failures[0].message


def test_lint_finding_is_shown_with_its_line(task):
    """A program that the lint refuses is told rule, line, remedy and excerpt, and never run."""
    failure = judge(replaced("open_door", "eval('True')"), task).failures[0]
    assert failure.test == "program::lints"
    assert "the builtin eval is not available" in failure.message
    assert failure.message.splitlines()[-1].strip() == "^"


def test_perceive_that_raises_is_blamed_once(task):
    """Where perceive raises, it is blamed, and not each checker that never got an answer."""
    source = "def perceive(frame):\n    return frame[99, 99]\n\n\n" + program(
        "True", "True", "True"
    ).replace("(frame, initial)", "(now, initial)")
    failures = judge(source, task).failures
    assert [f.test for f in failures] == ["program::runs"]
    assert failures[0].message.startswith("perceive raises IndexError at line 2")
    assert failures[0].subtask is None
    begun = "def perceive(frame):\n    return frame\n\n\n" + source.replace(
        "def perceive(", "def perceive_initial("
    )
    failures = judge(begun, task).failures
    assert [f.test for f in failures] == ["program::runs"]
    assert failures[0].message.startswith("perceive_initial raises IndexError at line 6")
