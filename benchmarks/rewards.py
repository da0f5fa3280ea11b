"""How fast the committed rewards are, beside the same checks without a sandbox and a mask.

    python benchmarks/rewards.py [TASK ...]

Everything is measured side by side in one run, in microseconds a frame:

- *single*: one frame sent to the sandbox, judged and answered; median;
- *batched*: all frames of the visible split in one call;
- *in-process*: what of it is the program's own functions, clocked where they run (model-written
  code runs nowhere else), clocks included;
- *mask*: a plain NumPy mask of one colour on the same frames, channel by channel, in this
  process.

It asserts nothing; each repeat is done five times and the best counts.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

import synth
from synth.task import TaskFolder

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 5
SINGLES = 400


def best(measure: Callable[[], float]) -> float:
    """The least of a few repeats: other work on the machine only ever adds time."""
    return 1e6 * min(measure() for _ in range(REPEATS))


def row(folder: Path) -> tuple[str, ...]:
    """One committed reward's line."""
    task = TaskFolder.read(folder)
    # Each frame beside its initial one and with its mission, episode by episode, as in training.
    asked = sorted(
        {
            (int(e.frame_index[0]), e.mission or "", int(now))
            for e in task.store.select(split="visible")
            for now in e.frame_index
        }
    )
    pairs = np.array([(now, first) for first, _, now in asked])
    frames = np.ascontiguousarray(task.store.frames[: int(pairs.max()) + 1])
    with synth.load(folder) as reward:
        told = [mission for _, mission, _ in asked] if reward.takes_mission else None
        reward.verdicts(frames, pairs, told)
        some = asked[:SINGLES]

        def single() -> float:
            times = []
            for first, mission, now in some:
                words = mission if reward.takes_mission else None
                began = time.perf_counter()
                reward.check(frames[now], frames[first], words)
                times.append(time.perf_counter() - began)
            return statistics.median(times)

        def batched() -> float:
            began = time.perf_counter()
            reward.verdicts(frames, pairs, told)
            return (time.perf_counter() - began) / len(pairs)

        def mask() -> float:
            began = time.perf_counter()
            for _, _, now in some:
                frame = frames[now]
                _ = (frame[..., 0] == 255) & (frame[..., 1] == 255) & (frame[..., 2] == 0)  # noqa: PLR2004 - yellow
            return (time.perf_counter() - began) / len(some)

        with synth.Sandbox(reward.source) as sandbox:
            outer = {"perceive", "perceive_initial", *reward.subtasks}
            inside = min(
                sum(t.microseconds for t in sandbox.profile(frames, pairs, told) if t.name in outer)
                for _ in range(REPEATS)
            )
        height, width = frames.shape[1:3]
        target = task.spec.target.microseconds_per_frame
        return (
            task.name,
            f"{width}x{height}",
            f"{len(pairs)}",
            f"{best(single):.1f}",
            f"{best(batched):.1f}",
            f"{inside:.1f}",
            f"{best(mask):.1f}",
            f"{target:.0f}",
        )


def main() -> None:
    """Print the table for the tasks named, or for all that are committed."""
    named = [Path("generated") / name for name in sys.argv[1:]]
    folders = named or sorted(p.parent for p in Path("generated").glob("*/reward.py"))
    table = Table(
        "task",
        "pixels",
        "frames",
        "single",
        "batched",
        "in-process",
        "mask",
        "target",
        title="microseconds a frame",
        box=None,
    )
    for folder in folders:
        table.add_row(*row(folder))
    Console().print(table)


if __name__ == "__main__":
    main()
