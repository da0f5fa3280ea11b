"""The reward of "Vision-Language Models as a Source of Rewards" (Baumli et al., arXiv 2312.09187).

With unit embeddings f of the picture o and g of the texts, goal l, negatives n_1 ... n_m, and
temperature tau::

    p(o, l) = exp(f(o).g(l) / tau) / (exp(f(o).g(l) / tau) + sum_i exp(f(o).g(n_i) / tau))
    reward  = 1 where p(o, l) is above the threshold, else 0

There each goal of an agent is one text; here each sub-task of the plan is. The initial picture
plays no part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.alternatives.answerer import PictureAnswerer, PictureVerdicts
from synth.alternatives.clip_prompts import ClipSettings, contrasts
from synth.alternatives.embedding import RememberedEmbedder, load_embedder
from synth.alternatives.settings import read_name
from synth.episode import read_store
from synth.program import unwritten
from synth.reward import RewardFunction
from synth.task import read_task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.alternatives.clip_prompts import Contrast
    from synth.alternatives.embedding import Embedder
    from synth.plan import Plan
    from synth.verdicts import Picture

__all__ = ["ClipAnswerer", "goal_probability", "missions_of", "open_alternative"]


def goal_probability(cosines: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """The softmax's share of the goal.

    Args:
        cosines: ``float[N, 1 + m]``, to the goal first and to m negatives.
        temperature: Above 0.

    Returns:
        ``float64[N]``.
    """
    scaled = np.asarray(cosines, np.float64) / temperature
    # Against the goal's own, so that the largest exponent of a certain goal is 0; a negative far
    # above it becomes infinite, and the share 0, as it should.
    with np.errstate(over="ignore"):
        others = np.exp(scaled[:, 1:] - scaled[:, :1]).sum(axis=1)
    share: NDArray[np.float64] = 1.0 / (1.0 + others)
    return share


class ClipAnswerer(PictureAnswerer):
    """Answers by the words that a picture is nearest to.

    Args:
        plan: The plan; K sub-tasks.
        embedder: Embeds pictures and words.
        settings: How they become verdicts.
        missions: Missions to draw negatives from, where they vary.
    """

    def __init__(
        self, plan: Plan, embedder: Embedder, settings: ClipSettings, missions: Sequence[str] = ()
    ) -> None:
        super().__init__(plan.stage_names)
        self._plan, self._settings, self._missions = plan, settings, tuple(missions)
        self._embedder = RememberedEmbedder(embedder)

    def contrasts(self, mission: str | None) -> tuple[Contrast, ...]:
        """What each sub-task is called in an episode, and what it is set against."""
        return contrasts(self._plan, self._settings, mission, self._missions)

    def cosines(
        self, frames: Sequence[NDArray[np.uint8]], contrast: Contrast
    ) -> NDArray[np.float32]:
        """``float32[N, 1 + m]``: of N pictures to the goal of a contrast, then to its negatives."""
        texts = self._embedder.texts((contrast.goal, *contrast.negatives))
        cosines: NDArray[np.float32] = self._embedder.pictures(frames) @ texts.T
        return cosines

    def judge(self, pictures: Sequence[Picture]) -> PictureVerdicts:
        """Which sub-tasks are more probable than the threshold."""
        cells = np.zeros((len(pictures), len(self._plan.names)), np.uint8)
        by_mission: dict[str | None, list[int]] = {}
        for n, (_, _, mission) in enumerate(pictures):
            by_mission.setdefault(mission, []).append(n)
        for mission, rows in by_mission.items():
            frames = [pictures[n][0] for n in rows]
            for k, contrast in enumerate(self.contrasts(mission)):
                share = goal_probability(self.cosines(frames, contrast), self._settings.temperature)
                cells[rows, k] = share > self._settings.threshold
        return PictureVerdicts(cells)


def missions_of(folder: Path) -> tuple[str, ...]:
    """Missions of the episodes that anybody may see, where missions vary.

    Raises:
        UsageError: The episodes are missing or damaged.
    """
    episodes = read_store(folder / "episodes").select(split="visible")
    return tuple(sorted({e.mission for e in episodes if e.mission is not None}))


def open_alternative(argument: str, folder: Path) -> RewardFunction:
    """``clip:FOLDER-OR-NAME?KEY=VALUE&...``.

    Args:
        argument: What follows ``clip:``.
        folder: ``generated/TASK``.

    Raises:
        UsageError: The model cannot be loaded, a setting makes no sense, or there is no task.
    """
    name, settings = read_name("clip", argument, ClipSettings)
    task = read_task(folder / "task.toml")
    missioned = task.spec.mission is not None
    missions = missions_of(folder) if missioned else ()
    # Said before the model is loaded, which takes a while.
    contrasts(task.plan, settings, missions[0] if missions else None, missions)
    answerer = ClipAnswerer(task.plan, load_embedder(name), settings, missions)
    program = unwritten(
        f"clip:{name}?{settings.written()}", task.plan.stage_names, takes_mission=missioned
    )
    return RewardFunction(program, answerer, folder=folder)
