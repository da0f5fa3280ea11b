"""One MiniWorld environment as a `Simulator`.

How it is made is in `synth.envs.rooms.opening`, how it is drawn in `synth.envs.rooms.drawing`,
and what it asks for in `synth.envs.rooms.errands`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.base import UNDRAWN, PlainSimulator, TimeStep
from synth.envs.rooms.drawing import RoomPainter, metres_a_pixel
from synth.envs.rooms.errands import errand_of
from synth.envs.rooms.opening import cannot_draw, make_env, render_settings
from synth.errors import EnvironmentFault, IllegalAction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.envs.rooms.errands import Errand
    from synth.envs.rooms.opening import RoomSettings
    from synth.spec import Spec

__all__ = ["MissionSimulator", "RoomsSimulator", "simulator_of"]


class RoomsSimulator(PlainSimulator):
    """A room, seen from above and by the agent.

    Args:
        spec: The task.
        env: Its environment, unwrapped.
        settings: How it is drawn.

    Attributes:
        env: The environment itself, unwrapped; experts may read its state.
        seed: Of the present episode.
    """

    def __init__(self, spec: Spec, env: Any, settings: RoomSettings) -> None:
        self.spec = spec
        self.seed = spec.seed
        self.env = env
        self._settings = settings
        self._painter = RoomPainter(env, settings)
        self._begun = False
        leave_undrawn(env)

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Begin the episode of that seed; see `synth.envs.base.Simulator.reset`."""
        self.seed = seed
        try:
            self.env.reset(seed=seed)
        except ValueError as error:
            raise EnvironmentFault(
                f"{self.spec.env} cannot lay out seed {seed}: {error}."
            ) from error
        self._begun = True
        return self._time_step(0.0, draw=draw)

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Apply one action; see `synth.envs.base.Simulator.step`."""
        if not self._begun:
            raise EnvironmentFault(f"{self.spec.env} was stepped before it was reset.")
        if type(action) is not int or not 0 <= action < self.env.action_space.n:
            raise IllegalAction(
                f"{self.spec.env} has no action {action!r}; its actions are 0 to "
                f"{self.env.action_space.n - 1}.",
                action=action,
            )
        _, reward, terminated, truncated, _ = self.env.step(action)
        return self._time_step(
            float(reward), ended=bool(terminated), cut=bool(truncated), draw=draw
        )

    def picture(self) -> NDArray[np.uint8]:
        """The present picture; see `synth.envs.base.Pictured.picture`."""
        return self._painter.paint()

    def state(self) -> bytes:
        """Where everything is, and what is carried; see `synth.envs.base.Comparable.state`."""
        env = self.env
        numbers = [float(v) for e in env.entities for v in (*e.pos, e.dir, e is env.agent.carrying)]
        return np.array(numbers).tobytes()

    def random_action(self, rng: np.random.Generator) -> int:
        """Any of the environment's actions, all equally likely."""
        return int(rng.integers(self.env.action_space.n))

    def actions(self) -> tuple[int, ...]:
        """All of the environment's actions."""
        return tuple(range(int(self.env.action_space.n)))

    def action_name(self, action: Any) -> str:
        """MiniWorld's own name."""
        return str(self.env.actions(action).name)

    def resolution(self) -> float | None:
        """Metres a pixel of the view from above; ``None`` where nothing is measured."""
        errand = errand_of(self.env)
        if errand is None or errand.verb == "lift":
            return None
        return metres_a_pixel(self.env, self._settings.size)

    def close(self) -> None:
        """Close the environment, and what it draws with."""
        self._painter.forget()
        self.env.close()
        self.env.shadow_window.close()

    def _time_step(
        self, reward: float, *, ended: bool = False, cut: bool = False, draw: bool
    ) -> TimeStep:
        errand = errand_of(self.env)
        # An errand that is done can be undone, and the room goes on; other ends are ends.
        return TimeStep(
            frame=self._painter.paint() if draw else UNDRAWN,
            reward=reward,
            success=errand.done(self.env) if errand is not None else ended and reward > 0,
            done=cut or (ended and errand is None),
            truth={} if errand is None else _truth(self.env, errand),
            margin=None if errand is None else errand.margin(self.env),
            seen=self._painter.seen(errand.deciding) if errand is not None and draw else None,
        )


class MissionSimulator(RoomsSimulator):
    """A room whose mission varies: one of synth's own."""

    def mission(self) -> str:
        """The words of the present episode."""
        return str(self.env.mission)

    def missions(self) -> tuple[str, ...]:
        """All missions that the present layout could be given."""
        found: tuple[str, ...] = self.env.missions()
        return found

    def instruct(self, mission: str, *, draw: bool = True) -> TimeStep:
        """Another mission for an episode that has just been reset: same layout, same picture.

        Raises:
            EnvironmentFault: The layout has no such mission.
        """
        try:
            self.env.instruct(mission)
        except ValueError as error:
            raise EnvironmentFault(f"{self.spec.env}: {error}.") from error
        return self._time_step(0.0, draw=draw)


def simulator_of(spec: Spec) -> RoomsSimulator:
    """The simulator of a spec, with missions only where there are any.

    Raises:
        SpecError: The spec names an unknown id, render key or option.
        EnvironmentFault: MiniWorld is missing, cannot draw here, or refuses.
    """
    settings = render_settings(spec)
    try:
        env: Any = make_env(spec, settings).unwrapped
    except (AttributeError, ImportError, OSError) as error:
        # pyglet's ways to find, late, that there is no device to draw with.
        raise cannot_draw(spec.env, error) from error
    kind = MissionSimulator if hasattr(env, "missions") else RoomsSimulator
    return kind(spec, env, settings)


def leave_undrawn(env: Any) -> None:
    """Keep an environment from drawing at each step: nobody looks at its observation.

    Its walls are not compiled either: MiniWorld has one list of them in a whole process.
    """
    blank = np.zeros((env.obs_fb.height, env.obs_fb.width, 3), np.uint8)
    env.render_obs = lambda _frame_buffer=None: blank
    env._render_static = lambda: None  # noqa: SLF001 - MiniWorld has no other name for it


def _truth(env: Any, errand: Errand) -> dict[str, bool]:
    """Named predicates over the state; the same names in all episodes of a task."""
    carried = env.agent.carrying
    truth = {"done": errand.done(env)}
    if errand.verb != "find":
        truth["carrying_target"] = carried is not None and carried is errand.thing
        truth["carrying_other"] = carried is not None and carried is not errand.thing
    return truth
