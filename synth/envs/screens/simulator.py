"""One screen as a `Simulator`: one that is only tapped, and one that can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs.base import UNDRAWN, PlainSimulator, TimeStep
from synth.errors import EnvironmentFault, IllegalAction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from synth.envs.screens.environment import Moment, ScreenEnv, TapEnv
    from synth.spec import Spec

__all__ = ["ScreenSimulator", "TapSimulator"]


class TapSimulator(PlainSimulator):
    """A screen that is tapped.

    Args:
        spec: The task.
        env: Its screen.
    """

    def __init__(self, spec: Spec, env: TapEnv) -> None:
        self.spec = spec
        self._env = env
        self._begun = False

    @property
    def env(self) -> TapEnv:
        """The screen."""
        return self._env

    @property
    def seed(self) -> int:
        """Of the present episode."""
        return self.env.seed

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Begin the episode of that seed; see `synth.envs.base.Simulator.reset`."""
        self._begun = True
        return self._time_step(self.env.begin(seed), draw=draw)

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Tap, or make a gesture; see `synth.envs.base.Simulator.step`."""
        if not self._begun:
            raise EnvironmentFault(f"{self.spec.env} was stepped before it was reset.")
        number = self.env.actions
        if isinstance(action, bool) or not isinstance(action, int) or not 0 <= action < number:
            raise IllegalAction(
                f"{self.spec.env} has no action {action!r}; its actions are 0 to {number - 1}.",
                action=action,
            )
        return self._time_step(self.env.act(action), draw=draw)

    def picture(self) -> NDArray[np.uint8]:
        """The present picture; see `synth.envs.base.Pictured.picture`."""
        return self.env.picture()

    def random_action(self, rng: np.random.Generator) -> int:
        """Any square or gesture, all equally likely."""
        return int(rng.integers(self.env.actions))

    def nudged(self, action: Any, rng: np.random.Generator, size: float) -> int:
        """A square near another; in place of a gesture any other action."""
        grid = self.env.grid
        if action >= len(grid):
            return self.random_action(rng)
        columns, rows = (max(round(size * n), 1) for n in (grid.columns, grid.rows))
        across, down = rng.integers(-columns, columns + 1), rng.integers(-rows, rows + 1)
        return grid.near(action, int(across), int(down))

    def keys(self) -> Mapping[str, int]:
        """Gestures by number, then by letter; see `synth.envs.played.Keyed.keys`."""
        gestures = range(len(self.env.grid), self.env.actions)
        # u, r, n and q are for whoever plays, to undo, begin again, go on and quit.
        return dict(zip("1234567890abcdefghijklmopstvwxyz", gestures, strict=False))

    def pointed(self, clicks: Sequence[tuple[int, int]]) -> int:
        """The square that was clicked; see `synth.envs.played.Pointed.pointed`."""
        grid, (x, y) = self.env.grid, clicks[-1]
        places = [grid.place(square) for square in range(len(grid))]
        return min(
            range(len(grid)), key=lambda k: (places[k][0] - x) ** 2 + (places[k][1] - y) ** 2
        )

    def action_name(self, action: Any) -> str:
        """``tap 75,35``, or a gesture's name."""
        return self.env.action_name(action)

    def close(self) -> None:
        """Close the screen; the browser stays for the others."""
        self.env.close()

    def _time_step(self, outcome: Moment, *, draw: bool) -> TimeStep:
        return TimeStep(
            frame=self.env.picture() if draw else UNDRAWN,
            reward=outcome.reward,
            success=outcome.success,
            done=outcome.ended,
            truth=outcome.truth,
        )


class ScreenSimulator(TapSimulator):
    """A page of ours or of MiniWoB's, whose missions vary.

    Args:
        spec: The task.
        env: Its screen; experts may read its page.
    """

    def __init__(self, spec: Spec, env: ScreenEnv) -> None:
        super().__init__(spec, env)
        self._screen = env

    @property
    def env(self) -> ScreenEnv:
        """The screen; experts may read its page."""
        return self._screen

    def mission(self) -> str:
        """The words of the present episode."""
        return self._screen.mission

    def missions(self) -> tuple[str, ...]:
        """What this layout could be asked for; see `synth.envs.base.Instructable.missions`."""
        return self._screen.missions()

    def instruct(self, mission: str, *, draw: bool = True) -> TimeStep:
        """The same layout with other words; see `synth.envs.base.Instructable.instruct`."""
        return self._time_step(self._screen.instruct(mission), draw=draw)

    def backdrop(self) -> NDArray[np.uint8]:
        """The page without the pointer."""
        return self._screen.backdrop().copy()

    def state(self) -> bytes:
        """All that the page holds; see `synth.envs.base.Comparable.state`."""
        return self._screen.state()
