"""Checks that a sub-task tells how its thing is arranged, whatever else has been done.

Near misses put a thing down where the expert happened to pass, and undo only what is done
again. Scenes put it down everywhere, with the door open and shut, and undo what nobody needs any
more. What is right there is known from the same look elsewhere: a sub-task that tells of a thing
says the same wherever that thing is arranged alike (`synth.suite.arrangements`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.sandbox import Cell
from synth.suite.arrangements import arranged
from synth.suite.checks.stills import EXPECTED, called, mixed, require_scenes
from synth.suite.diagnosis import count
from synth.suite.registry import check
from synth.suite.scene_events import require_events, where
from synth.suite.shared import agent_box, apart
from synth.suite.things import ENOUGH, needed_earlier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Split, Still
    from synth.failure import Failure
    from synth.suite.arrangements import Arranged, ThingState
    from synth.suite.registry import Case
    from synth.vision import Box

__all__: list[str] = []


@dataclass(frozen=True, slots=True)
class _Told:
    """One still, and what a sub-task says of it."""

    one: Arranged
    still: Still
    holds: bool


@check("scenes")
def notices_things_put_down_everywhere(case: Case) -> Iterator[Failure]:
    """A sub-task says the same of its thing wherever it has been put down."""
    _require(case)
    for split in case.subject.splits:
        for column, scenes in arranged(case, split).items():
            told = _told(case, column, scenes, "elsewhere")
            if len({t.holds for t in told}) > 1:
                yield _somewhere(case, column, told)


@check("scenes")
def notices_what_is_undone_after_use(case: Case) -> Iterator[Failure]:
    """A sub-task does not hold where its thing is undone, also when nothing needs it any more."""
    _require(case)
    for split in case.subject.splits:
        for column, scenes in arranged(case, split).items():
            for kind in ("undone", "first"):
                told = _told(case, column, scenes, kind)
                if any(t.holds for t in told):
                    yield _still_holds(case, column, told)
                    break


@check("scenes")
def holds_whatever_else_is_done(case: Case) -> Iterator[Failure]:
    """A sub-task holds in every scene in which its thing is as it should be."""
    _require(case)
    for split in case.subject.splits:
        for column, scenes in arranged(case, split).items():
            # Where the agent decides, another check says so, and whole scenes are wrong by chance.
            if any(mixed(case, one, column) for one in scenes):
                continue
            told = _told(case, column, scenes, "done")
            missed = [
                t for t in told if not (t.holds or _lacks_an_earlier_one(case, split, t, column))
            ]
            if missed:
                yield _missed(case, column, missed, told)


def _require(case: Case) -> None:
    require_scenes(case)
    require_events(case, experts=ENOUGH)


def _told(case: Case, column: int, scenes: list[Arranged], kind: ThingState) -> list[_Told]:
    """The fair stills of the scenes of a kind, with their verdicts."""
    verdicts = case.subject.still_verdicts
    return [
        _Told(one, still, bool(cell == Cell.TRUE))
        for one in scenes
        if one.kind == kind
        for still, cell, fair in zip(
            one.scene.stills, verdicts.cells_of(one.scene)[:, column], one.fair, strict=True
        )
        if fair and cell in {Cell.TRUE, Cell.FALSE}
    ]


def _somewhere(case: Case, column: int, told: list[_Told]) -> Failure:
    """Two readings are right, *held* and *moved from there*; what is not is a bit of each."""
    name = case.evidence.subtasks[column]
    yes, no = [t for t in told if t.holds], [t for t in told if not t.holds]
    # It holds in few places: then it is blind there. In most, it may mean that it was moved.
    held = len(yes) <= len(no)
    wrong, right = (yes, no) if held else (no, yes)
    t = next((t for t in wrong if t.one.ahead), wrong[0])
    beside = next((r for r in right if r.one.base is t.one.base), None)
    row, side = t.one.lies[0]
    again = (
        " The expert, called from there, takes it again before it succeeds, so nothing is done."
        if held and t.one.ahead
        else ""
    )
    other = (
        f", and {'not ' if held else ''}on {called(beside.one.scene, beside.still)}, where it lies "
        f"at row {beside.one.lies[0][0]}, column {beside.one.lies[0][1]}"
        if beside
        else ""
    )
    holds = "holds" if held else "does not hold"
    places = f"{len(wrong)} of {count(len(told), 'still')} in which it lies elsewhere"
    return case.failure(
        f"{name} {holds} on {called(t.one.scene, t.still)}, where the thing of which it tells "
        f"({where(t.one.place.changes[0])} at first) lies at row {row}, column {side}{other}."
        f"{again} Where it lies must not matter: let {name} look for it in the whole image. So it "
        f"is on {places}.{_lying(wrong, right)}{_agent(wrong, right)}",
        episode=t.one.base,
        still=t.still,
        beside=beside.still if beside else None,
        subtask=name,
        expected=str(not held) if held else "the same wherever it lies",
        actual=str(held),
    )


def _still_holds(case: Case, column: int, told: list[_Told]) -> Failure:
    name = case.evidence.subtasks[column]
    wrong, right = [t for t in told if t.holds], [t for t in told if not t.holds]
    t = wrong[0]
    if t.one.kind == "first":
        how = "looks there as in the initial image"
    else:
        known = next(o.one.scene.id for o in told if o.one.ahead and o.one.base is t.one.base)
        how = (
            f"is not as it should be there: in {known}, where it looks the same, the expert still "
            "has to change it before it succeeds"
        )
    beside = next((r.still for r in right if r.one.base is t.one.base), None)
    return case.failure(
        f"{name} holds on {called(t.one.scene, t.still)}, although the thing of which it tells "
        f"({where(t.one.place.changes[0])}) {how}. Compare it with frame {t.one.began} of "
        f"{t.one.base.id}, where it is done. What has been undone is not done, wherever the agent "
        "is and whether or not anything needs it any more: let it look at the thing alone. So it "
        f"is on {len(wrong)} of {count(len(told), 'such still')}.{_agent(wrong, right)}",
        episode=t.one.base,
        frame=t.one.began,
        still=t.still,
        beside=beside,
        subtask=name,
        expected=str(EXPECTED[t.one.kind]),
        actual="True",
    )


def _missed(case: Case, column: int, missed: list[_Told], told: list[_Told]) -> Failure:
    name = case.evidence.subtasks[column]
    t = missed[0]
    scenes = len({m.one.scene.id for m in missed})
    every = len({m.one.scene.id for m in told})
    return case.failure(
        f"{name} does not hold on {called(t.one.scene, t.still)}, nor on any other picture of "
        f"that scene, although the thing of which it tells ({where(t.one.place.changes[0])}) looks "
        f"there as on frame {t.one.began} of {t.one.base.id}, where {name} begins to hold, and "
        "lies nowhere else: only other things are arranged otherwise. Let it look at its own thing "
        f"alone. So it is in {scenes} of {count(every, 'such scene')}.",
        episode=t.one.base,
        frame=t.one.began,
        still=t.still,
        subtask=name,
        expected="True",
        actual="False",
    )


def _lacks_an_earlier_one(case: Case, split: Split, t: _Told, column: int) -> bool:
    """Whether an earlier sub-task that every success needs does not hold there.

    *Both doors are open* does not hold where the first one has been shut, and rightly.
    """
    said = case.subject.still_verdicts.holds(t.one.scene)[t.one.scene.stills.index(t.still)]
    return not all(said[j] for j in needed_earlier(case.subject, split, column))


def _lying(wrong: list[_Told], right: list[_Told]) -> str:
    """What the places have in common at which the thing lies in wrong stills."""
    return apart("it lies", [_lies(t) for t in wrong], [_lies(t) for t in right])


def _lies(t: _Told) -> Box:
    top, left, bottom, right = t.one.place.changes[0].box
    row, column = t.one.lies[0]
    return row, column, row + bottom - top, column + right - left


def _agent(wrong: list[_Told], right: list[_Told]) -> str:
    boxes = [
        [box for t in some if (box := agent_box(t.one.scene, t.still)) is not None]
        for some in (wrong, right)
    ]
    return apart("the agent is", boxes[0], boxes[1])
