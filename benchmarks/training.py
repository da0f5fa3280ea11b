"""What a reward from pixels costs where training spends its time: in steps of environments.

    python benchmarks/training.py [TASK ...]

For each task, environments side by side as `synth train` has them, with its observations:

- *bare*: the environments alone;
- *wrapped*: the same paid by the committed program; every picture is drawn, what changed is
  judged in the sandbox, and credit is added to the observation.

Both take the same random actions, in turns within one run, so that whatever else the machine does
falls on each alike. Time is CPU time, of this process and of the sandbox's worker together. The
learner is left out: it costs the same for both, and would hide the difference.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from rich.console import Console
from rich.table import Table

from synth.training.arm import Arm, environments
from synth.vec import RewardVecWrapper

if TYPE_CHECKING:
    from stable_baselines3.common.vec_env import VecEnv

TASKS = ("doorkey-8x8", "unlock-pickup")
ENVIRONMENTS = 16
TURNS = 15
STEPS = 150
"""Of each environment in one turn."""
WARM = 2
"""Turns before the clock counts: tiles are drawn and layouts met for the first time in them."""


def worker_of(venv: Any) -> int | None:
    """Process id of the sandbox's worker that judges for these environments."""
    while not isinstance(venv, RewardVecWrapper):
        venv = getattr(venv, "venv", None)
        if venv is None:
            return None
    # The worker is nobody else's business, so no public name leads to it.
    answerer: Any = venv.reward_program._answerer  # noqa: SLF001
    pid: int | None = answerer.pid
    return pid


def spent(worker: int | None) -> float:
    """Seconds of CPU so far, of this process and of the worker."""
    own = time.process_time()
    if worker is None:
        return own
    running = Path(f"/proc/{worker}/schedstat").read_text(encoding="ascii").split()[0]
    return own + int(running) * 1e-9


def turn(venv: VecEnv, actions: np.ndarray) -> float:
    """Seconds of CPU for one turn."""
    worker = worker_of(venv)
    began = spent(worker)
    for row in actions:
        venv.step(row)
    return spent(worker) - began


def row(task: str) -> tuple[str, ...]:
    """One task's line."""
    folder = Path("generated") / task
    arms = {"bare": Arm("sparse", seen=False), "wrapped": Arm("code", seen=True)}
    venvs = {name: environments(folder, arm, ENVIRONMENTS) for name, arm in arms.items()}
    space = venvs["bare"].action_space
    assert isinstance(space, gym.spaces.Discrete)  # noqa: S101 - grids have a table of actions
    rng, choices = np.random.default_rng(0), int(space.n)
    times: dict[str, list[float]] = {name: [] for name in venvs}
    for venv in venvs.values():
        venv.seed(0)
        venv.reset()
    for number in range(WARM + TURNS):
        actions = rng.integers(choices, size=(STEPS, ENVIRONMENTS))
        for name, venv in venvs.items():
            seconds = turn(venv, actions)
            if number >= WARM:
                times[name].append(seconds)
    for venv in venvs.values():
        venv.close()
    each = STEPS * ENVIRONMENTS
    shares = [b / w for b, w in zip(times["bare"], times["wrapped"], strict=True)]
    bare, wrapped = (1e6 * statistics.median(times[name]) / each for name in ("bare", "wrapped"))
    return (
        task,
        f"{bare:.0f}",
        f"{wrapped:.0f}",
        f"{1e6 / bare:,.0f}",
        f"{1e6 / wrapped:,.0f}",
        f"{statistics.median(shares):.2f}",
    )


def main() -> None:
    """Print the table."""
    table = Table(
        "task",
        "bare, us",
        "wrapped, us",
        "bare, steps/s",
        "wrapped, steps/s",
        "of bare",
        title=f"CPU time of a step, {ENVIRONMENTS} environments",
        box=None,
    )
    for task in sys.argv[1:] or TASKS:
        table.add_row(*row(task))
    Console().print(table)


if __name__ == "__main__":
    main()
