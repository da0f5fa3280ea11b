"""An attempt is made once, whoever asks for it, and by workers that may be killed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from synth.errors import ModelUnavailable
from synth.loop import LoopOptions
from synth.models.courier import CourierModel
from synth.models.scripted import ScriptedModel
from synth.regress import Attempt, attempt, attempt_folder, make_attempt
from synth.regress.made import MADE
from tests.cli.conftest import checkout, synth_command  # noqa: F401 - fixtures
from tests.loop.squares import PLAN_TEXT, Markers, block, real_program
from tests.regress.conftest import writes

if TYPE_CHECKING:
    from synth.models.base import Model


def described(committed: Path, model: str = "exchange:new", **more: object) -> Attempt:
    """An attempt at the squares."""
    return Attempt(task=committed, model=model, folder=attempt_folder("squares", model), **more)


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> list[Model]:
    """What attempts are answered by, one after the other; at the end those that they were given."""
    given: list[Model] = []

    def scripted(one: Attempt, *, model: Model | None, **_: object):
        if model is not None:
            given.append(model)
            model = None
        return attempt(one, model=model or given.pop(0), judge=Markers())

    monkeypatch.setattr("synth.regress.made.attempt", scripted)
    return given


def test_what_was_made_is_read_again_and_nobody_is_asked(committed, models) -> None:
    """Same task, words and budgets; how the service is reached does not matter."""
    models.append(ScriptedModel(writes("good")))
    first = make_attempt(described(committed))
    again = make_attempt(described(committed, timeout=5.0))
    assert not models
    assert first.passed
    assert replace(again, attempt=first.attempt) == first
    assert again.attempt.timeout == 5.0


def test_another_question_goes_on_from_the_journal(committed, models) -> None:
    """Another budget, or a program that was taken away, is attempted again; no answer is."""
    models.append(ScriptedModel(writes("wrong")))
    assert not make_attempt(described(committed, options=LoopOptions(rounds=2))).passed
    more = ScriptedModel([block(real_program('"good" != ""'))])
    models.append(more)
    went = make_attempt(described(committed, options=LoopOptions(rounds=3)))
    assert went.passed
    assert len(more.requests) == 1
    assert went.program is not None
    went.program.unlink()
    models.append(ScriptedModel([]))
    assert make_attempt(described(committed, options=LoopOptions(rounds=3))).passed
    assert went.program.is_file()


def test_a_failed_service_keeps_no_result(committed, models) -> None:
    """The next call goes on; nothing half made is taken for a result."""
    models.append(ScriptedModel([PLAN_TEXT, ModelUnavailable("down")]))
    with pytest.raises(ModelUnavailable):
        make_attempt(described(committed))
    assert not (described(committed).folder / MADE).exists()


def test_two_at_once_make_it_once(committed, models) -> None:
    """The second waits for the first and takes what it made: there is one script."""
    models.append(ScriptedModel(writes("good")))
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(make_attempt, [described(committed)] * 2)
    assert one == other
    assert one.passed


def test_a_service_is_asked_by_a_courier_and_an_exchange_folder_is_not(
    committed, monkeypatch
) -> None:
    """A killed worker takes no paid answer with it: the courier holds the connection."""
    given: dict[str, Model | None] = {}

    def note(one: Attempt, *, model: Model | None, **_: object):
        given[one.model] = model
        return attempt(one, model=ScriptedModel(writes("good")), judge=Markers())

    monkeypatch.setattr("synth.regress.made.attempt", note)
    for name in ("openai:x", "exchange:x", "builtin"):
        make_attempt(described(committed, name))
    assert isinstance(given["openai:x"], CourierModel)
    assert given["exchange:x"] is given["builtin"] is None


@pytest.mark.slow
def test_a_comparison_by_two_processes_is_cut_short_and_goes_on(
    committed,
    synth_command,  # noqa: F811 - the fixture
) -> None:
    """Each run asks what is new, tells where it waits, and ends with 3 until all is answered."""
    command = ("regress", "squares", "--model", "exchange:answers", "--samples", "2")
    options = ("--jobs", "2", "--episodes", "0", "--json")
    for text in (PLAN_TEXT, block(real_program())):
        ran = synth_command(*command, *options, "--timeout", "0")
        assert ran.code == 3, ran.all
        assert "2 of 2 attempts were cut short: nothing is compared yet." in ran.err
        waiting = sorted(Path("answers").glob("squares/1-?/*/prompt.md"))
        assert len(waiting) % 2 == 0
        for prompt in waiting:
            assert f"{prompt.with_name('answer.md')}" in ran.err or text != PLAN_TEXT
            if not prompt.with_name("answer.md").exists():
                prompt.with_name("answer.md").write_text(text, encoding="utf-8")
    ran = synth_command(*command, *options)
    assert ran.code == 0, ran.all
    (task,) = json.loads(ran.out)["tasks"]
    assert [c["good"] for c in task["candidates"]] == [True, True]
    assert len(list(Path("answers").glob("squares/1-?/*/"))) == 4
