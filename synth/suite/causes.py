"""The most probable cause of a wrong verdict, where it can be told cheaply, in words.

A cause is a hint appended to a failure's sentence. It is told from the verdicts on the
episodes of one split only, so that nothing held out colours a visible failure. Where no
simple cause fits, nothing is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.sandbox import Cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.episode import Split
    from synth.sandbox import CellError
    from synth.suite.registry import Case

__all__ = ["count", "described", "number_of", "pattern", "timing"]


def pattern(case: Case, subtask: str, split: Split) -> str:
    """What a sub-task's verdicts look like over the whole split.

    Args:
        case: Gives the evidence.
        subtask: Whose verdicts.
        split: On which episodes.

    Returns:
        A sentence with a leading space, or nothing.
    """
    evidence = case.evidence
    column = evidence.subtasks.index(subtask)
    rows = np.unique(
        np.concatenate([evidence.rows[e.id] for e in case.subject.episodes(split=split)])
    )
    cells = evidence.cells[rows, column]
    if (cells == Cell.RAISED).any():
        return ""  # another check says where and why
    holds, changed = cells == Cell.TRUE, evidence.differs[rows]
    experts = case.subject.episodes("expert", split)
    at_once = len(experts) > 1 and all(evidence.holds(e)[0, column] for e in experts)
    causes = (
        (holds.all(), "holds on every recorded frame: it is always true."),
        (not holds.any(), "holds on no recorded frame of any episode: it is always false."),
        (
            np.array_equal(holds, changed),
            "holds exactly where the image differs from the initial one: any change is success.",
        ),
        (np.array_equal(holds, ~changed), "holds exactly where the image equals the initial one."),
        (at_once, f"already holds on the first frame of all {len(experts)} expert episodes."),
    )
    return next((f" {subtask} {cause}" for applies, cause in causes if applies), "")


def timing(holds: NDArray[np.bool_], success: NDArray[np.bool_], name: str) -> str:
    """How far the first frame on which the goal holds is from the first success.

    Args:
        holds: ``bool[T+1]``.
        success: ``bool[T+1]``.
        name: The goal's name.

    Returns:
        A sentence with a leading space.
    """
    if not success.any():
        return " The environment reports no success in this episode."
    if not holds.any():
        return f" {name} holds on none of the {len(holds)} frames of this episode."
    apart = int(np.argmax(holds)) - int(np.argmax(success))
    if apart == 0:
        return ""
    late = "late" if apart > 0 else "early"
    return f" {name} first holds {count(abs(apart), 'frame')} {late}."


def count(number: int, noun: str) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def number_of(frames: NDArray[np.int64]) -> str:
    """Frame numbers in words, long lists cut: ``frame 3``, ``frames 3, 4, 5 and 9 more``."""
    shown = [str(int(f)) for f in frames[:3]]
    rest = len(frames) - len(shown)
    if len(frames) == 1:
        return f"frame {shown[0]}"
    if rest:
        return f"frames {', '.join(shown)} and {rest} more"
    return f"frames {', '.join(shown[:-1])} and {shown[-1]}"


def described(cell: int, error: CellError | None) -> str:
    """What a function did instead of answering: ``raises ZeroDivisionError at line 12: ...``.

    Args:
        cell: `Cell.RAISED` or `Cell.NOT_BOOL`.
        error: The recorded error, where there is one.
    """
    if error is None:
        return (
            "raises an exception" if cell == Cell.RAISED else "returns something else than a bool"
        )
    if cell == Cell.NOT_BOOL:
        got = error.message.removeprefix("it returned ").removesuffix(" instead of a bool")
        return f"returns {got} instead of a bool"
    at = f" at line {error.line}" if error.line else ""
    text = f": {error.message}" if error.message else ""
    return f"raises {error.exception}{at}{text}"
