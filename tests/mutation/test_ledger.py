"""What is known of mutants survives a crash, and holds for nothing else than what was asked."""

from __future__ import annotations

import dataclasses

import pytest
from report_world import PROGRAM

from synth.errors import UsageError
from synth.mutation.ledger import MutantLedger
from synth.mutation.mutants import mutants

FIRST, SECOND, THIRD = mutants(PROGRAM)[:3]


@pytest.fixture
def path(tmp_path):
    """Where the ledger lies, in a folder that is not there yet."""
    return tmp_path / "runs" / "mutants.jsonl"


def test_answers_are_read_again(task, path):
    """Each question's answer is kept apart, "no test" among them."""
    ledger = MutantLedger(path, task, PROGRAM)
    ledger.add(FIRST, "suite", "expert::e0001")
    ledger.add(SECOND, "suite", "")
    ledger.add(SECOND, "late", "search::no_lie_is_found")
    again = MutantLedger(path, task, PROGRAM)
    assert len(again) == 2
    assert again.get(FIRST, "suite") == "expert::e0001"
    assert again.get(SECOND, "suite") == ""
    assert again.get(SECOND, "late") == "search::no_lie_is_found"
    assert again.get(FIRST, "late") is None
    assert again.get(THIRD, "suite") is None


def test_a_torn_line_costs_that_line_alone(task, path):
    """A crash in the middle of writing leaves the rest, and what comes after is read again."""
    ledger = MutantLedger(path, task, PROGRAM)
    ledger.add(FIRST, "suite", "a")
    ledger.add(SECOND, "suite", "b")
    path.write_bytes(path.read_bytes()[:-9])
    torn = MutantLedger(path, task, PROGRAM)
    assert torn.get(FIRST, "suite") == "a"
    assert torn.get(SECOND, "suite") is None
    torn.add(THIRD, "suite", "c")
    again = MutantLedger(path, task, PROGRAM)
    assert (again.get(FIRST, "suite"), again.get(THIRD, "suite")) == ("a", "c")


@pytest.mark.parametrize("text", ["", "not json\n", "\x00\n", '{"holds_for": "another"}\n'])
def test_what_is_no_ledger_begins_anew(task, path, text):
    """Whatever lies there, nothing is taken from it that was not said of this program."""
    path.parent.mkdir()
    path.write_text(text)
    ledger = MutantLedger(path, task, PROGRAM)
    assert len(ledger) == 0
    ledger.add(FIRST, "suite", "a")
    assert len(MutantLedger(path, task, PROGRAM)) == 1


def test_another_program_or_folder_begins_anew(task, path, tmp_path):
    """An answer holds for the program and the tests it was given for."""
    MutantLedger(path, task, PROGRAM).add(FIRST, "suite", "a")
    assert len(MutantLedger(path, task, PROGRAM + "\n# other\n")) == 0
    MutantLedger(path, task, PROGRAM).add(FIRST, "suite", "a")
    folder = tmp_path / "walk"
    folder.mkdir()
    (folder / "test_walk.py").write_text("other")
    assert len(MutantLedger(path, dataclasses.replace(task, path=folder), PROGRAM)) == 0


def test_closing_forgets_all_and_no_path_writes_nothing(task, path):
    """After a complete run nothing is left; without a path nothing ever is."""
    ledger = MutantLedger(path, task, PROGRAM)
    ledger.add(FIRST, "suite", "a")
    ledger.close()
    assert not path.exists()
    assert list(path.parent.iterdir()) == []
    ledger = MutantLedger(None, task, PROGRAM)
    ledger.add(FIRST, "suite", "a")
    ledger.close()
    assert ledger.get(FIRST, "suite") == "a"


def test_a_place_that_cannot_be_written_is_named(task, tmp_path):
    """The message names the file."""
    taken = tmp_path / "runs"
    taken.write_text("a file")
    with pytest.raises(UsageError, match=r"mutants\.jsonl: where the mutants stood"):
        MutantLedger(taken / "mutants.jsonl", task, PROGRAM)
