"""Experts that read their phase off the state, so that they can be called anew anywhere.

`decide` tells one action for one moment, towards goals that need not be the environment's:
near misses displace them. `expert` asks it again and again, and so holds once it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs.panda.placing import place, stack
from synth.envs.panda.pushing import push, slide
from synth.envs.panda.steering import steer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["decide", "expert"]

_SLOWLY = 0.3
"""The hand's speed where it alone has to be somewhere: else it would be there in three steps."""


def expert(simulator: Any) -> Iterator[list[float]]:
    """Do the task, and then hold."""
    while True:
        yield decide(simulator, simulator.state.goals())


def decide(simulator: Any, goals: Sequence[NDArray[np.float64]]) -> list[float]:
    """One action towards goals.

    Args:
        simulator: A Panda simulator.
        goals: ``float64[3]`` each, as `PandaState.goals` gives them.
    """
    things = simulator.task.kind.things
    match simulator.task.kind.name:
        case "Reach":
            return steer(simulator, goals[0], speed=_SLOWLY)
        case "Push":
            return push(simulator, things[0].body, goals[0])
        case "Slide":
            return slide(simulator, things[0].body, goals[0])
        case "PickAndPlace":
            return place(simulator, things[0].body, goals[0])
        case _:
            return stack(simulator, [thing.body for thing in things], goals)
