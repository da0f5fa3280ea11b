"""What the loop does with answers, good and bad."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from squares import PLAN, PLAN_TEXT, SPEC, Markers, Squares, block, decisions, function, program

from synth.envs.base import PlainFamily
from synth.errors import EnvironmentFault, ModelUnavailable
from synth.journal import read_journal
from synth.loop import events
from synth.loop.candidates import SHORT
from synth.models.scripted import ScriptedModel
from synth.prompts.render import render
from synth.prompts.requests import DescribeRequest, RefineRequest, WriteRequest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Go

    from synth.prompts.requests import Request
    from synth.spec import Spec

GOOD = block(program())


def test_a_right_first_answer_is_accepted(go: Go, markers: Markers) -> None:
    """Two calls are enough where plan and program are right, and the folder holds it all."""
    model = ScriptedModel([PLAN_TEXT, GOOD])
    outcome = go(model)
    assert outcome.accepted
    assert outcome.exit_code == 0
    assert outcome.source == program()
    assert outcome.plan == PLAN
    assert (outcome.rounds, outcome.calls, outcome.replayed, outcome.looks) == (2, 2, 0, 1)
    assert outcome.speed is not None
    assert outcome.speed.single == 50
    assert outcome.fast_enough
    assert (outcome.folder / "reward.py").read_text() == program()
    assert "take_key" in (outcome.folder / "task.toml").read_text()
    assert {r.kind for r in model.requests} == {"describe", "write"}
    assert decisions(outcome) == ["best", "stop"]


def test_the_requests_carry_goal_plan_and_demonstrations(go: Go) -> None:
    """A model is told the goal, shown three experts, and given its own plan back."""
    model = ScriptedModel([PLAN_TEXT, GOOD])
    go(model)
    describe, write = model.requests
    assert isinstance(describe, DescribeRequest)
    assert isinstance(write, WriteRequest)
    assert describe.goal == "take the yellow square and reach the green one"
    assert len(describe.demonstrations) == 3
    assert write.plan == PLAN
    assert write.target_microseconds == 60


def test_progress_is_wanted_where_the_family_measures(
    go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It decides, also where no recorded frame is too near to the threshold to be judged."""

    class Measuring(PlainFamily):
        name = "measuring"

        def measures(self, spec: Spec) -> bool:
            """Always."""
            return True

    for family, wanted in ((PlainFamily(), False), (Measuring(), True)):
        monkeypatch.setattr("synth.loop.run.family_of", lambda _spec, one=family: one)
        model = ScriptedModel([PLAN_TEXT, GOOD])
        go(model, f"run-{wanted}")
        assert model.requests[1].measured is wanted


def test_a_program_that_does_not_parse_is_repaired_whole(go: Go) -> None:
    """What does not parse cannot be patched, so the next answer replaces it."""
    model = ScriptedModel([PLAN_TEXT, block("def take_key(frame, initial:\n    pass\n"), GOOD])
    outcome = go(model)
    assert outcome.accepted
    refine = model.requests[2]
    assert isinstance(refine, RefineRequest)
    assert "def take_key(frame, initial:" in refine.source
    assert refine.reports[0].failure.test == "program::parses"


def test_a_wrong_sub_task_is_repaired_by_its_function_alone(go: Go) -> None:
    """A refinement replaces what it names and leaves every other byte."""
    model = ScriptedModel(
        [PLAN_TEXT, block(program(key="wrong")), block(function("take_key", "good"))]
    )
    outcome = go(model)
    assert outcome.accepted
    assert outcome.source == program()
    refine = model.requests[2]
    assert isinstance(refine, RefineRequest)
    (report,) = refine.reports
    assert report.failure.subtask == "take_key"
    assert [s.name for s in report.shots] == [
        "expert-0001-frame-0000",
        "expert-0001-frame-0003",
        "expert-0001-frame-0002",
    ]


def test_a_candidate_that_breaks_a_passing_test_is_reverted_and_the_model_told(go: Go) -> None:
    """The base stays, and the next request names the broken test."""
    seen: list[events.Event] = []
    model = ScriptedModel(
        [
            PLAN_TEXT,
            block(program(key="wrong")),
            block(program(key="good", goal="wrong")),
            block(function("take_key", "good")),
        ]
    )
    outcome = go(model, observer=seen.append)
    assert outcome.accepted
    assert outcome.source == program()
    refine = model.requests[3]
    assert isinstance(refine, RefineRequest)
    assert refine.source == program(key="wrong")
    (note,) = refine.notes
    assert "expert::reach_goal[expert-0001]" in note
    assert "take_key, reach_goal" in note
    assert "With it failed expert::reach_goal[expert-0001]: " in note
    assert decisions(outcome) == ["best", "reverted", "best", "stop"]
    (reverted,) = [e for e in seen if isinstance(e, events.Reverted)]
    assert reverted.broken == ("expert::reach_goal[expert-0001]",)


def test_a_prompt_says_what_failed_with_a_change_that_was_taken_back(go: Go) -> None:
    """Each new failure in a short sentence, beside the base's own, which the prompt shows whole."""
    base = block(program(key="wrong"))
    worse, same = block(function("reach_goal", "worse")), block(function("take_key", "worse"))
    model = ScriptedModel([PLAN_TEXT, base, worse, same, block(program())])
    assert go(model).accepted
    before, after = model.requests[3], model.requests[-1]
    assert isinstance(before, RefineRequest)
    assert isinstance(after, RefineRequest)
    (told,) = (report.failure.message for report in before.reports)
    assert told in render(before).text
    (note,) = before.notes
    assert "A change of reach_goal was reverted, since it broke expert::reach_goal" in note
    with_it = note.split(" With it failed ")[1]
    assert with_it.startswith("expert::reach_goal[expert-000")
    assert told not in with_it
    assert note in render(before).text
    assert len(after.notes) == 2
    assert all(len(each) < 3 * (SHORT + 200) for each in after.notes)


def test_a_change_that_changes_no_failure_is_told_to_be_none(go: Go) -> None:
    """Taken back without a word on what failed, it would look as if it had not been tried."""
    same = block(function("take_key", "wrong") + "\n\nUNUSED = 1\n")
    model = ScriptedModel([PLAN_TEXT, block(program(key="wrong")), same, block(program())])
    assert go(model).accepted
    last = model.requests[-1]
    assert isinstance(last, RefineRequest)
    (note,) = last.notes
    assert note.endswith("What failed before failed with it in the very same way.")


def test_a_later_stage_of_the_cascade_is_better_than_more_tests(go: Go) -> None:
    """Getting past the experts counts, though a random test fails now."""
    model = ScriptedModel(
        [
            PLAN_TEXT,
            block(program(key="wrong")),
            block(function("take_key", "eager")),
            block(function("take_key", "good")),
        ]
    )
    outcome = go(model)
    assert outcome.accepted
    assert decisions(outcome) == ["best", "best", "best", "stop"]


def test_a_held_out_failure_is_not_accepted_and_says_what_kind(go: Go, markers: Markers) -> None:
    """Where no fresh episode fails, words must do; each program is looked at once."""
    narrow = program(key="narrow")
    model = ScriptedModel([PLAN_TEXT, block(narrow), block(function("take_key", "good"))])
    outcome = go(model)
    assert outcome.accepted
    assert outcome.looks == 2
    assert markers.held_out_looks == [narrow, program()]
    refine = model.requests[2]
    assert isinstance(refine, RefineRequest)
    (report,) = refine.reports
    assert "fails on others of the same task" in report.failure.message
    assert report.failure.message.endswith(
        "What fails there: `take_key`, of which is asked: To be right."
    )
    assert markers.batches == [1, 2]
    assert not report.shots
    assert report.failure.episode is None


def test_of_programs_that_only_seem_right_the_newest_is_gone_on_from(go: Go) -> None:
    """Where nothing visible tells them apart, the one written with more in mind is the base."""
    first, second = program(key="narrow"), program(key="narrow", microseconds=20)
    model = ScriptedModel([PLAN_TEXT, block(first), block(second), GOOD])
    outcome = go(model)
    assert outcome.accepted
    last = model.requests[3]
    assert isinstance(last, RefineRequest)
    assert last.source == second


def test_the_best_so_far_is_on_the_disk_whenever_a_model_is_asked(go: Go, tmp_path: Path) -> None:
    """Also while a resumed run goes through what it knows: it never goes back."""
    sources = [program(key="wrong", goal="wrong"), program(key="wrong"), program()]
    on_disk: list[str] = []

    def answers(request: Request) -> str | Exception:
        reward = tmp_path / "run" / "reward.py"
        on_disk.append(reward.read_text() if reward.exists() else "")
        if request.key == "refine-3-0" and len(on_disk) == 4:
            return ModelUnavailable("down.")
        return PLAN_TEXT if request.kind == "describe" else block(sources[request.round - 1])

    def watch(event: events.Event) -> None:
        if isinstance(event, events.Improved):
            on_disk.append((tmp_path / "run" / "reward.py").read_text())

    with pytest.raises(ModelUnavailable):
        go(ScriptedModel(answers))
    assert on_disk == ["", "", sources[0], sources[1]]
    on_disk[:] = [""] * 4
    assert go(ScriptedModel(answers), observer=watch).accepted
    assert on_disk[4:] == [sources[1], sources[1], sources[1], sources[2]]


def test_an_answer_with_half_a_character_is_kept_as_it_can_be(go: Go) -> None:
    """A lone surrogate, as JSON can carry it, does not stop the journal."""
    outcome = go(ScriptedModel([PLAN_TEXT, f"Here \ud83d it is.\n{GOOD}"]))
    assert outcome.accepted
    assert "Here ? it is." in read_journal(outcome.folder / "journal.jsonl").responses[1].text


def test_an_answer_that_changes_nothing_is_not_looked_at_again(go: Go, markers: Markers) -> None:
    """Held-out episodes are judged once per program, however often it comes."""
    narrow = block(program(key="narrow"))
    outcome = go(ScriptedModel([PLAN_TEXT, narrow, narrow, narrow, GOOD]))
    assert outcome.accepted
    assert outcome.looks == 2
    assert len(markers.held_out_looks) == 2


@pytest.mark.parametrize(
    "useless", ["", "I cannot do that.", "```python\n```", "```\nnothing\n```"]
)
def test_an_answer_without_code_is_feedback(go: Go, useless: str) -> None:
    """Neither a first nor a later answer without code ends the run."""
    model = ScriptedModel([PLAN_TEXT, useless, block(program(key="wrong")), useless, GOOD])
    outcome = go(model)
    assert outcome.accepted
    after_write, after_refine = model.requests[2], model.requests[4]
    assert isinstance(after_write, RefineRequest)
    assert isinstance(after_refine, RefineRequest)
    assert after_write.reports
    assert "could not be used" in after_refine.notes[0]
    assert after_refine.source == program(key="wrong")
    assert (outcome.folder / "reward.py").read_text() == program()


def test_people_are_shown_how_a_useless_answer_begins_and_the_model_what_to_send(go: Go) -> None:
    """What to answer with is no word for somebody who cannot answer."""
    told: list[str] = []

    def observer(event: events.Event) -> None:
        if isinstance(event, events.Unusable):
            told.append(event.reason)

    wrong = block(program(key="wrong"))
    model = ScriptedModel(["First, take the key.", PLAN_TEXT, wrong, "I cannot\ndo that.", GOOD])
    outcome = go(model, observer=observer)
    assert not any("Answer with" in reason for reason in told)
    assert told[0] == (
        'the answer holds no JSON object with "stages"; it begins: First, take the key.'
    )
    assert told[1].endswith("the answer holds no Python code; it begins: I cannot do that.")
    assert outcome.failures is None
    last = model.requests[-1]
    assert isinstance(last, RefineRequest)
    assert "Answer with the code in one block" in last.notes[-1]


def test_the_best_of_several_samples_is_taken_and_the_first_of_equals(go: Go) -> None:
    """Each sample's plan feeds the same sample's program; ties go to the lower sample."""
    model = ScriptedModel(
        {
            **{f"describe-0-{k}": PLAN_TEXT for k in (0, 2)},
            "describe-0-1": "no plan",
            "write-1-0": block(program(key="worse")),
            "write-1-2": block(program(key="wrong")),
            "refine-2-0": block(program(key="wrong", goal="wrong")),
            "refine-2-1": block(program(key="eager")),
            "refine-2-2": block(program(goal="eager")),
            **{f"refine-3-{k}": GOOD for k in range(3)},
        }
    )
    outcome = go(model, samples=3)
    assert outcome.accepted
    assert outcome.calls == 3 + 2 + 3 + 3
    by_key = {r.key: r for r in model.requests}
    assert "write-1-1" not in by_key
    third = by_key["refine-3-0"]
    assert isinstance(third, RefineRequest)
    assert third.source == program(key="eager")


def test_a_sample_that_passes_is_found_behind_one_that_only_seems_to(go: Go) -> None:
    """Of several candidates that pass everything visible, each is looked at in turn."""
    model = ScriptedModel(
        {
            "describe-0-0": PLAN_TEXT,
            "describe-0-1": PLAN_TEXT,
            "write-1-0": block(program(key="narrow")),
            "write-1-1": GOOD,
        }
    )
    outcome = go(model, samples=2)
    assert outcome.accepted
    assert outcome.source == program()
    assert (outcome.folder / "reward.py").read_text() == program()


def test_a_changed_prompt_is_asked_anew_and_said_once(go: Go, squares: Squares) -> None:
    """An answer to another wording is not taken for an answer to this one."""
    go(ScriptedModel([PLAN_TEXT, GOOD]))
    reworded = Squares(SPEC.model_copy(update={"goal": "get to the green square"}), squares.store)
    seen: list[events.Event] = []
    model = ScriptedModel([PLAN_TEXT, GOOD])
    outcome = go(model, task=reworded, observer=seen.append)
    assert outcome.accepted
    assert len(model.requests) == 2
    (notice,) = [e.text for e in seen if isinstance(e, events.Noticed)]
    assert "describe-0-0 is asked anew" in notice
    assert outcome.calls == 4, "what was paid for before counts"


def test_a_goal_that_is_withheld_is_in_no_request(go: Go, squares: Squares) -> None:
    """`show_goal = false` keeps the goal's words from the model."""
    hidden = Squares(SPEC.model_copy(update={"show_goal": False}), squares.store)
    model = ScriptedModel([PLAN_TEXT, block(program(key="wrong")), GOOD])
    assert go(model, task=hidden).accepted
    assert [r.goal for r in model.requests] == [None] * 3


def test_events_tell_the_whole_story_in_order(go: Go) -> None:
    """Who listens can draw the run without asking anyone else."""
    seen: list[events.Event] = []
    go(ScriptedModel([PLAN_TEXT, block(program(key="wrong")), GOOD]), observer=seen.append)
    assert [type(e).__name__ for e in seen] == [
        "RunStarted",
        *["RoundStarted", "Asked", "Answered", "Planned"],
        *["RoundStarted", "Asked", "Answered", "Judged", "Improved"],
        *["RoundStarted", "Asked", "Answered", "Judged", "Improved", "HeldOut", "SpeedMeasured"],
        "Stopped",
    ]
    judged = [e for e in seen if isinstance(e, events.Judged)]
    assert judged[0].verdict.groups == {"program": (2, 0), "expert": (7, 1)}
    assert judged[0].verdict.matrix == {("expert", "take_key"): 1}


def test_an_expert_that_never_succeeds_is_named(go: Go, squares: Squares) -> None:
    """Without a success to show there is nothing to ask, and nobody is asked."""
    episodes = tuple(e for e in squares.store.episodes if e.kind != "expert")
    model = ScriptedModel([])
    with pytest.raises(EnvironmentFault, match="no visible expert episode reaches success"):
        go(model, task=Squares(SPEC, replace(squares.store, episodes=episodes)))
    assert not model.requests


def test_a_refinement_is_told_what_came_of_the_rounds_before(go: Go) -> None:
    """One line each: what was changed, how many tests failed and which, and what became of it."""
    worse, unread = block(function("reach_goal", "worse")), "I do not know."
    answers = [PLAN_TEXT, block(program(key="wrong")), worse, unread, block(program())]
    model = ScriptedModel(answers)
    assert go(model).accepted
    last = model.requests[-1]
    assert isinstance(last, RefineRequest)
    assert last.history == (
        "Round 1: the first program; 1 of 10 tests failed (expert::take_key).",
        (
            "Round 2: reach_goal changed; 5 of 10 tests failed (expert::reach_goal, "
            "expert::take_key). It was taken back."
        ),
        "Round 3: the answer could not be used.",
    )
