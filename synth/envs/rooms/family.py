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
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterator

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
            microseconds=150.0,
        )

    def recipes(self) -> tuple[Recipe, ...]:
        """Near misses that know what a room asks for."""
        return RECIPES

    def notes(self, spec: Spec) -> str:
        """Which part of the picture is which, and how carrying shows."""
        settings = render_settings(spec)
        return " ".join(_said(settings))

    def versions(self) -> dict[str, str]:
        """Versions of what lays rooms out and draws them."""
        packages = ("gymnasium", "miniworld", "numpy", "pyglet")
        return {package: metadata.version(package) for package in packages}


def _training() -> Any:
    """Needs the simulator, which whoever trains has."""
    return importlib.import_module("synth.envs.rooms.training")


def _said(settings: RoomSettings) -> Iterator[str]:
    """Sentences about the picture: where each view is, and what it shows."""
    size, views = settings.size, settings.views
    if len(views) > 1:
        seams = " and ".join(str(size * k) for k in range(1, len(views)))
        yield (
            f"The picture is {len(views)} views of one moment side by side, each {size} x {size} "
            f"pixels, with a seam at column {seams}; nothing runs on across it."
        )
    for at, view in enumerate(views):
        columns = f"Columns {size * at} to {size * (at + 1) - 1}: "
        yield (columns if len(views) > 1 else "") + _SHOWS[view]
    if set(views) == set(_SHOWS):
        yield _CARRYING


_SHOWS = {
    "map": (
        "the whole floor from straight above, without perspective; walls stand at the floor's "
        "edges, and what lies outside is nearly black. The black triangle is the agent, and its "
        "sharp tip points where it looks. The scale is the same all over and in all pictures of "
        "a task."
    ),
    "eyes": (
        "what the agent sees: in perspective, tilted down a little. What is behind or beside the "
        "agent is not in it, nor the agent itself."
    ),
}
_CARRYING = (
    "What is carried hangs in front of the agent and moves with it. From above it looks like a "
    "thing that lies there on the floor; the agent's view tells them apart: a carried thing is in "
    "the middle, at the height of the eyes, and one on the floor is lower down."
)


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
