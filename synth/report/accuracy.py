"""Accuracy against truth, on seeds that were never recorded.

Truth is simulator state: predicates such as ``carrying_key``. Nothing says which predicate
a sub-task means, so each is compared with the one it agrees with best; the goal is
compared with the environment's own success and with nothing else. A report, not a test:
an assertion on truth would teach the model what pixels may not show.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.credit import assign_credit
from synth.record import Seeds, roll_expert, roll_random
from synth.sandbox import Cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from synth.episode import Rollout
    from synth.reward import Reward
    from synth.spec import Spec

__all__ = ["Accuracy", "SceneAccuracy", "SubTaskAccuracy", "measure_accuracy"]


@dataclass(frozen=True, slots=True)
class SubTaskAccuracy:
    """One sub-task against the predicate it agrees with best.

    Attributes:
        subtask: Its name.
        predicate: ``success`` for the goal.
        frames: Frames judged.
        wrong: Frames on which the two differ.
        precision: Of the frames where the sub-task holds, the share where the predicate does.
        recall: Of the frames where the predicate holds, the share where the sub-task does.
    """

    subtask: str
    predicate: str
    frames: int
    wrong: int
    precision: float
    recall: float

    @property
    def agreement(self) -> float:
        """Share of the frames on which the two agree."""
        return 1.0 - self.wrong / self.frames


@dataclass(frozen=True, slots=True)
class SceneAccuracy:
    """The same seeds, those of one kind of scene only (one door colour, say)."""

    scene: str
    episodes: int
    frames: int
    wrong: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A reward against truth.

    Attributes:
        task: The task's name.
        seeds: Seeds per policy.
        frames: Frames judged.
        experts_in_order: Expert episodes in which every sub-task is credited.
        random_complete: Random episodes whose goal is credited.
        random_success: Random episodes that the environment calls a success.
        subtasks: In plan order; the last is the goal against success.
        scenes: The same by kind of scene, where the simulator tells one.
    """

    task: str
    seeds: int
    frames: int
    experts_in_order: int
    random_complete: int
    random_success: int
    subtasks: tuple[SubTaskAccuracy, ...]
    scenes: tuple[SceneAccuracy, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Judged:
    rollout: Rollout
    holds: NDArray[np.bool_]


def measure_accuracy(
    spec: Spec,
    reward: Reward,
    *,
    seeds: int = 100,
    on_episode: Callable[[], None] | None = None,
) -> Accuracy:
    """Judge fresh expert and random episodes, and compare every frame with truth.

    Args:
        spec: The task.
        reward: Judged in its sandbox.
        seeds: Fresh seeds for each of the two policies; no seed is shared.
        on_episode: Called after each episode.

    Returns:
        The figures.

    Raises:
        ExpertFailed: The expert does not succeed on a fresh seed.
        EnvironmentFault: The simulator is missing or misbehaves.
        ProgramFault: The reward cannot be run.
    """
    fresh = Seeds.of(spec).fresh
    experts: list[_Judged] = []
    randoms: list[_Judged] = []
    for i in range(seeds):
        for judged, roll, seed in (
            (experts, roll_expert, fresh[i]),
            (randoms, roll_random, fresh[seeds + i]),
        ):
            judged.append(_judge(reward, roll(spec, seed)))
            if on_episode:
                on_episode()
    everything = [*experts, *randoms]
    truth = {
        name: np.concatenate([j.rollout.truth[name] for j in everything])
        for name in sorted(set.intersection(*(set(j.rollout.truth) for j in everything)))
    }
    truth["success"] = np.concatenate([j.rollout.success for j in everything])
    holds = np.concatenate([j.holds for j in everything])
    credited = [assign_credit(j.holds, reward.stages).credited for j in experts]
    rows = tuple(
        _best_match(name, holds[:, k], truth, goal=k == len(reward.subtasks) - 1)
        for k, name in enumerate(reward.subtasks)
    )
    return Accuracy(
        task=spec.name,
        seeds=seeds,
        frames=len(holds),
        experts_in_order=credited.count(len(reward.subtasks)),
        random_complete=sum(bool(j.holds[:, -1].any()) for j in randoms),
        random_success=sum(bool(j.rollout.success.any()) for j in randoms),
        subtasks=rows,
        scenes=_by_scene(everything, rows),
    )


def _judge(reward: Reward, rollout: Rollout) -> _Judged:
    place: dict[bytes, int] = {}
    index = [place.setdefault(frame.tobytes(), len(place)) for frame in rollout.frames]
    frames = rollout.frames[[index.index(i) for i in range(len(place))]]
    pairs = np.stack([np.arange(len(frames)), np.zeros(len(frames), np.int64)], axis=1)
    cells = reward.verdicts(frames, pairs).cells
    return _Judged(rollout, (cells == Cell.TRUE)[index])


def _best_match(
    subtask: str, holds: NDArray[np.bool_], truth: dict[str, NDArray[np.bool_]], *, goal: bool
) -> SubTaskAccuracy:
    names = ["success"] if goal else [name for name in truth if name != "success"]
    best = min(names, key=lambda name: int(np.count_nonzero(holds != truth[name])))
    both = int(np.count_nonzero(holds & truth[best]))
    return SubTaskAccuracy(
        subtask=subtask,
        predicate=best,
        frames=len(holds),
        wrong=int(np.count_nonzero(holds != truth[best])),
        precision=both / max(int(holds.sum()), 1),
        recall=both / max(int(truth[best].sum()), 1),
    )


def _by_scene(
    judged: list[_Judged], rows: tuple[SubTaskAccuracy, ...]
) -> tuple[SceneAccuracy, ...]:
    groups: dict[str, list[_Judged]] = defaultdict(list)
    for one in judged:
        if one.rollout.scene:
            groups[one.rollout.scene].append(one)
    return tuple(
        SceneAccuracy(
            scene=scene,
            episodes=len(members),
            frames=sum(len(m.holds) for m in members),
            wrong=tuple(
                sum(int(np.count_nonzero(m.holds[:, k] != _truth(m, row))) for m in members)
                for k, row in enumerate(rows)
            ),
        )
        for scene, members in sorted(groups.items())
    )


def _truth(judged: _Judged, row: SubTaskAccuracy) -> NDArray[np.bool_]:
    if row.predicate == "success":
        return judged.rollout.success
    return judged.rollout.truth[row.predicate]
