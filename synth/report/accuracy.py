"""Accuracy against truth, on seeds that were never recorded.

Truth is simulator state: predicates such as ``carrying_key``. Nothing says which predicate
a sub-task means, so each is compared with the one it agrees with best, or, where the reward is
an alternative to a committed program, with the one that the program's agrees with best: a bad
reward must not choose what it is measured by. A family that tells
no predicates leaves all but the goal without figures. The goal is compared with the
environment's own success and with nothing else, on the frames that are judged; the strict
figure, on all frames, stands beside it. A report, not a test: an assertion on truth would
teach the model what pixels may not show.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.credit import assign_credit
from synth.record import Player, Seeds
from synth.record.other_missions import other_missions
from synth.record.rollout import HIDDEN
from synth.record.serving import Serving
from synth.report.published import rank_values
from synth.verdicts import Footage, LiveVerdicts, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from synth.episode import Rollout
    from synth.report.published import Ranking
    from synth.reward import RewardFunction
    from synth.spec import Spec

__all__ = [
    "Accuracy",
    "MissionAccuracy",
    "SceneAccuracy",
    "SubTaskAccuracy",
    "best_match",
    "measure_accuracy",
]


@dataclass(frozen=True, slots=True)
class SubTaskAccuracy:
    """One sub-task against the predicate it agrees with best.

    Attributes:
        subtask: Its name.
        predicate: ``success`` for the goal; ``""`` where the family tells no truth.
        frames: Frames compared: for the goal those that are judged, else all.
        wrong: Frames on which the two differ.
        strictly_wrong: The same on all frames, judged or not.
        precision: Of the frames where the sub-task holds, the share where the predicate does.
        recall: Of the frames where the predicate holds, the share where the sub-task does.
    """

    subtask: str
    predicate: str
    frames: int
    wrong: int
    strictly_wrong: int
    precision: float
    recall: float

    @property
    def agreement(self) -> float:
        """Share of the frames on which the two agree; 1.0 where there are none."""
        return 1.0 - self.wrong / self.frames if self.frames else 1.0


@dataclass(frozen=True, slots=True)
class SceneAccuracy:
    """The same seeds, those of one kind of scene only (one door colour, say)."""

    scene: str
    episodes: int
    frames: int
    wrong: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MissionAccuracy:
    """Whether a reward heeds the missions of its task.

    Attributes:
        distinct: Different missions among the fresh episodes.
        others: Fresh seeds whose expert's deed was played again under another mission, of
            success by which nothing is granted.
        completed: Those of them on which the goal holds somewhere.
    """

    distinct: int
    others: int
    completed: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A reward against truth.

    Attributes:
        task: The task's name.
        seeds: Seeds per policy.
        skipped: Seeds passed over, since they do not serve: solved at the start, or failed by
            the expert.
        frames: All frames.
        judged: Those of them on which success can be told.
        successes: Frames of success.
        judged_successes: Those of them that are judged.
        hidden_successes: Those of them that hide what decides; they are not judged.
        experts_in_order: Expert episodes in which every sub-task is credited.
        random_complete: Random episodes whose goal is credited.
        random_success: Random episodes that the environment calls a success.
        subtasks: In plan order; the last is the goal against success.
        scenes: The same by kind of scene, where the simulator tells one.
        ranking: How well the reward's values rank frames.
        missions: What comes of other missions; ``None`` where they do not vary.
    """

    task: str
    seeds: int
    skipped: int
    frames: int
    judged: int
    successes: int
    judged_successes: int
    hidden_successes: int
    experts_in_order: int
    random_complete: int
    random_success: int
    subtasks: tuple[SubTaskAccuracy, ...]
    scenes: tuple[SceneAccuracy, ...]
    ranking: Ranking
    missions: MissionAccuracy | None = None


@dataclass(frozen=True, eq=False, slots=True)
class _Shown:
    """An episode, and what the reward says of it.

    Attributes:
        rollout: The episode.
        holds: ``bool[T+1, K]``.
        values: ``float32[T+1, K]``, the progress of each sub-task.
    """

    rollout: Rollout
    holds: NDArray[np.bool_]
    values: NDArray[np.float32]


def measure_accuracy(
    spec: Spec,
    reward: RewardFunction,
    *,
    seeds: int = 100,
    meant: RewardFunction | None = None,
    on_episode: Callable[[], None] | None = None,
) -> Accuracy:
    """Judge fresh expert and random episodes, and compare every frame with truth.

    Args:
        spec: The task.
        reward: The reward program, or an alternative to one.
        seeds: Fresh seeds for each of the two policies; no seed is shared.
        meant: Another reward for the same plan that says which predicate each sub-task means; by
            default `reward` does.
        on_episode: Called after each episode.

    Returns:
        The figures.

    Raises:
        ExpertFailed: Too many fresh seeds do not serve.
        EnvironmentFault: The simulator is missing or misbehaves.
        ProgramFault: The reward cannot be run.
    """
    fresh = Seeds.of(spec).fresh
    experts: list[_Shown] = []
    randoms: list[_Shown] = []
    serving, program = Serving(spec, 2 * seeds), reward.program
    with Player(spec) as player, LiveVerdicts(program, sandboxes=reward.answerers) as verdicts:
        for shown, roll, block in (
            (experts, player.roll_expert, fresh[:seeds]),
            (randoms, player.roll_random, fresh[seeds : 2 * seeds]),
        ):
            for rolled in serving.rolls(block, roll):
                shown.append(_asked(verdicts, rolled, told=bool(program.progress)))
                if on_episode:
                    on_episode()
        everything = [*experts, *randoms]
        missions = _missions(player, verdicts, everything, fresh[:seeds])
    truth = {
        name: np.concatenate([j.rollout.truth[name] for j in everything])
        for name in sorted(set.intersection(*(set(j.rollout.truth) for j in everything)))
    }
    truth["success"] = np.concatenate([j.rollout.success for j in everything])
    judged = np.concatenate([j.rollout.judged for j in everything])
    holds = np.concatenate([j.holds for j in everything])
    credited = [assign_credit(j.holds, reward.stages).credited for j in experts]
    named = holds if meant is None else _holds(meant, [j.rollout for j in everything])
    rows = tuple(
        best_match(
            name, holds[:, k], truth, judged, goal=k == len(reward.subtasks) - 1, meant=named[:, k]
        )
        for k, name in enumerate(reward.subtasks)
    )
    return Accuracy(
        task=spec.name,
        seeds=seeds,
        skipped=serving.passed,
        frames=len(holds),
        judged=int(judged.sum()),
        successes=int(truth["success"].sum()),
        judged_successes=int((truth["success"] & judged).sum()),
        hidden_successes=sum(_hidden(j.rollout) for j in everything),
        experts_in_order=credited.count(len(reward.subtasks)),
        random_complete=sum(bool(j.holds[:, -1].any()) for j in randoms),
        random_success=sum(bool(j.rollout.success.any()) for j in randoms),
        subtasks=rows,
        scenes=_by_scene(everything, rows),
        ranking=rank_values(
            [(j.rollout, j.values) for j in experts],
            [(j.rollout, j.values) for j in everything],
            tuple(name for name in reward.subtasks if name in program.progress),
            goal=reward.subtasks[-1],
        ),
        missions=missions,
    )


def _asked(verdicts: LiveVerdicts, rolled: Rollout, *, told: bool) -> _Shown:
    holds = verdicts.holds(rolled.frames, rolled.frames[0], rolled.mission)
    values = holds.astype(np.float32)
    if told:
        values = verdicts.progress(rolled.frames, rolled.frames[0], rolled.mission)
    return _Shown(rolled, holds, values)


def _holds(reward: RewardFunction, rolled: Sequence[Rollout]) -> NDArray[np.bool_]:
    """What a reward says of all frames of some episodes."""
    shown = [Footage.of(one.frames, one.mission) for one in rolled]
    answers = ask(reward.program, shown, sandboxes=reward.answerers)
    return np.concatenate([answers.holds(n) for n in range(len(rolled))])


def _hidden(rolled: Rollout) -> int:
    """Success frames that hide what decides."""
    if rolled.seen is None:
        return 0
    return int(np.count_nonzero(rolled.success & (rolled.seen < HIDDEN)))


def _missions(
    player: Player, verdicts: LiveVerdicts, shown: Sequence[_Shown], seeds: range
) -> MissionAccuracy | None:
    """The right deeds for other missions of some seeds, and which of them complete."""
    if not player.missioned:
        return None
    others, completed = 0, 0
    for rolled, _ in other_missions(player, seeds, len(seeds)):
        goal = verdicts.holds(rolled.frames, rolled.frames[0], rolled.mission)[:, -1]
        others += 1
        completed += bool((goal & rolled.judged).any())
    return MissionAccuracy(len({one.rollout.mission for one in shown}), others, completed)


def best_match(
    subtask: str,
    holds: NDArray[np.bool_],
    truth: dict[str, NDArray[np.bool_]],
    judged: NDArray[np.bool_],
    *,
    goal: bool,
    meant: NDArray[np.bool_] | None = None,
) -> SubTaskAccuracy:
    """One sub-task against the predicate it agrees with best, or the goal against success.

    Args:
        subtask: Its name.
        holds: ``bool[N]``, where it holds.
        truth: Predicate name to ``bool[N]``; for the goal success is among them.
        judged: ``bool[N]``, where success can be told.
        goal: Whether it is the goal.
        meant: ``bool[N]``, what chooses the predicate in place of `holds`.
    """
    names = ["success"] if goal else [name for name in truth if name != "success"]
    if not names:
        return SubTaskAccuracy(subtask, "", 0, 0, 0, 0.0, 0.0)
    chosen = holds if meant is None else meant
    best = min(names, key=lambda name: int(np.count_nonzero(chosen != truth[name])))
    # The bits say where success can be told, and nothing of other predicates.
    counted = judged if goal else np.ones_like(judged)
    both = int(np.count_nonzero((holds & truth[best])[counted]))
    return SubTaskAccuracy(
        subtask=subtask,
        predicate=best,
        frames=int(counted.sum()),
        wrong=int(np.count_nonzero((holds != truth[best])[counted])),
        strictly_wrong=int(np.count_nonzero(holds != truth[best])),
        precision=both / max(int(holds[counted].sum()), 1),
        recall=both / max(int(truth[best][counted].sum()), 1),
    )


def _by_scene(judged: list[_Shown], rows: tuple[SubTaskAccuracy, ...]) -> tuple[SceneAccuracy, ...]:
    groups: dict[str, list[_Shown]] = defaultdict(list)
    for one in judged:
        if one.rollout.scene:
            groups[one.rollout.scene].append(one)
    return tuple(
        SceneAccuracy(
            scene=scene,
            episodes=len(members),
            frames=sum(len(m.holds) for m in members),
            wrong=tuple(sum(_wrong(m, k, row) for m in members) for k, row in enumerate(rows)),
        )
        for scene, members in sorted(groups.items())
    )


def _wrong(shown: _Shown, k: int, row: SubTaskAccuracy) -> int:
    """Frames of an episode on which the sub-task of column `k` is wrong."""
    rolled = shown.rollout
    if row.predicate == "success":
        return int(np.count_nonzero((shown.holds[:, k] != rolled.success) & rolled.judged))
    if not row.predicate:
        return 0
    return int(np.count_nonzero(shown.holds[:, k] != rolled.truth[row.predicate]))
