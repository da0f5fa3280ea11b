"""One MiniGrid environment as a `Simulator`.

Reads `spec.render` and `spec.options`, refuses what it does not know, and puts render,
success and truth together into moments. Planning is in `minigrid_planner`.
"""

from __future__ import annotations

import difflib
from functools import partial
from typing import TYPE_CHECKING, Any

import gymnasium
import minigrid  # noqa: F401 - importing it registers the environment ids
from minigrid.minigrid_env import MiniGridEnv

from synth.envs.base import UNDRAWN, TimeStep
from synth.envs.minigrid.renderer import TileRenderer
from synth.envs.minigrid.truth import TruthReader
from synth.envs.registry import unknown_env
from synth.errors import EnvironmentFault, SpecError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from synth.spec import Spec

__all__ = ["MiniGridSimulator"]

_TILE_SIZES = range(4, 65)
_OURS = ("max_steps", "render_mode", "tile_size", "highlight", "agent_pov", "screen_size")


class MiniGridSimulator:
    """A MiniGrid environment, rendered whole from above.

    Args:
        spec: Whose ``env``, ``max_steps``, ``render`` and ``options`` it follows.

    Attributes:
        env: The environment itself, unwrapped; experts may read its state.

    Raises:
        SpecError: The spec names an unknown id, render key or option.
        EnvironmentFault: The environment refuses to be made.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.env = _make(spec)
        self._renderer = TileRenderer(tile_size=_tile_size(spec), highlight=_highlight(spec))
        self._truth: TruthReader | None = None

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Begin the episode of that seed; see `synth.envs.base.Simulator.reset`."""
        try:
            self.env.reset(seed=seed)
        except gymnasium.error.DependencyNotInstalled as error:
            raise EnvironmentFault(f"{self.spec.env}: {error}.") from error
        except (RecursionError, AssertionError, ValueError) as error:
            # MiniGrid's own layout generators give up in these three ways.
            raise EnvironmentFault(
                f"{self.spec.env} cannot lay out seed {seed}: {error or type(error).__name__}. "
                "Use another `seed`, or other `options`."
            ) from error
        return self._begin(draw=draw)

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Apply one action, 0 to 6; see `synth.envs.base.Simulator.step`.

        Raises:
            EnvironmentFault: The action is not one of the environment's.
        """
        truth = self._truth
        if truth is None:
            raise EnvironmentFault(f"{self.spec.env} was stepped before it was reset.")
        try:
            _, reward, terminated, truncated, _ = self.env.step(action)
        except ValueError as error:
            raise EnvironmentFault(
                f"{self.spec.env} has no action {action!r}; its actions are 0 to "
                f"{self.env.action_space.n - 1}."
            ) from error
        gained = float(reward)
        return TimeStep(
            frame=self._renderer.render(self.env) if draw else UNDRAWN,
            reward=gained,
            success=bool(terminated) and gained > 0,
            done=bool(terminated or truncated),
            truth=truth.read(),
        )

    def backdrop(self) -> NDArray[np.uint8]:
        """The grid without the agent, and without its field of view."""
        return self._renderer.render(self.env, agent=False)

    def alter(self, change: Callable[[Any], None], *, draw: bool = True) -> TimeStep:
        """Change the grid of a fresh episode; see `synth.envs.base.Alterable.alter`."""
        change(self.env)
        return self._begin(draw=draw)

    def poses(self) -> tuple[Callable[[Any], None], ...]:
        """The agent on every cell that it could step on, facing each way."""
        grid = self.env.grid
        cells = [(x, y) for y in range(grid.height) for x in range(grid.width)]
        free = [at for at in cells if grid.get(*at) is None or grid.get(*at).can_overlap()]
        return tuple(partial(_stand, at=at, facing=facing) for at in free for facing in range(4))

    def _begin(self, *, draw: bool) -> TimeStep:
        self._truth = TruthReader(self.env)
        frame = self._renderer.render(self.env) if draw else UNDRAWN
        return TimeStep(frame, reward=0.0, success=False, done=False, truth=self._truth.read())

    def state(self) -> bytes:
        """The grid, the agent's pose, and what it carries."""
        env = self.env
        carried = env.carrying.encode() if env.carrying is not None else ()
        pose = (*env.agent_pos, env.agent_dir, *carried)
        return bytes(env.grid.encode().tobytes()) + bytes(int(n) for n in pose)

    def random_action(self, rng: np.random.Generator) -> int:
        """Any of the environment's actions, all equally likely."""
        return int(rng.integers(self.env.action_space.n))

    def actions(self) -> tuple[int, ...]:
        """All of the environment's actions."""
        return tuple(range(int(self.env.action_space.n)))

    def resolution(self) -> None:
        """None: success in a grid has no margin."""

    def action_name(self, action: Any) -> str:
        """MiniGrid's own name."""
        return str(self.env.actions(action).name)

    def scene(self) -> str:
        """The doors of the present layout by colour: ``red door``."""
        doors = {cell.color for cell in self.env.grid.grid if cell and cell.type == "door"}
        return ", ".join(f"{colour} door" for colour in sorted(doors))

    def close(self) -> None:
        """Close the environment."""
        self.env.close()


def _stand(env: Any, *, at: tuple[int, int], facing: int) -> None:
    env.agent_pos, env.agent_dir = at, facing


def _make(spec: Spec) -> Any:
    file = f"specs/{spec.name}.toml"
    for key in spec.options:
        if key in _OURS:
            raise SpecError(
                "is set by synth itself.",
                file=file,
                key=f"options.{key}",
                remedy="Remove it; `max_steps` and `[render]` have their own places.",
            )
    options: dict[str, Any] = {**spec.options, "max_steps": spec.max_steps}
    try:
        wrapped = gymnasium.make(spec.env, disable_env_checker=True, **options)
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
    env = wrapped.unwrapped
    if not isinstance(env, MiniGridEnv):
        raise EnvironmentFault(f"{spec.env} is not a MiniGrid environment.")
    return env


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


def _highlight(spec: Spec) -> bool:
    value = _render_value(spec, "highlight", default=False)
    if not isinstance(value, bool):
        raise SpecError(
            f"must be true or false, but the file says {value!r}.",
            file=f"specs/{spec.name}.toml",
            key="render.highlight",
            remedy="For example: highlight = false.",
        )
    return value


def _render_value(spec: Spec, key: str, default: Any) -> Any:
    known = ("tile_size", "highlight")
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
