"""An attempt works beside the committed reward, goes on where it was, and says how it went."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.errors import ModelUnavailable, UsageError
from synth.loop import LoopOptions, deciding_store, promote
from synth.models.scripted import ScriptedModel
from synth.prompts.render import render
from synth.regress import Attempt, attempt, attempt_folder
from synth.task.paths import run_folder
from synth.task.provenance import file_digests
from tests.loop.squares import PLAN_TEXT, Markers, block, program, real_program
from tests.regress.conftest import writes


def described(
    committed: Path, sample: int = 1, model: str = "scripted:new", **more: object
) -> Attempt:
    """An attempt at the squares."""
    folder = attempt_folder("squares", model, sample)
    return Attempt(task=committed, model=model, folder=folder, sample=sample, **more)


def test_an_attempt_that_passes_says_so_and_leaves_what_is_committed_alone(committed: Path) -> None:
    """Verdicts, calls, size, speed and place; no committed byte changes."""
    before = file_digests(committed)
    one = described(committed)
    went = attempt(one, model=ScriptedModel(writes("good")), judge=Markers())
    assert went.passed
    assert (went.rounds, went.calls, went.replayed) == (2, 2, 0)
    assert [(g.group, g.failed) for g in went.groups] == [
        ("program", 0),
        ("expert", 0),
        ("random", 0),
    ]
    assert (went.held_out_passed, went.held_out_failed) == (8, 0)
    assert went.held_out_right == pytest.approx(2 / 20)  # a goal by `Markers` is always claimed
    assert went.single == 50
    assert went.program is not None
    assert went.lines == len(went.program.read_text().splitlines())
    assert went.program.parent == one.folder == Path("runs/squares/regress/scripted-new/1-1")
    assert file_digests(committed) == before


def test_an_attempt_that_does_not_pass_names_what_failed_first(committed: Path) -> None:
    """The reason is the budget's and the suite's, in one sentence."""
    one = described(committed, options=LoopOptions(rounds=2))
    went = attempt(one, model=ScriptedModel(writes("wrong")), judge=Markers())
    assert not went.passed
    assert went.reason == (
        "all 2 rounds are used; expert::reach_goal[expert-0001]: reach_goal is wrong"
    )
    assert went.program is not None


def test_an_attempt_goes_on_where_the_service_failed_and_asks_nothing_twice(
    committed: Path,
) -> None:
    """What was answered before is in its journal."""
    with pytest.raises(ModelUnavailable):
        attempt(
            described(committed),
            model=ScriptedModel([PLAN_TEXT, ModelUnavailable("down")]),
            judge=Markers(),
        )
    model = ScriptedModel([block(program())])
    went = attempt(described(committed), model=model, judge=Markers())
    assert went.passed
    assert [r.key for r in model.requests] == ["write-1-0"]
    again = attempt(described(committed), model=ScriptedModel([]), judge=Markers())
    assert (again.calls, again.replayed) == (2, 2)


def test_samples_and_series_have_folders_and_journals_of_their_own(committed: Path) -> None:
    """Each is asked for itself, in an exchange folder too."""
    folders = {
        attempt_folder("squares", "exchange:a/b", 1),
        attempt_folder("squares", "exchange:a/b", 2),
        attempt_folder("squares", "exchange:a/b", 2, series=2),
        attempt_folder("squares", "exchange:a/b", 2, prompts=Path("terse")),
    }
    assert len(folders) == 4
    one = Attempt(task=committed, model="exchange:a/b", folder=Path("x"), sample=2, series=3)
    assert one.asked == "exchange:a/b/squares/3-2"
    assert one.open().name == "exchange:a/b"


def test_a_budget_with_which_none_could_pass_is_refused(committed: Path) -> None:
    """The first round is the plan; whoever compares models would call every one of them worse."""
    with pytest.raises(UsageError, match="rounds = 1: an attempt plans"):
        described(committed, options=LoopOptions(rounds=1))


@pytest.mark.parametrize(
    "models",
    [
        ("exchange:/here/answers", "exchange:/there/answers"),
        ("replay:one/journal.jsonl", "replay:other/journal.jsonl"),
        ("openai:maker/model", "openai:maker-model"),
    ],
)
def test_models_whose_names_end_alike_share_nothing(models: tuple[str, str]) -> None:
    """One's answers are never taken for the other's; what is lost of a name stands as digits."""
    one, other = (attempt_folder("squares", model) for model in models)
    assert one != other
    assert run_folder("squares", models[0]) != run_folder("squares", models[1])
    assert run_folder("squares", "openai:gpt-x").name == "openai-gpt-x"


@given(st.lists(st.text("ab:/-. é", min_size=1, max_size=8), min_size=2, max_size=2, unique=True))
def test_no_two_models_have_one_folder(names: list[str]) -> None:
    """Whatever they are called."""
    one, other = (run_folder("squares", f"openai:{name}") for name in names)
    assert one != other
    assert one.parent == Path("runs/squares")


def test_an_attempt_is_asked_in_a_folder_of_its_own_under_the_models_name(
    committed: Path, tmp_path: Path
) -> None:
    """What is blessed later is known by the model that was named, not by the attempt's number."""
    answers = tmp_path / "answers"
    seen: list[Path] = []

    def answer(place: Path) -> None:
        seen.append(place)
        text = PLAN_TEXT if "describe" in place.name else block(real_program())
        (place / "answer.md").write_text(text, encoding="utf-8")

    one = described(committed, model=f"exchange:{answers}")
    went = attempt(one, judge=Markers(), on_wait=answer)
    assert went.passed
    assert {place.parent for place in seen} == {answers / "squares" / "1-1"}
    assert promote(one.folder, committed, deciding_store(one.folder, committed)).model == (
        "exchange:answers"
    )


def test_descriptions_and_results_travel_between_processes(committed: Path) -> None:
    """Both are equal to what they were when unpickled."""
    went = attempt(described(committed), model=ScriptedModel(writes("good")), judge=Markers())
    assert pickle.loads(pickle.dumps(went)) == went


def test_an_attempt_never_works_in_the_committed_folder(committed: Path) -> None:
    """Not even below it."""
    one = Attempt(task=committed, model="builtin", folder=committed / "run")
    with pytest.raises(UsageError, match="committed folder"):
        attempt(one)


def test_an_interrupted_attempt_is_no_result(committed: Path) -> None:
    """It would count as a failure of the model otherwise."""

    def ask(_: object) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attempt(described(committed), model=ScriptedModel(ask), judge=Markers())


def test_templates_of_a_folder_take_the_place_of_synths_own(
    committed: Path, tmp_path: Path
) -> None:
    """What the folder leaves out is asked as ever, and the run's record names the wording."""
    terse = tmp_path / "terse"
    terse.mkdir()
    (terse / "describe.md.j2").write_text("Say what the sub-tasks are.\n")
    model = ScriptedModel(writes("good"))
    attempt(described(committed, prompts=terse), model=model, judge=Markers())
    first, second = (render(request).text for request in model.requests)
    assert first.endswith("Say what the sub-tasks are.\n")
    assert "Say what the sub-tasks are." not in second
    with pytest.raises(UsageError, match="no template"):
        attempt(described(committed, sample=2, prompts=tmp_path), model=model, judge=Markers())
