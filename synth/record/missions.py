"""The mission of an episode as it begins: read from the simulator, or given to it.

An episode keeps the mission that it was recorded with. Where that is not the one its seed draws
by itself, the simulator is given it after the reset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs import Alterable, Instructable, Missioned
from synth.envs.words import plain_mission
from synth.errors import EnvironmentFault, ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.envs import Simulator, TimeStep
    from synth.spec import Spec

__all__ = ["began", "mission_of", "require_missions"]


def require_missions(spec: Spec, simulator: Simulator) -> None:
    """Check that a simulator tells missions where its spec has any.

    Raises:
        EnvironmentFault: It does not.
    """
    if spec.mission is not None and not isinstance(simulator, Missioned):
        raise EnvironmentFault(
            f"specs/{spec.name}.toml: mission: {spec.env} is made by a family that tells no "
            "missions. Remove the table, or add `mission` to the family's simulator."
        )


def mission_of(simulator: Simulator) -> str:
    """The words of the present episode.

    Raises:
        EnvironmentFault: There are none, or they are no text.
    """
    if not isinstance(simulator, Missioned):
        raise EnvironmentFault(f"{type(simulator).__name__} tells no missions.")
    return plain_mission(simulator.mission(), f"the mission of {type(simulator).__name__}")


def began(
    simulator: Simulator,
    seed: int,
    *,
    mission: str | None = None,
    alter: Callable[[Any], None] | None = None,
    missioned: bool = False,
    draw: bool = True,
) -> TimeStep:
    """Reset, change the scene, and give the episode its mission.

    Args:
        simulator: Reset here.
        seed: For the reset.
        mission: The episode's, where it need not be the one that the seed draws.
        alter: Changes the scene after the reset.
        missioned: Whether the task's missions vary.
        draw: Whether the picture is wanted.

    Returns:
        The first time step of the episode.

    Raises:
        EnvironmentFault: The scene cannot be changed, or the mission not be given.
        ExpertFailed: The mission does not fit the changed scene, or nobody can tell.
    """
    step = simulator.reset(seed, draw=draw and alter is None)
    if alter is not None:
        if not isinstance(simulator, Alterable):
            raise EnvironmentFault(f"{type(simulator).__name__} cannot change its scene.")
        step = simulator.alter(alter, draw=draw)
    if not missioned and mission is None:
        return step
    own = mission_of(simulator)
    wanted = own if mission is None else mission
    if alter is not None:
        _require_fit(simulator, wanted)
    if wanted == own:
        return step
    if not isinstance(simulator, Instructable):
        raise EnvironmentFault(
            f"seed {seed}: the mission is {own!r}, and {type(simulator).__name__} cannot be given "
            f"{wanted!r}. The episode was recorded with another version of the environment."
        )
    return simulator.instruct(wanted, draw=draw)


def _require_fit(simulator: Simulator, mission: str) -> None:
    """Check that a changed scene still has one meaning for the words."""
    # What the words name may be gone or there twice, while success goes by the thing itself.
    if not isinstance(simulator, Instructable):
        raise ExpertFailed("whether the mission fits the changed scene cannot be told")
    if mission not in simulator.missions():
        raise ExpertFailed(f"the mission {mission!r} does not fit the changed scene")
