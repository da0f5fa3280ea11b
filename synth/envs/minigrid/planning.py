"""An expert for MiniGrid: A* over the real state of the grid, to the real success.

Plans are shortest but for simplifications that rarely show (a thing is only ever dropped
at one of the nearest places, a door opened on the way is paid for again until the next
deed, and large searches turn greedy), and but for a few steps that the expert goes out of its
way: things and goals are to be reached from every side. From which is drawn for each episode, and
between plans that then cost the same for each state. The search is repeatable and bounded.
It sees the whole grid, walls and closed boxes included, so it is a teacher and no agent.
Of a BabyAI instruction it plans one part after the other, and asks the environment's own
verifier which are done.

Source: Hart, Nilsson and Raphael, "A Formal Basis for the Heuristic Determination of
Minimum Cost Paths", 1968.
"""

from __future__ import annotations

import hashlib
import heapq
from dataclasses import replace
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.minigrid.heuristic import Heuristic
from synth.envs.minigrid.objective import (
    all_objectives,
    cells_of,
    objective_of,
    open_objectives,
)
from synth.envs.minigrid.world import CLOSED, NOTHING, Action, World
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.envs.minigrid.objective import Objective
    from synth.envs.minigrid.world import Deed, Flood, State

__all__ = ["plan", "planner", "put_down"]

SEARCHES = ((1, 300), (3, 1000), (4, 4000))
"""Weight of the estimate and most states, search by search: shortest plans, then quicker ones.

The largest grids take about a millisecond a state."""

DETOUR = 5
"""At most so many steps out of its way the agent goes to do something from another side."""


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
    if hasattr(env, "instrs"):
        yield from _follow(simulator)
        return
    if objective is None:
        raise ExpertFailed(
            f"the planner does not know what {type(env).__name__} wants: it is none of MiniGrid's "
            'kinds, and there is no goal square. Name an expert of your own: policy = "module:'
            'function" under [expert], a generator of actions that is given the simulator '
            "(`simulator.env` is the environment)."
        )
    if not objective.moving:
        yield from _planned(simulator, objective)
        return
    while True:
        yield _dodge(env)


def _follow(simulator: Any) -> Iterator[int]:
    """Part by part; what may be done in any order is done in one that the seed draws."""
    env = simulator.env
    for _ in all_objectives(env):
        left = open_objectives(env)
        if not left:
            return
        objective = left[simulator.seed % len(left)]
        if any(env.carrying is thing for thing in objective.beside):
            # What the rest is to lie beside is put down before anything is planned.
            yield from put_down(env)
            objective = next(one for one in open_objectives(env) if one.things == objective.things)
        if objective.verb == "open_one" and any(door.is_open for door in objective.things):
            # Only opening counts, so a door that stands open is shut first.
            at = tuple(at for at, cell in cells_of(env) if cell in objective.things)
            objective = replace(objective, verb="face", cells=at)
            yield from _sparing(simulator, objective)
            yield from (Action.TOGGLE, Action.TOGGLE)
            continue
        actions = _sparing(simulator, objective)
        yield from actions or [Action.DONE]  # to look at it is enough, and takes a step


def _sparing(simulator: Any, objective: Objective) -> list[int]:
    """A plan that moves nothing but what it must, where there is one.

    In a room full of things each could be carried anywhere, and the search would try that.
    """
    try:
        return _planned(simulator, replace(objective, only=True))
    except ExpertFailed:
        return _planned(simulator, objective)


def _planned(simulator: Any, objective: Objective) -> list[int]:
    env = simulator.env
    world = World(env, objective, ties=_ties(simulator), detours=_detours(simulator))
    return plan(world, what=type(env).__name__)


def put_down(env: Any) -> Iterator[int]:
    """Turn until the cell ahead is free, and drop.

    Raises:
        ExpertFailed: No cell beside the agent is free.
    """
    for _ in range(4):
        if env.grid.get(*env.front_pos) is None:
            yield Action.DROP
            return
        yield Action.LEFT
    raise ExpertFailed("there is no room to put anything down")


def _ties(simulator: Any) -> np.random.Generator:
    """Decides between plans that cost the same; by episode and state: it can be repeated."""
    env = simulator.env
    carried = env.carrying.encode() if env.carrying is not None else ()
    pose = [int(part) for part in (*env.agent_pos, env.agent_dir, *carried)]
    told = f"{simulator.seed} {pose}".encode() + env.grid.encode().tobytes()
    return np.random.default_rng(int.from_bytes(hashlib.blake2b(told, digest_size=8).digest()))


def _detours(simulator: Any) -> list[int]:
    """How far the agent goes out of its way rather than do something in a pose, by episode.

    Turns cost steps, so that the shortest way into a corner is often one alone, and the experts
    of all layouts would come from one side. They are the same throughout an episode, so that
    whoever asks anew at each step is not led in a circle.
    """
    rng = np.random.default_rng(simulator.seed)
    detours: list[int] = rng.integers(0, DETOUR + 1, 4 * len(simulator.env.grid.grid)).tolist()
    return detours


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

    Where the search for the shortest grows too large, it is made greedier (weighted A*,
    Pohl, 1970), and the plan may be longer than it need be.

    Args:
        world: The problem.
        what: Named in the error.

    Raises:
        ExpertFailed: There is no plan, or none within the bound on the search.
    """
    heuristic = Heuristic(world)
    for weight, most in SEARCHES:
        actions = _search(world, heuristic, weight, most, what)
        if actions is not None:
            return actions
    raise ExpertFailed(
        f"the planner found no plan for {what} within {SEARCHES[-1][1]} states; "
        "try a smaller environment or another expert."
    )


def _search(
    world: World, heuristic: Heuristic, weight: int, most: int, what: str
) -> list[int] | None:
    ticket = count()
    spent = {world.start: 0}
    trail: dict[State, tuple[State, list[int]]] = {}
    queue: list[tuple[int, int, State, list[int] | None]] = [(0, next(ticket), world.start, None)]
    done: set[State] = set()
    while queue:
        _, _, state, ending = heapq.heappop(queue)
        if ending is not None:
            return _unwind(trail, state) + ending
        if state in done:
            continue
        if len(done) == most:
            return None
        done.add(state)
        flood = world.flood(state)
        for deed in world.deeds(state, flood):
            total = spent[state] + flood.cost[deed.pose] + (deed.action != NOTHING)
            total += world.detours[deed.pose]
            actions, walk = _actions(world, state, flood, deed)
            # A finished plan waits in the queue too: a cheaper one may still be found.
            if deed.finishes:
                heapq.heappush(queue, (total, next(ticket), state, actions))
                continue
            after = world.after(state, walk, deed)
            if total < spent.get(after, 1 << 30) and after not in done:
                spent[after] = total
                trail[after] = (state, actions)
                promise = total + weight * heuristic.left(after)
                heapq.heappush(queue, (promise, next(ticket), after, None))
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
    if deed.action != NOTHING:
        actions.append(deed.action)
    return actions, walk
