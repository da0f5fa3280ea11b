"""How fanning out grows: one matrix with 1, 2 and 4 workers, side by side in one run.

``python benchmarks/fanout.py`` starts a service on the loopback that answers in 2 s, and has the
same samples made by each number of workers, each time anew. ``--scheduler`` takes Dask workers
instead of processes; then there is one measurement, with as many as are there.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from fanout_world import REQUESTS, Service, make_checkout, repeated

from synth.matrix import MatrixOptions, columns_of, measure_matrix
from synth.scheduling import hire


def measure(workers: int, samples: int, url: str) -> float:
    """Seconds for all samples, from starting the workers to the last verdict."""
    columns = [one for one in columns_of(["openai:sleepy"]) if one.model != "builtin"]
    options = MatrixOptions(samples=samples, access={"base_url": url})
    begun = time.perf_counter()
    with hire(jobs=workers) as crew:
        found = measure_matrix([Path("generated/walk")], columns, options, crew)
    seconds = time.perf_counter() - begun
    if found.cell(0).passed != samples:
        raise SystemExit(
            "\n".join(str(p.error) for p in found.problems)
            + "\n".join(s.reason for _, s in found.samples)
        )
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 4, 2])
    parser.add_argument("--samples", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one answer")
    told = parser.parse_args()
    os.environ.setdefault("OPENAI_API_KEY", "none-is-needed")
    found: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        first = home / "first"
        first.mkdir()
        os.chdir(first)
        make_checkout(first)
        for workers in told.workers:
            place = home / f"with-{workers}"
            place.mkdir()
            (place / "generated").symlink_to(first / "generated")
            os.chdir(place)
            with Service(place / "service", told.seconds) as service:
                found[workers] = measure(workers, told.samples, service.url)
                arrived = service.arrived()
            print(
                f"{workers} workers: {found[workers]:.1f} s for {told.samples} samples of "
                f"{REQUESTS} requests, {arrived.total()} requests, "
                f"{repeated(arrived, told.samples)} repeated",
                flush=True,
            )
        os.chdir("/")
    waiting = told.samples * REQUESTS * told.seconds
    print(f"waiting for the model alone takes one worker {waiting:.0f} s")
    one = found.get(1)
    for workers, seconds in sorted(found.items()):
        if one is not None and workers > 1:
            print(f"{workers} workers take {seconds / one:.3f} of one worker's time")


if __name__ == "__main__":
    main()
