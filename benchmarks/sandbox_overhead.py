"""What the sandbox costs: ``python benchmarks/sandbox_overhead.py``.

Runs a program in this process and in the sandbox, on single frames (two tiles change from one to
the next, or all of them do) and in batches, and prints both side by side; then what starting a
worker costs, and how late after its deadline a program is dead. Figures are medians, in
microseconds per frame or in milliseconds. On a loaded machine trust the ratios. It does not judge:
there is no bar to pass here.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.errors import ProgramFault
from synth.sandbox import Sandbox
from synth.sandbox.guest import Guest

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

EMPTY = """
def goal(now, initial):
    return True

SUBTASKS = [goal]
"""

ORDINARY = """
from synth import vision

def perceive(frame):
    return vision.pack(frame)

def pick_up_key(now, initial):
    return vision.any_colour(initial, 0xFFFF00) and not vision.any_colour(now, 0xFFFF00)

def open_door(now, initial):
    return vision.count_colour(now, 0x646400) < vision.count_colour(initial, 0x646400)

def reach_goal(now, initial):
    return not vision.any_colour(now, 0x00FF00)

SUBTASKS = [pick_up_key, open_door, reach_goal]
"""

ENDLESS = EMPTY.replace("return True", "while True: pass")


def median(action: Callable[[], object], repeats: int) -> float:
    """Median seconds of an action, the first run left out."""
    action()
    took = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def here(source: str, subtasks: tuple[str, ...], initial: Any) -> Callable[..., bytes]:
    """The program in this process, called by the very code that calls it in a worker."""
    guest = Guest(source, subtasks)
    first = guest.see(initial)

    def check(frames: NDArray[np.uint8]) -> bytes:
        guest.begin()
        cells = bytearray(len(frames) * len(subtasks))
        for t, frame in enumerate(frames):
            guest.judge(t, (guest.see(frame), first), cells, t * len(subtasks))
        return bytes(cells)

    return check


def stepped(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Frames that follow one another as in a grid world: a tile is left, its neighbour entered."""
    tile = max(len(frame) // 6, 1)
    frames = np.repeat(frame[None], 36, axis=0)
    for k in range(36):
        row, column = (k // 6) * tile, (k % 6) * tile
        frames[k, row : row + tile, column : column + tile] = 255
    return frames


def compare(name: str, source: str, frames: NDArray[np.uint8], repeats: int) -> None:
    """Print one program's lines."""
    count = len(frames)
    pairs = np.column_stack([np.arange(count), np.zeros(count, int)])
    with Sandbox(source) as box:
        check = here(source, box.subtasks, frames[0])
        began = time.perf_counter()
        box.verdicts(frames, pairs)
        first = (time.perf_counter() - began) / count
        together = median(lambda: box.verdicts(frames, pairs), repeats) / count
        together_here = median(lambda: check(frames), repeats) / count
        initial = frames[0].copy()
        initial.flags.writeable = False  # as the wrappers have it
        singles = {}
        for row, pictures in {
            "one frame": stepped(frames[1]),
            "one frame, all new": frames,
        }.items():
            stacks, turn = pictures[:, None], itertools.count()

            def sandboxed(shown: Any = pictures, turn: Any = turn) -> object:
                return box.check(shown[next(turn) % len(shown)], initial)

            def inside(shown: Any = stacks, turn: Any = turn) -> object:
                return check(shown[next(turn) % len(shown)])

            took = median(sandboxed, repeats * 400)
            singles[row] = median(inside, repeats * 400), took
    rows = singles | {
        f"batch of {count}": (together_here, together),
        f"batch of {count}, fresh worker": (together_here, first),
    }
    for row, (near, far) in rows.items():
        print(f"{name:10}{row:32}{near * 1e6:12.1f}{far * 1e6:12.1f}{(far - near) * 1e6:12.1f}")


def kill_delay(deadline: float) -> float:
    """Seconds from the deadline until the endless program is dead and the caller knows."""
    with Sandbox(ENDLESS, deadline=deadline) as box:
        frame = np.zeros((96, 96, 3), np.uint8)
        began = time.perf_counter()
        try:
            box.check(frame, frame)
        except ProgramFault:
            return time.perf_counter() - began - deadline
    raise AssertionError("an endless program ended")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--size", type=int, default=96, help="pixels a side")
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    began = time.perf_counter()
    Sandbox(EMPTY).close()
    first = time.perf_counter() - began
    shape = (options.frames, options.size, options.size, 3)
    frames = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    print(f"frames of {options.size}x{options.size}, microseconds per frame (medians)\n")
    print(f"{'program':10}{'':32}{'in process':>12}{'sandbox':>12}{'overhead':>12}")
    for name, source in {"empty": EMPTY, "ordinary": ORDINARY}.items():
        compare(name, source, frames, options.repeats)
    start = median(lambda: Sandbox(EMPTY).close(), options.repeats * 3)
    delays = [kill_delay(0.2) for _ in range(options.repeats)]
    print(f"\nfirst sandbox of a process       {first * 1e3:8.1f} ms  (starts the zygote)")
    print(f"each further one, start to end   {start * 1e3:8.1f} ms")
    print(f"dead after the deadline by       {statistics.median(delays) * 1e3:8.1f} ms, ", end="")
    print(f"at worst {max(delays) * 1e3:.1f} ms of {len(delays)}")


if __name__ == "__main__":
    main()
