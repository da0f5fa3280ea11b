"""Small worlds of things on a plain ground, drawn here: no grid, 61x83 pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from synth.episode import Episode, EpisodeStore
from synth.spec import Spec, parse_spec

HEIGHT, WIDTH = 61, 83
Point = tuple[float, float]
RGB = tuple[int, int, int]

GROUND: RGB = (30, 30, 40)
RED: RGB = (220, 20, 20)
BLUE: RGB = (30, 60, 230)
GREEN: RGB = (20, 160, 40)
YELLOW: RGB = (240, 220, 30)
ANY: tuple[RGB, ...] = (YELLOW, (200, 60, 200), (60, 220, 220), (250, 140, 20), (240, 240, 240))

SPEC = parse_spec(
    """
env = "Things-v0"
[expert]
policy = "worlds:expert"
[target]
microseconds_per_frame = 1000000
""",
    name="things",
)


def plain() -> np.ndarray:
    """``uint8[61, 83, 3]``: the ground."""
    return np.full((HEIGHT, WIDTH, 3), GROUND, np.uint8)


def disc(picture: np.ndarray, at: Point, radius: float, colour: RGB, hole: float = 0) -> None:
    """Draw a disc, or a ring where there is a hole."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    apart = np.hypot(rows - at[0], columns - at[1])
    picture[(apart <= radius) & (apart >= hole)] = colour


def block(picture: np.ndarray, at: Point, half: int, colour: RGB) -> None:
    """Draw a square."""
    row, column = round(at[0]), round(at[1])
    picture[max(row - half, 0) : row + half + 1, max(column - half, 0) : column + half + 1] = colour


def path(*points: Point, steps: int = 8) -> list[Point]:
    """Straight lines through points."""
    found = [points[0]]
    for a, b in pairwise(points):
        found += [
            (a[0] + (b[0] - a[0]) * k / steps, a[1] + (b[1] - a[1]) * k / steps)
            for k in range(1, steps + 1)
        ]
    return found


@dataclass(frozen=True)
class Task:
    """What the loop works from."""

    spec: Spec
    store: EpisodeStore


Story = tuple[list[np.ndarray], list[bool]]


def task(draw: Callable[[np.random.Generator, str], Story], each: int = 5) -> Task:
    """Expert and random episodes of a world in both splits; experts stop at success."""
    frames: list[np.ndarray] = []
    episodes = []
    for split in ("visible", "held_out"):
        for kind in ("expert", "random"):
            for i in range(each):
                rng = np.random.default_rng([i, len(kind), len(split)])
                pictures, won = draw(rng, kind)
                if kind == "expert":
                    end = won.index(True) + 1
                    pictures, won = pictures[:end], won[:end]
                success = np.array(won)
                index = np.arange(len(frames), len(frames) + len(pictures))
                frames += pictures
                episodes.append(
                    Episode(
                        id=f"{'held-' if split == 'held_out' else ''}{kind}-{i:04}",
                        kind=kind,
                        split=split,
                        seed=i,
                        policy=kind,
                        frame_index=index.astype(np.int32),
                        actions=tuple(k % 3 for k in range(len(pictures) - 1)),
                        rewards=success[1:].astype(np.float64),
                        success=success,
                        truth={},
                    )
                )
    store = EpisodeStore(np.stack(frames), tuple(episodes), SPEC.episode_digest(), "Things-v0", {})
    return Task(SPEC, store)


def anywhere(rng: np.random.Generator, left: float = 10, right: float = 72) -> Point:
    """A point within the picture."""
    return float(rng.uniform(10, 50)), float(rng.uniform(left, right))


def disc_to_ring(rng: np.random.Generator, kind: str) -> Story:
    """A red disc that must come to lie within a blue ring."""
    start, ring = anywhere(rng, 10, 30), (int(rng.integers(12, 48)), int(rng.integers(45, 70)))
    beside = (ring[0], ring[1] - 14)
    way = (
        path(start, anywhere(rng), ring) if kind == "expert" else path(start, anywhere(rng), beside)
    )
    frames, won = [], []
    for point in way:
        at = (round(point[0]), round(point[1]))
        picture = plain()
        disc(picture, ring, 9, BLUE, 7)
        disc(picture, at, 4, RED)
        frames.append(picture)
        # The disc's box is inside the ring's: radii of 4 and 9 pixels.
        won.append(max(abs(at[k] - ring[k]) for k in (0, 1)) <= 9 - 4)
    return frames, won


def block_in_bowl(rng: np.random.Generator, kind: str) -> Story:
    """A block of any colour that a red hand carries into a green bowl."""
    colour = ANY[int(rng.integers(len(ANY)))]
    start, hand = anywhere(rng, 10, 30), anywhere(rng)
    bowl = (int(rng.integers(15, 45)), int(rng.integers(50, 70)))
    end = bowl if kind == "expert" else (bowl[0], bowl[1] - 20)
    frames, won = [], []
    for at, finger in [(start, p) for p in path(hand, start, steps=5)] + [
        (p, p) for p in path(start, end)
    ]:
        picture = plain()
        disc(picture, bowl, 9, GREEN)
        block(picture, at, 3, colour)
        disc(picture, (finger[0] - 6, finger[1]), 2, RED)
        frames.append(picture)
        # The block's box is inside the bowl's: half sides of 3 and 9 pixels.
        won.append(max(abs(round(at[k]) - bowl[k]) for k in (0, 1)) <= 9 - 3)
    return frames, won


def coin_then_box(rng: np.random.Generator, kind: str) -> Story:
    """A red disc takes a yellow coin, which vanishes, and then turns a blue box green."""
    start, coin, box = anywhere(rng, 10, 25), anywhere(rng, 35, 45), anywhere(rng, 60, 72)
    way = path(start, coin, box) if kind == "expert" else path(start, box, coin)
    frames, won, taken, opened = [], [], False, False
    for at in way:
        taken = taken or bool(np.hypot(at[0] - coin[0], at[1] - coin[1]) < 6)
        opened = opened or (taken and bool(np.hypot(at[0] - box[0], at[1] - box[1]) < 9))
        picture = plain()
        block(picture, box, 5, GREEN if opened else BLUE)
        if not taken:
            disc(picture, coin, 3, YELLOW)
        disc(picture, at, 3, RED)
        frames.append(picture)
        won.append(opened)
    return frames, won
