"""Parsing: what a program declares, and errors that say what to do."""

from __future__ import annotations

import libcst
import pytest
from clean_programs import CLEAN
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ProgramSyntaxError
from synth.program import parse, program_digest
from synth.program.parse import MAX_BYTES, MAX_DEPTH

PROGRAM = """\
def perceive(frame):
    return frame


def _helper(x):
    return x


def take(now, initial):
    return True


def take_progress(now, initial):
    return 1.0


def turn(now, initial):
    return True


def goal(now, initial):
    return False


SUBTASKS = [(take, turn), goal]
"""


def failure(source):
    """The error that a source gives."""
    with pytest.raises(ProgramSyntaxError) as caught:
        parse(source)
    return caught.value


def test_a_program_says_what_it_declares():
    """Stages, functions in order, perceive and progress are read from the text."""
    program = parse(PROGRAM)
    assert program.stages == (("take", "turn"), ("goal",))
    assert program.subtasks == ("take", "turn", "goal")
    assert program.functions == ("perceive", "_helper", "take", "take_progress", "turn", "goal")
    assert program.perceives
    assert program.progress == ("take",)
    assert isinstance(program.module, libcst.Module)
    assert program.module.code == program.source == PROGRAM


@pytest.mark.parametrize("name", CLEAN)
def test_the_corpus_parses_losslessly(name):
    """The syntax tree gives back every byte, with either kind of line ending."""
    for source in (CLEAN[name], CLEAN[name].replace("\n", "\r\n"), CLEAN[name].rstrip("\n")):
        assert parse(source).module.code == source
        assert parse(source).stages == parse(CLEAN[name]).stages


def test_the_digest_is_of_the_text():
    """SHA-256 as hex, different for any difference, and defined for any string."""
    assert program_digest("") == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert program_digest(PROGRAM) != program_digest(PROGRAM + " ")
    assert len(program_digest("\ud800")) == 64


F = "def a(now, initial):\n    return True\ndef b(now, initial):\n    return True\n"

BROKEN = [
    ("def a(:\n    pass", 1, 7, "invalid syntax"),
    ("x = (1,\n", 1, 5, "never closed"),
    ("if True:\nx = 1", 2, 1, "expected an indented block"),
    ("return 1\ndef", 2, 4, "invalid syntax"),
    (F, 1, 1, "does not define SUBTASKS. Write SUBTASKS = [first, (second, third), goal]"),
    (f"{F}SUBTASKS = []", 5, 12, "must be a list of functions"),
    (f"{F}SUBTASKS = (a, b)", 5, 12, "must be a list of functions"),
    (f"{F}SUBTASKS = [a] + [b]", 5, 12, "must be a list of functions"),
    (f"{F}SUBTASKS = ['a', b]", 5, 13, "only names of functions"),
    (f"{F}SUBTASKS = [[a], b]", 5, 13, "only names of functions"),
    (f"{F}SUBTASKS = [*a, b]", 5, 13, "only names of functions"),
    (f"{F}SUBTASKS = [(), b]", 5, 13, "a stage of SUBTASKS is empty"),
    (f"{F}SUBTASKS = [a, c]", 5, 16, "there is no such function. Define c or remove it"),
    (f"{F}SUBTASKS = [a, (b, a)]", 5, 16, "the last stage must hold the goal alone"),
    (f"{F}SUBTASKS = [a, b, a]", 5, 19, "names a twice"),
    (f"{F}SUBTASKS: list = [a, b]", 5, 1, "plain assignment"),
    (f"{F}SUBTASKS = X = [a, b]", 5, 1, "plain assignment"),
    (f"{F}SUBTASKS, X = [a, b], 1", 5, 1, "plain assignment"),
    (f"{F}SUBTASKS = [a]\nSUBTASKS = [b]", 6, 1, "already set on line 5"),
    (f"{F}SUBTASKS = [a]\nSUBTASKS += [b]", 6, 1, "already set on line 5"),
    (f"SUBTASKS = [a]\n{F}", 1, 13, "Move SUBTASKS to the end"),
    (f"{F}def a():\n    pass\nSUBTASKS = [a]", 5, 1, "a is already defined on line 1"),
    (f"{F}def perceive(f):\n    return f\nSUBTASKS = [a, perceive]", 7, 16, "reserved name"),
    (f"{F}def perceive_initial(f):\n    return f\nSUBTASKS = [a]", 5, 1, "Define perceive as well"),
    (f"{F}def b_progress(f, i):\n    return 1\nSUBTASKS = [b_progress]", 7, 13, "reserved name"),
    (f"{F}SUBTASKS = [lambda: 1]", 5, 13, "only names of functions"),
    (f"{F}x = 1\0\nSUBTASKS = [a]", 5, 1, "NUL byte"),
    (f"{F}x = '\ud800'\nSUBTASKS = [a]", 5, 1, "not valid Unicode"),
    (f"{F}async def c(now, initial):\n    pass\nSUBTASKS = [c]", 7, 13, "no such function"),
    ("", 1, 1, "does not define SUBTASKS"),
]


@pytest.mark.parametrize(("source", "line", "column", "problem"), BROKEN)
def test_an_error_says_where_and_what_to_do(source, line, column, problem):
    """Line, column and a sentence with the remedy, for everything that is no program."""
    error = failure(source)
    assert problem in str(error)
    assert (error.line, error.column) == (line, column)


@pytest.mark.parametrize("source", ["", "\n", "  \n\n"])
def test_there_is_no_caret_under_nothing(source):
    """An empty program has no line to show."""
    assert failure(source).excerpt == ""


def test_the_caret_stands_under_the_fault():
    """Tabs, wide characters and long lines leave the caret where it belongs."""
    for source in (
        f"{F}SUBTASKS = [a, ß]",
        f"{F}SUBTASKS = [\ta, ß]",
        "x = " + "1," * 200 + " ß ß",
    ):
        excerpt = failure(source).excerpt.split("\n")
        assert len(excerpt) == 2
        assert excerpt[0][excerpt[1].index("^")] == "ß"
        assert len(excerpt[0]) < 115


DEEP = {
    "brackets": "x = " + "(" * 5000 + ")" * 5000,
    "parentheses": "x = " + "(" * 150 + "1" + ")" * 150,
    "lists": "x = " + "[" * 100 + "]" * 100,
    "minus": "x = " + "-" * 20_000 + "1",
    "not": "x = " + "not " * 10_000 + "1",
    "sum": "x = " + "+".join("1" * 20_000),
    "attributes": "x = a" + ".a" * 20_000,
    "calls": "x = a" + "()" * 20_000,
    "lambdas": "x = " + "lambda: " * 7000 + "1",
    "conditions": "x = " + "1 if 1 else " * 5000 + "1",
    "elif": "if a:\n    pass\n" + "elif a:\n    pass\n" * 3000,
    "blocks": "".join("    " * n + "if a:\n" for n in range(90)) + "    " * 90 + "pass",
    "power": "x = " + "**".join("2" * 20_000),
    "strings": "x = " + "'a' " * 15_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_absurd_nesting_is_refused(name):
    """No nesting, within the size limit, overflows a stack; the error says what to do."""
    source = DEEP[name]
    assert len(source) <= MAX_BYTES
    expected = "does not define SUBTASKS" if name == "strings" else "nested too deeply"
    assert expected in str(failure(f"{source}\n"))


def test_ordinary_nesting_is_fine():
    """An elif chain of twenty and ten nested brackets are no absurdity."""
    chain = "    if now:\n        pass\n" + "    elif now:\n        pass\n" * 20
    deep = f"    x = {'(' * 10}1{')' * 10}\n"
    assert parse(f"def goal(now, initial):\n{chain}{deep}    return True\nSUBTASKS = [goal]\n")
    assert MAX_DEPTH < 100


def test_size_is_limited():
    """A program of more than 64 KB is refused with its size."""
    assert f"the limit is {MAX_BYTES}" in str(failure("#" * (MAX_BYTES + 1)))
    assert "does not define SUBTASKS" in str(failure("#" * MAX_BYTES))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="()[]{}:=,.\n\t 'a1\\#\r\f\x0b\x85", max_size=200))
def test_any_text_is_a_program_or_a_syntax_error(text):
    """Nothing but ProgramSyntaxError escapes, whatever the text."""
    assert failure(text).line >= 1
