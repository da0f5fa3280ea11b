"""The family itself; see the package's docstring for what it makes."""

from __future__ import annotations

import importlib
from importlib import metadata
from typing import TYPE_CHECKING, Any

import gymnasium

from synth.envs.base import Defaults, PlainFamily
from synth.envs.missing import missing_package
from synth.envs.panda.near_misses import RECIPES
from synth.envs.panda.notes import notes
from synth.envs.panda.tasks import IDS, is_panda, task_of
from synth.envs.panda.views import Views

if TYPE_CHECKING:
    from synth.envs.base import Simulator
    from synth.envs.recipe import Recipe
    from synth.envs.trainable import Granted, Picture, StepResult
    from synth.spec import Spec

__all__ = ["FAMILY", "PandaFamily"]

_STACKED = (
    "At the package's own threshold two cubes side by side, or in the other order, count as "
    "stacked; at 0.04 m they do not."
)
_PACKAGES = ("panda_gym", "pybullet", "pybullet_data")


class PandaFamily(PlainFamily):
    """panda-gym's tasks, by their ids."""

    name = "panda"

    def claims(self, env_id: str) -> bool:
        """Whether the id is one of panda-gym's, but for PandaFlip."""
        return is_panda(env_id)

    def known(self) -> tuple[str, ...]:
        """All of them, where panda-gym is installed."""
        return IDS if importlib.util.find_spec("panda_gym") is not None else ()

    def make(self, spec: Spec) -> Simulator:
        """Make the environment of a spec; see `synth.envs.base.Family.make`."""
        simulator: Simulator = _installed("simulator", spec).PandaSimulator(spec)
        return simulator

    def environment(self, spec: Spec) -> gymnasium.Env[Any, Any]:
        """A fresh world for each episode, under Gymnasium's step limit."""
        task = task_of(spec)
        env: gymnasium.Env[Any, Any] = _installed("making", spec).FreshPanda(task)
        return gymnasium.wrappers.TimeLimit(env, spec.max_steps)

    def picture(self, spec: Spec) -> Picture:
        """The views side by side."""
        views = Views.of(spec, task_of(spec).kind)
        camera = _installed("camera", spec).Camera(views)
        return lambda env: camera.picture(env.unwrapped.world)

    def granted(self, spec: Spec) -> Granted:  # noqa: ARG002 - the same for all of them
        """What the package says of the moment."""
        return _is_success

    def defaults(self, env_id: str) -> Defaults:
        """The expert, two views, and a hold."""
        stacks = "Stack" in env_id
        return Defaults(
            policy="synth.envs.panda:expert",
            render=(
                "# Pixels of a view's side, and the cameras' yaw and pitch: side by side.",
                "size = 128",
                'views = ["45/-40", "180/-40"]',
            ),
            options=("distance_threshold = 0.04",) if stacks else (),
            max_steps=200 if stacks or "Joints" in env_id else 100,
            hold=5,
            remarks=(_STACKED,) if stacks else (),
        )

    def recipes(self) -> tuple[Recipe, ...]:
        """Near misses that know the goal and the things."""
        return RECIPES

    def notes(self, spec: Spec) -> str:
        """Where the cameras stand, how large things are and what is measured."""
        return notes(spec)

    def measures(self, spec: Spec) -> bool:  # noqa: ARG002 - the same for all of them
        """Always: how near a thing is to where it belongs."""
        return True

    def versions(self) -> dict[str, str]:
        """Versions of what decides the frames."""
        return {
            package: metadata.version(package) for package in ("numpy", "panda-gym", "pybullet")
        }


def _is_success(_env: Any, step: StepResult, /) -> bool:
    return bool(step[4]["is_success"])


def _installed(module: str, spec: Spec) -> Any:
    """A module of this folder that needs the simulator."""
    try:
        return importlib.import_module(f"synth.envs.panda.{module}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PACKAGES:
            raise
        wheels = "pybullet has wheels for Python 3.11 and older"
        raise missing_package(spec.env, error.name, "synth[panda]", wheels) from error


FAMILY = PandaFamily()
