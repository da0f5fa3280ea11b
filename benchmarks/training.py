"""What a reward from pixels costs where training spends its time: in steps of environments.

    python benchmarks/training.py [TASK ...] [--envs 1 8 16]

For each task, and each number of environments side by side, as `synth train` has them and with its
observations:

- *bare*: the environments alone;
- *picture*: the same with the picture that the reward looks at, drawn at every step;
- *reward*: the same paid by the committed program; what changed is judged in the sandbox, and
  credit is added to the observation.

They are stepped at random, and then by PPO while it learns. All three go in turns within one run,
so that whatever else the machine does falls on each alike. Time is CPU time, of this process and
of the sandbox's worker together. The last table says where the time of a random step goes.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from stable_baselines3 import PPO

from synth.envs import family_of
from synth.task import read_task
from synth.training.arm import Arm, environments
from synth.training.settings import settings_of
from synth.vec import RewardVecWrapper, VecEnv, VecEnvWrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from synth.training.settings import TrainingSettings

TASKS = ("doorkey", "doorkey-8x8", "unlock", "panda-push")
KINDS = ("bare", "picture", "reward")
TURNS = 7
UPDATES = 3
FEW_STEPS = 16
SECONDS = 0.3
"""That a turn of the bare environments takes, about."""
ROLLOUT = {"grids": 2048, "others": 256}
"""Steps of all environments between two updates of PPO; a robot's steps are dear."""
DEAR = 1000.0
"""Microseconds of CPU from which a step is."""


@dataclass(frozen=True)
class Spent:
    """Microseconds of CPU for one step of one environment."""

    here: float
    worker: float

    @property
    def both(self) -> float:
        """What the step costs."""
        return self.here + self.worker

    @property
    def rate(self) -> str:
        """Steps a second, for a table."""
        return f"{1e6 / self.both:,.0f}"


class Meter:
    """Counts the CPU time of this process and of one environment's worker.

    Args:
        venv: Paid by a program or not.
    """

    def __init__(self, venv: VecEnv) -> None:
        paid = _paid_by_a_program(venv)
        # The worker is nobody else's business, so no public name leads to it.
        answerer: Any = paid and paid.reward_program._answerer  # noqa: SLF001
        self._worker = Path(f"/proc/{answerer.pid}/schedstat") if answerer else None

    def now(self) -> tuple[float, float]:
        """Seconds so far, here and in the worker."""
        if self._worker is None:
            return time.process_time(), 0.0
        running = self._worker.read_text(encoding="ascii").split()[0]
        return time.process_time(), int(running) * 1e-9

    def spent(self, steps: int, what: Callable[[], object]) -> Spent:
        """What doing that costs for each of `steps`."""
        here, worker = self.now()
        what()
        after, done = self.now()
        return Spent((after - here) * 1e6 / steps, (done - worker) * 1e6 / steps)


def _paid_by_a_program(venv: VecEnv) -> RewardVecWrapper | None:
    while isinstance(venv, VecEnvWrapper) and not isinstance(venv, RewardVecWrapper):
        venv = venv.venv
    return venv if isinstance(venv, RewardVecWrapper) else None


def made(task: str, envs: int, settings: TrainingSettings) -> dict[str, VecEnv]:
    """The three kinds of environments of a task."""
    folder, limit = Path("generated") / task, settings.time_limit
    bare = environments(folder, Arm("sparse", seen=False), envs, time_limit=limit)
    paid = environments(folder, Arm("code", seen=True), envs, time_limit=limit)
    other = environments(folder, Arm("code", seen=True), envs, time_limit=limit)
    drawing = _paid_by_a_program(other)
    assert drawing is not None  # noqa: S101 - an arm that is paid by code has one
    drawing.reward_program.close()
    # Below the reward are environments that draw for it; without it nobody looks at their pictures.
    return dict(zip(KINDS, (bare, drawing.venv, paid), strict=True))


def at_random(venvs: Mapping[str, VecEnv]) -> dict[str, Spent]:
    """The median cost of a random step of each kind."""
    meters = {name: Meter(venv) for name, venv in venvs.items()}
    for venv in venvs.values():
        venv.seed(0)
        venv.reset()
        venv.action_space.seed(0)

    def turn(steps: int) -> dict[str, Spent]:
        return {
            name: meters[name].spent(steps * venv.num_envs, partial(_step, venv, steps))
            for name, venv in venvs.items()
        }

    # The first turn meets layouts and tiles for the first time; the second tells how long one is.
    turn(FEW_STEPS)
    each = turn(FEW_STEPS)["bare"].both * venvs["bare"].num_envs * 1e-6
    turns = [turn(max(FEW_STEPS, int(SECONDS / each))) for _ in range(TURNS)]
    return {name: _middle([one[name] for one in turns]) for name in venvs}


def _step(venv: VecEnv, steps: int) -> None:
    for _ in range(steps):
        venv.step(np.stack([venv.action_space.sample() for _ in range(venv.num_envs)]))


def by_ppo(
    venvs: Mapping[str, VecEnv], settings: TrainingSettings, rollout: int
) -> dict[str, Spent]:
    """The median cost of a step of each kind while PPO learns, updates included."""
    models = {name: _learner(venv, settings, rollout) for name, venv in venvs.items()}
    meters = {name: Meter(venv) for name, venv in venvs.items()}
    turns = [
        {
            name: meters[name].spent(
                rollout, partial(model.learn, rollout, reset_num_timesteps=False)
            )
            for name, model in models.items()
        }
        for _ in range(1 + UPDATES)
    ]
    return {name: _middle([one[name] for one in turns[1:]]) for name in venvs}


def _learner(venv: VecEnv, settings: TrainingSettings, rollout: int) -> PPO:
    given = {**settings.hyperparameters, "n_steps": rollout // venv.num_envs}
    given["policy_kwargs"] = {"net_arch": given.pop("net_arch")}
    policy = given.pop("policy", "MultiInputPolicy")
    return PPO(policy, venv, seed=0, device="cpu", **given)


def _middle(spents: list[Spent]) -> Spent:
    return Spent(
        statistics.median(one.here for one in spents),
        statistics.median(one.worker for one in spents),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tasks", nargs="*", default=TASKS)
    parser.add_argument("--envs", type=int, nargs="+", default=(1, 8, 16))
    told = parser.parse_args()
    torch.set_num_threads(1)
    console = Console()
    for task in told.tasks:
        for table in measured(task, told.envs):
            console.print(table)


def measured(task: str, counts: Sequence[int]) -> tuple[Table, Table]:
    """Steps a second, and where the time goes, of one task."""
    steps = Table(
        "task", "envs", "who steps", *KINDS, "picture / bare", "reward / bare",
        title="Steps a second of CPU time", box=None,
    )  # fmt: skip
    goes = Table(
        "task", "envs", "environment", "drawing", "credit", "sandbox", "all",
        title="Where a random step's time goes, us", box=None,
    )  # fmt: skip
    for table in (steps, goes):
        for column in table.columns[1 if table is goes else 3 :]:
            column.justify = "right"
    family = family_of(read_task(Path("generated") / task / "task.toml").spec)
    settings = settings_of(family.name, algorithm="ppo")
    for envs in counts:
        venvs = made(task, envs, settings)
        played = at_random(venvs)
        rollout = ROLLOUT["others" if played["bare"].both > DEAR else "grids"]
        for who, cost in (("random", played), ("PPO", by_ppo(venvs, settings, rollout))):
            bare, picture, reward = (cost[kind] for kind in KINDS)
            steps.add_row(
                task, str(envs), who, bare.rate, picture.rate, reward.rate,
                f"{bare.both / picture.both:.2f}", f"{bare.both / reward.both:.2f}",
            )  # fmt: skip
        bare, picture, reward = (played[kind] for kind in KINDS)
        parts = (bare.here, picture.here - bare.here, reward.here - picture.here, reward.worker)
        goes.add_row(task, str(envs), *(f"{us:.0f}" for us in (*parts, reward.both)))
        for venv in venvs.values():
            venv.close()
    return steps, goes


if __name__ == "__main__":
    main()
