"""Mutants: each kind of mistake, sound, distinct and the same every time."""

from __future__ import annotations

import difflib

import pytest

from synth.errors import ProgramSyntaxError
from synth.mutation.mutants import TABLE, mutants
from synth.mutation.operators import OPERATORS
from synth.program import lint, parse

HEAD = "import numpy as np\n\n"
TAIL = "\n\nSUBTASKS = [first, goal]\n"


def program(first: str, goal: str = "    return False\n", head: str = "") -> str:
    """Two checkers with the given bodies."""
    return (
        f"{HEAD}{head}\n\ndef first(frame, initial):\n{first}"
        f"\n\ndef goal(frame, initial):\n{goal}{TAIL}"
    )


def made(source: str, operator: str) -> set[str]:
    """The lines that an operator's mutants put in."""
    return {
        line[1:].strip()
        for m in mutants(source)
        if m.operator == operator
        for line in m.diff.splitlines()
        if line.startswith("+") and not line.startswith("+++")
    }


FIRST = "return frame.sum() < 4 and not initial.any()"

EXPECTED = [
    (
        "number",
        "return frame.sum() == 6",
        {f"return frame.sum() == {n}" for n in (7, 5, 12, 3, 0)},
    ),
    (
        "number",
        "return frame.mean() == 0.5",
        {f"return frame.mean() == {n}" for n in (1.0, 0.25, 0.0)},
    ),
    (
        "number",
        "return frame.sum() == 0",
        {"return frame.sum() == 1", "return frame.sum() == (-1)"},
    ),
    (
        "comparison",
        "return frame.sum() < 4",
        {f"return frame.sum() {op} 4" for op in ("<=", ">", ">=")},
    ),
    ("comparison", "return frame.sum() == 4", {"return frame.sum() != 4"}),
    (
        "condition",
        FIRST,
        {
            "return (frame.sum() < 4)",
            "return (not initial.any())",
            "return (frame.sum() < 4 or not initial.any())",
            "return frame.sum() < 4 and initial.any()",
        },
    ),
    (
        "condition",
        "return 0 < frame.sum() < 4",
        {"return 0 < frame.sum()", "return frame.sum() < 4"},
    ),
    ("arithmetic", "return frame.sum() + 3", {"return frame.sum() - 3"}),
    (
        "slice",
        "return frame[:len(initial)].any()",
        {"return frame[:len(initial) + 1].any()", "return frame[:len(initial) - 1].any()"},
    ),
    ("call", "return frame.any()", {"return frame.all()"}),
    ("constant return", "return frame.any()", {"return True", "return False"}),
    (
        "swapped frames",
        "return frame.any()",
        {"def first(initial, frame):", "return initial.any()"},
    ),
]


@pytest.mark.parametrize(("operator", "body", "expected"), EXPECTED)
def test_operator_makes_the_mistakes_it_is_named_for(operator, body, expected):
    """Each operator makes its mistakes in a checker, and all of them."""
    found = made(program(f"    {body}\n", "    return True\n"), operator)
    assert expected <= found
    assert found - expected <= {"def goal(initial, frame):", "return True", "return False"}


def test_channels_of_a_colour_change_and_two_colours_are_swapped():
    """A colour is far off in one channel, or is another one's, both ways at once."""
    source = program("    return RED == BLUE\n", head="RED = (255, 0, 0)\nBLUE = (0, 0, 255)\n")
    lines = made(source, "colour")
    assert {"RED = (255, 128, 0)", "RED = (255, 0, 128)"} <= lines
    swapped = [m for m in mutants(source) if "RED = (0, 0, 255)\nBLUE = (255, 0, 0)" in m.source]
    assert [m.operator for m in swapped] == ["colour"]


def test_one_checker_does_what_another_does():
    """The body of each checker stands in each other one."""
    source = program("    return frame.any()\n", "    return initial.all()\n")
    swapped = [m.source for m in mutants(source) if m.operator == "swapped sub-tasks"]
    assert program("    return initial.all()\n", "    return initial.all()\n") in swapped
    assert program("    return frame.any()\n", "    return frame.any()\n") in swapped


def test_statements_are_removed():
    """A guard is left out, and one whose test is always true is made."""
    source = program("    if frame.any():\n        return False\n    return True\n")
    removed = [m.source for m in mutants(source) if m.operator == "removed statement"]
    assert program("    pass\n    return True\n") in removed
    assert program("    if True:\n        return False\n    return True\n") in removed


def test_a_large_table_is_sampled():
    """A table of a hundred numbers has mutants of `TABLE` of them, first and last included."""
    table = ", ".join(str(n) for n in range(1000, 1100))
    found = mutants(program("    return len(T)\n", head=f"T = ({table})\n"))
    lines = [m for m in found if m.line == 3]
    assert len(lines) == 5 * TABLE
    assert any("T = (0," in m.source for m in lines)
    assert any("0)\n" in m.source for m in lines)


WHOLE = program(
    "    if frame.shape != initial.shape:\n        return False\n"
    "    return bool((frame[2:4] > 3).sum() * 2 >= A[0])\n",
    "    return first(frame, initial) and not frame.any()\n",
    head="A = (10, 20, 30)\n",
)


def test_every_mutant_is_a_distinct_program_that_lints():
    """No mutant is broken, none is the original, and no two are the same."""
    found = mutants(WHOLE)
    assert len({m.source for m in found} | {WHOLE}) == len(found) + 1
    for mutant in found:
        assert not lint(mutant.source)
        assert parse(mutant.source).stages == parse(WHOLE).stages


def test_same_program_same_mutants():
    """Ids, order and text depend on the program alone."""
    assert mutants(WHOLE) == mutants(WHOLE)
    assert [m.id for m in mutants(WHOLE)] == [f"m{n:04}" for n in range(len(mutants(WHOLE)))]


def test_every_mutant_knows_its_place():
    """The diff leads from the original to the mutant, and touches its line."""
    lines = WHOLE.splitlines()
    for mutant in mutants(WHOLE):
        changed = difflib.SequenceMatcher(None, lines, mutant.source.splitlines(), autojunk=False)
        touched = [
            range(a, max(b, a + 1)) for tag, a, b, *_ in changed.get_opcodes() if tag != "equal"
        ]
        assert any(mutant.line - 1 <= place[-1] for place in touched)
        assert mutant.diff.startswith("--- reward.py\n+++ mutant.py\n@@")


def test_every_operator_is_used():
    """The register holds no operator that a plain program never meets."""
    seen = {m.operator for m in mutants(WHOLE)}
    assert set(OPERATORS) - seen <= {"slice", "call"}


def test_what_is_no_program_is_refused():
    """A text without SUBTASKS has no mutants."""
    with pytest.raises(ProgramSyntaxError):
        mutants("x = 1\n")
