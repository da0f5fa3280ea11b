"""A matrix of 1,000 tasks and 10 models, simulated: how long, and what it waits for.

What the simulation stands on is measured first, in this run: what handing over a piece of work and
taking back its result costs the client, by pieces that do nothing, through this very code. The
rest is told on the command line: how long a model thinks, how much an attempt computes, how many
requests a provider takes at once. Each attempt holds a worker from begin to end; while it computes
it needs a core as well, while it asks, a place at its provider.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import random
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from synth.scheduling import Crew, fan_out, hire

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

WORKERS = (1, 4, 16, 64, 256, 1024)
CORES_PER_MACHINE = 16
WORKERS_PER_MACHINE = 64
SHOWN = ("workers", "cores", "a provider's limit", "client")


def nothing(number: int) -> int:
    """A piece of work that costs nothing."""
    return number


def overhead(crew: Crew, pieces: int) -> float:
    """Seconds of the client for one piece."""
    begun = time.process_time()
    for _ in fan_out(crew, nothing, range(pieces)):
        pass
    return (time.process_time() - begun) / pieces


@dataclass
class Resource:
    """Something of which there is so much, and a queue for it."""

    name: str
    amount: int
    used: int = 0
    busy: float = 0.0
    queue: deque[Generator[tuple[Resource, float]]] = field(default_factory=deque)


@dataclass
class World:
    """Events by time."""

    now: float = 0.0
    events: list[tuple[float, int, Generator[tuple[Resource, float]], Resource]] = field(
        default_factory=list
    )
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def go_on(self, attempt: Generator[tuple[Resource, float]]) -> None:
        """Let an attempt take its next step: a resource, for so many seconds."""
        step = next(attempt, None)
        if step is None:
            return
        resource, seconds = step
        if resource.used >= resource.amount:
            resource.queue.append(_again(attempt, step))
            return
        resource.used += 1
        resource.busy += seconds
        heapq.heappush(self.events, (self.now + seconds, next(self.numbers), attempt, resource))

    def run(self) -> float:
        """Until nothing is left to happen; when that is."""
        while self.events:
            self.now, _, attempt, resource = heapq.heappop(self.events)
            resource.used -= 1
            if resource.queue:
                self.go_on(resource.queue.popleft())
            self.go_on(attempt)
        return self.now


def _again(
    attempt: Generator[tuple[Resource, float]], step: tuple[Resource, float]
) -> Generator[tuple[Resource, float]]:
    yield step
    yield from attempt


def simulate(told: argparse.Namespace, workers: int, piece: float) -> tuple[float, list[Resource]]:
    """The matrix with so many workers: seconds, and what there was."""
    rng, world = random.Random(0), World()  # noqa: S311 - a simulation
    machines = -(-workers // WORKERS_PER_MACHINE)
    cores = Resource("cores", machines * CORES_PER_MACHINE)
    client = Resource("client", 1)
    providers = [Resource("a provider's limit", told.at_once) for _ in range(told.models)]
    waiting = deque(range(told.tasks * told.models))
    begun: list[Callable[[], None]] = []

    def attempt(number: int) -> Generator[tuple[Resource, float]]:
        provider = providers[number % told.models]
        requests = rng.choices(*zip(*told.requests, strict=True))[0]
        for _ in range(requests):
            yield provider, rng.lognormvariate(0.0, 0.5) * told.answer
            yield cores, told.computing / requests
        yield client, piece
        next_one()

    def next_one() -> None:
        if waiting:
            world.go_on(attempt(waiting.popleft()))

    begun.extend([next_one] * min(workers, len(waiting)))
    for begin in begun:
        begin()
    return world.run(), [cores, client, *providers]


def main() -> None:
    """Measure, simulate, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--models", type=int, default=10)
    parser.add_argument("--answer", type=float, default=20.0, help="median seconds of an answer")
    parser.add_argument("--computing", type=float, default=20.0, help="CPU seconds of an attempt")
    parser.add_argument("--at-once", type=int, default=32, help="requests of one model at a time")
    parser.add_argument("--pieces", type=int, default=2000, help="for measuring the client")
    parser.add_argument("--scheduler", help="measure a Dask client too")
    told = parser.parse_args()
    # As committed journals have it: most are through in a few rounds, some use all of them.
    told.requests = [(2, 35), (3, 20), (4, 15), (6, 10), (8, 10), (12, 10)]
    piece: dict[int, float] = {}
    for workers in WORKERS:
        with ThreadPoolExecutor(2) as executor:
            piece[workers] = overhead(Crew(executor, workers), told.pieces)
    print("client, seconds a piece, by pieces that do nothing:")
    print("  " + ", ".join(f"{workers} workers {piece[workers]:.5f}" for workers in WORKERS))
    if told.scheduler:
        with hire(told.scheduler) as crew:
            dask = overhead(crew, told.pieces)
        print(f"  the same through Dask at {told.scheduler}: {dask:.5f}")
        piece = {workers: max(dask, seconds) for workers, seconds in piece.items()}
    print(f"{told.tasks} tasks x {told.models} models, {told.at_once} requests at once of each:")
    print("  workers   hours   speed-up   in use: workers, cores, provider, client   waits for")
    first = 0.0
    for workers in WORKERS:
        seconds, resources = simulate(told, workers, piece[workers])
        first = first or seconds
        use = {r.name: r.busy / (seconds * r.amount) for r in resources}
        held = sum(r.busy for r in resources) / (seconds * workers)
        shares = {"workers": held, **use}
        # Most in use: more of anything else would change nothing.
        waits_for = max(SHOWN, key=lambda name: shares[name])
        print(
            f"  {workers:7d} {seconds / 3600:7.2f} {first / seconds:10.1f}   "
            + ", ".join(f"{shares[k]:.0%}" for k in SHOWN)
            + f"   {waits_for}"
        )


if __name__ == "__main__":
    main()
