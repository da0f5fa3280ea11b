"""Sub-tasks in words for a model that compares pictures with words, and what they are set against.

Baumli et al. (2023) found both to decide how good such a reward is. So either is a setting: which
of the plan's words are taken and into what sentence they are put, and whether the negatives are
fixed or other missions.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from synth.alternatives.settings import Settings
from synth.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.plan import Plan, SubTask

__all__ = ["ClipSettings", "Contrast", "contrasts"]

NOTHING = "the beginning of the task, before anything has been done"
"""A negative for every sub-task, without which a plan of one has none."""

AGAINST = 20240204
"""Any fixed seed: a mission is always set against the same others."""


class ClipSettings(Settings):
    """How pictures and words become verdicts.

    Attributes:
        temperature: Of the softmax over goal and negatives; CLIP was trained to about 0.01.
        threshold: Above which probability of the goal a sub-task holds.
        words: Which of the plan's words stand for a sub-task.
        template: The sentence that they are put into, at ``{words}``; ``{mission}`` is the words
            of the episode, and is added where it is left out of a task whose missions vary.
        negatives: ``subtasks`` are the plan's other sub-tasks and a picture of the beginning;
            ``missions`` the same sub-task in other missions; else a file, one to a line. By
            default missions where they vary.
        missions: How many other missions are drawn.
    """

    temperature: float = Field(default=0.01, gt=0, allow_inf_nan=False)
    threshold: float = Field(default=0.5, ge=0, lt=1)
    words: Literal["visible", "description", "name"] = "visible"
    template: str = "{words}"
    negatives: str | None = Field(default=None, min_length=1)
    missions: int = Field(default=8, ge=1, le=1000)


@dataclass(frozen=True, slots=True)
class Contrast:
    """One sub-task in words, and what it is set against.

    Attributes:
        goal: What a picture shows in which it holds.
        negatives: What other pictures show; at least one.
    """

    goal: str
    negatives: tuple[str, ...]


def contrasts(
    plan: Plan, settings: ClipSettings, mission: str | None, missions: Sequence[str] = ()
) -> tuple[Contrast, ...]:
    """The contrast of each sub-task, in plan order.

    Args:
        plan: The plan.
        settings: How it is put into words.
        mission: The words of the episode; ``None`` where missions do not vary.
        missions: Missions to draw others from.

    Raises:
        UsageError: The template or the negatives do not fit the task.
    """
    negatives = settings.negatives or ("subtasks" if mission is None else "missions")
    if negatives == "missions":
        return _against_missions(plan, settings, mission, missions)
    goals = [_put(subtask, settings, mission) for subtask in plan.subtasks]
    if negatives == "subtasks":
        return tuple(
            Contrast(goal, (*(other for other in goals if other != goal), NOTHING))
            for goal in goals
        )
    fixed = _read(Path(negatives))
    return tuple(Contrast(goal, fixed) for goal in goals)


def _against_missions(
    plan: Plan, settings: ClipSettings, mission: str | None, missions: Sequence[str]
) -> tuple[Contrast, ...]:
    others = sorted(set(missions) - {mission})
    if mission is None or not others:
        raise UsageError(
            "clip: negatives=missions, and this task has no other missions to draw; give "
            "negatives=subtasks, or a file with one negative to a line."
        )
    # By the words of the mission, so that a verdict depends on nothing asked before.
    drawn = random.Random(f"{AGAINST} {mission}").sample(  # noqa: S311 - no secret
        others, min(settings.missions, len(others))
    )
    return tuple(
        Contrast(
            _put(subtask, settings, mission),
            tuple(_put(subtask, settings, other) for other in drawn),
        )
        for subtask in plan.subtasks
    )


def _put(subtask: SubTask, settings: ClipSettings, mission: str | None) -> str:
    """A sub-task as a sentence."""
    words: str = getattr(subtask, settings.words)
    if settings.words == "name":
        words = words.replace("_", " ")
    template = settings.template
    if "{words}" not in template and "{mission}" not in template:
        raise UsageError(
            f"clip: the template {template!r} says nothing of the sub-task; put {{words}} into it."
        )
    if mission is None and "{mission}" in template:
        raise UsageError(
            "clip: the template names {mission}, and this task's missions do not vary."
        )
    if mission is not None and "{mission}" not in template:
        template = f"{template} ({{mission}})"
    return template.replace("{words}", words).replace("{mission}", mission or "")


def _read(file: Path) -> tuple[str, ...]:
    try:
        lines = tuple(
            line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()
        )
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"clip: negatives={file} cannot be read ({error}); give subtasks, missions, or a file "
            "with one negative to a line."
        ) from error
    if not lines:
        raise UsageError(f"{file} holds no negative; write one to a line.")
    return lines
