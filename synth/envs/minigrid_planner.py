"""An expert for MiniGrid: A* over the real state of the grid, to the real success.

Plans are shortest up to two simplifications: a thing is only ever dropped at one of the
nearest places, and a door opened on the way is paid for again until the next deed. The
search is deterministic. It sees the whole grid, walls and closed boxes included, so it
is a teacher and no agent. It follows no BabyAI instructions.

Source: Hart, Nilsson and Raphael, "A Formal Basis for the Heuristic Determination of
Minimum Cost Paths", 1968.
"""

from __future__ import annotations

import heapq
from collections import deque
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

from synth.envs.minigrid_objective import objective_of
from synth.envs.minigrid_world import CLOSED, Action, Deed, State, World
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.envs.minigrid_world import Flood

__all__ = ["plan", "planner"]

MAX_EXPANSIONS = 4000


def planner(simulator: Any) -> Iterator[int]:
    """Actions that lead from the simulator's present state to success.

    Args:
        simulator: A `MiniGridSimulator` after a reset.

    Yields:
        MiniGrid actions, 0 to 6.

    Raises:
        ExpertFailed: The environment's objective is not known, or no plan was found.
    """
    env = simulator.env
    objective = objective_of(env)
    if objective is None:
        raise ExpertFailed(
            f"the planner does not know what {type(env).__name__} wants; "
            "name another expert under `expert.policy`."
        )
    if not objective.moving:
        yield from plan(World(env, objective), what=type(env).__name__)
        return
    while True:
        yield _dodge(env)


def _dodge(env: Any) -> int:
    """The next action among moving obstacles: go on where it is clear, else turn."""
    objective = objective_of(env)
    assert objective is not None  # noqa: S101 - the caller has asked before
    try:
        return plan(World(env, objective), what=type(env).__name__)[0]
    except ExpertFailed:
        return Action.LEFT


def plan(world: World, *, what: str) -> list[int]:
    """The shortest plan found.

    Args:
        world: The problem.
        what: Named in the error.

    Raises:
        ExpertFailed: There is no plan, or none within the bound on the search.
    """
    ticket = count()
    guess = _Distances(world)
    start = world.start
    spent = {start: 0}
    trail: dict[State, tuple[State, list[int]]] = {}
    queue: list[tuple[int, int, State, list[int] | None]] = [
        (guess.left(start), next(ticket), start, None)
    ]
    expanded = 0
    done: set[State] = set()
    while queue:
        _, _, state, ending = heapq.heappop(queue)
        if ending is not None:
            return _unwind(trail, state) + ending
        if state in done:
            continue
        done.add(state)
        expanded += 1
        if expanded > MAX_EXPANSIONS:
            raise ExpertFailed(
                f"the planner found no plan for {what} within {MAX_EXPANSIONS} states; "
                "try a smaller environment or another expert."
            )
        flood = world.flood(state)
        for deed in world.deeds(state, flood):
            total = spent[state] + flood.cost[deed.pose] + (deed.action >= 0)
            if deed.finishes:
                actions = _actions(world, state, flood, deed)[0]
                heapq.heappush(queue, (total, next(ticket), state, actions))
                continue
            actions, walk = _actions(world, state, flood, deed)
            after = world.after(state, walk, deed)
            if total < spent.get(after, 1 << 30):
                spent[after] = total
                trail[after] = (state, actions)
                heapq.heappush(queue, (total + guess.left(after), next(ticket), after, None))
    raise ExpertFailed(f"the planner finds no way to succeed in {what} from this state.")


def _unwind(trail: dict[State, tuple[State, list[int]]], state: State) -> list[int]:
    parts = []
    while state in trail:
        state, actions = trail[state]
        parts.append(actions)
    return [action for actions in reversed(parts) for action in actions]


def _actions(world: World, state: State, flood: Flood, deed: Deed) -> tuple[list[int], list[int]]:
    """The actions of a walk and a deed, and the poses of the walk."""
    walk = [deed.pose]
    while walk[-1] in flood.came_from:
        walk.append(flood.came_from[walk[-1]])
    walk.reverse()
    actions = []
    opened = set()
    for before, after in pairwise(walk):
        if before >> 2 == after >> 2:
            turn = (after - before) % 4
            actions.append(Action.RIGHT if turn == 1 else Action.LEFT)
            continue
        door = world.door_at.get(after >> 2)
        if door is not None and state.doors[door] == CLOSED and door not in opened:
            opened.add(door)
            actions.append(Action.TOGGLE)
        actions.append(Action.FORWARD)
    if deed.action >= 0:
        actions.append(deed.action)
    return actions, walk


class _Distances:
    """Lower bounds on what is left to do: steps over an empty grid, walls standing."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._to: dict[frozenset[int], dict[int, int]] = {}

    def left(self, state: State) -> int:
        """At least so many more actions are needed from this state."""
        ends, closer = self._world.ends(state)
        if not ends:
            return 0
        if ends not in self._to:
            self._to[ends] = self._measure(ends)
        return max(self._to[ends].get(state.pose >> 2, 0) - closer, 0)

    def _measure(self, ends: frozenset[int]) -> dict[int, int]:
        steps = dict.fromkeys(sorted(ends), 0)
        queue = deque(steps)
        while queue:
            at = queue.popleft()
            for step in self._world.steps:
                beside = at + step
                if (
                    0 <= beside < len(self._world.solid)
                    and beside not in steps
                    and not self._world.solid[beside]
                ):
                    steps[beside] = steps[at] + 1
                    queue.append(beside)
        return steps
