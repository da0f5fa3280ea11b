"""How fast the committed rewards are, beside the same checks without a sandbox and a mask.

    python benchmarks/rewards.py [TASK ...]

Everything is measured side by side in one run, in microseconds a frame:

- *single*: one frame sent to the sandbox, judged and answered; median;
- *batched*: all frames of the visible split in one call;
- *in-process*: what of it is the program's own functions, clocked where they run (model-written
  code runs nowhere else), clocks included;
- *single more*: what a single call takes beyond that;
- *mask*: a plain NumPy mask of one colour on the same frames, channel by channel, in this
  process.

It asserts nothing. All are measured in turns, ten times, and the best counts: other work on the
machine only ever adds time.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

import synth
from synth.task import TaskFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ROUNDS = 10
SINGLES = 400


@dataclass(frozen=True)
class Asked:
    """The frames of a committed reward's visible episodes, in the order of training.

    Attributes:
        frames: ``uint8[N, H, W, 3]``.
        pairs: ``int[P, 2]``, frame and initial frame.
        missions: Of each pair, where they vary.
    """

    frames: NDArray[np.uint8]
    pairs: NDArray[np.int64]
    missions: list[str] | None

    @classmethod
    def of(cls, task: TaskFolder, *, takes_mission: bool) -> Asked:
        """Those of a task."""
        asked = sorted(
            {
                (int(e.frame_index[0]), e.mission or "", int(now))
                for e in task.store.select(split="visible")
                for now in e.frame_index
            }
        )
        pairs = np.array([(now, first) for first, _, now in asked])
        frames = np.ascontiguousarray(task.store.frames[: int(pairs.max()) + 1])
        return cls(frames, pairs, [words for _, words, _ in asked] if takes_mission else None)

    def singles(self) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8], str | None]]:
        """The first few, each for a call of its own."""
        told: Sequence[str | None] = self.missions or [None] * len(self.pairs)
        some = zip(self.pairs[:SINGLES], told, strict=False)
        return [(self.frames[now], self.frames[first], words) for (now, first), words in some]


def single(reward: synth.Reward, asked: Asked) -> float:
    """Seconds of one call about one frame, the median."""
    times = []
    for frame, initial, words in asked.singles():
        began = time.perf_counter()
        reward.check(frame, initial, words)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def batched(reward: synth.Reward, asked: Asked) -> float:
    """Seconds for each frame of one call about all."""
    began = time.perf_counter()
    reward.verdicts(asked.frames, asked.pairs, asked.missions)
    return (time.perf_counter() - began) / len(asked.pairs)


def inside(sandbox: synth.Sandbox, asked: Asked) -> float:
    """Seconds for each frame within the program's own functions."""
    outer = {"perceive", "perceive_initial", *sandbox.subtasks}
    told = sandbox.profile(asked.frames, asked.pairs, asked.missions)
    return sum(one.microseconds for one in told if one.name in outer) * 1e-6


def mask(asked: Asked) -> float:
    """Seconds for each frame of a mask of one colour in this process."""
    some = asked.singles()
    began = time.perf_counter()
    for frame, _, _ in some:
        _ = (frame[..., 0] == 255) & (frame[..., 1] == 255) & (frame[..., 2] == 0)  # noqa: PLR2004 - yellow
    return (time.perf_counter() - began) / len(some)


def row(folder: Path) -> tuple[str, ...]:
    """One committed reward's line."""
    task = TaskFolder.read(folder)
    with synth.load(folder) as reward, synth.Sandbox(reward.source) as sandbox:
        asked = Asked.of(task, takes_mission=reward.takes_mission)
        # In turns: whatever else the host does for a while falls on all four.
        rounds = [
            (single(reward, asked), batched(reward, asked), inside(sandbox, asked), mask(asked))
            for _ in range(ROUNDS)
        ]
    one, many, own, plain = (1e6 * min(turns) for turns in zip(*rounds, strict=True))
    height, width = asked.frames.shape[1:3]
    return (
        task.name,
        f"{width}x{height}",
        f"{len(asked.pairs)}",
        *(f"{figure:.1f}" for figure in (one, many, own, one - own, plain)),
        f"{task.spec.target.microseconds_per_frame:.0f}",
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
        "single more",
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
