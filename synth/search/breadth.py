"""A breadth-first search from a reset for the shortest episode with a given lie.

Simulators cannot go back, so each way is played from the reset; only an action that changes
nothing saves that. All frames of a level are asked about together. For a skipped sub-task a
state is a state together with what has been credited on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from synth.search.counterexample import skips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from synth.envs import Comparable, TimeStep
    from synth.record.player import Player
    from synth.search.counterexample import Violation
    from synth.search.witness import Witness

__all__ = ["EXPANSIONS", "Breadth"]

EXPANSIONS = 600
"""States whose every action is tried, at most."""


@dataclass(frozen=True, eq=False, slots=True)
class _Node:
    """A state and one of the shortest ways to it.

    Attributes:
        actions: The way.
        state: As `Comparable.state` tells it.
        moment: What was seen on arriving.
        rows: Verdicts on the way, ``bool[K]`` each, this state's own included once known.
    """

    actions: tuple[Any, ...]
    state: bytes
    moment: TimeStep
    rows: tuple[NDArray[np.bool_], ...]


class Breadth:
    """Looks for a lie in fewer actions.

    Args:
        player: Where to play; its simulator must be `Comparable`.
        witness: Whom to ask.
        spot: The lie to find again, at any frame.
        seed: The episode's seed.
    """

    def __init__(self, player: Player, witness: Witness, spot: Violation, seed: int) -> None:
        self._player, self._witness, self._spot, self._seed = player, witness, spot, seed
        self._simulator = player.simulator
        self._names = [name for stage in witness.stages for name in stage]
        self._initial: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._expanded = 0

    def run(self, length: int) -> tuple[tuple[Any, ...] | None, bool]:
        """Search all episodes of fewer than `length` actions.

        Returns:
            The actions of the shortest one with the lie, or ``None``; and whether the
            search came to its end, so that there is none shorter than what is known now.
        """
        moment = self._simulator.reset(self._seed)
        self._initial = moment.frame
        rows = self._witness.holds(moment.frame[None], self._initial)
        level = [_Node((), self._state(), moment, (rows[0],))]
        seen = {self._key(level[0])}
        for depth in range(1, length):
            children: list[_Node] = []
            for node in level:
                if self._expanded >= EXPANSIONS:
                    return None, False
                self._expanded += 1
                children += self._expand(node)
            known = self._ask(children)
            level = []
            for child in known:
                if self._lies(child):
                    if self._excused(child):
                        continue
                    return child.actions, True
                key = self._key(child)
                if child.moment.done or child.moment.success or key in seen:
                    continue
                seen.add(key)
                level.append(child)
            if not level or depth >= self._player.spec.max_steps:
                break
        return None, True

    def _expand(self, node: _Node) -> Iterator[_Node]:
        """All that one more action can lead to, the state itself aside."""
        at_node = False
        for action in self._player.table:
            if not at_node:
                self._simulator.reset(self._seed)
                for step in node.actions:
                    self._simulator.step(step)
            moment = self._simulator.step(action)
            state = self._state()
            at_node = state == node.state and not moment.done
            if not at_node or moment.success != node.moment.success:
                yield _Node((*node.actions, action), state, moment, node.rows)

    def _ask(self, nodes: list[_Node]) -> list[_Node]:
        """The nodes with their verdicts."""
        if not nodes:
            return []
        frames = np.stack([node.moment.frame for node in nodes])
        rows = self._witness.holds(frames, self._initial)
        return [
            _Node(n.actions, n.state, n.moment, (*n.rows, row))
            for n, row in zip(nodes, rows, strict=True)
        ]

    def _lies(self, node: _Node) -> bool:
        goal, success = bool(node.rows[-1][-1]), node.moment.success
        if self._spot.kind == "false":
            return goal and not success
        if self._spot.kind == "missed":
            return success and not goal
        return success and self._spot.subtask in self._uncredited(node)

    def _uncredited(self, node: _Node) -> list[str]:
        """The sub-tasks not credited by this frame, taken as if it were a success."""
        end = np.zeros(len(node.rows), dtype=np.bool_)
        end[-1] = True
        return [self._names[k] for k in skips(np.stack(node.rows), end, self._witness.stages)]

    def _excused(self, node: _Node) -> bool:
        rolled = self._player.play(self._seed, node.actions)
        return self._player.is_aliased(rolled, len(node.actions))

    def _key(self, node: _Node) -> tuple[bytes, tuple[str, ...]]:
        """What decides all that can follow, as far as the lie is concerned."""
        credit = tuple(self._uncredited(node)) if self._spot.kind == "skipped" else ()
        return node.state, credit

    def _state(self) -> bytes:
        return cast("Comparable", self._simulator).state()
