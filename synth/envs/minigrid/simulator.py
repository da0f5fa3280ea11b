"""One MiniGrid environment as a `Simulator`.

Puts picture, success and truth together into time steps. How the environment is made from a
spec is in `synth.envs.minigrid.making`, planning in `synth.envs.minigrid.planning`.
"""

from __future__ import annotations

import contextlib
import io
from itertools import count
from typing import TYPE_CHECKING, Any

import gymnasium

from synth.envs.base import UNDRAWN, TimeStep
from synth.envs.keys import wrong_key
from synth.envs.minigrid.instructions import fulfilled, progress_of
from synth.envs.minigrid.making import make_env, render_settings
from synth.envs.minigrid.missions import give, missions_of
from synth.envs.minigrid.objects import is_minigrids_own, own_state
from synth.envs.minigrid.poses import poses_of
from synth.envs.minigrid.renderer import TileRenderer, native_frame
from synth.envs.minigrid.truth import TruthReader
from synth.envs.words import plain_mission
from synth.errors import EnvironmentFault, IllegalAction

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from synth.spec import Spec

__all__ = ["MiniGridSimulator"]

_UNREADING = ("minigrid.", "gymnasium.", "typing")
"""Modules of classes that hand an observation on and never read it."""


class MiniGridSimulator:
    """A MiniGrid environment, rendered whole from above.

    Args:
        spec: Whose ``env``, ``max_steps``, ``render`` and ``options`` it follows.

    Attributes:
        env: The environment itself, unwrapped; experts may read its state.
        seed: Of the present episode.

    Raises:
        SpecError: The spec names an unknown id, render key or option.
        EnvironmentFault: The environment refuses to be made.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.seed = spec.seed
        if spec.mission is not None and spec.mission.source != "env.mission":
            problem = f"is {spec.mission.source!r}, but MiniGrid's words are the environment's own."
            raise wrong_key(spec, "mission.from", problem, 'Write from = "env.mission".')
        self._settings = render_settings(spec)
        self.env = make_env(spec).unwrapped
        self._renderer = TileRenderer(**self._settings)
        self._unobserved = _Unobserved(self.env)
        self._unlike = count()
        self._truth: TruthReader | None = None

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Begin the episode of that seed; see `synth.envs.base.Simulator.reset`."""
        self.seed = seed
        try:
            # BabyAI's levels print each layout that they reject.
            with self._unobserved, contextlib.redirect_stdout(io.StringIO()):
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
            IllegalAction: The action is not one of the environment's.
            EnvironmentFault: There was no reset.
        """
        truth = self._truth
        if truth is None:
            raise EnvironmentFault(f"{self.spec.env} was stepped before it was reset.")
        try:
            with self._unobserved:
                _, reward, terminated, truncated, _ = self.env.step(action)
        except ValueError as error:
            raise IllegalAction(
                f"{self.spec.env} has no action {action!r}; its actions are 0 to "
                f"{self.env.action_space.n - 1}.",
                action=action,
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

    def picture(self) -> NDArray[np.uint8]:
        """The present picture; see `synth.envs.base.Pictured.picture`."""
        return self._renderer.render(self.env)

    def observation(self) -> Any:
        """What MiniGrid would tell now; see `synth.envs.observed.Observed.observation`."""
        return self.env.gen_obs()

    def native_frame(self) -> NDArray[np.uint8]:
        """What MiniGrid itself draws at this moment."""
        return native_frame(self.env, **self._settings)

    def alter(self, change: Callable[[Any], None], *, draw: bool = True) -> TimeStep:
        """Change the grid, or set the agent elsewhere; see `synth.envs.base.Alterable.alter`."""
        change(self.env)
        if self.env.step_count and self._truth is not None:
            # Within an episode what was locked at the start stays what truth tells of.
            return self._now(self._truth, draw=draw)
        return self._begin(draw=draw)

    def mission(self) -> str:
        """The environment's own words; see `synth.envs.base.Missioned.mission`."""
        if self._truth is None:
            raise EnvironmentFault(f"{self.spec.env} was asked for its mission before a reset.")
        return plain_mission(self.env.mission, f"the mission of {self.spec.env}")

    def missions(self) -> tuple[str, ...]:
        """Those whose objects could be exchanged; see `synth.envs.minigrid.missions`."""
        return missions_of(self.env)

    def instruct(self, mission: str, *, draw: bool = True) -> TimeStep:
        """Give it another mission; see `synth.envs.base.Instructable.instruct`."""
        give(self.env, mission)
        return self._begin(draw=draw)

    def poses(self) -> tuple[Callable[[Any], None], ...]:
        """The agent on every cell that it can walk to, facing each way."""
        return poses_of(self.env)

    def _begin(self, *, draw: bool) -> TimeStep:
        self._truth = TruthReader(self.env)
        # A BabyAI level that says to go to what the agent stands before grants that a step late.
        solved = hasattr(self.env, "instrs") and fulfilled(self.env, self.env.instrs)
        return self._now(self._truth, draw=draw, success=solved)

    def _now(self, truth: TruthReader, *, draw: bool, success: bool = False) -> TimeStep:
        frame = self._renderer.render(self.env) if draw else UNDRAWN
        return TimeStep(frame, reward=0.0, success=success, done=False, truth=truth.read())

    def state(self) -> bytes:
        """The grid, the agent's pose, what it carries, and the state of a user's own things.

        Of a BabyAI level also what its verifier remembers.
        A thing whose state cannot be compared makes every state one of its own.
        """
        env = self.env
        carried = env.carrying
        known = bytearray((*map(int, env.agent_pos), int(env.agent_dir), carried is not None))
        own = []
        # MiniGrid's code of a thing tells all of its own classes apart, and no other's. None of
        # them begins with 0, so that an empty cell can be told from them by one byte.
        for thing in (*env.grid.grid, carried):
            if thing is None:
                known.append(0)
                continue
            known += bytes(thing.encode())
            if not is_minigrids_own(thing):
                own.append(own_state(thing) or next(self._unlike))
        told = progress_of(env) if hasattr(env, "instrs") else b""
        return bytes(known) + told + (repr(own).encode() if own else b"")

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


class _Unobserved:
    """While it lasts, the environment makes no observation of its own.

    It takes nine tenths of a step's time, and nobody here looks at it. Classes that are not
    MiniGrid's own may read it, and keep it.
    """

    def __init__(self, env: Any) -> None:
        self._env = env
        kinds = type(env).__mro__[:-1]
        self._spared = all(k.__module__.startswith(_UNREADING) for k in kinds)

    def __enter__(self) -> None:
        if self._spared:
            self._env.gen_obs = dict

    def __exit__(self, *_: object) -> None:
        if self._spared:
            del self._env.gen_obs
