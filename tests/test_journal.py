"""The journal: durable, recoverable, and held by one process at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import UsageError
from synth.failure import Failure
from synth.journal import (
    CandidateRecord,
    DecisionRecord,
    Exemplar,
    FunctionRecord,
    HeldOutRecord,
    Journal,
    NoteRecord,
    PictureRecord,
    PlanRecord,
    RequestRecord,
    ResponseRecord,
    RunRecord,
    SpeedRecord,
    SuiteRecord,
    VerdictRecord,
    read_journal,
)
from synth.journal.records import encode
from synth.plan import Plan, SubTask

if TYPE_CHECKING:
    from pathlib import Path

PLAN = Plan(
    task="reach it", stages=((SubTask(name="reach", description="at it", visible="covered"),),)
)
FAILURE = Failure("expert::order[expert-0000]", "expert", "not credited", "expert-0000", 3, "reach")
ONE_OF_EACH = (
    RunRecord(task="toy", spec="0" * 64, model="scripted", synth="0.1.0"),
    RequestRecord(
        key="describe-0-0",
        digest="d",
        kind="describe",
        prompt="what is\nthis? \u2028 é",
        pictures=(PictureRecord(name="a", caption="first", sha="0" * 16),),
    ),
    ResponseRecord(
        key="describe-0-0", digest="d", text="{}\r\n\x85 \u2028", input_tokens=7, elapsed=1.5
    ),
    PlanRecord(key="describe-0-0", plan=PLAN),
    CandidateRecord(key="write-1-0", program="p", source="def reach(frame, initial):\n    ..."),
    SuiteRecord(digest="t", ids=("a::b", "c::d")),
    VerdictRecord(
        program="p", evidence="e", tests="t", marks="PF", exemplars=(Exemplar(failure=FAILURE),)
    ),
    HeldOutRecord(program="p", evidence="e", passed=3, failed=1, look=1),
    SpeedRecord(
        program="p",
        single=31.5,
        batched=7.25,
        profile=(FunctionRecord(function="reach", microseconds=5.0, calls=1.0),),
    ),
    DecisionRecord(key="write-1-0", decision="best", program="p", reason="the first"),
    NoteRecord(text="the prompt has changed"),
)
WHOLE = b"".join(encode(record) for record in ONE_OF_EACH)


def test_every_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """Closing and opening again loses and changes nothing."""
    path = tmp_path / "run" / "journal.jsonl"
    with Journal(path) as journal:
        for record in ONE_OF_EACH:
            journal.append(record)
    assert path.read_bytes() == WHOLE
    with Journal(path) as journal:
        assert journal.tape.records == ONE_OF_EACH
    assert read_journal(path).records == ONE_OF_EACH


def test_look_ups_find_what_was_recorded(tmp_path: Path) -> None:
    """Responses are found by place and content, verdicts by program and evidence."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(WHOLE)
    tape = read_journal(path)
    assert tape.asked("describe-0-0", "d")
    assert not tape.asked("describe-0-0", "other")
    answer = tape.response("describe-0-0", "d")
    assert answer is not None
    assert answer.input_tokens == 7
    assert tape.response("describe-0-0") == answer
    assert tape.response("describe-0-0", "other") is None
    assert tape.responses == (answer,)
    verdict = tape.verdict("p", "e")
    assert verdict is not None
    assert tape.suite(verdict.tests) == ("a::b", "c::d")
    assert tape.verdict("p", "other evidence") is None
    assert tape.held_out("p", "e") is not None
    assert tape.looks == 1
    speed = tape.speed("p")
    assert speed is not None
    assert speed.single == 31.5
    assert tape.elapsed == 1.5


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, len(WHOLE)))
def test_any_prefix_of_a_journal_opens_with_its_complete_lines(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """A process killed in mid-write loses at most the record that it was writing."""
    path = tmp_path_factory.mktemp("torn") / "journal.jsonl"
    path.write_bytes(WHOLE[:cut])
    complete = WHOLE[:cut].count(b"\n")
    extra = NoteRecord(text="after the crash")
    with Journal(path) as journal:
        survived = journal.tape.records
        journal.append(extra)
    assert survived[:complete] == ONE_OF_EACH[:complete]
    assert len(survived) <= complete + 1, "only a record whole but for its newline may be added"
    assert survived == ONE_OF_EACH[: len(survived)]
    assert read_journal(path).records == (*survived, extra)


def test_an_answer_whole_but_for_its_newline_is_kept(tmp_path: Path) -> None:
    """What was paid for is not thrown away for want of one byte."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(encode(ONE_OF_EACH[2])[:-1])
    with Journal(path) as journal:
        assert journal.tape.records == (ONE_OF_EACH[2],)
    assert path.read_bytes() == encode(ONE_OF_EACH[2])


def test_reading_leaves_a_torn_file_as_it_is(tmp_path: Path) -> None:
    """Looking at the journal of a running process does not change it."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(WHOLE[:-5])
    assert read_journal(path).records == ONE_OF_EACH[:-1]
    assert path.read_bytes() == WHOLE[:-5]


def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path) -> None:
    """Damage that no crash explains stops synth, rather than losing what follows."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(encode(ONE_OF_EACH[0]) + b'{"type": "resp\n' + encode(ONE_OF_EACH[2]))
    with pytest.raises(UsageError, match=r"journal\.jsonl, line 2: not a record"):
        Journal(path)
    with Journal(tmp_path / "other.jsonl"):
        pass  # the refused one let go of its lock and its descriptor
    path.write_bytes(WHOLE)
    Journal(path).close()


def test_a_record_of_a_newer_synth_is_not_mistaken_for_a_torn_one(tmp_path: Path) -> None:
    """A last line that is whole but unknown is refused, not cut off."""
    path = tmp_path / "journal.jsonl"
    content = encode(ONE_OF_EACH[0]) + b'{"type":"from the future"}\n'
    path.write_bytes(content)
    with pytest.raises(UsageError, match="line 2"):
        Journal(path)
    assert path.read_bytes() == content


def test_a_journal_of_another_format_is_refused(tmp_path: Path) -> None:
    """The message says which format it is and which is read."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(encode(ONE_OF_EACH[0].model_copy(update={"format": 99})))
    with pytest.raises(UsageError, match=r"format 99 .* reads \(1\)"):
        read_journal(path)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """A second writer is told that the run is taken, and a released run is free again."""
    path = tmp_path / "journal.jsonl"
    with Journal(path), pytest.raises(UsageError, match="another synth process"):
        Journal(path)
    Journal(path).close()


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    """The lock dies with its holder, however the holder dies."""
    path = tmp_path / "journal.jsonl"
    code = (
        "import os, pathlib, signal, sys; from synth.journal import Journal;"
        "j = Journal(pathlib.Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -9
    Journal(path).close()


def test_a_missing_journal_is_a_usage_error(tmp_path: Path) -> None:
    """Reading what is not there says so, without a traceback from the file system."""
    with pytest.raises(UsageError, match="cannot be read"):
        read_journal(tmp_path / "none.jsonl")


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed append is undone, so that the next one starts on a line of its own."""
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.append(ONE_OF_EACH[0])
        write, calls = os.write, []

        def full(fd: int, data: bytes) -> int:
            calls.append(fd)
            if len(calls) > 1:
                raise OSError(28, "No space left on device")
            return write(fd, data[:10])

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            with pytest.raises(UsageError, match="cannot be written"):
                journal.append(ONE_OF_EACH[2])
        journal.append(ONE_OF_EACH[3])
    assert read_journal(path).records == (ONE_OF_EACH[0], ONE_OF_EACH[3])


def test_a_closed_journal_takes_no_more(tmp_path: Path) -> None:
    """An answer that comes too late must not get into whatever file is opened next."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.close()
    journal.close()
    with (tmp_path / "other").open("w"), pytest.raises(UsageError, match="closed"):
        journal.append(ONE_OF_EACH[0])
    assert not path.read_bytes()
