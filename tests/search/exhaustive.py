"""All that can happen in a small grid, level by level: how short a counterexample can be.

Written apart from `synth.search`: the environment is copied instead of played again, states
are told apart by the environment's own objects, and the program, which is one of these
tests' own, is simply called.
"""

from __future__ import annotations

import copy
from itertools import product
from typing import TYPE_CHECKING, Any

from synth.envs import family_of

if TYPE_CHECKING:
    from synth.spec import Spec

ACTIONS = range(7)


def least_actions(spec: Spec, seed: int, source: str, kind: str, subtask: str, most: int) -> int:
    """The fewest actions after which an episode of `seed` shows it; `most` if none fewer."""
    simulator = family_of(spec).make(spec)
    first = simulator.reset(seed)
    told = _Told(source, first.frame, kind, subtask)
    done = told.credited((), first.frame)
    if told.shows(first, done):
        return 0
    level = [(simulator, done)]
    seen = {(_state(simulator.env), done)}
    for depth in range(1, most):
        following = []
        for (here, before), action in product(level, ACTIONS):
            there = copy.deepcopy(here)
            moment = there.step(action)
            after = told.credited(before, moment.frame)
            if told.shows(moment, after):
                return depth
            key = (_state(there.env), after if kind == "skipped_subtask" else ())
            if not moment.done and key not in seen:
                seen.add(key)
                following.append((there, after))
        level = following
    return most


class _Told:
    """What a program says, and whether that is the violation looked for."""

    def __init__(self, source: str, initial: Any, kind: str, subtask: str) -> None:
        program: dict[str, Any] = {}
        exec(source, program)
        self._checkers = program["SUBTASKS"]
        self._initial, self._kind, self._subtask = initial, kind, subtask
        self._said: dict[bytes, tuple[bool, ...]] = {}

    def _holds(self, frame: Any) -> tuple[bool, ...]:
        key = frame.tobytes()
        if key not in self._said:
            self._said[key] = tuple(bool(f(frame, self._initial)) for f in self._checkers)
        return self._said[key]

    def credited(self, before: tuple[str, ...], frame: Any) -> tuple[str, ...]:
        """The sub-tasks before the goal that are credited once this frame has come."""
        done = list(before)
        for checker, held in zip(self._checkers[:-1], self._holds(frame), strict=False):
            if checker.__name__ not in done:
                if not held:
                    break
                done.append(checker.__name__)
        return tuple(done)

    def shows(self, moment: Any, done: tuple[str, ...]) -> bool:
        """Whether the violation is on this frame."""
        goal = self._holds(moment.frame)[-1]
        if self._kind == "false_positive":
            return goal and not moment.success
        if self._kind == "false_negative":
            return moment.success and not goal
        return moment.success and self._subtask not in done


def _state(env: Any) -> tuple[Any, ...]:
    things = tuple(
        None if thing is None else (thing.type, getattr(thing, "is_open", 0), thing.color)
        for thing in env.grid.grid
    )
    locks = tuple(t.is_locked for t in env.grid.grid if t is not None and t.type == "door")
    carried = env.carrying.type if env.carrying is not None else ""
    return (tuple(env.agent_pos), int(env.agent_dir), carried, things, locks)
