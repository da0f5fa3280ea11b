"""How a task is trained in: a file for each family, ``synth/training/defaults/FAMILY.toml``.

A family without a file of its own is trained in as ``gymnasium.toml`` says. What stands under the
algorithm's name is handed to its class in stable-baselines3 or sb3-contrib; ``net_arch`` goes
into ``policy_kwargs``. Without ``policy`` the kind follows from the observation. A task that needs
other settings has them under ``[tasks.NAME]``.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from synth.errors import UsageError

__all__ = ["TrainingSettings", "settings_of"]


class TrainingSettings(BaseModel):
    """What a run is made of, the reward aside.

    Attributes:
        algorithm: Name of a class of stable-baselines3 or sb3-contrib, in lower case.
        environments: How many are stepped side by side.
        steps: Steps of the environments, all together.
        time_limit: Whether episodes are cut as the ``environment`` itself does, where its family
            tells, or after the ``max_steps`` of the ``task``.
        stop: Share of successes in the last 100 episodes at which training stops early, or
            ``None`` to go on to the end.
        hyperparameters: Keyword arguments of the algorithm.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    algorithm: str
    environments: int = Field(ge=1, le=256)
    steps: int = Field(ge=1)
    time_limit: Literal["task", "environment"] = "task"
    stop: float | None = Field(default=None, gt=0.0, le=1.0)
    hyperparameters: dict[str, Any] = {}

    def unlike(self, asked: TrainingSettings) -> str:
        """Where a run of these is not what is asked for: ``steps 128 there, 256 asked for``."""
        one, other = self._flat(), asked._flat()
        names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
        return "; ".join(f"{n} {one.get(n)} there, {other.get(n)} asked for" for n in names)

    def _flat(self) -> dict[str, Any]:
        told = self.model_dump(mode="json")
        own: dict[str, Any] = told.pop("hyperparameters")
        return told | own


def settings_of(
    family: str,
    task: str = "",
    *,
    algorithm: str | None = None,
    steps: int | None = None,
    environments: int | None = None,
) -> TrainingSettings:
    """The defaults of a family, with what its file has for the task and what the caller sets.

    Args:
        family: Its name.
        task: The task's.
        algorithm: Another than the default; it needs a table in the file.
        steps: Another number of steps.
        environments: Another number of environments.

    Raises:
        UsageError: The file has no settings for that algorithm.
    """
    home = resources.files("synth.training") / "defaults"
    file = home / f"{family}.toml"
    if not file.is_file():
        file = home / "gymnasium.toml"
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    own = content.pop("tasks", {}).get(task, {})
    tables = {name: content.pop(name) for name in list(content) if isinstance(content[name], dict)}
    content |= own
    chosen = algorithm or content["algorithm"]
    if chosen not in tables:
        raise UsageError(
            f"there are no settings for {chosen!r}; {file} has {', '.join(sorted(tables))}. "
            "Choose one of these, or add a table of that name to the file."
        )
    set_here = {"algorithm": chosen, "steps": steps, "environments": environments}
    given = {name: value for name, value in set_here.items() if value is not None}
    return TrainingSettings.model_validate({**content, **given, "hyperparameters": tables[chosen]})
