"""Client, workers and scheduler of a Dask cluster killed with SIGKILL at random points.

``python benchmarks/fanout_kills.py --points 30`` has a matrix made by a scheduler and two workers,
each a process of its own (``--namespaces``: in a network namespace of its own, which needs root and
``ip``), and a service that takes half a second for an answer. Again and again, at a random moment
after a random number of requests, one of them is killed, and what was killed is started again. At
the end of each matrix its table must be that of a run on this machine that nobody disturbed, and
the service must have been asked each thing once for each sample.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from fanout_world import REQUESTS, Service, make_checkout, repeated

Victim = Literal["client", "worker", "scheduler"]
VICTIMS: tuple[Victim, ...] = ("client", "worker", "scheduler")
NETWORK = "10.77.31"
WORKERS = 2


@dataclass
class Cluster:
    """A scheduler and its workers.

    Attributes:
        host: Address of this machine as the workers see it.
        spaces: Names of network namespaces, one a worker; none where they share this one.
    """

    host: str
    spaces: tuple[str, ...] = ()
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    port: int = 8796

    @property
    def address(self) -> str:
        """For ``--scheduler``."""
        return f"tcp://{self.host}:{self.port}"

    def start(self) -> None:
        """Start all of it, on a port that no earlier one had."""
        self.port += 1
        self.scheduler = _quiet(
            *("distributed.cli.dask_scheduler", "--host", self.host, "--port", str(self.port)),
            "--no-dashboard",
        )
        self.workers = [self._worker(k) for k in range(WORKERS)]

    def kill_worker(self, k: int) -> None:
        """Kill a worker, and start another in its place."""
        self.workers[k].kill()
        self.workers[k].wait()
        self.workers[k] = self._worker(k)

    def kill_scheduler(self) -> None:
        """Kill the scheduler; its workers end when they find out."""
        assert self.scheduler is not None  # noqa: S101 - it was started
        self.scheduler.kill()
        self.scheduler.wait()

    def stop(self) -> None:
        """End all of it; a worker that waits for a scheduler which is gone is made to."""
        for process in (*self.workers, self.scheduler):
            if process is not None:
                process.terminate()
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def _worker(self, k: int) -> subprocess.Popen[bytes]:
        inside = ("ip", "netns", "exec", self.spaces[k]) if self.spaces else ()
        return _quiet(
            *("distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny"),
            *("--no-dashboard", "--death-timeout", "60"),
            inside=inside,
        )


def _quiet(module: str, *arguments: str, inside: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*inside, sys.executable, "-m", module, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),  # not where the client is: workers go there by themselves
    )


def make_namespaces() -> tuple[str, ...]:
    """A network namespace for each worker, joined to this one by a bridge."""
    bridge = "synth-br"
    _ip("link", "add", bridge, "type", "bridge")
    _ip("addr", "add", f"{NETWORK}.1/24", "dev", bridge)
    _ip("link", "set", bridge, "up")
    names = tuple(f"synth-w{k}" for k in range(WORKERS))
    for k, name in enumerate(names):
        _ip("netns", "add", name)
        _ip("link", "add", f"{name}-a", "type", "veth", "peer", "name", f"{name}-b", "netns", name)
        _ip("link", "set", f"{name}-a", "master", bridge, "up")
        _ip("-n", name, "addr", "add", f"{NETWORK}.{k + 11}/24", "dev", f"{name}-b")
        _ip("-n", name, "link", "set", f"{name}-b", "up")
        _ip("-n", name, "link", "set", "lo", "up")
    return names


def remove_namespaces(names: tuple[str, ...]) -> None:
    """Undo `make_namespaces`."""
    for name in names:
        _ip("netns", "del", name)
    _ip("link", "del", "synth-br")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)  # noqa: S607 - wherever the system has it


def matrix(url: str, samples: int, *where: str) -> list[str]:
    """The command."""
    return [
        *(sys.executable, "-m", "synth", "matrix", "--models", "openai:sleepy"),
        *("--tasks", "walk", "--samples", str(samples), "--base-url", url, "--json", *where),
    ]


def table(output: str) -> dict[str, Any]:
    """What a matrix says, without what it measured of this machine's time."""
    told: dict[str, Any] = json.loads(output)
    for sample in told["samples"]:
        del sample["seconds"], sample["microseconds"]
    return told


@dataclass
class Trial:
    """One matrix, disturbed.

    Attributes:
        home: Its working folder.
        service: What it asks.
        samples: How many.
        rng: Draws the moments.
    """

    home: Path
    service: Service
    samples: int
    rng: random.Random

    def run(self, cluster: Cluster, victims: list[Victim], struck: Counter[str]) -> dict[str, Any]:
        """Make the matrix, killing the next victims while it is made; its table."""
        while True:
            client = self._client(cluster)
            while client.poll() is None:
                if not victims or not self._random_moment(client):
                    break
                victim = victims.pop(0)
                under_way = self.service.under_way()
                struck[victim] += 1
                struck["under way"] += bool(under_way)
                print(f"  {victim} killed, {under_way} requests under way", flush=True)
                if victim == "worker":
                    cluster.kill_worker(self.rng.randrange(WORKERS))
                elif victim == "client":
                    client.kill()
                else:
                    cluster.kill_scheduler()
                    client.wait()
                    cluster.stop()
                    cluster.start()
            output, said = client.communicate()
            if client.returncode == 0:
                return table(output)
            if "Traceback" in said:
                raise SystemExit(said)

    def _client(self, cluster: Cluster) -> subprocess.Popen[str]:
        command = matrix(self.service.url, self.samples, "--scheduler", cluster.address)
        return subprocess.Popen(
            command, cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def _random_moment(self, client: subprocess.Popen[str]) -> bool:
        """Wait until some more requests have come, and a little; false where the client ended."""
        target = self.service.arrived().total() + self.rng.randint(0, 3)
        while self.service.arrived().total() < target:
            if client.poll() is not None:
                return False
            time.sleep(0.05)
        time.sleep(self.rng.uniform(0.0, 2.0 * self.service.seconds))
        return client.poll() is None


def main() -> None:
    """Disturb, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=30)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=0.5, help="of one answer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--namespaces", action="store_true")
    told = parser.parse_args()
    os.environ.setdefault("OPENAI_API_KEY", "none-is-needed")
    spaces = make_namespaces() if told.namespaces else ()
    host = f"{NETWORK}.1" if spaces else "127.0.0.1"
    cluster = Cluster(host, spaces)
    try:
        with tempfile.TemporaryDirectory() as name:
            _disturb(Path(name), cluster, told)
    finally:
        cluster.stop()
        remove_namespaces(spaces) if spaces else None


def _disturb(home: Path, cluster: Cluster, told: argparse.Namespace) -> None:
    rng = random.Random(told.seed)  # noqa: S311 - moments, not secrets
    victims = [VICTIMS[k % len(VICTIMS)] for k in range(told.points)]
    rng.shuffle(victims)
    calm = home / "calm"
    calm.mkdir()
    os.chdir(calm)
    make_checkout(calm)
    with Service(home / "calm-service", told.seconds, cluster.host) as service:
        ran = subprocess.run(
            matrix(service.url, told.samples, "--jobs", "2"),
            cwd=calm, capture_output=True, text=True, check=True,
        )  # fmt: skip
    wanted = table(ran.stdout)
    print(f"undisturbed, on this machine: {service.arrived().total()} requests", flush=True)
    cluster.start()
    struck: Counter[str] = Counter()
    number = wrong = again = 0
    while victims or not number:
        place = home / f"disturbed-{number}"
        place.mkdir()
        (place / "generated").symlink_to(calm / "generated")
        kept = Path("runs", "walk", "regress", "builtin")
        shutil.copytree(calm / kept, place / kept)
        with Service(home / f"service-{number}", told.seconds, cluster.host) as service:
            found = Trial(place, service, told.samples, rng).run(cluster, victims, struck)
            arrived = service.arrived()
        same = found == wanted
        wrong += not same
        extra = repeated(arrived, told.samples)
        again += extra
        print(
            f"matrix {number}: table {'the same' if same else 'DIFFERS'}, {arrived.total()} "
            f"requests of {told.samples * REQUESTS}, {extra} repeated",
            flush=True,
        )
        number += 1
    by_victim = ", ".join(f"{struck[one]} {one}" for one in VICTIMS)
    print(
        f"{sum(struck[one] for one in VICTIMS)} kills ({by_victim}), {struck['under way']} of them "
        f"with a request under way; {number} matrices, {wrong} with another table, {again} "
        "requests repeated"
    )
    if wrong or again:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
