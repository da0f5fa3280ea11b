"""Training steps for hours while the sandbox's processes are killed: is a step lost, does it leak?

    python benchmarks/soak.py --minutes 120

Agents that act at random step tasks paid by their committed rewards, through
`synth.RewardWrapper` and, four environments side by side, `synth.RewardVecWrapper`. Meanwhile the
sandbox's workers are killed with SIGKILL at random moments, in the middle of a call as well as
between two, and one time in twenty the zygote, and so all of them. Each piece of play is played
again from its seed with the same actions and nobody killing: every step must have the very same
reward and credit both times. What differs, or ended in an error, is a lost step.

Every few minutes a line tells how many steps and kills there were and what the process holds: open
files, processes below it, threads, memory (its own and the zygote's), files in the temporary folder
(one of its own) and in /dev/shm (everybody's). Exit status 1: a step was lost, or something grew
between the first quarter and the end.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

import synth
from synth.errors import SynthError
from synth.sandbox.host import host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Step = tuple[object, ...]

TASKS = ("doorkey", "go-to-door")
STEPS = 150
"""Of a single environment in one piece of play."""
ENVIRONMENTS = 4
GROWTH = 24
"""Megabytes by which memory may grow from the first quarter on."""


@dataclass(frozen=True)
class Held:
    """What this process holds.

    Attributes:
        files: Its open files.
        processes: Processes below it, dead ones that nobody buried among them.
        threads: Its threads.
        own: Its memory, in MB.
        zygote: The zygote's, in MB.
        temporary: Files in its temporary folder.
        shared: Files in /dev/shm, whoever made them.
    """

    files: int
    processes: int
    threads: int
    own: int
    zygote: int
    temporary: int
    shared: int

    @classmethod
    def now(cls) -> Held:
        """As it is at this moment."""
        return cls(
            sum(1 for _ in Path("/proc/self/fd").iterdir()),
            len(_below(os.getpid())),
            threading.active_count(),
            _megabytes(os.getpid()),
            0 if host.pid is None else _megabytes(host.pid),
            sum(1 for _ in Path(tempfile.gettempdir()).rglob("*")),
            sum(1 for _ in Path("/dev/shm").iterdir()),  # noqa: S108 - looked at, not written to
        )

    def beyond(self, early: Held) -> list[str]:
        """What grew."""
        counts = ("files", "processes", "threads", "temporary")
        grown = [n for n in counts if getattr(self, n) > getattr(early, n)]
        return grown + [
            n for n in ("own", "zygote") if getattr(self, n) > getattr(early, n) + GROWTH
        ]


def _below(pid: int) -> list[int]:
    """Processes below another."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it may end while it is looked at
            for child in map(int, task.read_text(encoding="ascii").split()):
                found += [child, *_below(child)]
    return found


def _megabytes(pid: int) -> int:
    with suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") >> 20
    return 0


class Killer(threading.Thread):
    """Kills the sandbox's processes at random moments, while it is let.

    Nine times in ten it waits for a step since its last kill, so that it is not faster than the
    machine starts workers; the tenth may well hit one that is just starting.

    Args:
        every: Seconds between two kills, on average.
        seed: Of its dice.
    """

    def __init__(self, every: float, seed: int) -> None:
        super().__init__(daemon=True)
        self._every, self._dice = every, random.Random(seed)  # noqa: S311 - no secret
        self._loose, self._turn = threading.Event(), threading.Lock()
        self.workers = self.zygotes = 0
        self.stepped = threading.Event()

    def run(self) -> None:
        """Until the process ends."""
        while self._loose.wait():
            time.sleep(self._dice.expovariate(1 / self._every))
            if self._dice.random() > 0.1:  # noqa: PLR2004 - nine in ten, as told above
                self.stepped.wait()
            with self._turn:
                if self._loose.is_set():
                    self._kill()

    @contextmanager
    def loose(self) -> Iterator[None]:
        """Let it kill for a while."""
        self._loose.set()
        try:
            yield
        finally:
            with self._turn:
                self._loose.clear()

    def _kill(self) -> None:
        zygote = host.pid
        if zygote is None:
            return
        whole = self._dice.random() < 0.05  # noqa: PLR2004 - one in twenty, as told above
        workers = _below(zygote)
        if not whole and not workers:
            return
        with suppress(ProcessLookupError):
            os.kill(zygote if whole else self._dice.choice(workers), signal.SIGKILL)
            self.stepped.clear()
            self.zygotes += whole
            self.workers += not whole


@dataclass
class Play:
    """One task in one form, with environments that live as long as the soak.

    Attributes:
        name: Task and form.
        disturbed: Plays a piece of a seed while somebody kills.
        calm: Plays the same piece undisturbed, with a reward of its own.
        steps: How many were compared.
        lost: Those that differed or never came.
    """

    name: str
    disturbed: Callable[[int], Iterator[Step]]
    calm: Callable[[int], Iterator[Step]]
    steps: int = 0
    lost: int = 0

    def piece(self, seed: int, killer: Killer) -> None:
        """Play a piece twice and compare."""
        with killer.loose():
            disturbed = self._taken(self.disturbed(seed), killer)
        calm = self._taken(self.calm(seed), killer)
        self.steps += len(calm)
        same = sum(a == b for a, b in zip(disturbed, calm, strict=False))
        self.lost += max(len(disturbed), len(calm)) - same

    def _taken(self, steps: Iterator[Step], killer: Killer) -> list[Step]:
        taken = []
        try:
            for step in steps:
                taken.append(step)
                killer.stepped.set()
        except SynthError as error:
            print(f"{self.name}, step {len(taken)}: {error}", flush=True)
        return taken


def single(task: Path) -> Play:
    """`synth.RewardWrapper` in credit mode, with resets at ends."""

    def player() -> Callable[[int], Iterator[Step]]:
        env = synth.make(task)
        choices = int(env.action_space.n)  # type: ignore[attr-defined]  # grids have a table

        def play(seed: int) -> Iterator[Step]:
            actions = np.random.default_rng(seed).integers(choices, size=STEPS)
            env.reset(seed=seed)
            for action in actions:
                _, reward, terminated, truncated, info = env.step(int(action))
                told = info["synth"]
                yield float(reward), *told["credited"], told["complete"], told["env_reward"]
                if terminated or truncated:
                    env.reset()

        return play

    return Play(f"{task.name}, single", player(), player())


def vector(task: Path) -> Play:
    """`synth.RewardVecWrapper` over environments side by side."""

    def player() -> Callable[[int], Iterator[Step]]:
        venv = synth.make_vec(task, ENVIRONMENTS)
        space: Any = venv.action_space

        def play(seed: int) -> Iterator[Step]:
            dice = np.random.default_rng(seed)
            venv.seed(seed)
            venv.reset()
            for _ in range(STEPS // ENVIRONMENTS):
                _, rewards, dones, infos = venv.step(dice.integers(space.n, size=ENVIRONMENTS))
                for reward, done, info in zip(rewards, dones, infos, strict=True):
                    yield float(reward), bool(done), *info["synth"]["credited"]

        return play

    return Play(f"{task.name}, {ENVIRONMENTS} side by side", player(), player())


def main() -> int:
    """Soak, and print what there was."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--kill-every", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--share", type=float, default=0.2, help="of one processor, at most")
    parser.add_argument("--lines", type=int, default=24, help="lines of figures in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("tasks", nargs="*", default=TASKS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as own:
        os.environ["TMPDIR"] = tempfile.tempdir = own
        return soak(given)


def soak(given: argparse.Namespace) -> int:
    """Play pieces in turns until the time is over."""
    folders = [Path("generated") / task for task in given.tasks]
    plays = [form(folder) for folder in folders for form in (single, vector)]
    killer = Killer(given.kill_every, given.seed)
    killer.start()
    began, whole = time.monotonic(), given.minutes * 60
    early, told, piece = None, 0, 0
    print("minutes     steps lost  kills (of zygotes)", flush=True)
    while (gone := time.monotonic() - began) < whole:
        worked, at = time.process_time(), time.monotonic()
        plays[piece % len(plays)].piece(given.seed + piece, killer)
        piece += 1
        if early is None and gone > whole / 4:
            early = _settled(plays)
        if gone > told * whole / given.lines:
            told += 1
            _say(gone, plays, killer)
        rest = (time.process_time() - worked) / given.share - (time.monotonic() - at)
        time.sleep(max(0.0, min(rest, whole - gone)))
    _say(time.monotonic() - began, plays, killer)
    table = Table("played", "steps", "lost", box=None)
    for play in plays:
        table.add_row(play.name, f"{play.steps:,}", f"{play.lost:,}")
    Console().print(table)
    grown = [] if early is None else _settled(plays).beyond(early)
    print("grew since the first quarter:", ", ".join(grown) or "nothing")
    return bool(grown or any(play.lost for play in plays))


def _settled(plays: list[Play]) -> Held:
    """What is held while nobody kills and every worker has come back."""
    for play in plays:
        for form in (play.disturbed, play.calm):
            list(form(0))
    return Held.now()


def _say(seconds: float, plays: list[Play], killer: Killer) -> None:
    held = Held.now()
    steps, lost = sum(p.steps for p in plays), sum(p.lost for p in plays)
    kills = f"{killer.workers + killer.zygotes:6,} ({killer.zygotes:,})"
    figures = "  ".join(f"{f.name} {getattr(held, f.name)}" for f in fields(held))
    print(f"{seconds / 60:7.1f} {steps:9,} {lost:4} {kills}  {figures}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
