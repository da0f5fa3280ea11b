"""The ids of the table's environments, registered with Gymnasium without importing physics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gymnasium

from synth.envs.tabletop.tasks import TASKS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["IDS"]

IDS: Mapping[str, str] = {f"synth/Tabletop-{task.title}-v0": name for name, task in TASKS.items()}
"""Id to the name of its task."""


def _register() -> None:
    for env_id, name in IDS.items():
        if env_id not in gymnasium.registry:
            gymnasium.register(
                env_id,
                entry_point="synth.envs.tabletop.environment:TabletopEnv",
                max_episode_steps=TASKS[name].steps,
                kwargs={"task": name},
            )


_register()
