"""Making a MiniGrid environment from a spec, and its picture for training.

Refuses options, render keys and ids that MiniGrid does not know. The environment is the one
that a user gets from `gymnasium.make`, so that a simulator may unwrap it and `synth.make` need
not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import gymnasium
import minigrid  # noqa: F401 - importing it registers the environment ids
from minigrid.minigrid_env import MiniGridEnv

from synth.envs.keys import SpecKeys, refuse_condition, wrong_key
from synth.envs.minigrid.renderer import TileRenderer
from synth.envs.registry import unknown_env
from synth.errors import EnvironmentFault

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


def make_env(spec: Spec, *, render_mode: str | None = None, limited: bool = True) -> Any:
    """The environment of a spec, with gymnasium's usual wrappers, drawn as the spec says.

    Args:
        spec: Whose ``env``, ``options``, ``max_steps`` and ``render`` it follows.
        render_mode: Gymnasium's.
        limited: Whether episodes are cut after ``max_steps``; else by the environment's own limit.

    Raises:
        SpecError: The spec names an unknown id, render key or option.
        EnvironmentFault: The environment refuses to be made, or is no MiniGrid.
    """
    settings = render_settings(spec)
    SpecKeys(spec, "options").refuse_ours(_OURS)
    refuse_condition(spec, "a MiniGrid environment succeeds where it ends with a reward above zero")
    ours: dict[str, Any] = {
        "tile_size": settings["tile_size"],
        "highlight": settings["highlight"],
        "render_mode": render_mode,
    }
    if limited:
        ours["max_steps"] = spec.max_steps
    try:
        wrapped = _made(spec, ours)
    except (gymnasium.error.UnregisteredEnv, gymnasium.error.DeprecatedEnv) as error:
        known = [i for i in gymnasium.registry if i.startswith(("MiniGrid-", "BabyAI-"))]
        raise unknown_env(spec, known) from error
    except TypeError as error:
        raise wrong_key(
            spec,
            "options",
            f"{spec.env} refuses its options: {error}.",
            "Options are keyword arguments of the environment's class.",
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
    keys = SpecKeys(spec, "render")
    keys.require_known(("tile_size", "highlight", "inventory"))
    return {
        "tile_size": keys.whole("tile_size", 16, _TILE_SIZES, "of pixels"),
        "highlight": keys.flag("highlight", default=False),
        "inventory": keys.flag("inventory", default=False),
    }
