"""The table as a `Simulator`: missions, margins, and what the picture shows of what decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs.base import UNDRAWN, PlainSimulator, TimeStep
from synth.envs.gymnasium.actions import from_json, nudged, random_action
from synth.envs.tabletop.things import HALF
from synth.errors import IllegalAction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synth.envs.tabletop.environment import TabletopEnv
    from synth.spec import Spec

__all__ = ["TabletopSimulator"]


class TabletopSimulator(PlainSimulator):
    """One table, in pictures.

    Args:
        spec: Whose ``max_steps`` it follows.
        env: What the spec describes.

    Attributes:
        seed: Of the present episode.
    """

    def __init__(self, spec: Spec, env: TabletopEnv) -> None:
        self.spec, self.seed = spec, spec.seed
        self._env, self._steps = env, 0

    @property
    def env(self) -> TabletopEnv:
        """The environment; experts may read its scene and its goal."""
        return self._env

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Lay the table of that seed; see `synth.envs.base.Simulator.reset`."""
        self.seed, self._steps = seed, 0
        self._env.lay(seed)
        return self._time_step(draw=draw)

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Make one move; see `synth.envs.base.Simulator.step`."""
        space = self._env.action_space
        try:
            native = from_json(space, action)
        except (TypeError, ValueError, OverflowError) as error:
            raise IllegalAction(
                f"{self.spec.env} has no action {action!r}; its actions are {space}.",
                action=action,
            ) from error
        self._env.act(native)
        self._steps += 1
        return self._time_step(draw=draw)

    def random_action(self, rng: np.random.Generator) -> Any:
        """Any move, drawn uniformly."""
        return random_action(self._env.action_space, rng)

    def nudged(self, action: Any, rng: np.random.Generator, size: float) -> Any:
        """A move near another; see `synth.envs.abilities.Nudged.nudged`."""
        return nudged(self._env.action_space, action, rng, size)

    def picture(self) -> NDArray[np.uint8]:
        """The present picture; see `synth.envs.abilities.Pictured.picture`."""
        return self._env.render()

    def mission(self) -> str:
        """The words of the episode."""
        return self._env.mission

    def missions(self) -> tuple[str, ...]:
        """All that could be asked for on this table and is not so already."""
        scene = self._env.scene
        return tuple(words for words, goal in self._env.goals.items() if goal.margin(scene) <= 0)

    def instruct(self, mission: str, *, draw: bool = True) -> TimeStep:
        """Ask for something else; see `synth.envs.abilities.Instructable.instruct`."""
        self._env.instruct(mission)
        return self._time_step(draw=draw)

    def scene(self) -> str:
        """The mission, which names the colours that matter."""
        return self._env.mission

    def resolution(self) -> float:
        """Metres that one pixel shows."""
        return 2 * HALF / self._env.size

    def close(self) -> None:
        """Shut the physics down."""
        self._env.close()

    def _time_step(self, *, draw: bool) -> TimeStep:
        goal, scene = self._env.goal, self._env.scene
        margin = goal.margin(scene)
        shot = self._env.shoot() if draw else None
        return TimeStep(
            frame=UNDRAWN if shot is None else shot.frame.copy(),
            reward=float(margin > 0 and self._steps > 0),
            success=margin > 0,
            done=False,
            truth=goal.truth(scene),
            margin=margin,
            seen=None if shot is None else min(shot.seen[t.key] for t in goal.deciding()),
        )
