"""Making a MiniGrid environment from a spec, and its picture for training.

Refuses options, render keys and ids that MiniGrid does not know. The environment is the one
that a user gets from `gymnasium.make`, so that a simulator may unwrap it and `synth.make` need
not.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, TypedDict

import gymnasium
import minigrid  # noqa: F401 - importing it registers the environment ids
from minigrid.minigrid_env import MiniGridEnv

from synth.envs.minigrid.renderer import TileRenderer
from synth.envs.registry import unknown_env
from synth.errors import EnvironmentFault, SpecError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synth.spec import Spec

__all__ = ["FastPicture", "RenderSettings", "make_env", "render_settings"]

_TILE_SIZES = range(4, 65)
_OURS = ("max_steps", "render_mode", "tile_size", "highlight", "agent_pov", "screen_size")


class RenderSettings(TypedDict):
    """How the grid is drawn.

    Attributes:
        tile_size: Pixels per cell.
        highlight: Whether the agent's field of view is lightened.
        inventory: Whether a strip below the grid shows what the agent carries.
    """

    tile_size: int
    highlight: bool
    inventory: bool


class FastPicture:
    """The spec's picture of a wrapped environment, from cached tiles.

    Args:
        spec: Whose ``[render]`` it follows.
    """

    def __init__(self, spec: Spec) -> None:
        self._renderer = TileRenderer(**render_settings(spec))

    def __call__(self, env: Any) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]`` of an environment after a reset."""
        return self._renderer.render(env.unwrapped)


def make_env(spec: Spec, *, render_mode: str | None = None) -> Any:
    """The environment of a spec, with gymnasium's usual wrappers, drawn as the spec says.

    Args:
        spec: Whose ``env``, ``options``, ``max_steps`` and ``render`` it follows.
        render_mode: Gymnasium's.

    Raises:
        SpecError: The spec names an unknown id, render key or option.
        EnvironmentFault: The environment refuses to be made, or is no MiniGrid.
    """
    settings = render_settings(spec)
    file = f"specs/{spec.name}.toml"
    for key in spec.options:
        if key in _OURS:
            raise SpecError(
                "is set by synth itself.",
                file=file,
                key=f"options.{key}",
                remedy="Remove it; `max_steps` and `[render]` have their own places.",
            )
    for key in ("when", "margin"):
        if getattr(spec.success, key) is not None:
            raise SpecError(
                "is for environments whose success synth does not know; a MiniGrid environment "
                "succeeds where it ends with a reward above zero.",
                file=file,
                key=f"success.{key}",
                remedy="Remove it, or let the environment's own reward say what succeeds.",
            )
    ours = {
        "max_steps": spec.max_steps,
        "tile_size": settings["tile_size"],
        "highlight": settings["highlight"],
        "render_mode": render_mode,
    }
    try:
        wrapped = _made(spec, ours)
    except (gymnasium.error.UnregisteredEnv, gymnasium.error.DeprecatedEnv) as error:
        known = [i for i in gymnasium.registry if i.startswith(("MiniGrid-", "BabyAI-"))]
        raise unknown_env(spec, known) from error
    except TypeError as error:
        raise SpecError(
            f"{spec.env} refuses its options: {error}.",
            file=file,
            key="options",
            remedy="Options are keyword arguments of the environment's class.",
        ) from error
    except (AssertionError, ValueError) as error:
        raise EnvironmentFault(
            f"{spec.env} cannot be made with options {spec.options}: {error or 'it refuses them'}."
        ) from error
    if not isinstance(wrapped.unwrapped, MiniGridEnv):
        raise EnvironmentFault(f"{spec.env} is not a MiniGrid environment.")
    return wrapped


def _made(spec: Spec, ours: dict[str, Any]) -> Any:
    """Make it; what a user's class does not take as an argument is set on it afterwards."""
    left: dict[str, Any] = {}
    while True:
        given = {key: value for key, value in ours.items() if key not in left}
        try:
            options: dict[str, Any] = {**spec.options, **given}
            env = gymnasium.make(spec.env, disable_env_checker=True, **options)
        except TypeError as error:
            refused = [key for key in given if f"unexpected keyword argument '{key}'" in str(error)]
            if not refused:
                raise
            left |= {key: given[key] for key in refused}
            continue
        for key, value in left.items():
            setattr(env.unwrapped, key, value)
        return env


def render_settings(spec: Spec) -> RenderSettings:
    """What ``[render]`` says.

    Raises:
        SpecError: It says what MiniGrid cannot do.
    """
    return {
        "tile_size": _tile_size(spec),
        "highlight": _flag(spec, "highlight"),
        "inventory": _flag(spec, "inventory"),
    }


def _tile_size(spec: Spec) -> int:
    value = _render_value(spec, "tile_size", 16)
    if isinstance(value, bool) or not isinstance(value, int) or value not in _TILE_SIZES:
        raise SpecError(
            f"must be a whole number of pixels from {_TILE_SIZES[0]} to {_TILE_SIZES[-1]}, "
            f"but the file says {value!r}.",
            file=f"specs/{spec.name}.toml",
            key="render.tile_size",
            remedy="For example: tile_size = 16.",
        )
    return value


def _flag(spec: Spec, key: str) -> bool:
    value = _render_value(spec, key, default=False)
    if not isinstance(value, bool):
        raise SpecError(
            f"must be true or false, but the file says {value!r}.",
            file=f"specs/{spec.name}.toml",
            key=f"render.{key}",
            remedy=f"For example: {key} = false.",
        )
    return value


def _render_value(spec: Spec, key: str, default: Any) -> Any:
    known = ("tile_size", "highlight", "inventory")
    for given in spec.render:
        if given not in known:
            near = difflib.get_close_matches(given, known, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            raise SpecError(
                "unknown render key.",
                file=f"specs/{spec.name}.toml",
                key=f"render.{given}",
                remedy=f"{hint}Known keys: {', '.join(known)}.",
            )
    return spec.render.get(key, default)
