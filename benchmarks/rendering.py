"""Prints microseconds per frame of MiniGrid's own render and of the cached tiles.

``python benchmarks/rendering.py``. Of the cached tiles only those that changed are drawn. Both
pictures are compared on the way: a faster renderer that draws something else would be of no
use. Ratios travel between machines; absolute figures do not.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.minigrid.renderer import TileRenderer
from synth.envs.minigrid.simulator import MiniGridSimulator
from synth.spec import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable

ENVS = ("MiniGrid-DoorKey-6x6-v0", "MiniGrid-UnlockPickup-v0", "MiniGrid-FourRooms-v0")
TILE_SIZE, STEPS, REPEATS = 16, 40, 5
SPEC = 'env = "{env}"\n[expert]\npolicy = "synth.envs.minigrid:planner"\n'


def main() -> None:
    """Measure every environment with highlight off and on, and print a table."""
    print(f"microseconds per frame, {TILE_SIZE}-pixel tiles, best of {REPEATS}")
    print(f"{'environment':28} {'highlight':>9} {'MiniGrid':>9} {'cached':>7} {'ratio':>6}")
    for env_id in ENVS:
        for highlight in (False, True):
            native, cached = _measure(env_id, highlight=highlight)
            ratio = native / cached
            print(f"{env_id:28} {highlight!s:>9} {native:9.0f} {cached:7.0f} {ratio:6.1f}")


def _measure(env_id: str, *, highlight: bool) -> tuple[float, float]:
    simulator = MiniGridSimulator(parse_spec(SPEC.format(env=env_id), name="bench"))
    renderer = TileRenderer(tile_size=TILE_SIZE, highlight=highlight)
    native, cached = [], []
    for _ in range(REPEATS):  # the same episode: both sides have drawn its tiles before
        rng = np.random.default_rng(0)
        simulator.reset(0)
        ours, theirs = 0.0, 0.0
        for _ in range(STEPS):
            simulator.env.step(simulator.random_action(rng))
            seconds, theirs_frame = _timed(
                lambda: simulator.env.get_frame(highlight=highlight, tile_size=TILE_SIZE)
            )
            theirs += seconds
            seconds, ours_frame = _timed(lambda: renderer.render(simulator.env))
            ours += seconds
            if not np.array_equal(ours_frame, theirs_frame):
                raise SystemExit(f"{env_id}: the cached picture differs from MiniGrid's own")
        native.append(theirs / STEPS * 1e6)
        cached.append(ours / STEPS * 1e6)
    return min(native), min(cached)


def _timed(draw: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    picture = draw()
    return time.perf_counter() - start, picture


if __name__ == "__main__":
    main()
