"""How a thing is arranged in a scene: as at first, as it should be, elsewhere, or otherwise.

A scene's backdrop shows the thing's first place and, by its look, where else it lies. What the
expert's episode shows of that place when the sub-task began to hold is how it should be. So each
scene is of one *kind* for each sub-task that tells of a thing:

- ``first``: the place looks as in the first picture; nothing has been done.
- ``done``: the place looks as when the sub-task began to hold, and the thing lies nowhere else.
- ``elsewhere``: the thing lies somewhere else, and not where it is seen when the sub-task begins
  to hold: a picture may show what is carried.
- ``undone``: the thing never leaves its place, which looks like neither of the two, and somewhere
  in that world the expert still changes it from this very look before it succeeds.
- ``unknown``: nobody can tell.

A sub-task that tells of the thing says the same in all scenes of one kind, but for ``unknown``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from synth.suite.looks import cut, look_of, overlap, spots
from synth.suite.scene_events import places
from synth.suite.things import own_place, tells_of
from synth.vision import pack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from synth.episode import Episode, Scene, Split
    from synth.suite.registry import Case
    from synth.suite.scene_events import Place
    from synth.vision import Box

__all__ = ["Arranged", "ThingState", "arranged"]

ThingState = Literal["first", "done", "elsewhere", "undone", "unknown"]


@dataclass(frozen=True, eq=False, slots=True)
class _World:
    """What a sub-task tells of in one world."""

    base: Episode
    place: Place
    began: int
    initial: NDArray[np.uint32]
    first: NDArray[np.uint32]
    done: NDArray[np.uint32]
    look: NDArray[np.uint32] | None
    kept: tuple[tuple[int, int], ...]
    """Where its look is seen when the sub-task begins to hold: in the hand that took it."""


@dataclass(frozen=True, eq=False, slots=True)
class Arranged:
    """A scene, as one sub-task's thing is arranged in it. S stills.

    Attributes:
        scene: The scene.
        base: The episode in whose world it is.
        place: The thing's first place.
        began: The frame of `base` on which the sub-task began to hold.
        kind: How the thing is arranged.
        lies: Where its look is seen elsewhere, top left corners.
        ahead: Whether the expert, called from there, still changes it where it is now.
        fair: ``bool[S]``, the stills in which it can be seen: no success, whose last action may
            have changed the scene, and most of what tells it is not covered by the agent.
    """

    scene: Scene
    base: Episode
    place: Place
    began: int
    kind: ThingState
    lies: tuple[tuple[int, int], ...]
    ahead: bool
    fair: NDArray[np.bool_]


def arranged(case: Case, split: Split) -> dict[int, list[Arranged]]:
    """The scenes of a split, for each sub-task that tells of a thing.

    Returns:
        The sub-task's column to the scenes of those worlds in which its thing is known.
    """
    return case.subject.keep(f"arranged {split}", lambda: _arranged(case, split))


def _arranged(case: Case, split: Split) -> dict[int, list[Arranged]]:
    mine = tells_of(case.evidence, case.subject.episodes("expert", split))
    scenes = [_Stage.of(scene) for scene in case.subject.scenes if scene.split == split]
    return {column: _kinds(list(_of(case, column, scenes))) for column in sorted(mine)}


@dataclass(frozen=True, eq=False, slots=True)
class _Stage:
    """A scene, its backdrop ``uint32[H, W]``, and where the agent hides it in each still."""

    scene: Scene
    backdrop: NDArray[np.uint32]
    hidden: tuple[NDArray[np.bool_], ...]

    @classmethod
    def of(cls, scene: Scene) -> Self:
        backdrop = pack(scene.backdrop)
        return cls(scene, backdrop, tuple(pack(s.frame) != backdrop for s in scene.stills))


@dataclass(frozen=True, eq=False, slots=True)
class _Seen:
    """A scene and its world, before it is known what other scenes show."""

    world: _World
    stage: _Stage
    here: NDArray[np.uint32]
    lies: tuple[tuple[int, int], ...]
    ahead: bool


def _of(case: Case, column: int, stages: list[_Stage]) -> Iterator[_Seen]:
    store, worlds = case.subject.task.store, {}
    for stage in stages:
        scene, backdrop = stage.scene, stage.backdrop
        if scene.base not in worlds:
            worlds[scene.base] = _world(case, store[scene.base], column)
        world = worlds[scene.base]
        if world is None:
            continue
        lies: list[tuple[int, int]] = []
        if world.look is not None:
            top, left = world.place.changes[0].box[:2]
            known = ((top, left), *world.kept)
            lies = [at for at in spots(backdrop, world.look) if at not in known]
        now = _boxes(world, tuple(lies)) or [world.place.box]
        ahead = any(overlap(one, box) for one in now for box in scene.ahead or ())
        yield _Seen(world, stage, cut(backdrop, world.place.box), tuple(lies), ahead)


def _world(case: Case, base: Episode, column: int) -> _World | None:
    if base.scene_events is None:
        return None
    story = places(base, to_the_end=True)
    place = own_place(case.evidence, base, column, story)
    if place is None:
        return None
    holds = case.evidence.holds(base)[:, column]
    began = next(c.frame for c in place.changes if holds[c.frame] and not holds[c.frame - 1])
    store = case.subject.task.store
    initial, then = (pack(store.frames[base.frame_index[t]]) for t in (0, began))
    look, corner = look_of(initial, place.changes[0].box), place.changes[0].box[:2]
    kept = () if look is None else tuple(at for at in spots(then, look) if at != corner)
    return _World(
        base,
        place,
        began,
        initial,
        cut(initial, place.box),
        cut(then, place.box),
        look,
        kept,
    )


def _kinds(seen: list[_Seen]) -> list[Arranged]:
    moves = any(one.lies for one in seen)
    undone = [
        one
        for one in seen
        if not moves
        and one.ahead
        and _stays(one.world)
        and not np.array_equal(one.here, one.world.done)
    ]

    def kind(one: _Seen) -> ThingState:
        if np.array_equal(one.here, one.world.first):
            return "first"
        if one.lies:
            return "elsewhere"
        # A thing whose look is not its own may lie anywhere.
        if one.world.look is None:
            return "unknown"
        if np.array_equal(one.here, one.world.done):
            return "done"
        alike = (o for o in undone if o.world is one.world and np.array_equal(o.here, one.here))
        return "undone" if any(True for _ in alike) else "unknown"

    return [
        Arranged(
            one.stage.scene,
            one.world.base,
            one.world.place,
            one.world.began,
            kind(one),
            one.lies,
            one.ahead,
            _fair(one),
        )
        for one in seen
    ]


def _stays(world: _World) -> bool:
    """Whether something is left of a thing when it is done, and not bare ground alone.

    What was taken away leaves ground, and what lies there later is another thing.
    """
    done = world.done
    return not (done == done[0, 0]).all() and not spots(world.initial, done)


def _fair(one: _Seen) -> NDArray[np.bool_]:
    """Which stills show how the thing is arranged, as far as the agent does not hide it."""
    telling = one.world.first != one.world.done
    fair = []
    for still, hidden in zip(one.stage.scene.stills, one.stage.hidden, strict=True):
        covered = cut(hidden, one.world.place.box) & telling
        fair.append(
            not still.success
            and not any(cut(hidden, box).any() for box in _boxes(one.world, one.lies))
            and int(covered.sum()) * 2 <= int(telling.sum())
        )
    return np.array(fair, dtype=np.bool_)


def _boxes(world: _World, lies: tuple[tuple[int, int], ...]) -> list[Box]:
    """Where a thing lies elsewhere."""
    height, width = (0, 0) if world.look is None else world.look.shape
    return [(r, c, r + height, c + width) for r, c in lies]
