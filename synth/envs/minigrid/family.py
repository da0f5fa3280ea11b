"""The MiniGrid family: grid worlds of https://minigrid.farama.org, and BabyAI's levels.

Render parameters (``[render]``):
    tile_size: Pixels per grid cell, 4 to 64; default 16.
    highlight: Whether the agent's field of view is lightened by 30% white, as in
        MiniGrid's own default; default false.
    inventory: Whether a strip of one tile's height below the grid shows, at its left end, what
        the agent carries; default false. MiniGrid's own picture shows it nowhere.

Options (``[options]``): further keyword arguments of the environment, such as ``size``.

Success: the environment terminates with a reward above zero.

An environment of a user's own belongs here where its registered class derives from
`minigrid.minigrid_env.MiniGridEnv`. Importing this module needs no simulator; making an
environment does.
"""

from __future__ import annotations

import importlib
from importlib import metadata
from typing import TYPE_CHECKING, Any

import gymnasium
from gymnasium.envs import registration

from synth.envs.base import Defaults, PlainFamily
from synth.envs.minigrid.near_misses import RECIPES
from synth.envs.minigrid.planning import planner
from synth.envs.missing import missing_package

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from synth.envs.base import Scenery, Simulator
    from synth.envs.recipe import Recipe
    from synth.envs.trainable import Granted, Picture, StepResult
    from synth.spec import Spec

__all__ = ["FAMILY", "MiniGridFamily", "planner"]

_PREFIXES = ("MiniGrid-", "BabyAI-")


class MiniGridFamily(PlainFamily):
    """MiniGrid and BabyAI environments, and every other subclass of `MiniGridEnv`."""

    name = "minigrid"

    def claims(self, env_id: str) -> bool:
        """Whether the id is one of MiniGrid's, or registered for a subclass of `MiniGridEnv`.

        A subclass has imported minigrid by itself; for other ids it is not imported.
        """
        module, _, name = env_id.rpartition(":")
        return name.startswith(_PREFIXES) or _is_grid(_registered_class(module, name))

    def known(self) -> tuple[str, ...]:
        """Ids registered with gymnasium once minigrid is imported."""
        try:
            importlib.import_module("minigrid")
        except ModuleNotFoundError:
            return ()
        return tuple(env_id for env_id in gymnasium.registry if self.claims(env_id))

    def make(self, spec: Spec) -> Simulator:
        """Make the environment of a spec; see `synth.envs.base.Family.make`."""
        simulator: Simulator = _installed("simulator", spec).MiniGridSimulator(spec)
        return simulator

    def environment(self, spec: Spec) -> gymnasium.Env[Any, Any]:
        """The environment as gymnasium makes it, its render set up as the spec says."""
        env: gymnasium.Env[Any, Any] = _installed("making", spec).make_env(
            spec, render_mode="rgb_array"
        )
        return env

    def own_limit(self, spec: Spec) -> int | None:
        """What the environment's class sets where nobody gives it one."""
        env = _installed("making", spec).make_env(spec, limited=False)
        limit = int(env.unwrapped.max_steps)
        env.close()
        return limit

    def picture(self, spec: Spec) -> Picture:
        """The whole grid from cached tiles; about ten times as fast as MiniGrid's render."""
        picture: Picture = _installed("making", spec).FastPicture(spec)
        return picture

    def granted(self, spec: Spec) -> Granted:  # noqa: ARG002 - the same for all grids
        """An end with a reward."""
        return _rewarded_end

    def encoded(self, env: gymnasium.Env[Any, Any]) -> gymnasium.Env[Any, Any]:
        """The view as one-hot numbers; as it is where a wrapper has made something else of it."""
        space = env.observation_space
        if not (isinstance(space, gymnasium.spaces.Dict) and {"image", "direction"} <= set(space)):
            return env
        from synth.envs.minigrid.one_hot import OneHotView  # noqa: PLC0415 - needs minigrid

        return OneHotView(env)

    def truth_reader(self, env: gymnasium.Env[Any, Any]) -> Callable[[], Mapping[str, bool]]:
        """The predicates of `synth.envs.minigrid.truth`."""
        from synth.envs.minigrid.truth import TruthReader  # noqa: PLC0415 - needs minigrid

        return TruthReader(env.unwrapped).read

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
        size = spec.render.get("tile_size", 16)
        tiles = f"The picture shows a grid of equal square tiles of {size} pixels, seen from above."
        if spec.render.get("highlight", False):
            tiles += " The tiles that the agent can see are lightened."
        if spec.render.get("inventory", False):
            tiles += (
                f" The lowest {size} rows are no part of the grid: they show at their left end the "
                "object that the agent carries, and are black where it carries none."
            )
        return tiles

    def versions(self) -> dict[str, str]:
        """Versions of gymnasium, minigrid and numpy, which draws the layouts."""
        return {
            package: metadata.version(package) for package in ("gymnasium", "minigrid", "numpy")
        }


def _rewarded_end(_env: Any, step: StepResult, /) -> bool:
    _, reward, terminated, _, _ = step
    return terminated and float(reward) > 0


def _installed(module: str, spec: Spec) -> Any:
    """A module of this folder that needs the simulator."""
    try:
        return importlib.import_module(f"synth.envs.minigrid.{module}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "minigrid":
            raise
        raise missing_package(spec.env, error.name, "synth[minigrid]") from error


def _registered_class(module: str, name: str) -> object:
    """What an id is registered for; ``None`` where it is not, or cannot be imported."""
    try:
        if module:
            importlib.import_module(module)
        if name not in gymnasium.registry:  # an id without its version means the newest
            namespace, name, version = registration.parse_env_id(name)
            newest = registration.find_highest_version(namespace, name)
            name = registration.get_env_id(namespace, name, newest if version is None else version)
        entry = gymnasium.spec(name).entry_point
        if isinstance(entry, str):
            # Gymnasium's own are no grids, and importing them may cost seconds.
            if entry.startswith(("gymnasium.", "ale_py", "shimmy.")):
                return None
            return registration.load_env_creator(entry)
    except Exception:  # noqa: BLE001 - a module of anybody's, which may fail as it likes when it is imported (MiniWorld's does without a display); whoever makes it is told
        return None
    return entry


def _is_grid(entry: object) -> bool:
    """Whether it is a subclass of `MiniGridEnv`, told without importing minigrid."""
    return isinstance(entry, type) and any(
        base.__name__ == "MiniGridEnv" and base.__module__.partition(".")[0] == "minigrid"
        for base in entry.__mro__
    )


FAMILY = MiniGridFamily()
