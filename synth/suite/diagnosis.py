"""The most probable cause of a wrong verdict, where it can be told cheaply, in words.

A cause is a hint appended to a failure's sentence. It is told from the verdicts on the
episodes of one split, and from the first images of its successes, so that nothing held out
colours a visible failure. Where no simple cause fits, nothing is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.sandbox import Cell
from synth.suite.successes import success_frame, successes
from synth.vision import pack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.episode import Split
    from synth.sandbox import CellError
    from synth.suite.registry import Case

__all__ = ["blind", "count", "described", "number_of", "pattern", "timing"]

FEW = 3
"""Successes that must share what is told of them: one alone is like itself in every way."""

COMMON = 0.2
"""A colour of more than so large a share of the image is ground: floor, wall or sky."""

ENOUGH = 8
"""Pixels that must agree before a place is told: fewer may do so by chance."""


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
    # Causes from the plainest to the most special; the first that fits is told.
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


def blind(case: Case, subtask: str, split: Split) -> str:
    """Why a sub-task does not hold where it should: its pattern, else the scenes it misses.

    A scene is what the first image of an episode shows: a colour, or something at a place.

    Args:
        case: Gives the evidence.
        subtask: It is missed in a success where it holds nowhere up to that frame; the goal,
            where it does not hold on that very frame.
        split: On which episodes.

    Returns:
        A sentence with a leading space, or nothing.
    """
    told = pattern(case, subtask, split)
    if told:
        return told
    evidence, store = case.evidence, case.subject.task.store
    column = evidence.subtasks.index(subtask)
    goal = column == len(evidence.subtasks) - 1
    hit: list[NDArray[np.uint32]] = []
    missed: list[NDArray[np.uint32]] = []
    told_to: dict[bool, list[set[str]]] = {True: [], False: []}
    for episode in successes(case.subject, split):
        end = success_frame(episode)
        holds = evidence.holds(episode)[end if goal else 0 : end + 1, column].any()
        (hit if holds else missed).append(pack(store.initial_of(episode)))
        told_to[bool(holds)].append(set((episode.mission or "").split()))
    if not hit or not missed:
        return ""
    few = f"{len(missed)} of {count(len(hit) + len(missed), 'success', 'successes')}"
    said = _word(told_to[False], told_to[True])
    if said:
        return f" {subtask} is missed in {few}: exactly those whose mission {said}."
    told = f" {subtask} is missed in {few}: exactly those whose first image"
    for what, words in ((_colour(missed, hit), "shows"), (_colour(hit, missed), "does not show")):
        if what:
            return f"{told} {words} {what}."
    # What the missed scenes show and what they lack are both causes: the larger one is told.
    things = [(*_thing(missed, hit), "shows"), (*_thing(hit, missed), "does not show")]
    # Only where no thing sets the scenes apart may the ground do so: a room of another shape.
    if not any(pixels for pixels, _, _ in things) and min(len(hit), len(missed)) >= FEW:
        things = [(*_thing(missed, hit, ground=True), "shows")]
    pixels, what, words = max(things)
    return f"{told} {words} {what}." if pixels else ""


def _word(missed: list[set[str]], hit: list[set[str]]) -> str:
    """A word that sets the missions of one group apart from those of the other, in words."""
    if len(missed) + len(hit) < FEW:
        return ""
    for mine, theirs, words in ((missed, hit, "says"), (hit, missed, "does not say")):
        own = set.intersection(*mine).difference(*theirs)
        if own:
            return f"{words} {min(own)!r}"
    return ""


def _colour(mine: list[NDArray[np.uint32]], theirs: list[NDArray[np.uint32]]) -> str:
    """A colour that all images of one group show and none of the other.

    Args:
        mine: Codes ``uint32[H, W]``.
        theirs: The same.
    """
    if len(mine) < FEW:
        return ""
    own = set.intersection(*(set(np.unique(image).tolist()) for image in mine))
    own -= set.union(*(set(np.unique(image).tolist()) for image in theirs))
    if not own:
        return ""
    return f"the colour {_rgb(min(own, key=lambda code: (-int((mine[0] == code).sum()), code)))}"


def _thing(
    mine: list[NDArray[np.uint32]], theirs: list[NDArray[np.uint32]], *, ground: bool = False
) -> tuple[int, str]:
    """Pixels that are alike in all images of one group and other in each of the other group.

    Args:
        mine: Codes ``uint32[H, W]``.
        theirs: The same.
        ground: Tell of frequent colours too, which most places show in most images.

    Returns:
        How many pixels of one colour, and where, in words; 0 where they are too few.
    """
    if len(mine) < FEW:
        return 0, ""
    own = mine[0]
    same = np.logical_and.reduce([image == own for image in mine[1:]])
    other = np.logical_and.reduce([image != own for image in theirs])
    every, shares = np.unique(own, return_counts=True)
    frequent = every[shares > COMMON * own.size]
    # Where two scenes differ one shows floor as a rule, and "there is floor" tells nothing.
    alone = same & other & (ground | ~np.isin(own, frequent))
    if alone.sum() < ENOUGH:
        return 0, ""
    codes, sizes = np.unique(own[alone], return_counts=True)
    code = int(codes[sizes.argmax()])
    rows, columns = np.nonzero(alone & (own == code))
    place = f"rows {rows.min()}..{rows.max()}, columns {columns.min()}..{columns.max()}"
    return len(rows), f"{_rgb(code)} within {place}"


def _rgb(code: int) -> str:
    return f"({code >> 16}, {code >> 8 & 255}, {code & 255})"


def timing(holds: NDArray[np.bool_], success: NDArray[np.bool_], name: str) -> str:
    """How far the first frame on which the goal holds is from the first success.

    Args:
        holds: ``bool[T+1]``.
        success: ``bool[T+1]``.
        name: The goal's name.

    Returns:
        A sentence with a leading space, or nothing.
    """
    if not success.any():
        return ""  # who reports a goal without success says so already
    if not holds.any():
        return f" {name} holds on none of the {len(holds)} frames of this episode."
    apart = int(np.argmax(holds)) - int(np.argmax(success))
    if apart == 0:
        return ""
    late = "late" if apart > 0 else "early"
    return f" {name} first holds {count(abs(apart), 'frame')} {late}."


def count(number: int, noun: str, many: str | None = None) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{number} {noun if number == 1 else many or f'{noun}s'}"


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
