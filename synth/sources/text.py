"""The spec that `synth import` writes, comments included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomli_w

from synth.spec import RECORDED, speed_target

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SpecWords"]

_ENV = "# Episodes from elsewhere, without a simulator."
_GOAL = "# The goal in words. A model is told it, unless show_goal = false. It may be left out."
_OPTIONS = "# Where they came from, and what was taken for success; `synth import` wrote this."
_EXPERT = "# Those that end in success; every second one of each kind is held out."
_METAMORPHIC = """\
# Changes of the picture that must not change any verdict. Pictures that were filmed should bear
# some noise:
# [metamorphic]
# noise = 4"""
_LABELS = "# Pictures on which readings of a sub-task disagree are put to the model's eyes."
_TARGET = "# A slower program is asked for a faster version."


@dataclass(frozen=True, slots=True)
class SpecWords:
    """What a spec of imported episodes says.

    Attributes:
        goal: In words, or ``""``.
        source: Where the episodes came from.
        success: How success was told.
        unsure: Frames before it that are not judged.
        every: Every how many frames were taken.
        render: What was done to the pictures.
        lengths: Of all episodes, in steps.
        counts: Kind and split to how many episodes.
        frame: Width and height of a picture.
        missions: Whether each episode has words of its own.
    """

    goal: str
    source: str
    success: str
    unsure: int
    every: int
    render: Mapping[str, int | list[int]]
    lengths: tuple[int, ...]
    counts: Mapping[tuple[str, str], int]
    frame: tuple[int, int]
    missions: bool

    def text(self, task: str) -> str:
        """The file."""
        goal = f"goal = {_toml(self.goal)}" if self.goal else '# goal = "reach the green square"'
        near = self.counts.get(("near_miss", "visible"), 0)
        render = "\n".join(f"{key} = {_toml(value)}" for key, value in self.render.items())
        source = (
            f"source = {_toml(self.source)}\nsuccess = {_toml(self.success)}\n"
            f"unsure = {self.unsure}\nevery = {self.every}"
        )
        mission = '# Each episode has words of its own.\n[mission]\nfrom = "env.mission"'
        expert = (
            f'policy = "episodes:generated/{task}/episodes"\n'
            f"episodes = {self.counts['expert', 'visible']}"
        )
        parts = (
            f"{_ENV}\nenv = {_toml(RECORDED)}",
            f"{_GOAL}\n{goal}",
            f"# The longest episode.\nmax_steps = {max(self.lengths)}",
            f"{_OPTIONS}\n[options]\n{source}",
            f"# What was done to the pictures.\n[render]\n{render}" if render else "",
            mission if self.missions else "",
            f"{_EXPERT}\n[expert]\n{expert}",
            "# Nothing can be played at random.\n[random]\nepisodes = 0",
            f"[held_out]\nepisodes = {self.counts['expert', 'held_out']}",
            f"# Those that do not end in success.\n[near_miss]\nepisodes = {near}\nscenes = 0",
            _METAMORPHIC,
            f"{_LABELS}\n[labels]\nframes = 24",
            "[gate]\nexpert_completion = 1.0\nrandom_completion = 0.1",
            f"{_TARGET}\n[target]\nmicroseconds_per_frame = {speed_target(*self.frame)}",
        )
        return "\n\n".join(part for part in parts if part) + "\n"


def _toml(value: object) -> str:
    return tomli_w.dumps({"it": value}, multiline_strings=False).partition(" = ")[2].strip()
