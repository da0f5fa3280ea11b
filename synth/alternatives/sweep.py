"""How good a CLIP reward could be: precision and recall over every threshold and temperature.

On fresh episodes, against the predicates of simulator state that the committed program's
sub-tasks mean, and beside that program. What is found is the best that the very frames allow,
chosen with truth in hand: a bound from above, not what a user would get.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.alternatives.clip_reward import ClipAnswerer, goal_probability
from synth.errors import UsageError
from synth.named_reward import open_reward
from synth.record import Player, Seeds
from synth.record.serving import Serving
from synth.report.accuracy import best_match
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.episode import Rollout
    from synth.spec import Spec

__all__ = ["TEMPERATURES", "OperatingPoint", "SweptReward", "SweptSubTask", "sweep", "trade_off"]

TEMPERATURES = (0.001, 0.003, 0.01, 0.03, 0.1, 1.0)


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Precision and recall at one setting.

    Attributes:
        temperature: Of the softmax.
        threshold: Above which the sub-task holds.
        precision: Of the frames where it holds, the share where the predicate does.
        recall: Of the frames where the predicate holds, the share where it does.
    """

    temperature: float
    threshold: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class SweptSubTask:
    """One sub-task at every setting.

    Attributes:
        subtask: Its name.
        predicate: What it is compared with.
        frames: Frames compared; for the goal those that are judged.
        held: Those of them where the predicate holds.
        curves: For each temperature the points by falling threshold.
        code: Precision and recall of the committed program.
    """

    subtask: str
    predicate: str
    frames: int
    held: int
    curves: tuple[tuple[OperatingPoint, ...], ...]
    code: tuple[float, float]

    @property
    def best(self) -> OperatingPoint:
        """The point with the highest F1."""
        return max((point for curve in self.curves for point in curve), key=lambda p: p.f1)


@dataclass(frozen=True, slots=True)
class SweptReward:
    """One reward's sub-tasks, in plan order.

    Attributes:
        name: As it was given.
        subtasks: Those for which the family tells truth.
    """

    name: str
    subtasks: tuple[SweptSubTask, ...]


def trade_off(
    shares: NDArray[np.float64], truth: NDArray[np.bool_], temperature: float
) -> tuple[OperatingPoint, ...]:
    """Precision and recall at every threshold that tells frames apart.

    Args:
        shares: ``float64[N]``, probability of the goal.
        truth: ``bool[N]``, at least one of them.
        temperature: Which gave the shares.

    Returns:
        By falling threshold; the last one lets every frame hold.
    """
    order = np.argsort(-shares, kind="stable")
    ranked, right = shares[order], np.cumsum(truth[order])
    # A threshold lies below the last of equal shares: frames alike hold together.
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    below = np.append(ranked[ends[1:]], 0.0)
    return tuple(
        OperatingPoint(
            temperature,
            threshold=float((ranked[end] + lower) / 2),
            precision=float(right[end] / (end + 1)),
            recall=float(right[end] / right[-1]),
        )
        for end, lower in zip(ends.tolist(), below.tolist(), strict=True)
    )


def sweep(
    spec: Spec,
    folder: Path,
    names: Sequence[str],
    *,
    seeds: int = 20,
    temperatures: Sequence[float] = TEMPERATURES,
    on_episode: Callable[[], None] | None = None,
) -> tuple[SweptReward, ...]:
    """Try every threshold and some temperatures on fresh episodes.

    Args:
        spec: The task.
        folder: ``generated/TASK`` with a committed program.
        names: CLIP rewards; their own threshold and temperature play no part.
        seeds: Fresh seeds for each of expert and random policy.
        temperatures: Those tried.
        on_episode: Called after each episode.

    Raises:
        UsageError: A reward is no CLIP reward, or nothing is told or committed to compare with.
        EnvironmentFault: The simulator is missing or misbehaves.
    """
    answerers = []
    for name in names:
        answerer = open_reward(name, folder).answerers
        if not isinstance(answerer, ClipAnswerer):
            raise UsageError(f"{name} has no temperature and no threshold; give clip:MODEL.")
        answerers.append(answerer)
    episodes = _fresh(spec, seeds, on_episode)
    shown = [Footage.of(one.frames, one.mission) for one in episodes]
    with open_reward(folder, folder) as code:
        answers = ask(code.program, shown, sandboxes=code.answerers)
    holds = np.concatenate([answers.holds(n) for n in range(len(episodes))])
    judged = np.concatenate([one.judged for one in episodes])
    truth = {
        name: np.concatenate([one.truth[name] for one in episodes])
        for name in sorted(set.intersection(*(set(one.truth) for one in episodes)))
    }
    truth["success"] = np.concatenate([one.success for one in episodes])
    swept = []
    for name, answerer in zip(names, answerers, strict=True):
        rows = []
        for k, subtask in enumerate(code.subtasks):
            goal = k == len(code.subtasks) - 1
            row = best_match(subtask, holds[:, k], truth, judged, goal=goal)
            counted = judged if goal else np.ones_like(judged)
            right = truth[row.predicate][counted] if row.predicate else np.zeros(0, np.bool_)
            if not right.any():
                continue  # nothing to recall
            shares = [_shares(answerer, episodes, k, t)[counted] for t in temperatures]
            curves = tuple(
                trade_off(one, right, t) for one, t in zip(shares, temperatures, strict=True)
            )
            rows.append(
                SweptSubTask(
                    subtask=subtask,
                    predicate=row.predicate,
                    frames=len(right),
                    held=int(right.sum()),
                    curves=curves,
                    code=(row.precision, row.recall),
                )
            )
        swept.append(SweptReward(name, tuple(rows)))
    return tuple(swept)


def _fresh(spec: Spec, seeds: int, on_episode: Callable[[], None] | None) -> list[Rollout]:
    """Expert and random episodes on seeds that were never recorded."""
    fresh, serving = Seeds.of(spec).fresh, Serving(spec, 2 * seeds)
    episodes = []
    with Player(spec) as player:
        for roll, block in (
            (player.roll_expert, fresh[:seeds]),
            (player.roll_random, fresh[seeds : 2 * seeds]),
        ):
            for rolled in serving.rolls(block, roll):
                episodes.append(rolled)
                if on_episode:
                    on_episode()
    return episodes


def _shares(
    answerer: ClipAnswerer, episodes: Sequence[Rollout], k: int, temperature: float
) -> NDArray[np.float64]:
    """Probability of sub-task `k` in each frame of all episodes."""
    return np.concatenate(
        [
            goal_probability(
                answerer.cosines(list(one.frames), answerer.contrasts(one.mission)[k]), temperature
            )
            for one in episodes
        ]
    )
