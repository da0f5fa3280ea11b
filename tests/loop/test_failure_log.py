"""What a person finds in the folder of a run that was not accepted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PIL import Image
from squares import PLAN_TEXT, block, function, program

from synth.models.scripted import ScriptedModel

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Go

WRONG = block(program(key="wrong"))


def test_every_round_and_every_failure_stands_in_the_file_with_its_pictures(go: Go) -> None:
    """By round; each picture is a file beside it, enlarged, under a relative link."""
    outcome = go(ScriptedModel([PLAN_TEXT, WRONG, "Sorry.", "Sorry."]), rounds=4)
    assert outcome.failures == outcome.folder / "failures.md"
    text = outcome.failures.read_text()
    assert [int(n) for n in re.findall(r"^## Round (\d+)$", text, re.MULTILINE)] == [1, 2, 3]
    assert "**expert::" in text
    assert "The answer could not be used" in text
    links = re.findall(r"!\[.*?\]\((.*?)\)", text)
    assert links
    for link in links:
        assert link.startswith("failures/")
        with Image.open(outcome.folder / link) as picture:
            assert max(picture.size) >= 24 * 10
    assert [a.round for a in outcome.failed_answers] == [1, 2, 3]
    assert outcome.failed_answers[0].sentence in text


def test_of_held_out_failures_there_is_a_number_and_the_command(go: Go) -> None:
    """Nothing held out is written where a person might paste it into a prompt."""
    narrow = block(program(goal="narrow"))
    outcome = go(ScriptedModel([PLAN_TEXT, narrow, "Sorry."]), rounds=3)
    assert outcome.failures is not None
    text = outcome.failures.read_text()
    assert re.search(r"All visible tests pass; \d+ held-out tests fail", text)
    assert "pytest generated/squares --reward " in text
    assert "held-" not in text.replace("held-out", "")
    assert not list(outcome.folder.glob("failures/held-*"))


def test_no_file_of_a_run_says_where_on_this_machine_it_was_made(go: Go, tmp_path: Path) -> None:
    """Neither the report, nor the status, nor the journal holds an absolute path."""
    outcome = go(ScriptedModel([PLAN_TEXT, WRONG, "Sorry."]), rounds=3)
    for file in outcome.folder.rglob("*"):
        if file.is_file():
            assert str(tmp_path).encode() not in file.read_bytes(), file


def test_what_failed_once_is_gone_when_the_run_is_accepted(go: Go) -> None:
    """The file is about the run as it ended."""
    first = go(ScriptedModel([PLAN_TEXT, WRONG]), rounds=2)
    assert first.failures is not None
    second = go(ScriptedModel({"refine-2-0": block(function("take_key", "good"))}), rounds=3)
    assert second.accepted
    assert second.failures is None
    assert not first.failures.exists()
    assert not (first.folder / "failures").exists()
