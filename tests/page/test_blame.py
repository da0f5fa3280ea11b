"""Which answer wrote which line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from synth.journal import CandidateRecord, DecisionRecord, Tape
from synth.page.blame import blame, drafts, lineage
from synth.program import program_digest

LINES = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=8)


def _tape(*texts: str, dropped: frozenset[int] = frozenset()) -> Tape:
    tape = Tape()
    for number, text in enumerate(texts):
        key = f"{'write' if number == 0 else 'refine'}-{number}-0"
        digest = program_digest(text)
        tape.add(CandidateRecord(key=key, program=digest, source=text))
        kept = "reverted" if number in dropped else "best"
        tape.add(DecisionRecord(key=key, decision=kept, program=digest))
    return tape


@given(st.lists(LINES, min_size=1, max_size=4))
def test_every_line_is_of_a_draft_that_has_it(texts: list[list[str]]) -> None:
    """The answer that is named wrote such a line, and every line has one."""
    sources = ["\n".join(lines) + f"\n# {n}\n" for n, lines in enumerate(texts)]
    line = lineage(drafts(_tape(*sources)), program_digest(sources[-1]))
    keys = blame(line, sources[-1]).keys
    by_key = {draft.key: draft.source.splitlines() for draft in line}
    assert len(keys) == len(sources[-1].splitlines())
    for key, text in zip(keys, sources[-1].splitlines(), strict=True):
        assert text in by_key[key]


@given(LINES)
def test_what_nobody_changed_is_of_the_first(lines: list[str]) -> None:
    """Lines that stay as they were belong to the answer that first had them."""
    first = "\n".join(lines) + "\n"
    second = first + "new = 1\n"
    line = lineage(drafts(_tape(first, second)), program_digest(second))
    keys = blame(line, second).keys
    assert keys == (*["write-0-0"] * len(lines), "refine-1-0")


def test_what_was_taken_back_wrote_nothing() -> None:
    """A program that was dropped is no ancestor of the next one."""
    tape = _tape("a\n", "b\n", "a\nc\n", dropped=frozenset({1}))
    line = lineage(drafts(tape), program_digest("a\nc\n"))
    assert [draft.key for draft in line] == ["write-0-0", "refine-2-0"]
    assert blame(line, "a\nc\n").keys == ("write-0-0", "refine-2-0")


def test_a_program_of_another_origin_has_none() -> None:
    """Of a program that no answer came to nothing is claimed."""
    tape = _tape("a\n")
    assert lineage(drafts(tape), program_digest("z\n")) == ()
    assert blame((), "z\n").keys == ("",)
    assert blame(drafts(tape), "z\n").keys == ("",)
