"""What recording costs as it grows: peak memory, and seconds for each episode.

    python benchmarks/recording.py [EPISODES ...]

Each size is recorded, written and read back in a process of its own: so many episodes of
MiniGrid-DoorKey-6x6 in pictures of 96 pixels, half of them an expert's and half random.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (30, 120, 480)
MEGABYTE = 1e6 if sys.platform == "darwin" else 1e3  # of the unit of `ru_maxrss`


def main() -> None:
    """Run one process for each size and print its figures."""
    sizes = [int(n) for n in sys.argv[1:]] or SIZES
    print("episodes   frames   peak MB   s an episode")
    for size in sizes:
        print(
            subprocess.check_output([sys.executable, __file__, "one", str(size)], text=True), end=""
        )


def one(episodes: int) -> None:
    """Record so many episodes, and print a line."""
    from synth.record import record_folder  # noqa: PLC0415 - the parent process stays small
    from synth.spec import parse_spec  # noqa: PLC0415

    each = episodes // 4
    spec = parse_spec(
        'env = "MiniGrid-DoorKey-6x6-v0"\nmax_steps = 200\n[render]\ntile_size = 16\n'
        f'[expert]\npolicy = "synth.envs.minigrid:planner"\nepisodes = {each}\n'
        f"[random]\nepisodes = {each}\n[held_out]\nepisodes = {each}\n",
        name="recording",
    )
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        store = record_folder(spec, Path(folder) / "episodes")
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    count = len(store.episodes)
    print(f"{count:8d} {len(store.frames):8d} {peak:9.0f} {seconds / count:14.3f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(int(sys.argv[2]))
    else:
        main()
