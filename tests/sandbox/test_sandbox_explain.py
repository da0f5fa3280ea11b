"""What a program computed on a picture, told for whoever repairs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ProgramFault, UsageError
from synth.sandbox.tracing import Tracer, told
from synth.sandbox.wire import EXPLANATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from synth.sandbox import Sandbox

    Make = Callable[..., Sandbox]

PROGRAM = """
import numpy as np

LIMIT = 3.5

def perceive(frame):
    mask = frame[..., 0] > 100
    return int(mask.sum()), mask

def perceive_initial(frame):
    return (7, "first")

def gap_between(left, right):
    return abs(left - right) / 2

def near(now, initial):
    gap = gap_between(now[0], initial[0])
    return bool(gap < LIMIT)

def goal(now, initial):
    raise ValueError("no goal here")

SUBTASKS = [near, goal]
"""


def test_variables_and_results_of_every_function_are_told(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """The checker's first; what it is given is told once, as the result of perceive."""
    count = int((frame[..., 0] > 100).sum())
    lines = sandbox(PROGRAM, "near", "goal").explain("near", frame, frame)
    gap = abs(count - 7) / 2
    assert lines[0] == f"near: gap = {gap:.4g} -> {gap < 3.5}"
    assert f"gap_between: left = {count}, right = 7 -> {gap:.4g}" in lines
    assert "perceive_initial: -> (7, 'first')" in lines
    [seen] = [line for line in lines if line.startswith("perceive:")]
    assert f"mask = bool[12, 10], {count} true in rows 3..11, columns 0..9" in seen
    assert len(lines) == 4


def test_that_a_checker_raises_is_one_of_the_lines(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """With the line, after what was computed by then."""
    lines = sandbox(PROGRAM, "near", "goal").explain("goal", frame, frame)
    line = PROGRAM.splitlines().index('    raise ValueError("no goal here")') + 1
    assert lines[-1] == f"raised ValueError on line {line}: no goal here"
    assert any(line.startswith("perceive:") for line in lines)


def test_of_many_calls_the_last_is_told(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """With their number; comprehensions and lambdas are no functions to speak of."""
    source = (
        "def half(n):\n    return n / 2\n\n"
        "def goal(frame, initial):\n"
        "    halves = [half(n) for n in range(5)]\n"
        "    return max(halves, key=lambda n: -n) > 3\n\n"
        "SUBTASKS = [goal]\n"
    )
    lines = sandbox(source).explain("goal", frame, frame)
    assert lines == (
        "goal: halves = [0, 0.5, 1, 1.5, 2] -> False",
        "half (the last of 5 calls): n = 4 -> 2",
    )


def test_the_mission_is_given_to_the_checker(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """As third argument, as for every other call."""
    source = (
        "def goal(frame, initial, mission):\n    word = mission.split()[-1]\n"
        "    return word == 'red'\n\nSUBTASKS = [goal]\n"
    )
    lines = sandbox(source).explain("goal", frame, frame, "go to red")
    assert lines == ("goal: word = 'red' -> True",)


def test_what_is_told_is_bounded(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """However much a program computes, in however many functions."""
    many = "".join(f"def f{n}():\n    text = 'x' * 1000\n    return text\n\n" for n in range(200))
    calls = "; ".join(f"f{n}()" for n in range(200))
    source = f"{many}def goal(frame, initial):\n    {calls}\n    return True\n\nSUBTASKS = [goal]\n"
    lines = sandbox(source).explain("goal", frame, frame)
    assert lines[0] == "goal: -> True"
    assert sum(map(len, lines)) <= EXPLANATION


def test_a_program_that_never_ends_has_its_deadline(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """As for every other call; and a sub-task that there is not is the caller's mistake."""
    source = "def goal(frame, initial):\n    while True: pass\n\nSUBTASKS = [goal]\n"
    box = sandbox(source, deadline=0.5)
    with pytest.raises(ProgramFault, match="deadline"):
        box.explain("goal", frame, frame)
    with pytest.raises(UsageError, match="no sub-task other"):
        box.explain("other", frame, frame)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=200)
    | st.sampled_from([np.float32(1.5), np.zeros((3, 0), bool), np.arange(100), np.eye(20) > 0]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner) | st.tuples(inner),
    max_leaves=60,
)


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_any_value_is_told_in_few_words(value: Any) -> None:
    """Whatever it is, without an exception and on one line of bounded length."""
    words = told(value)
    assert words
    assert "\n" not in words
    assert len(words) < 8**3 * 160


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.123456, "0.1235"),
        ([1, [2, [3, [4]]]], "[1, [2, [3, [...]]]]"),
        (list(range(10)), "[0, 1, 2, 3, 4, 5, 6, 7, ... 10 in all]"),
        (np.array([1.0, 2.5]), "array [1, 2.5]"),
        (np.zeros((4, 5), bool), "bool[4, 5], 0 true"),
        (np.arange(12, dtype=np.uint8), "uint8[12] from 0 to 11"),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_values_in_words(value: Any, words: str) -> None:
    """Numbers to four digits, masks by where they are true, arrays by their range."""
    assert told(value) == words


def test_another_tracer_is_given_back() -> None:
    """Whoever traces already goes on after the call."""
    import sys  # noqa: PLC0415 - only this test looks at the tracer

    before = sys.gettrace()
    assert Tracer("no file", frozenset()).call(lambda: 3) == 3
    assert sys.gettrace() is before
