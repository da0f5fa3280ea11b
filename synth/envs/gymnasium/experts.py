"""Experts for environments that come with Gymnasium; each may be called at any state.

An expert is a function from the simulator, after a reset, to an iterator of actions. It may
look at the environment's state (``simulator.env``), which a reward program never sees.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.envs.gymnasium.simulator import GymnasiumSimulator

__all__ = ["acrobot", "mountain_car", "tabular"]

_ROUGH = 4
"""A state costs 1 up to less than this many steps, drawn anew for each seed."""


def mountain_car(simulator: GymnasiumSimulator) -> Iterator[int]:
    """Push the way the car rolls: it gains height with every swing, until it is over."""
    while True:
        yield 2 if simulator.env.state[1] >= 0 else 0


def acrobot(simulator: GymnasiumSimulator) -> Iterator[int]:
    """Pump energy into the swing, turning the elbow against the way that the arm moves."""
    while True:
        yield 0 if simulator.env.state[2] > 0 else 2


def tabular(simulator: GymnasiumSimulator) -> Iterator[int]:
    """A way to the best end of an environment that lists its transitions (``env.P``).

    FrozenLake, CliffWalking and Taxi do. Each seed finds other states hard to cross, so that
    experts from the same start take different ways; no way leads through a loss.

    Raises:
        ExpertFailed: Where an action leads is left to chance, or no way leads to the end.
    """
    env = simulator.env
    costs = np.random.default_rng(simulator.seed).integers(1, _ROUGH, len(env.P))
    ways = _ways(env.P, costs)
    while int(env.s) in ways:
        yield ways[int(env.s)]
    raise ExpertFailed("no way leads from here to the end of the episode.")


def _ways(table: Any, costs: Any) -> dict[int, int]:
    """The action to take in each state from which the best end can be reached (Dijkstra)."""
    edges = _edges(table)
    best = max(reward for *_, reward, ended in edges if ended)
    # A step that costs far more than most is a fall, as from CliffWalking's cliff.
    usual = float(np.median([reward for *_, reward, _ in edges]))
    before: dict[int, list[tuple[int, int]]] = {}
    queue: list[tuple[int, int, int]] = []
    for state, action, after, reward, ended in edges:
        if ended and reward == best:
            heapq.heappush(queue, (int(costs[state]), state, action))
        elif not ended and reward >= usual:
            before.setdefault(after, []).append((state, action))
    ways: dict[int, int] = {}
    while queue:
        cost, state, action = heapq.heappop(queue)
        if state in ways:
            continue
        ways[state] = action
        for earlier, step in before.get(state, ()):
            heapq.heappush(queue, (cost + int(costs[earlier]), earlier, step))
    return ways


def _edges(table: Any) -> list[tuple[int, int, int, float, bool]]:
    """State, action, next state, reward and whether it is the end."""
    edges = []
    for state, actions in table.items():
        for action, outcomes in actions.items():
            if len({(after, ended) for _, after, _, ended in outcomes}) > 1:
                raise ExpertFailed(
                    "where an action leads is left to chance. Make the environment without it, "
                    "as by `is_slippery = false` in [options]."
                )
            _, after, reward, ended = outcomes[0]
            edges.append((int(state), int(action), int(after), float(reward), bool(ended)))
    return edges
