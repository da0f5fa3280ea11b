"""The MiniGrid family: grid worlds of https://minigrid.farama.org, and BabyAI's levels.

Render parameters (``[render]``):
    tile_size: Pixels per grid cell, 4 to 64; default 16.
    highlight: Whether the agent's field of view is lightened by 30% white, as in
        MiniGrid's own default; default false.

Options (``[options]``): further keyword arguments of the environment, such as ``size``.

Success: the environment terminates with a reward above zero.

Importing this module needs no simulator; making an environment does. Near misses and
recording are not its affair.
"""

from __future__ import annotations

import importlib
from importlib import metadata
from typing import TYPE_CHECKING

import gymnasium

from synth.envs.base import Defaults
from synth.envs.minigrid.near_misses import RECIPES
from synth.envs.minigrid.planning import planner
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from synth.envs.base import Scenery, Simulator
    from synth.envs.recipe import Recipe
    from synth.spec import Spec

__all__ = ["FAMILY", "MiniGridFamily", "planner"]

_PREFIXES = ("MiniGrid-", "BabyAI-")


class MiniGridFamily:
    """MiniGrid and BabyAI environments, by the prefix of their ids."""

    name = "minigrid"

    def claims(self, env_id: str) -> bool:
        """Whether the id starts with ``MiniGrid-`` or ``BabyAI-``."""
        return env_id.startswith(_PREFIXES)

    def known(self) -> tuple[str, ...]:
        """Ids registered with gymnasium once minigrid is imported."""
        try:
            importlib.import_module("minigrid")
        except ModuleNotFoundError:
            return ()
        return tuple(env_id for env_id in gymnasium.registry if self.claims(env_id))

    def make(self, spec: Spec) -> Simulator:
        """Make the environment of a spec; see `synth.envs.base.Family.make`."""
        try:
            home = importlib.import_module("synth.envs.minigrid.simulator")
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "minigrid":
                raise
            raise EnvironmentFault(
                f"{spec.env} needs the package {error.name!r}, which is not installed. "
                'Run `pip install "synth[minigrid]"`.'
            ) from error
        simulator: Simulator = home.MiniGridSimulator(spec)
        return simulator

    def defaults(self, env_id: str) -> Defaults:  # noqa: ARG002 - the same for all of them
        """The planner, and what a grid's picture can be drawn with."""
        return Defaults(
            policy="synth.envs.minigrid:planner",
            render=(
                "# Pixels per tile, and whether the agent's field of view is lightened.",
                "tile_size = 16",
                "highlight = false",
            ),
            metamorphic=(
                "# Things of kinds that the scene does not hold, added to it.",
                "distractors = 2",
            ),
        )

    def recipes(self) -> tuple[Recipe, ...]:
        """Near misses that know what a grid holds."""
        return RECIPES

    def scenery(self) -> Scenery | None:
        """More things, and other colours; ``None`` where minigrid is not installed."""
        try:
            scenery: Scenery = importlib.import_module("synth.envs.minigrid.perturbed_scenes")
        except ModuleNotFoundError:
            return None
        return scenery

    def notes(self, spec: Spec) -> str:
        """How the grid is drawn."""
        return (
            "The picture shows a grid of equal square tiles of "
            f"{spec.render.get('tile_size', 16)} pixels, seen from above."
        )

    def versions(self) -> dict[str, str]:
        """Versions of gymnasium, minigrid and numpy, which draws the layouts."""
        return {
            package: metadata.version(package) for package in ("gymnasium", "minigrid", "numpy")
        }


FAMILY = MiniGridFamily()
