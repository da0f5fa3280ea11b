"""What a training run leaves behind: one file a seed, and the episodes line by line.

``runs/TASK/training/ARM/seed-K/`` holds ``episodes.jsonl`` (one line an episode), ``model.zip``
(the last checkpoint) and, once the run is over, ``result.json``.
"""

from __future__ import annotations

import gzip
import os
import platform
import zlib
from collections import defaultdict
from importlib import metadata
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from synth.errors import UsageError
from synth.training.settings import TrainingSettings  # noqa: TC001  pydantic reads the annotation at run time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = [
    "WINDOW",
    "TrainedEpisode",
    "TrainingResult",
    "claims_at",
    "machine",
    "read_episodes",
    "read_result",
    "results_in",
    "steps_to",
    "success_at",
    "versions",
]

WINDOW = 100
"""Episodes over which the share of successes is taken."""


class TrainedEpisode(BaseModel):
    """One episode of training.

    Attributes:
        steps: Steps of all environments together when it ended.
        length: Its own steps.
        success: Whether the environment granted success in it.
        claimed: Whether the program saw the goal in it, whoever pays for the goal; ``None`` where
            nothing was judged.
        paid: Sum of what the agent was paid.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int
    length: int
    success: bool
    claimed: bool | None
    paid: float


class TrainingResult(BaseModel):
    """One seed of one arm.

    Attributes:
        task: The task's name.
        arm: Name of the arm (`synth.training.arm`).
        seed: Of the learner and of the environments.
        settings: How it was trained.
        steps: Steps made.
        stopped: ``early`` where the share of successes was reached, else ``steps``.
        steps_to_90: Steps at which 90 of the last 100 episodes had succeeded, or ``None``.
        episodes: Every episode.
        seconds: Of the process, wall.
        reward: Digest of the reward program; ``""`` where none paid or judged.
        versions: Package name to version.
        machine: Processor, cores, system.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    arm: str
    seed: int
    settings: TrainingSettings
    steps: int
    stopped: str
    steps_to_90: int | None
    episodes: tuple[TrainedEpisode, ...]
    seconds: float
    reward: str
    versions: dict[str, str]
    machine: dict[str, str]


def success_at(episodes: Sequence[TrainedEpisode]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Success against steps.

    Args:
        episodes: In the order in which they ended.

    Returns:
        ``int64[E]``, the steps at which each episode ended, and ``float64[E]``, the share of
        successes in the last `WINDOW` episodes by then; episodes that have not been yet count as
        failures, so that the first lucky one is no full success.
    """
    return _share_at(episodes, "success")


def claims_at(episodes: Sequence[TrainedEpisode]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """As `success_at`, of the episodes in which the program saw the goal."""
    return _share_at(episodes, "claimed")


def _share_at(
    episodes: Sequence[TrainedEpisode], what: Literal["success", "claimed"]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """As `success_at`, of any yes or no of an episode."""
    steps = np.array([episode.steps for episode in episodes], np.int64)
    told = np.array([bool(getattr(episode, what)) for episode in episodes], np.float64)
    sums = np.cumsum(np.concatenate([np.zeros(WINDOW), told]))
    return steps, (sums[WINDOW:] - sums[:-WINDOW]) / WINDOW


def steps_to(episodes: Sequence[TrainedEpisode], share: float) -> int | None:
    """Steps at which the share of successes was first reached, or ``None``."""
    steps, shares = success_at(episodes)
    reached = np.flatnonzero(shares >= share)
    return int(steps[reached[0]]) if len(reached) else None


def read_episodes(file: Path) -> list[TrainedEpisode]:
    """The episodes of a run that may have been killed: a last line cut short is left out.

    Raises:
        UsageError: Another line is damaged.
    """
    if not file.exists():
        return []
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    if text and not text.endswith("\n"):
        lines.pop()
    try:
        return [TrainedEpisode.model_validate_json(line) for line in lines]
    except ValidationError as error:
        raise UsageError(
            f"{file} is damaged ({error}); delete its folder to train anew."
        ) from error


def read_result(file: Path) -> TrainingResult:
    """A finished run.

    Args:
        file: ``result.json``, or the same compressed as ``result.json.gz``.

    Raises:
        UsageError: The file is damaged.
    """
    try:
        content = file.read_bytes()
        whole = gzip.decompress(content) if file.suffix == ".gz" else content
        return TrainingResult.model_validate_json(whole)
    except (ValidationError, OSError, EOFError, zlib.error) as error:
        raise UsageError(
            f"{file} is damaged ({error}); delete its folder to train anew."
        ) from error


def results_in(home: Path, tasks: Sequence[str] = ()) -> dict[str, dict[str, list[TrainingResult]]]:
    """All finished runs below a folder.

    Args:
        home: ``runs``, or a folder of the same shape.
        tasks: Names of those that are wanted; all without.

    Returns:
        Task to arm to its seeds, sorted.

    Raises:
        UsageError: A file is damaged.
    """
    found: dict[str, dict[str, list[TrainingResult]]] = defaultdict(lambda: defaultdict(list))
    for file in sorted(home.glob("*/training/*/seed-*/result.json*")):
        one = read_result(file)
        if not tasks or one.task in tasks:
            found[one.task][one.arm].append(one)
    return {task: dict(arms) for task, arms in found.items()}


def versions() -> dict[str, str]:
    """Versions of what decides a result, the environment's own aside."""
    names = ("synth", "stable_baselines3", "sb3_contrib", "torch", "gymnasium", "numpy")
    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, str]:
    """The machine, without its name."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
    }
