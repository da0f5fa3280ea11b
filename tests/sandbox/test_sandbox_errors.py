"""What goes wrong in a program: which pairs it costs, and which errors are told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from synth.errors import ProgramFault
from synth.sandbox import Cell, Sandbox
from synth.sandbox import session as session_module
from synth.sandbox.wire import FRAMES_OFFSET

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Sandbox]


FAILING = """
import numpy as np
def perceive(frame):
    if frame[0, 0, 0] == 1:
        raise ValueError("cannot see")
    return frame
def odd(now, initial):
    if now[0, 0, 0] == 2:
        return 1
    return False
def goal(now, initial):
    if now[0, 0, 0] == 3:
        return {}["lost"]
    return True
SUBTASKS = [odd, goal]
"""


def test_one_bad_frame_does_not_cost_the_rest(sandbox: Make) -> None:
    """Cells say what happened where, and the errors say why, with the line."""
    frames = np.zeros((5, 4, 4, 3), np.uint8)
    frames[:, 0, 0, 0] = range(5)
    verdicts = sandbox(FAILING, "odd", "goal").verdicts(frames, [[i, 0] for i in range(5)])
    false, true, raised, no_bool = Cell
    assert verdicts.cells.tolist() == [
        [false, true],
        [raised, raised],
        [no_bool, true],
        [false, raised],
        [false, true],
    ]
    assert not verdicts.total
    assert verdicts.holds.tolist() == [[c == true for c in row] for row in verdicts.cells]
    assert [str(error) for error in verdicts.errors] == [
        "perceive raised ValueError on line 5: cannot see",
        "odd raised TypeError: it returned int instead of a bool",
        "goal raised KeyError on line 13: 'lost'",
    ]
    assert [(e.pair, e.subtask) for e in verdicts.errors] == [(1, "odd"), (2, "odd"), (3, "goal")]


def test_an_initial_frame_that_cannot_be_perceived_spoils_its_pairs_only(sandbox: Make) -> None:
    """The pair is at fault, whichever of its two frames it is."""
    frames = np.zeros((2, 4, 4, 3), np.uint8)
    frames[1, 0, 0, 0] = 1
    verdicts = sandbox(FAILING, "odd", "goal").verdicts(frames, [[0, 1], [0, 0]])
    assert verdicts.cells.tolist() == [[Cell.RAISED] * 2, [Cell.FALSE, Cell.TRUE]]


def test_errors_are_few_and_of_every_function(sandbox: Make) -> None:
    """A program that fails everywhere fills the list neither alone nor without end."""
    source = "def a(n, i): raise ValueError('a')\ndef b(n, i): raise ValueError('b')\n"
    frames = np.zeros((1, 4, 4, 3), np.uint8)
    errors = sandbox(source, "a", "b").verdicts(frames, [[0, 0]] * 500).errors
    assert [error.function for error in errors].count("a") == 4
    assert [error.function for error in errors].count("b") == 4


def test_errors_of_later_pieces_name_the_right_pair(
    sandbox: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pairs are counted through the whole batch, not per request."""
    monkeypatch.setattr(session_module, "CAPACITY", FRAMES_OFFSET + 4 * 48)
    frames = np.zeros((300, 4, 4, 3), np.uint8)
    frames[290, 0, 0, 0] = 3
    box = sandbox(FAILING, "odd", "goal")
    (error,) = box.verdicts(frames, [[i, 0] for i in range(300)]).errors
    assert (error.pair, error.subtask) == (290, "goal")
    with pytest.raises(ProgramFault, match="frame 290, sub-task goal: goal raised KeyError"):
        box.check(frames, frames[0])
    with pytest.raises(ProgramFault, match="frame 290, sub-task goal: goal raised KeyError"):
        box.progress(frames, frames[0])
