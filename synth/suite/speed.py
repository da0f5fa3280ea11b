"""How fast a program is, sandbox included.

It measures and asserts nothing: whether a time is good enough depends on the machine.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from synth.program import parse
from synth.sandbox import CONFINED

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from synth.sandbox import Sandboxes

__all__ = ["Speed", "measure_speed"]

REPEATS = 3
BUDGET = 0.3  # seconds for one repeat of each kind


@dataclass(frozen=True, slots=True)
class Speed:
    """Microseconds per frame.

    Attributes:
        single_us: A frame on its own: sent, judged and answered. Median over frames.
        batched_us: The same in one batch of all frames.
    """

    single_us: float
    batched_us: float


def measure_speed(
    source: str,
    frames: NDArray[np.uint8],
    initial: NDArray[np.uint8],
    *,
    mission: str | None = None,
    sandboxes: Sandboxes = CONFINED,
) -> Speed:
    """Time a program on frames of an episode.

    Each kind is repeated a few times and the best repeat counts, since other work on the
    machine only ever adds time.

    Args:
        source: A program that parses and lints.
        frames: ``uint8[T, H, W, 3]``; a few hundred of different episodes tell the most.
        initial: ``uint8[H, W, 3]``.
        mission: The words of the episode, where they vary.
        sandboxes: Where it runs.

    Raises:
        ProgramSyntaxError: It is not a reward program.
        ProgramFault: It fails on one of the frames.
        SandboxUnavailable: This machine cannot confine it.
    """
    with sandboxes.open(parse(source)) as sandbox:
        sandbox.check(frames, initial, mission)  # the first call loads the program

        def single() -> float:
            times, spent = [], 0.0
            for frame in frames:
                times.append(_seconds(partial(sandbox.check, frame, initial, mission)))
                # A slow program would take minutes; its median is known after a few frames.
                spent += times[-1]
                if spent > BUDGET:
                    break
            return statistics.median(times)

        def batched() -> float:
            return _seconds(partial(sandbox.check, frames, initial, mission)) / len(frames)

        return Speed(
            single_us=1e6 * min(single() for _ in range(REPEATS)),
            batched_us=1e6 * min(batched() for _ in range(REPEATS)),
        )


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
