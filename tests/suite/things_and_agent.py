"""Two things and an agent in a strip of tiles, for tests of what a sub-task tells of.

A picture is written as what is where, tile by tile, from left to right: ``a`` and ``b`` are
things, ``A`` and ``B`` the same put into another look, ``x`` is the agent, ``.`` bare ground, and
``g`` at the end says that this is a success. Two things never share a tile with the agent::

    "a.xb. .x.b. .x.B.g"

Here the agent takes ``a`` with its first action, and turns ``b`` with its second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from lamps import plan_of, task_of

from synth.episode import Episode, Scene, SceneEvent, Still

if TYPE_CHECKING:
    from synth.task.folder import TaskFolder

SIDE = 4
SHADES = {"a": 200, "b": 150, "A": 100, "B": 120, "x": 250, ".": 0}

A_GONE = "not bool((frame[:4] == 200).any())"
"""Right: the first thing is nowhere to be seen."""

B_TURNED = "bool((frame[:4] == 120).any())"
"""Right: the second thing has its other look."""

GOAL = "bool(frame[-1, -1, 0] == 255)"


def picture(written: str) -> np.ndarray:
    """``uint8[5, 4 * tiles, 3]`` of what is written."""
    tiles = written.removesuffix("g")
    frame = np.zeros((SIDE + 1, SIDE * len(tiles), 3), dtype=np.uint8)
    for at, what in enumerate(tiles):
        if what == ".":
            continue
        tile = frame[:SIDE, SIDE * at : SIDE * (at + 1)]
        tile[:] = SHADES[what]
        tile[1:3, 1:3] = 50
    frame[-1, -1] = 255 * written.endswith("g")
    return frame


def events(pictures: list[str]) -> tuple[SceneEvent, ...]:
    """What changes where a thing was at first, the agent aside."""
    bare = [p.removesuffix("g").replace("x", ".") for p in pictures]
    found = []
    for t in range(1, len(bare)):
        for at, first in enumerate(bare[0]):
            before, now = bare[t - 1][at], bare[t][at]
            if first != "." and before != now:
                box = (0, SIDE * at, SIDE, SIDE * (at + 1))
                found.append(SceneEvent(t, box, leaves=before == first, returns=now == first))
    return tuple(found)


def acted(
    *written: tuple[str, str], stages: str = "a b g", split: str = "visible", seen: bool = True
) -> TaskFolder:
    """A task from episodes as pairs of a note and pictures; without a note it is an expert.

    Args:
        written: The episodes.
        stages: The plan, as `lamps.plan_of` takes it.
        split: Of all episodes.
        seen: Whether the events were recorded.
    """
    frames: list[np.ndarray] = []
    episodes = []
    for number, (note, text) in enumerate(written):
        parts = text.split()
        kind = "near_miss" if note else "expert"
        success = np.array([part.endswith("g") for part in parts])
        index = np.arange(len(frames), len(frames) + len(parts), dtype=np.int32)
        frames += [picture(part) for part in parts]
        episodes.append(
            Episode(
                id=f"{kind.replace('_', '-')}-{number:04d}",
                kind=kind,
                split=split,
                seed=number,
                policy="test",
                frame_index=index,
                actions=tuple(range(len(parts) - 1)),
                rewards=success[1:].astype(np.float64),
                success=success,
                truth={},
                note=note,
                scene_events=events(parts) if seen else None,
            )
        )
    return task_of(stages, *episodes, frames=frames)


def scene(
    number: int,
    base: str,
    bare: str,
    *,
    way: str = "",
    ahead: str | None = "",
    split: str = "visible",
    only: str = "",
) -> Scene:
    """A scene of a world, with a still for each place where the agent fits.

    Args:
        number: Of its id.
        base: Id of the episode in whose world it is.
        bare: What is where, without the agent; ``g`` at the end makes all stills successes.
        way: What was done, words apart by a comma.
        ahead: The tiles that the expert still changes, as digits; ``None`` where it fails.
        split: Of the scene.
        only: The tiles, as digits, on which the agent is shown; all free ones by default.
    """
    name = f"{'held-' if split == 'held_out' else ''}scene-{number:04d}"
    free = [at for at, what in enumerate(bare) if what == "." and (not only or str(at) in only)]
    stills = tuple(
        Still(
            f"{name}/{n}",
            picture(f"{bare[:at]}x{bare[at + 1 :]}"),
            bare.endswith("g"),
            {},
            f"the agent on tile {at}",
        )
        for n, at in enumerate(free)
    )
    boxes = tuple((0, SIDE * int(at), SIDE, SIDE * (int(at) + 1)) for at in ahead or "")
    return Scene(
        name,
        base,
        split,
        tuple(way.split(", ")) if way else (),
        picture(bare),
        None if ahead is None else boxes,
        stills,
    )


__all__ = ["A_GONE", "B_TURNED", "GOAL", "acted", "picture", "plan_of", "scene"]
