"""Checks on stills: pictures of scenes that no episode shows, with the agent on other places.

The stills of one scene differ in where the agent is and in nothing else. So the environment's
word is taken for the goal, and a sub-task that tells of a thing says the same on all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.failure import place_in_words
from synth.pixels import differing
from synth.sandbox import Cell
from synth.suite.arrangements import arranged
from synth.suite.checks.no_verdict import broken_cells
from synth.suite.diagnosis import count
from synth.suite.registry import check
from synth.suite.scene_events import require_events, where
from synth.suite.shared import agent_box, apart
from synth.suite.things import ENOUGH
from synth.vision import bounding_box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from synth.episode import Scene, Split, Still
    from synth.failure import Failure
    from synth.suite.arrangements import Arranged
    from synth.suite.registry import Case

__all__ = ["EXPECTED", "called", "mixed", "require_scenes"]

EXPECTED = {"first": False, "done": True, "undone": False}
"""What is right in a scene by the kind of its arrangement; of the others it is not known."""


def require_scenes(case: Case) -> None:
    """Skip a check on stills where no judged split has any, whatever the program.

    Raises:
        Skip: There is nothing to look at.
    """
    case.require(case.subject.scenes, "scenes", "none was recorded")


def called(scene: Scene, still: Still) -> str:
    """A still in words: ``scene-0003/12 (pickup, then drop; the agent at row 24, column 40)``."""
    way = ", then ".join(scene.way) or "nothing done"
    return f"{still.id} ({way}; {still.note})" if still.note else f"{still.id} ({way})"


@check("scenes")
def answers_on_every_still(case: Case) -> Iterator[Failure]:
    """Every checker gives a bool on every still."""
    require_scenes(case)
    verdicts, store = case.subject.still_verdicts, case.subject.task.store
    for split in case.subject.splits:
        shown = {
            int(row): (scene, still)
            for scene in case.subject.scenes
            if scene.split == split
            for row, still in zip(verdicts.rows[scene.id], scene.stills, strict=True)
        }
        rows = np.array(list(shown), dtype=np.int64)
        for broken in broken_cells(case.evidence.subtasks, verdicts.cells, verdicts.errors, rows):
            scene, still = shown[broken.row]
            yield case.failure(
                f"{called(scene, still)}: {broken.function} {broken.what} (on "
                f"{count(broken.rows, 'still')} in all); it must cope with any image.",
                episode=store[scene.base],
                still=still,
                subtask=broken.subtask,
                expected="a bool",
                actual=broken.what,
            )


@check("scenes")
def tells_success_in_every_scene(case: Case) -> Iterator[Failure]:
    """The goal holds on exactly the stills of success, whatever else was done in the scene."""
    require_scenes(case)
    for split in case.subject.splits:
        for success in (False, True):
            yield from _goal(case, split, success=success)


def _goal(case: Case, split: Split, *, success: bool) -> Iterator[Failure]:
    """The first still on which the goal is wrong one way."""
    verdicts, name = case.subject.still_verdicts, case.plan.goal
    wrong: list[tuple[Scene, Still]] = []
    right: list[tuple[Scene, Still]] = []
    for scene in case.subject.scenes:
        if scene.split == split:
            for still, holds in zip(scene.stills, verdicts.holds(scene)[:, -1], strict=True):
                if still.success == success:
                    (right if holds == success else wrong).append((scene, still))
    if not wrong:
        return
    scene, still = wrong[0]
    said = (
        f"the environment reports success, but {name} does not hold"
        if success
        else f"{name} holds, but the environment reports no success there"
    )
    among = f"{len(wrong)} of {count(len(wrong) + len(right), 'still')}"
    of = "of success" if success else "without success"
    like = _most_like(scene, still, right if success else _successes(case, split))
    beside = like if like is not None and like[0].base == scene.base else None
    nearest = ""
    if like is not None:
        differs = differing(like[1].frame, still.frame)
        what = f"success on which {name} holds" if success else "success"
        nearest = (
            f" The most similar {what} is {called(*like)}; it differs in "
            f"{count(int(differs.sum()), 'pixel')}, within "
            f"{place_in_words(bounding_box(differs))}."
        )
    yield case.failure(
        f"{called(scene, still)}: {said}. So it is on {among} {of}.{nearest}{_agent(wrong, right)}",
        episode=case.subject.task.store[scene.base],
        still=still,
        beside=None if beside is None else beside[1],
        subtask=name,
        expected=str(success),
        actual=str(not success),
    )


def _successes(case: Case, split: Split) -> list[tuple[Scene, Still]]:
    return [
        (scene, still)
        for scene in case.subject.scenes
        if scene.split == split
        for still in scene.stills
        if still.success
    ]


def _most_like(
    scene: Scene, still: Still, among: Sequence[tuple[Scene, Still]]
) -> tuple[Scene, Still] | None:
    """The still that differs in the fewest pixels, of the same world where there is any."""
    own = [(s, other) for s, other in among if s.base == scene.base] or among
    fit = [(s, other) for s, other in own if (other.frame != still.frame).any()]
    return min(
        fit,
        key=lambda pair: int(differing(pair[1].frame, still.frame).sum()),
        default=None,
    )


def _agent(wrong: Sequence[tuple[Scene, Still]], right: Sequence[tuple[Scene, Still]]) -> str:
    boxes = [
        [box for scene, still in some if (box := agent_box(scene, still)) is not None]
        for some in (wrong, right)
    ]
    # A success may have changed the scene with its last action: its box is not the agent's.
    if any(still.success for _, still in wrong):
        return ""
    return apart("the agent is", boxes[0], boxes[1])


@check("scenes")
def holds_wherever_the_agent_stands(case: Case) -> Iterator[Failure]:
    """A sub-task that tells of a thing says the same wherever the agent is set in a scene."""
    require_scenes(case)
    require_events(case, experts=ENOUGH)
    for split in case.subject.splits:
        for column, scenes in arranged(case, split).items():
            both = [one for one in scenes if mixed(case, one, column)]
            if both:
                yield _depends(case, column, both)


def mixed(case: Case, one: Arranged, column: int) -> bool:
    """Whether a scene's stills get both verdicts."""
    said = case.subject.still_verdicts.cells_of(one.scene)[one.fair, column]
    return bool((said == Cell.TRUE).any() and (said == Cell.FALSE).any())


def _depends(case: Case, column: int, both: list[Arranged]) -> Failure:
    name = case.evidence.subtasks[column]
    verdicts = case.subject.still_verdicts
    # Where it is known what is right the plainest example is found.
    one = min(both, key=lambda m: m.kind not in EXPECTED)
    wrong: list[tuple[Scene, Still]] = []
    right: list[tuple[Scene, Still]] = []
    for scene in both:
        said = verdicts.cells_of(scene.scene)[:, column]
        expected = _expected(scene, said == Cell.TRUE)
        for still, cell, fair in zip(scene.scene.stills, said, scene.fair, strict=True):
            if fair and cell in {Cell.TRUE, Cell.FALSE}:
                (right if (cell == Cell.TRUE) == expected else wrong).append((scene.scene, still))
    still = next(s for scene, s in wrong if scene is one.scene)
    like = next(s for scene, s in right if scene is one.scene)
    said = verdicts.holds(one.scene)[one.fair, column]
    expected = bool(verdicts.holds(one.scene)[one.scene.stills.index(like), column])
    known = one.kind in EXPECTED
    return case.failure(
        f"{name} holds on {int(said.sum())} of {len(said)} pictures that show the very same scene "
        f"of {one.base.id} and differ only in where the agent is: not the same on "
        f"{called(one.scene, still)} and on {called(one.scene, like)}. The thing of which it tells "
        f"({where(one.place.changes[0])}) is the same on all of them; let {name} look at it alone, "
        f"wherever the agent stands. So it is in {count(len(both), 'scene')}, on {len(wrong)} of "
        f"{count(len(wrong) + len(right), 'still')}.{_agent(wrong, right)}",
        episode=one.base,
        frame=one.began if one.kind == "done" else None,
        still=still,
        beside=like,
        subtask=name,
        expected=str(expected) if known else "the same on both",
        actual=str(not expected),
    )


def _expected(one: Arranged, said: np.ndarray) -> bool:
    """What is right in a scene, or else what is said on most of its stills."""
    if one.kind in EXPECTED:
        return EXPECTED[one.kind]
    return bool(said[one.fair].mean() > 1 / 2)
