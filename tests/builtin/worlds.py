"""Small tile worlds, drawn here: things on a black ground within grey walls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from synth.failure import Failure
from synth.prompts.requests import Demonstration, FailureReport, Shot

TILE, SIDE = 8, 6
GREY = (100, 100, 100)
COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "purple": (112, 39, 195),
}
Cell = tuple[int, int]

SHAPES = {
    "walker": [(r, c) for r in range(1, 7) for c in range(2, r + 1)],
    "key": [(r, 3) for r in range(1, 7)] + [(5, 4), (3, 4), (1, 4)],
    "box": [(r, c) for r in range(1, 7) for c in range(1, 7) if r in {1, 6} or c in {1, 6}],
    "plate": [(r, c) for r in range(TILE) for c in range(TILE)],
}


def scene(things: Mapping[Cell, tuple[str, str]]) -> np.ndarray:
    """``uint8[48, 48, 3]``: walls around, a ground with a faint grid, and things as given.

    A ``door`` is a full tile with a dark inside, an ``open`` one a line at its left edge, and
    a ``shut`` one a full tile with a hole: open and shut have equally many pixels drawn.
    """
    picture = np.zeros((SIDE * TILE, SIDE * TILE, 3), np.uint8)
    picture[::TILE] = picture[:, ::TILE] = GREY
    for k in (slice(TILE), slice(-TILE, None)):
        picture[k] = picture[:, k] = GREY
    for (row, column), (shape, colour) in things.items():
        tile = picture[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]
        rgb = np.array(COLOURS[colour], np.uint8)
        if shape == "door":
            tile[:] = rgb
            tile[1:-1, 1:-1] = rgb // 2
        elif shape == "open":
            tile[:] = 0
            tile[:, 0] = rgb
        elif shape == "shut":
            tile[:] = rgb
            tile[1:3, 2:6] = 0
        else:
            for r, c in SHAPES[shape]:
                tile[r, c] = rgb
    return picture


def shot(name: str, frame: np.ndarray) -> Shot:
    """A picture with a caption that says nothing."""
    return Shot(name, "a picture", frame)


def demonstration(name: str, frames: Sequence[np.ndarray]) -> Demonstration:
    """Pictures in order."""
    shots = tuple(shot(f"{name}-frame-{k:04d}", frame) for k, frame in enumerate(frames))
    return Demonstration(name, shots)


def lock_and_key(colour: str, key: Cell, door: Cell, start: Cell) -> list[np.ndarray]:
    """A walker takes the key, walks, and opens the door: seven frames."""
    far = (4, 4) if start != (4, 4) else (4, 1)
    return [
        scene({start: ("walker", "red"), key: ("key", colour), door: ("door", colour)}),
        scene({far: ("walker", "red"), key: ("key", colour), door: ("door", colour)}),
        scene({(4, 2): ("walker", "red"), key: ("key", colour), door: ("door", colour)}),
        scene({(4, 2): ("walker", "red"), door: ("door", colour)}),
        scene({(3, 2): ("walker", "red"), door: ("door", colour)}),
        scene({(2, 2): ("walker", "red"), door: ("door", colour)}),
        scene({(2, 2): ("walker", "red"), door: ("open", colour)}),
    ]


def lock_demonstrations(names: Sequence[str] = ("a", "b", "c")) -> tuple[Demonstration, ...]:
    """Three colours, three layouts; the first at length."""
    whole = lock_and_key("yellow", (1, 1), (2, 4), (4, 4))
    others = [
        lock_and_key("blue", (3, 3), (1, 4), (1, 2)),
        lock_and_key("purple", (2, 1), (3, 4), (4, 3)),
    ]
    return (
        demonstration(names[0], whole),
        *(
            demonstration(name, [frames[0], frames[-1]])
            for name, frames in zip(names[1:], others, strict=True)
        ),
    )


def complaint(
    subtask: str | None,
    shots: Sequence[Shot],
    labels: Sequence[bool | None],
    message: str = "Wrong.",
) -> FailureReport:
    """A failure on pictures."""
    failure = Failure("random::goal", "random", message, "random-0000", 1, subtask)
    return FailureReport(failure, tuple(shots), labels=tuple(labels))
