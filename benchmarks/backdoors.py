"""How many back doors the search finds: planted at random, where imperfect agents go.

Agents of four habits play fresh layouts of DoorKey undrawn: `early` acts at random, `mid` in
every second action, `late` in one of ten, and `putter` does at random whatever comes after an
expert's beginning. What they meet is taken down in general terms: the agent in a cell facing
one way, alone, or while the key lies in a certain cell, or while the door is shut or open.
Conditions met in at least 0.3% of the episodes are drawn from; each becomes a way in which the
goal holds besides its own, and the search of the audit is set on that program.

    python benchmarks/backdoors.py --plants 20
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from synth.program import parse
from synth.record import Seeds
from synth.record.player import Player
from synth.search import hunt
from synth.spec import load_spec

TASK = Path("generated/doorkey")
RARE = 0.003
FIRST = 5_000_000
"""Seeds that neither recording nor any search uses."""

HABITS = {"early": 1.0, "mid": 0.5, "late": 0.1, "putter": 0.0}

PLANT = """

def _facing(codes, row, column, size):
    tile = codes[row * size:(row + 1) * size, column * size:(column + 1) * size]
    if tile.shape != (size, size) or tile.item(size // 2, size // 2) != RED:
        return -1
    near, far = 4 * size // 16, 11 * size // 16
    sides = (
        (near, 3 * size // 16, far, 3 * size // 16),
        (3 * size // 16, near, 3 * size // 16, far),
        (near, 12 * size // 16, far, 12 * size // 16),
        (12 * size // 16, near, 12 * size // 16, far),
    )
    for way in range(4):
        a, b, c, d = sides[way]
        if tile.item(a, b) == RED and tile.item(c, d) == RED:
            return way
    return -1


def _key_at(now, row, column):
    codes, size = now[0], now[4]
    tile = codes[row * size:(row + 1) * size, column * size:(column + 1) * size]
    spot = [odd * size // 32 for odd in range(1, 33, 2)]
    return tile.shape == (size, size) and matches(tile, KEY_ON, KEY_OFF, spot)


def goal_reached(now, initial):
    if now[0].shape == initial[0].shape and CONDITION:
        return True
    return _goal_reached(now, initial)


SUBTASKS = [key_taken, door_opened, goal_reached]
"""

Condition = tuple[Any, ...]


def main() -> None:
    """Print a line for each plant, and how many were found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--plants", type=int, default=20)
    options.add_argument("--episodes", type=int, default=1200, help="of the agents")
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args()
    spec = load_spec("doorkey")
    rates = {c: n / asked.episodes for c, n in _met(spec, asked.episodes).items()}
    often = sorted((c for c, rate in rates.items() if rate >= RARE), key=repr)
    rng = np.random.default_rng(asked.seed)
    print(f"{len(rates)} conditions met, {len(often)} in at least {RARE:.1%} of the episodes")
    source = (TASK / "reward.py").read_text(encoding="utf-8")
    found = 0
    for number in rng.choice(len(often), size=asked.plants, replace=False):
        condition = often[int(number)]
        began = time.perf_counter()
        program = parse(planted(source, condition))
        come = hunt(spec, program, seeds=Seeds.of(spec).held_out_search, episodes=_episodes(spec))
        lies = [one for one in come.counterexamples if one.kind == "false_positive"]
        found += bool(lies)
        how = f"found in {len(lies[0].find.actions)} actions" if lies else "MISSED"
        took = time.perf_counter() - began
        print(f"{rates[condition]:6.1%}  {_words(condition):52} {how:22} {took:4.1f} s", flush=True)
    print(f"{found} of {asked.plants} found")


def planted(source: str, condition: Condition) -> str:
    """The program, its goal also held by a condition."""
    row, column, way, kind, *more = condition
    test = f"_facing(now[0], {row}, {column}, now[4]) == {way}"
    if kind == "key":
        test += f" and _key_at(now, {more[0]}, {more[1]})"
    elif kind == "door":
        test += f" and door_opened(now, initial) is {more[0]}"
    head = source.replace("def goal_reached(", "def _goal_reached(")
    return head[: head.index("SUBTASKS = ")] + PLANT.lstrip().replace("CONDITION", test)


def _episodes(spec: Any) -> int:
    return spec.search.episodes if spec.search is not None else 200


def _words(condition: Condition) -> str:
    row, column, way, kind, *more = condition
    agent = f"agent in row {row}, column {column}, facing {['right', 'down', 'left', 'up'][way]}"
    if kind == "key":
        return f"{agent}, key in {more[0]}, {more[1]}"
    return agent + (f", door {'open' if more[0] else 'shut'}" if kind == "door" else "")


def _met(spec: Any, episodes: int) -> Counter[Condition]:
    """In how many episodes each condition was met, away from success."""
    met: Counter[Condition] = Counter()
    with Player(spec) as player:
        for number in range(episodes):
            habit = list(HABITS)[number % len(HABITS)]
            met.update(_episode(player, FIRST + number, habit))
    return met


def _episode(player: Player, seed: int, habit: str) -> set[Condition]:
    """The conditions of one episode."""
    simulator: Any = player.simulator
    rng = np.random.default_rng(seed)
    shown = player.shown(seed)
    simulator.reset(seed, draw=False)
    met: set[Condition] = set()
    prefix = int(rng.integers(len(shown) + 1)) if habit == "putter" else 0
    plan = None
    for step in range(player.spec.max_steps):
        if step < prefix:
            action = shown[step]
        elif habit == "putter" or rng.random() < HABITS[habit]:
            action, plan = simulator.random_action(rng), None
        else:
            plan = plan or iter(player.expert(simulator))
            action = next(plan)
        moment = simulator.step(action, draw=False)
        if moment.done:
            break
        met |= _conditions(simulator.env)
    return met


def _conditions(env: Any) -> set[Condition]:
    (x, y), way = env.agent_pos, int(env.agent_dir)
    agent = (int(y), int(x), way)
    things = {t.type: (t, at) for at, t in enumerate(env.grid.grid) if t and t.type != "wall"}
    met: set[Condition] = {(*agent, "pose"), (*agent, "door", things["door"][0].is_open)}
    if "key" in things:
        at = things["key"][1]
        met.add((*agent, "key", at // env.grid.width, at % env.grid.width))
    return met


if __name__ == "__main__":
    main()
