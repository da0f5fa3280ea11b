"""Replays: the recorded answers, by their place in the run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from synth.errors import ModelReplyError, UsageError
from synth.journal import Journal, ResponseRecord, RunRecord
from synth.models.base import Model, Reply, Usage
from synth.models.open import open_model
from synth.models.replay import ReplayModel
from synth.prompts.render import render
from synth.prompts.requests import request_digest

if TYPE_CHECKING:
    from pathlib import Path

    from synth.prompts.requests import DescribeRequest, Request, WriteRequest


def response(request: Request, text: str, digest: str | None = None) -> ResponseRecord:
    """What a journal says of an answer to `request`."""
    asked = request_digest(request, render(request).text)
    return ResponseRecord(
        key=request.key,
        digest=digest or asked,
        text=text,
        input_tokens=7,
        output_tokens=5,
        model="vision-1-2026",
    )


@pytest.fixture
def journal(tmp_path: Path, describe: DescribeRequest) -> Path:
    """The journal of a run that got one answer."""
    path = tmp_path / "journal.jsonl"
    with Journal(path) as writer:
        writer.append(RunRecord(task="toy", spec="0", model="openai:vision-1", synth="0.1.0"))
        writer.append(response(describe, "the plan"))
    return path


def test_a_recorded_answer_comes_back_as_it_was(journal: Path, describe: DescribeRequest) -> None:
    """Text, tokens and model are the recorded ones, however often it is asked."""
    model = ReplayModel(journal)
    for _ in range(2):
        assert model.ask(describe) == Reply("the plan", Usage(7, 5), "vision-1-2026")
    assert isinstance(model, Model)
    assert model.drifted == 0
    assert model.recorded_model == "openai:vision-1"
    assert len(model.tape.responses) == 1


def test_a_reworded_prompt_gets_the_old_answer_and_is_counted(
    journal: Path, describe: DescribeRequest
) -> None:
    """Whoever replays learns that the wording has changed since, once for each place."""
    model = ReplayModel(journal)
    changed = replace(describe, goal="another goal")
    assert model.ask(changed).text == "the plan"
    assert model.ask(changed).text == "the plan"
    assert model.drifted == 1


def test_the_answer_to_the_very_prompt_is_preferred(
    journal: Path, describe: DescribeRequest
) -> None:
    """A later answer at the same place to other words does not hide it."""
    with Journal(journal) as writer:
        writer.append(response(describe, "a later plan", digest="f" * 64))
    model = ReplayModel(journal)
    assert model.ask(describe).text == "the plan"
    assert model.drifted == 0


def test_a_missing_answer_is_named_with_a_way_on(journal: Path, write: WriteRequest) -> None:
    """The message says which place, and what to do."""
    with pytest.raises(ModelReplyError, match=r"no answer for 'write-1-0'.*or ask a model"):
        ReplayModel(journal).ask(write)


def test_a_torn_last_line_is_no_obstacle(journal: Path, describe: DescribeRequest) -> None:
    """A journal of a killed process replays up to where it was killed."""
    with journal.open("a") as stream:
        stream.write('{"type":"resp')
    assert ReplayModel(journal).ask(describe).text == "the plan"


def test_a_folder_stands_for_the_journal_in_it(journal: Path, describe: DescribeRequest) -> None:
    """`replay:generated/TASK` will do."""
    assert open_model(f"replay:{journal.parent}").ask(describe).text == "the plan"


def test_a_missing_journal_is_a_usage_error(tmp_path: Path) -> None:
    """Before anything is asked."""
    with pytest.raises(UsageError, match="cannot be read"):
        open_model(f"replay:{tmp_path / 'none.jsonl'}")


def test_the_name_tells_nothing_about_the_machine(journal: Path) -> None:
    """An absolute path does not get into journals."""
    assert ReplayModel(journal).name == "replay:journal.jsonl"
