"""The recorded family: tasks of which there are pictures and no simulator.

Description: episodes that were filmed, drawn or recorded elsewhere and taken in by
    `synth import`. The id is ``recorded``, whatever was filmed.

Render parameters (``[render]``): what `synth import` did to the pictures: ``size``, ``width``,
    ``height`` and ``crop``, as in the gymnasium family.

Options (``[options]``): where the episodes came from and how success was told; nothing reads them.

Success: as it was told when the episodes were imported.

Nothing can be played: there is no search, there are no near misses but the episodes that failed,
no scenes, and no fresh episodes when the held-out ones have told something.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from synth.envs.base import PlainFamily
from synth.envs.gymnasium.pictures import shrunk
from synth.errors import EnvironmentFault
from synth.spec import RECORDED

if TYPE_CHECKING:
    from synth.envs.base import Defaults, Simulator
    from synth.spec import Spec

__all__ = ["FAMILY", "RecordedFamily"]


class RecordedFamily(PlainFamily):
    """Claims one id, and makes nothing."""

    name = "recorded"

    def claims(self, env_id: str) -> bool:
        """Whether it is the family's one id."""
        return env_id == RECORDED

    def why_no_simulator(self, task: str) -> str:
        """See `synth.envs.unsimulated.Unsimulated`."""
        return (
            f"no simulator: {task} was imported, and nothing can be played. What needs only its "
            f"pictures is there: `synth run {task}`, `synth label {task}`, `synth report {task}`, "
            f"`synth export {task} FOLDER` and the audit, `pytest generated/{task}`. Where its "
            f"episodes are missing, `synth import {task} SOURCE` makes them"
        )

    def make(self, spec: Spec) -> Simulator:
        """Refuse.

        Raises:
            EnvironmentFault: Always.
        """
        raise EnvironmentFault(f"{self.why_no_simulator(spec.name)}.")

    def defaults(self, env_id: str) -> Defaults:
        """Refuse: nothing can be tried.

        Raises:
            EnvironmentFault: Always; the message names the command that does it.
        """
        raise EnvironmentFault(
            f"{env_id} is no environment but a folder of pictures: `synth import NAME SOURCE`."
        )

    def notes(self, spec: Spec) -> str:
        """Whether the pictures were cut or resized."""
        parts = []
        if "crop" in spec.render:
            parts.append("The picture is a part, cut out of what was filmed.")
        if shrinking := shrunk(spec):
            parts.append(shrinking)
        return " ".join(parts)

    def versions(self) -> dict[str, str]:
        """What may have decoded the pictures, as far as it is installed."""
        found = {}
        for package in ("av", "minari", "pillow"):
            try:
                found[package] = metadata.version(package)
            except metadata.PackageNotFoundError:
                continue
        return found


FAMILY = RecordedFamily()
