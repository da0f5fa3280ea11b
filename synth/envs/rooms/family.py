"""The family of MiniWorld's rooms."""

from __future__ import annotations

import importlib
import importlib.util
from importlib import metadata
from typing import TYPE_CHECKING, Any

import gymnasium

from synth.envs.base import Defaults, PlainFamily
from synth.envs.registry import registered
from synth.envs.rooms.near_misses import RECIPES
from synth.envs.rooms.opening import RoomSettings, make_env, render_settings, require_miniworld
from synth.envs.rooms.telling import told
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from synth.envs.base import Simulator
    from synth.envs.recipe import Recipe
    from synth.envs.trainable import Granted, Picture
    from synth.spec import Spec

__all__ = ["FAMILY", "RoomsFamily"]

_PREFIXES = ("MiniWorld-", "Rooms-")
_OWN = "Rooms-"


class RoomsFamily(PlainFamily):
    """MiniWorld's environments, synth's own rooms, and every other subclass of `MiniWorldEnv`."""

    name = "rooms"

    def claims(self, env_id: str) -> bool:
        """Whether the id is one of these; MiniWorld is not imported for it."""
        name = env_id.rpartition(":")[2]
        return name.startswith(_PREFIXES) or _is_room(registered(env_id))

    def known(self) -> tuple[str, ...]:
        """Ids registered once MiniWorld is imported."""
        try:
            require_miniworld(self.name)
        except EnvironmentFault:
            return ()
        return tuple(env_id for env_id in gymnasium.registry if self.claims(env_id))

    def make(self, spec: Spec) -> Simulator:
        """Make the environment of a spec; see `synth.envs.base.Family.make`."""
        render_settings(spec)
        require_miniworld(spec.env)
        module: Any = importlib.import_module("synth.envs.rooms.simulator")
        simulator: Simulator = module.simulator_of(spec)
        return simulator

    def environment(self, spec: Spec) -> gymnasium.Env[Any, Any]:
        """The environment to train in; see `synth.envs.trainable.Trainable`."""
        env: gymnasium.Env[Any, Any] = make_env(
            spec, render_settings(spec), render_mode="rgb_array"
        )
        return env

    def picture(self, spec: Spec) -> Picture:
        """Both views, as the simulator draws them."""
        picture: Picture = _training().RoomPicture(spec)
        return picture

    def granted(self, spec: Spec) -> Granted:  # noqa: ARG002 - the environment tells what it asks for
        """What the room asks for."""
        granted: Granted = _training().errand_is_done
        return granted

    def defaults(self, env_id: str) -> Defaults:  # noqa: ARG002 - the same for all of them
        """The walker, and both views."""
        return Defaults(
            policy="synth.envs.rooms:walker",
            render=(
                "# Pixels of each side of a view, and the views, from left to right.",
                f"size = {RoomSettings().size}",
                'views = ["map", "eyes"]',
            ),
            metamorphic=("# Largest change of a channel by noise, of 255.", "noise = 4"),
            max_steps=150,
            hold=4,
        )

    def recipes(self) -> tuple[Recipe, ...]:
        """Near misses that know what a room asks for."""
        return RECIPES

    def notes(self, spec: Spec) -> str:
        """Which part of the picture is which, sizes, what is near, and how carrying shows."""
        return " ".join(told(spec, render_settings(spec)))

    def versions(self) -> dict[str, str]:
        """Versions of what lays rooms out and draws them."""
        packages = ("gymnasium", "miniworld", "numpy", "pyglet")
        return {package: metadata.version(package) for package in packages}


def _training() -> Any:
    """Needs the simulator, which whoever trains has."""
    return importlib.import_module("synth.envs.rooms.training")


def _is_room(entry: Any) -> bool:
    """Whether an entry of Gymnasium's is for a subclass of `MiniWorldEnv`.

    Only classes whose module is imported are looked at: a subclass has imported MiniWorld.
    """
    kind = getattr(entry, "entry_point", None)
    return isinstance(kind, type) and any(
        base.__name__ == "MiniWorldEnv" and base.__module__.partition(".")[0] == "miniworld"
        for base in kind.__mro__
    )


FAMILY = RoomsFamily()
