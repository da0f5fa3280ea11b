"""Which model is good enough for which task: the table, and what it stands on."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.confidence import newcombe
from synth.errors import ModelUnavailable, UsageError
from synth.journal import RunRecord, read_journal
from synth.matrix import Column, Matrix, MatrixOptions, Sample, columns_of, measure_matrix
from synth.matrix.eyes import label_score
from synth.matrix.table import wanted_samples
from synth.matrix.telling import difference_in_words, rows, to_json, to_markdown
from synth.models.scripted import ScriptedModel
from synth.prompts.sets import DEFAULT, prompt_set
from synth.regress import Attempt, attempt
from synth.scheduling import hire
from tests.loop.squares import PLAN_TEXT, Markers, block, program
from tests.regress.conftest import committed  # noqa: F401 - the fixture

GOOD, BAD = [PLAN_TEXT, block(program())], [PLAN_TEXT, block(program(goal="wrong"))]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[ScriptedModel]]:
    """By model's name what its next attempts are answered; other models there are none."""
    scripts: dict[str, list[ScriptedModel]] = {}

    def scripted(one, **_: object):
        return attempt(one, model=scripts[one.model].pop(0), judge=Markers())

    monkeypatch.setattr("synth.regress.made.attempt", scripted)
    monkeypatch.setattr("synth.regress.Attempt.open", lambda _: None)
    return scripts


def make(folder: Path, names: list[str], samples: int, prompts: tuple[str, ...] = (DEFAULT,)):
    """The table of these models alone, made in this process."""
    columns = [c for c in columns_of(names, prompts) if c.model in names]
    with hire(jobs=1) as crew:
        options = MatrixOptions(samples=samples)
        return measure_matrix([folder], columns, options, crew)


def test_the_table_counts_who_passes_at_what_price(committed, answers) -> None:  # noqa: F811
    """Rates with intervals, rounds and calls, in text, Markdown and JSON alike."""
    answers["exchange:a"] = [ScriptedModel(GOOD), ScriptedModel(GOOD)]
    answers["exchange:b"] = [ScriptedModel(GOOD), ScriptedModel(BAD * 9)]
    found = make(committed, ["exchange:a", "exchange:b"], 2)
    first, second = (found.cell(k, "squares") for k in range(2))
    assert (first.rate, second.rate) == (1.0, 0.5)
    assert (first.rounds, first.calls) == (2.0, 2.0)
    assert second.interval.low < 0.5 < second.interval.high
    told = [row for row in rows(found) if row[1] == "exchange:b"]
    assert told[0][2:4] == ("1 of 2", "50% (9% to 91%)")
    assert "| squares | exchange:a | 2 of 2 | 100% (34% to 100%) | 2.0 |" in to_markdown(found)
    content = json.loads(json.dumps(to_json(found)))
    assert [cell["passed"] for cell in content["cells"]] == [2, 1]
    assert len(content["samples"]) == 4


def test_what_was_made_is_not_made_again(committed, answers) -> None:  # noqa: F811
    """The same question is answered from the disk; another budget goes on from the journal."""
    answers["exchange:a"] = [ScriptedModel(GOOD)]
    first = make(committed, ["exchange:a"], 1)
    assert make(committed, ["exchange:a"], 1) == first  # there is no script to ask any more
    answers["exchange:a"] = [ScriptedModel([])]
    with hire(jobs=1) as crew:
        columns = [c for c in columns_of(["exchange:a"]) if c.model != "builtin"]
        from synth.loop import LoopOptions  # noqa: PLC0415 - used once

        options = MatrixOptions(loop=LoopOptions(rounds=5))
        again = measure_matrix([committed], columns, options, crew)
    assert again.cell(0).passed == 1
    assert not answers["exchange:a"]


def test_a_service_that_failed_counts_neither_way_and_the_next_call_goes_on(
    committed,  # noqa: F811
    answers,
) -> None:
    """What it had answered is not asked again."""
    answers["exchange:a"] = [ScriptedModel([PLAN_TEXT, ModelUnavailable("down")])]
    found = make(committed, ["exchange:a"], 1)
    assert found.cell(0).rate is None
    assert [str(p.error)[:29] for p in found.problems] == ["down Nothing answered is lost"]
    rest = ScriptedModel([block(program())])
    answers["exchange:a"] = [rest]
    assert make(committed, ["exchange:a"], 1).cell(0).rate == 1.0
    assert [request.key for request in rest.requests] == ["write-1-0"]


def test_wordings_are_columns_and_their_names_stand_in_the_journals(
    committed,  # noqa: F811
    answers,
    tmp_path: Path,
) -> None:
    """The same model in two wordings: the difference with its interval, and each one's digest."""
    terse = tmp_path / "terse"
    terse.mkdir()
    (terse / "describe.md.j2").write_text("Say what the sub-tasks are.\n")
    answers["exchange:a"] = [ScriptedModel(GOOD), ScriptedModel(BAD * 9)]
    found = make(committed, ["exchange:a"], 1, (DEFAULT, str(terse)))
    (difference,) = found.differences
    assert (difference.first, difference.second) == (DEFAULT, "terse")
    assert difference.rates == (1.0, 0.0)
    assert "terse passes 0% where default passes 100%: -100%" in difference_in_words(difference)
    heads = [
        next(r for r in read_journal(path).records if isinstance(r, RunRecord))
        for path in sorted(Path("runs/squares/regress").glob("*/1-1/journal.jsonl"))
    ]
    told = {(head.prompt_set, head.prompts) for head in heads}
    assert told == {(s.name, s.digest) for s in (prompt_set(DEFAULT), prompt_set(str(terse)))}
    assert len({digest for _, digest in told}) == 2


def test_templates_that_were_changed_meanwhile_are_refused(committed, answers, tmp_path) -> None:  # noqa: F811
    """No column holds samples of two wordings."""
    from synth.matrix.samples import make_sample  # noqa: PLC0415 - used once
    from synth.prompts.render import templates_digest  # noqa: PLC0415 - used once

    folder = tmp_path / "terse"
    folder.mkdir()
    (folder / "describe.md.j2").write_text("One way.\n")
    columns = columns_of(["exchange:a"], (DEFAULT, str(folder)))
    wanted = list(wanted_samples([committed], columns, MatrixOptions()))[-1]
    assert pickle.loads(pickle.dumps(wanted)) == wanted
    (folder / "describe.md.j2").write_text("Another way.\n")
    templates_digest.cache_clear()  # as another process would see it
    with pytest.raises(UsageError, match="'terse' were changed"):
        make_sample(wanted)


def test_builtin_is_always_a_column_and_is_asked_once_and_in_no_words(tmp_path: Path) -> None:
    """More samples of what is the same each time would pretend to certainty."""
    folder = tmp_path / "terse"
    folder.mkdir()
    (folder / "label.md.j2").write_text("Look.\n")
    columns = columns_of(["openai:x", "replay:{task}.jsonl"], (DEFAULT, str(folder)))
    assert [c.name for c in columns] == [
        "builtin",
        "openai:x, default",
        "openai:x, terse",
        "replay:{task}.jsonl",
    ]
    wanted = list(wanted_samples([Path("generated/t")], columns, MatrixOptions(samples=3)))
    counts = [sum(one.column == k for one in wanted) for k in range(4)]
    assert counts == [1, 3, 3, 1]
    assert wanted[3].attempt.model == "replay:t.jsonl"
    assert len({one.attempt.folder for one in wanted}) == len(wanted)


def test_sets_of_prompts_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    """No folder, a template that nobody asks for, bad Jinja, a name twice."""
    with pytest.raises(UsageError, match="no such folder"):
        prompt_set(str(tmp_path / "nowhere"))
    (tmp_path / "describe.md.j2").write_text("fine")
    (tmp_path / "descrbe.md.j2").write_text("a slip")
    with pytest.raises(UsageError, match=r"descrbe\.md\.j2: no prompt is made from it"):
        prompt_set(str(tmp_path))
    (tmp_path / "descrbe.md.j2").unlink()
    (tmp_path / "describe.md.j2").write_text("fine\n{% if %}")
    with pytest.raises(UsageError, match=r"describe\.md\.j2, line 2"):
        prompt_set(str(tmp_path))
    with pytest.raises(UsageError, match="named twice"):
        columns_of(["openai:x", "openai:x"])


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_a_difference_lies_within_its_interval_which_turns_with_its_sides(n, m, data) -> None:
    """Newcombe's interval: the other way round it is its mirror image."""
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    ends, mirrored = newcombe((a, n), (b, m)), newcombe((b, m), (a, n))
    assert -1 - 1e-9 <= ends.low <= b / m - a / n + 1e-9
    assert b / m - a / n - 1e-9 <= ends.high <= 1 + 1e-9
    assert (ends.low, ends.high) == pytest.approx((-mirrored.high, -mirrored.low))


def test_a_models_eyes_are_judged_by_the_predicate_that_its_program_means(tmp_path: Path) -> None:
    """Of the committed attempt at unlock all labels are right, as `synth accuracy` has it too."""
    unlock = Path(__file__).parents[2] / "generated" / "unlock"
    for name in ("labels.jsonl", "task.toml", "reward.py"):
        shutil.copy(unlock / name, tmp_path)
    told, right = label_score(Attempt(task=unlock, model="openai:x", folder=tmp_path))
    assert told == right > 0
    (tmp_path / "labels.jsonl").unlink()
    assert label_score(Attempt(task=unlock, model="openai:x", folder=tmp_path)) == (0, 0)


def test_the_picture_is_drawn_with_and_without_samples(tmp_path: Path) -> None:
    """A row for each task, also where nothing was made."""
    pytest.importorskip("matplotlib")
    from synth.matrix.figure import draw_matrix  # noqa: PLC0415 - draws

    default = prompt_set(DEFAULT)
    sample = Sample(
        task="one", model="a", prompt_set=DEFAULT, prompts="", number=1, passed=True,
        reason="", rounds=2, calls=3, input_tokens=5, output_tokens=7, cost=0.5, seconds=1.0,
        labels=0, labels_right=0, lines=9, microseconds=None,
    )  # fmt: skip
    columns = (Column("builtin", default), Column("openai:a", default))
    draw_matrix(Matrix(("one", "two"), columns, ((1, sample),)), tmp_path / "m.png")
    assert (tmp_path / "m.png").stat().st_size > 5000
