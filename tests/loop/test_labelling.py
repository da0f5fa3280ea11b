"""Labels within a run: asked for once all else passes, doubted once, kept, and never leaked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from eyes_on_squares import MOMENTARY, RIGHT, Eyes, labelled_squares, looks
from squares import TRUTH, Squares

from synth.episode import frame_digest
from synth.journal import QuestionsRecord, read_journal
from synth.loop import LoopOptions, Outcome, run_loop
from synth.models.replay import ReplayModel
from synth.models.scripted import ScriptedModel
from synth.prompts.requests import LabelRequest, RefineRequest
from synth.suite import judge
from synth.task.labels import Label, read_labels, wording_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from synth.prompts.requests import LabelPicture, Request

Finished = tuple[Outcome, ScriptedModel]


@pytest.fixture(scope="module", autouse=True)
def few_rivals() -> Iterator[None]:
    """Rivals and tests that cost time and are not needed here are left out."""
    few = partial(judge, groups=("program", "expert", "random", "labels"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synth.loop.judge.judge", few)
        patch.setattr("synth.labels.questions.MUTANTS", 0)
        # What builtin thinks of in time depends on the machine; a journal keeps what is chosen.
        patch.setattr("synth.loop.rival_programs._builtin", lambda *_: [])
        yield


@pytest.fixture(scope="module")
def task() -> Squares:
    """The squares with scenes."""
    return labelled_squares()


@pytest.fixture(scope="module")
def finished(task: Squares, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A run whose first program is wrong where no episode goes."""
    model = ScriptedModel(Eyes())
    return run_loop(task, model, tmp_path_factory.mktemp("labels") / "run"), model


def test_a_program_that_is_wrong_where_success_does_not_care_is_caught_by_eyes(
    finished: Finished,
) -> None:
    """It passes every other test; the refinement names the picture, and the next one is taken."""
    outcome, model = finished
    assert outcome.accepted
    assert outcome.source == RIGHT
    (refined,) = [r for r in model.requests if isinstance(r, RefineRequest)]
    assert [c.failure.test for c in refined.reports] == ["labels::agrees_with_the_labels"]
    assert "to the eye" in refined.reports[0].failure.message
    assert outcome.labels is not None
    assert outcome.labels.agreed == outcome.labels.asked > 0
    assert outcome.labels.contradicted == 1


def test_the_labels_of_a_run_are_left_beside_its_program(finished: Finished, task: Squares) -> None:
    """Each says which picture, what was answered, by whom and in which requests."""
    outcome, _ = finished
    labels = read_labels(outcome.folder)
    assert {label.split for label in labels} == {"visible", "held_out"}
    assert all(label.holds is not None and label.by == "scripted" for label in labels)
    assert all(len(label.looks) in {2, 3} for label in labels)
    assert task.spec.labels is not None
    for split in ("visible", "held_out"):
        pictures = {label.sha for label in labels if label.split == split}
        assert len(pictures) <= task.spec.labels.frames


def test_nothing_but_pictures_and_the_plan_is_put_to_eyes(finished: Finished) -> None:
    """No program, no verdict, no truth, no word of where a picture comes from."""
    outcome, model = finished
    asked = [r for r in model.requests if isinstance(r, LabelRequest)]
    records = read_journal(outcome.folder / "journal.jsonl").records
    prompts = [r.prompt for r in records if r.type == "request" and r.kind == "label"]
    assert len(prompts) == len(asked) > 4
    for prompt in prompts:
        for word in ("def ", "SUBTASKS", "True", "False", TRUTH, "scene-", "expert-", "success"):
            assert word not in prompt
    assert all(p.name.startswith("picture-") for r in asked for p in r.pictures)


def test_held_out_pictures_have_requests_of_their_own_and_leave_no_trace(
    finished: Finished, task: Squares
) -> None:
    """Neither the journal nor the pictures of a run tell anything of them."""
    outcome, model = finished
    text = (outcome.folder / "journal.jsonl").read_text()
    assert "held-" not in text.replace("held-out", "")
    kept = {p.stem for p in (outcome.folder / "pictures").iterdir()}
    held_out = {
        frame_digest(frame)
        for episode in task.store.select(split="held_out")
        for frame in task.store.frames_of(episode)
    } | {
        frame_digest(still.frame)
        for scene in task.store.scenes
        if scene.split == "held_out"
        for still in scene.stills
    }
    for digest in held_out:
        assert digest.hex()[:16] not in text
    private = 0
    for request in model.requests:
        sent = {frame_digest(shot.frame).hex()[:16] for shot in request.shots}
        if isinstance(request, LabelRequest) and request.held_out:
            private += 1
            assert all(frame_digest(p.frame) in held_out for p in request.pictures)
            assert not sent & kept
            assert not any(sha in text for sha in sent)
        else:
            shown = {frame_digest(shot.frame) for shot in request.shots}
            assert not shown & held_out
            assert sent <= kept
    assert private >= 2


def test_the_two_looks_differ_in_order_and_company(finished: Finished) -> None:
    """The same questions, dealt otherwise: an answer that comes of its place does not agree."""
    _, model = finished
    asked = [r for r in model.requests if isinstance(r, LabelRequest) and not r.held_out]

    def look(letter: str) -> list[list[bytes]]:
        sheets = [r for r in asked if r.part[0] == letter]
        return [[frame_digest(s.frame) for s in sheet.shots] for sheet in sheets]

    one, other = look("a"), look("b")
    assert {s for sheet in one for s in sheet} == {s for sheet in other for s in sheet}
    assert one != other
    if len(one) > 1:
        assert {frozenset(sheet) for sheet in one} != {frozenset(sheet) for sheet in other}


def test_a_replay_comes_to_the_same_labels_without_eyes(
    finished: Finished, task: Squares, tmp_path: Path
) -> None:
    """Byte for byte, in another folder; a finished run is not asked or written again either."""
    outcome, _ = finished
    replay = run_loop(task, ReplayModel(outcome.folder / "journal.jsonl"), tmp_path / "replay")
    assert replay.accepted
    for name in ("reward.py", "labels.jsonl"):
        assert (tmp_path / "replay" / name).read_bytes() == (outcome.folder / name).read_bytes()
    before = (outcome.folder / "journal.jsonl").read_bytes()
    again = run_loop(task, ScriptedModel([]), outcome.folder)
    assert again.accepted
    assert again.labels == outcome.labels
    assert (outcome.folder / "journal.jsonl").read_bytes() == before


def look_wrong(times: dict[str, int], among: str) -> Eyes:
    """Eyes that say the other of what they see, in the looks whose letter is in `among`."""

    def look(request: LabelRequest, shown: LabelPicture, subtask: str) -> str:
        said = looks(shown, subtask)
        if request.part[0] in among and subtask == "take_key":
            times[request.part] = times.get(request.part, 0) + 1
            return {"yes": "no", "no": "yes"}[said]
        return said

    return Eyes(programs=[RIGHT], look=look)


def test_a_label_that_a_further_look_takes_back_is_withdrawn_for_good(
    task: Squares, tmp_path: Path
) -> None:
    """Both looks were wrong and a right program objects: nobody has to be refined for that."""
    outcome = run_loop(task, ScriptedModel(look_wrong({}, "abpq")), tmp_path / "run")
    assert outcome.accepted
    assert outcome.source == RIGHT
    assert outcome.rounds == 2
    assert outcome.labels is not None
    assert outcome.labels.withdrawn == outcome.labels.agreed > 0
    labels = read_labels(outcome.folder)
    assert all(label.withdrawn_by == "scripted" and label.holds is None for label in labels)


def test_looks_that_differ_make_no_label(task: Squares, tmp_path: Path) -> None:
    """They are counted and kept as contested, for people."""
    outcome = run_loop(task, ScriptedModel(look_wrong({}, "bq")), tmp_path / "run")
    assert outcome.accepted
    assert outcome.labels is not None
    assert outcome.labels.contested == outcome.labels.asked
    assert outcome.labels.agreed == outcome.labels.withdrawn == 0
    assert {label.answer for label in read_labels(outcome.folder)} == {"contested"}


def test_eyes_that_get_a_known_answer_wrong_are_not_believed(task: Squares, tmp_path: Path) -> None:
    """The control among the pictures is the goal, whose answer success tells."""

    def look(request: LabelRequest, shown: LabelPicture, subtask: str) -> str:
        return {"yes": "no", "no": "yes"}[looks(shown, subtask)]

    outcome = run_loop(task, ScriptedModel(Eyes([RIGHT], look)), tmp_path / "run")
    assert outcome.accepted
    assert outcome.labels is not None
    assert outcome.labels.dropped == outcome.labels.asked > 0
    assert read_labels(outcome.folder) == ()


def test_a_sheet_that_cannot_be_read_is_asked_once_more(task: Squares, tmp_path: Path) -> None:
    """The model hears what was wrong; an answer that is no better counts as none."""
    eyes = Eyes([RIGHT])

    def answer(request: object) -> str:
        if isinstance(request, LabelRequest) and request.part == "a0":
            return "I see nothing but squares."
        return eyes(request)  # type: ignore[arg-type]

    model = ScriptedModel(answer)  # type: ignore[arg-type]
    outcome = run_loop(task, model, tmp_path / "run")
    assert outcome.accepted
    (again,) = [r for r in model.requests if isinstance(r, LabelRequest) and r.problem]
    assert again.key.endswith("a0x")
    assert 'no JSON object with "answers"' in again.problem
    assert outcome.labels is not None
    assert outcome.labels.agreed == outcome.labels.asked


def test_what_a_person_has_answered_is_not_asked_and_judges_from_the_start(
    task: Squares, tmp_path: Path, finished: Finished
) -> None:
    """A person's labels come with the task; the model's answer to the same does not matter."""
    outcome, _ = finished
    plan = outcome.plan
    assert plan is not None
    model_label = next(one for one in read_labels(outcome.folder) if one.split == "visible")
    mine = Label(
        picture=model_label.picture,
        sha=model_label.sha,
        split="visible",
        subtask="take_key",
        wording=wording_of(plan.subtasks[0]),
        answer=model_label.answer,
        by="Ada",
    )
    again = run_loop(task, ScriptedModel(Eyes([RIGHT])), tmp_path / "run", labels=(mine,))
    labels = read_labels(again.folder)
    assert labels[0] == mine
    assert sum(label.question == mine.question for label in labels) == 1


def test_the_budget_of_calls_counts_looks(task: Squares, tmp_path: Path) -> None:
    """A run that may not ask any more stops there, and goes on with more."""
    short = run_loop(task, ScriptedModel(Eyes()), tmp_path / "run", LoopOptions(calls=3))
    assert not short.accepted
    assert short.ending == "budget"
    assert short.next_step.startswith("The first program has not been judged to the end; ")
    eyes = Eyes(given=1)
    more = run_loop(task, ScriptedModel(eyes), tmp_path / "run", LoopOptions(calls=40))
    assert more.accepted
    records = read_journal(tmp_path / "run" / "journal.jsonl").records
    chosen = [r for r in records if isinstance(r, QuestionsRecord)]
    assert len({(r.program, r.split) for r in chosen}) == len(chosen)


def test_what_was_asked_is_counted_though_the_run_ends_before_it_is_settled(
    task: Squares, tmp_path: Path
) -> None:
    """Answers that cannot be read, and no budget to ask again: asked, and without two answers."""
    eyes = Eyes()
    model = ScriptedModel(lambda r: "nothing" if isinstance(r, LabelRequest) else eyes(r))
    first = run_loop(task, model, tmp_path / "run", LoopOptions(calls=3))
    assert first.labels is not None
    assert first.labels.asked == 0
    sheets = 4
    again = run_loop(task, model, tmp_path / "run", LoopOptions(calls=2 + sheets))
    assert again.calls == 2 + sheets
    assert again.labels is not None
    assert again.labels.asked == again.labels.dropped > 0


class Crash(BaseException):
    """Stands for a process that is gone."""


@pytest.mark.parametrize("answers", [2, 4, 7])
def test_a_crash_among_looks_loses_no_answer_and_chooses_nothing_anew(
    task: Squares, tmp_path: Path, finished: Finished, answers: int
) -> None:
    """The same command goes on: only what was never answered is asked, and labels are the same."""
    outcome, _ = finished
    eyes = Eyes()

    def until(request: Request) -> str:
        if sum(1 for r in model.requests if isinstance(r, LabelRequest)) > answers:
            raise Crash
        return eyes(request)

    model = ScriptedModel(until)
    with pytest.raises(Crash):
        run_loop(task, model, tmp_path / "run")
    before = read_journal(tmp_path / "run" / "journal.jsonl")
    again = ScriptedModel(eyes)
    resumed = run_loop(task, again, tmp_path / "run")
    assert resumed.accepted
    assert resumed.labels == outcome.labels
    assert (tmp_path / "run" / "labels.jsonl").read_bytes() == (
        outcome.folder / "labels.jsonl"
    ).read_bytes()
    paid = {record.key for record in before.responses}
    assert not paid & {request.key for request in again.requests}
    records = read_journal(tmp_path / "run" / "journal.jsonl").records
    chosen = [r for r in records if isinstance(r, QuestionsRecord)]
    assert len({(r.program, r.split) for r in chosen}) == len(chosen)


def test_a_spec_without_the_table_asks_nothing(task: Squares, tmp_path: Path) -> None:
    """Then the wrong program passes, as before there were labels."""
    spec = task.spec.model_copy(update={"labels": None})
    model = ScriptedModel(Eyes([MOMENTARY]))
    outcome = run_loop(Squares(spec, task.store), model, tmp_path / "run")
    assert outcome.accepted
    assert outcome.labels is None
    assert not any(isinstance(r, LabelRequest) for r in model.requests)
